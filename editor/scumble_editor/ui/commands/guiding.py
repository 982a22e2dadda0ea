"""The first steps as they are done: the sample, a place in it, words, and paint."""

from collections.abc import Callable

from scumble_editor.document.document import Document
from scumble_editor.document.edits.selection import select
from scumble_editor.document.shapes import ellipse
from scumble_editor.generation.actions import PaintAction
from scumble_editor.ui.commands import files
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.widgets.first_steps import Step
from scumble_protocol.geometry import Bounds

MODEL = "miniature"
WORDS = "a red balloon"
"""Words that Miniature knows and paints well."""


def first_steps(desk: Desk, painted: Callable[[], bool]) -> tuple[Step, ...]:
    """Return the four steps; `painted` tells whether a result has come."""
    return (
        Step(
            title="A picture to begin with",
            how="Open one of yours, or take the photograph that comes with Scumble.",
            button="Open the Sample",
            done=lambda: desk.session.current is not None,
            act=lambda: begin(desk),
        ),
        Step(
            title="Where should something new be?",
            how="Take a selection tool, such as the rectangle (R), and drag over a place. Paint "
            "comes there and nowhere else.",
            button="Select for Me",
            done=lambda: _selected(desk),
            act=lambda: desk.apply(with_a_place, "Select"),
        ),
        Step(
            title="What should be there?",
            how="Say it in the Generate panel, in a few words. Miniature, the model that comes "
            f"with Scumble, knows simple things: “{WORDS}”, “a cat”, “a castle”.",
            button=f"Write “{WORDS}”",
            done=lambda: bool(desk.generation.settings.prompt.strip()),
            act=lambda: propose(desk),
        ),
        Step(
            title="Paint",
            how="Press Paint, or Ctrl+Return. The first time, the daemon has to start; that takes "
            "some seconds.",
            button="Paint",
            done=painted,
            act=desk.generation.paint,
        ),
    )


def begin(desk: Desk) -> None:
    """Open the sample, and have the daemon and its model ready by the time they are needed."""
    files.open_sample(desk)
    desk.generation.link.call(lambda client: client.load(MODEL), lambda _: None, lambda _: None)


def propose(desk: Desk) -> None:
    """Put words into the panel that Miniature knows."""
    desk.generation.choose(PaintAction.FILL)
    desk.generation.change(prompt=WORDS, model=MODEL)


def with_a_place(document: Document) -> Document:
    """Return a document with an ellipse selected, about a third of it, right of its middle."""
    wide = min(document.size.width, document.size.height) * 45 // 100
    left = (document.size.width * 62 // 100) - wide // 2
    top = (document.size.height * 45 // 100) - wide // 2
    place = Bounds(left, top, wide, wide).clamped(document.size)
    return select(document, ellipse(place))


def _selected(desk: Desk) -> bool:
    opened = desk.session.current
    selection = None if opened is None else opened.document.selection
    return selection is not None and not selection.empty
