"""What tools act upon: the document, the colours, a way to preview and to record a step."""

from collections.abc import Callable
from enum import Enum
from typing import Protocol

from scumble_editor.document.blocks import Draft
from scumble_editor.document.document import Document
from scumble_editor.document.formats import Pixels
from scumble_protocol.geometry import Bounds

Rgb = tuple[int, int, int]
"""Red, green, blue: 0 to 255, sRGB."""


class Target(Enum):
    """What painting changes."""

    PIXELS = "pixels"
    MASK = "mask"  # of the active layer or group
    SELECTION = "selection"  # the quick mask


class Stage(Protocol):
    """The world as a tool sees it; a session implements it, and so does a test."""

    @property
    def document(self) -> Document:
        """The document as last recorded, without previews."""

    @property
    def foreground(self) -> Rgb:
        """The colour to paint with."""

    @property
    def background(self) -> Rgb:
        """The second colour."""

    @property
    def target(self) -> Target:
        """What painting changes."""

    @property
    def zoom(self) -> float:
        """Screen pixels for each canvas pixel."""

    def preview(self, document: Document | None) -> None:
        """Show a document that is no step yet; None shows the recorded one again."""

    def preview_edit(self, label: str, edit: Callable[[Document, Draft], Document]) -> None:
        """Show what an edit of the document would make, as soon as that is worked out.

        It is made out of the painter's way and told how much of it is needed; of several asked
        for, the latest is made.
        """

    def commit(self, document: Document, label: str, merge: str | None = None) -> None:
        """Record a step and show it; any preview ends."""

    def pick(self, colour: Rgb, secondary: bool = False) -> None:
        """Take a colour as the foreground, or as the background."""

    def redraw(self) -> None:
        """Have the overlay of the tool drawn again."""

    def hint(self, sentence: str) -> None:
        """Show a sentence in the status bar."""

    def merged(self, bounds: Bounds) -> Pixels:
        """Return what the document shows in a rectangle: rgba uint8 [H, W, 4], straight alpha."""

    def work(self, label: str, edit: Callable[[Document], Document]) -> None:
        """Make an edit that may take a while, out of the painter's way, and record it."""
