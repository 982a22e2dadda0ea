"""Selections that models find: by words, where two descriptions disagree; and by depth."""

import msgspec
import numpy as np

from scumble_editor.document.document import Document
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.formats import Pixels
from scumble_editor.generation.actions import PaintAction, is_blank
from scumble_editor.generation.asking import Asked, seen
from scumble_editor.generation.settings import Settings, drawn_seed
from scumble_protocol.images import Pictures
from scumble_protocol.tasks import Depth, DiffEditSelect

WORDS_TASK = "diffedit-select"
DEPTH_TASK = "depth"

_NOTHING = "There is nothing to look at yet: this needs a picture."


def ask_by_words(document: Document, settings: Settings, there: str, instead: str = "") -> Asked:
    """Return the job that finds where two descriptions of a whole picture disagree.

    there: what is to be found, in the words of the picture as it is.
    instead: what it might be in its place; "" compares with nothing at all.
    Composites the canvas, so call it off the GUI thread. Raises DocumentError.
    """
    if not there.strip():
        raise DocumentError("Say what is to be found, in a few words; nothing was selected.")
    if is_blank(document):
        raise DocumentError(_NOTHING)
    seed = drawn_seed() if settings.seed is None else settings.seed
    asked = msgspec.structs.replace(
        settings,
        action=PaintAction.EDIT,
        source_prompt=there.strip(),
        prompt=instead.strip(),
        negative_prompt="",
        seed=seed,
        variants=1,
    )
    pictures = Pictures()
    task = DiffEditSelect(
        image=seen(document, pictures),
        source_prompt=asked.source_prompt,
        prompt=asked.prompt,
        seed=seed,
    )
    return Asked(task=task, pictures=pictures, settings=asked)


def ask_depth(document: Document, settings: Settings) -> Asked:
    """Return the job that estimates the depths of a whole picture; see `ask_by_words`."""
    if is_blank(document):
        raise DocumentError(_NOTHING)
    pictures = Pictures()
    asked = msgspec.structs.replace(
        settings, action=PaintAction.DEPTH, prompt="", negative_prompt="", seed=0, variants=1
    )
    return Asked(task=Depth(image=seen(document, pictures)), pictures=pictures, settings=asked)


def within_depths(depth: Pixels, far: int, near: int, softness: int) -> Pixels:
    """Return what lies between two depths as a soft selection, uint8 [H, W].

    depth: uint8 [H, W], white is near. From `far` to `near`, both included, selects in full, and
    over `softness` levels beyond either end it falls to nothing.
    """
    level = depth.astype(np.float32)
    beyond = np.maximum(np.maximum(far - level, level - near), 0)
    return (np.clip(1 - beyond / (softness + 1), 0, 1) * 255 + 0.5).astype(np.uint8)


def histogram(depth: Pixels) -> Pixels:
    """Return how many pixels have each level, float64 [256], the most frequent one as 1."""
    counts = np.bincount(depth.ravel(), minlength=256).astype(np.float64)
    return np.sqrt(counts / max(float(counts.max()), 1.0))
