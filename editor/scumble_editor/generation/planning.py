"""What to ask a daemon about a job that is not sent yet, and its answer in words."""

from dataclasses import dataclass

from scumble_editor.document.document import Document
from scumble_editor.generation.actions import ABOUT, PaintAction, lacking
from scumble_editor.generation.asking import USUAL_FILL, beneath, changeable, shows_nothing
from scumble_editor.generation.parts import parts_of
from scumble_editor.generation.settings import Settings
from scumble_editor.generation.words import time_text
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.jobs import Fill, Region
from scumble_protocol.messages import Planned

_UNPLANNED = (PaintAction.EDIT, PaintAction.EXPAND, PaintAction.UPSCALE)
"""Where it will paint shows only later: the model finds it, or the canvas has yet to grow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The numbers that a plan follows from."""

    task: str
    canvas: Extent
    parts: tuple[Bounds, ...]
    model: str
    strength: float
    steps: int | None
    variants: int
    region: Region


def question_about(document: Document, settings: Settings) -> Question | None:
    """Return what to ask about a document and settings; None where there is no plan to be had.

    Reads the whole selection, so call it off the GUI thread.
    """
    action = settings.action
    if action in _UNPLANNED or lacking(document, action):
        return None
    task = ABOUT[action].tasks[0]
    if action is PaintAction.WHOLE and shows_nothing(beneath(document)):
        task = "text2image"
    place = changeable(document, settings)
    return Question(
        task=task,
        canvas=document.size,
        parts=() if place is None else parts_of(place),
        model=settings.model,
        strength=settings.strength_used,
        steps=settings.steps,
        variants=settings.variants,
        region=settings.region(USUAL_FILL.get(action, Fill.ORIGINAL)),
    )


def in_words(plan: Planned) -> str:
    """Return a plan as a painter reads it: “about 7 s, 512 × 640, then refined to 1180 × 1475”."""
    parts = []
    if plan.seconds is not None:
        parts.append(f"about {time_text(max(plan.seconds, 1))}")
    first = plan.islands[0].passes
    parts.append(_size(first[0].extent))
    if len(first) > 1:
        parts.append(f"then refined to {_size(first[1].extent)}")
    if len(plan.islands) > 1:
        parts.append(f"and {len(plan.islands) - 1} more in their turn")
    return ", ".join(parts)


def _size(extent: Extent) -> str:
    return f"{extent.width} × {extent.height}"
