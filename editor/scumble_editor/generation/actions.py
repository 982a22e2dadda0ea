"""What can be done to a picture with a model, when each makes sense, and which is offered first."""

from dataclasses import dataclass
from enum import StrEnum

from scumble_editor.document.document import Document
from scumble_editor.document.layer import Layer


class PaintAction(StrEnum):
    """One thing that a painter may ask a model for."""

    FILL = "fill"
    REFINE = "refine"
    ADD = "add"
    REMOVE = "remove"
    BACKGROUND = "background"
    EXPAND = "expand"
    WHOLE = "whole"
    DEPTH = "depth"
    EDIT = "edit"
    UPSCALE = "upscale"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of an action.

    strength: how much may change where the painter says nothing; None where there is no such value.
    place: whether something must be selected.
    own_words: whether its prompt means something else than that of other actions.
    tasks: the protocol's tasks that can do it; a model needs one of them.
    """

    title: str
    explains: str
    prompt_hint: str
    tasks: tuple[str, ...]
    strength: float | None
    place: bool = False
    own_words: bool = False


ABOUT: dict[PaintAction, About] = {
    PaintAction.FILL: About(
        title="Fill the selection",
        explains="New paint inside the selection; what was there is ignored.",
        prompt_hint="What should be there, such as: a red heart",
        tasks=("inpaint",),
        strength=1.0,
        place=True,
    ),
    PaintAction.REFINE: About(
        title="Refine the selection",
        explains="What is in the selection is painted over and kept as far as strength says.",
        prompt_hint="What it shows, such as: a wooden door",
        tasks=("img2img",),
        strength=0.45,
        place=True,
    ),
    PaintAction.ADD: About(
        title="Add an object",
        explains="Something new in the selection, with what is around and behind it kept.",
        prompt_hint="The object, such as: a small boat",
        tasks=("inpaint",),
        strength=0.9,
        place=True,
    ),
    PaintAction.REMOVE: About(
        title="Remove",
        explains="What is selected goes, and its surroundings close over it.",
        prompt_hint="What is behind it, such as: grass. May stay empty",
        tasks=("inpaint",),
        strength=1.0,
        place=True,
        own_words=True,
    ),
    PaintAction.BACKGROUND: About(
        title="Replace the background",
        explains="Everything that is not selected is painted anew; what is selected stays.",
        prompt_hint="The new background, such as: a beach at dusk",
        tasks=("inpaint",),
        strength=1.0,
        place=True,
    ),
    PaintAction.EXPAND: About(
        title="Expand the canvas",
        explains="The canvas grows at the sides you choose, and the picture goes on there.",
        prompt_hint="What the picture shows. May stay empty",
        tasks=("inpaint",),
        strength=1.0,
        own_words=True,
    ),
    PaintAction.WHOLE: About(
        title="Whole canvas",
        explains="The whole picture is painted over as far as strength says; "
        "an empty canvas is painted from your words alone.",
        prompt_hint="What the picture should show",
        tasks=("img2img", "text2image"),
        strength=0.6,
    ),
    PaintAction.DEPTH: About(
        title="Keep the depth",
        explains="New paint that keeps the shapes in space: the picture's own depth, or a depth "
        "layer that you painted.",
        prompt_hint="What it should become, such as: a castle of ice",
        tasks=("depth2img",),
        strength=0.8,
    ),
    PaintAction.EDIT: About(
        title="Change one thing for another",
        explains="The model finds where two descriptions disagree and changes only that.",
        prompt_hint="What should be there instead, such as: a bowl of pears",
        tasks=("diffedit",),
        strength=0.8,
    ),
    PaintAction.UPSCALE: About(
        title="Enlarge",
        explains="The picture becomes larger, canvas and layers with it; a model may draw in "
        "detail. Nothing changes before it is done.",
        prompt_hint="What the picture shows, for the detail. May stay empty",
        tasks=("upscale",),
        strength=None,
        own_words=True,
    ),
}
"""Every action, in the order in which they are offered."""


def default_action(document: Document) -> PaintAction:
    """Return what a painter most likely wants: the selection filled, or the whole canvas."""
    if document.selection is None or document.selection.empty:
        return PaintAction.WHOLE
    return PaintAction.FILL


def lacking(document: Document, action: PaintAction) -> str:
    """Return what must be done before an action can run, as a sentence; "" where nothing must."""
    about = ABOUT[action]
    nothing = document.selection is None or document.selection.empty
    if about.place and nothing:
        return "Select a place first, with any of the selection tools."
    if action is PaintAction.BACKGROUND and document.selection is not None:
        rest = document.selection.inverted(document.bounds)
        if rest.bounds is None:
            return "All of it is selected: select what should stay, not everything."
    if action in (
        PaintAction.REFINE,
        PaintAction.DEPTH,
        PaintAction.EDIT,
        PaintAction.UPSCALE,
    ) and is_blank(document):
        return "There is nothing to change yet: this needs a picture."
    return ""


def is_blank(document: Document) -> bool:
    """Tell whether no layer that is shown has any paint."""
    return not any(
        isinstance(node, Layer) and node.visible and len(node.pixels) for node in document.walk()
    )
