"""A stage for tools without any toolkit, and small documents to use them on."""

from collections.abc import Callable, Sequence

import numpy as np

from scumble_editor.document.blocks import Draft
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Layer
from scumble_editor.document.tiles import Tiles
from scumble_editor.tools.pointer import NO_KEYS, Modifiers, PointerEvent
from scumble_editor.tools.stage import Rgb, Target
from scumble_editor.tools.tool import Tool
from scumble_protocol.geometry import Bounds, Extent

SHIFT, CTRL, ALT = Modifiers(shift=True), Modifiers(ctrl=True), Modifiers(alt=True)


class FakeStage:
    """Keeps what a tool does: `steps` are labels, `shown` is the last preview."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.foreground: Rgb = (255, 0, 0)
        self.background: Rgb = (0, 0, 255)
        self.target = Target.PIXELS
        self.zoom = 1.0
        self.shown: Document | None = None
        self.steps: list[str] = []
        self.merges: list[str | None] = []
        self.hints: list[str] = []

    def preview(self, document: Document | None) -> None:
        self.shown = document

    def preview_edit(self, label: str, edit: Callable[[Document, Draft], Document]) -> None:
        self.hints.append(f"{label}: preview")
        self.shown = edit(self.document, Draft(self.document.bounds))

    def commit(self, document: Document, label: str, merge: str | None = None) -> None:
        self.document, self.shown = document, None
        self.steps.append(label)
        self.merges.append(merge)

    def pick(self, colour: Rgb, secondary: bool = False) -> None:
        if secondary:
            self.background = colour
        else:
            self.foreground = colour

    def redraw(self) -> None:
        return

    def hint(self, sentence: str) -> None:
        self.hints.append(sentence)

    def merged(self, bounds: Bounds) -> Pixels:
        return composite(self.document, bounds)

    def work(self, label: str, edit: Callable[[Document], Document]) -> None:
        self.commit(edit(self.document), label)


def event(
    x: float, y: float, keys: Modifiers = NO_KEYS, pressure: float = 1.0, secondary: bool = False
) -> PointerEvent:
    return PointerEvent(x, y, pressure=pressure, keys=keys, secondary=secondary)


def drag(
    tool: Tool,
    stage: FakeStage,
    places: Sequence[tuple[float, float]],
    keys: Modifiers = NO_KEYS,
    then: Modifiers | None = None,
) -> None:
    """Press at the first place, drag through the others, let go at the last."""
    tool.press(event(*places[0], keys), stage)
    later = keys if then is None else then
    for place in places[1:]:
        tool.drag(event(*place, later), stage)
    tool.release(event(*places[-1], later), stage)


def blank(width: int = 300, height: int = 200) -> Document:
    """A document of one empty layer."""
    layer = Layer(name="Paint")
    return Document(size=Extent(width, height), layers=(layer,), active_id=layer.id)


def filled(rgb: Rgb = (255, 255, 255), width: int = 300, height: int = 200) -> Document:
    """A document of one opaque layer in one colour."""
    document = blank(width, height)
    colour = np.array((*rgb, 255), np.uint8)
    layer = Layer(name="Ground", pixels=Tiles().filled(document.bounds, colour))
    return Document(size=document.size, layers=(layer,), active_id=layer.id)


def pixels(document: Document) -> Pixels:
    """The active layer's pixels over the canvas."""
    assert document.active_id is not None
    return document.layer(document.active_id).read(document.bounds)
