"""Finished jobs as a daemon would give them, painted by hand: for tests of what becomes of them."""

import numpy as np

from helpers.pictures import noise
from scumble_editor.document.document import Document
from scumble_editor.document.selection import Selection
from scumble_editor.generation.asking import Asked, ask
from scumble_editor.generation.results import Finished
from scumble_editor.generation.settings import Settings
from scumble_protocol.aio import new_id
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.jobs import Job, Report
from scumble_protocol.painted import Layer, Painted

PLACE = Bounds(60, 40, 80, 50)
REPORT = Report(
    model="miniature",
    device="cpu",
    dtype="float32",
    scheduler="ddim",
    steps=1,
    guidance_scale=1.0,
    passes=(),
    seconds={},
    peak_memory_bytes=0,
)


def selected_document(width: int = 300, height: int = 200) -> Document:
    """Return a picture of noise with a rectangle selected."""
    picture = Document.of_image(noise(width, height, 3, opaque=True))
    selection = Selection.of_rectangle(PLACE)
    return Document(
        size=picture.size, layers=picture.layers, active_id=picture.active_id, selection=selection
    )


def finished_for(document: Document, settings: Settings) -> Finished:
    """Return what a daemon might give for a document and settings: noise in a margin of 16 px."""
    asked = ask(document, settings)
    job = Job(id=new_id(), model=asked.model, task=asked.task)
    return Finished(
        job=job,
        settings=asked.settings,
        painted=painted_for(asked, document.size),
        above=document.active_id,
        pictures=asked.pictures,
    )


def painted_for(asked: Asked, canvas: Extent) -> Painted:
    """Return noise for every variant, over the selection where there is one."""
    selection = getattr(asked.task, "selection", None)
    place = canvas.bounds
    mask = np.full((canvas.height, canvas.width), 255, np.uint8)
    if selection is not None:
        mask = np.asarray(asked.pictures[selection.hash])
        found = Bounds.of_mask(mask > 0)
        assert found is not None
        place = found.padded(16).clamped(canvas)
    layers = tuple(
        Layer(
            pixels=noise(place.width, place.height, asked.task.seed + number, opaque=True)[..., :3],
            mask=None if selection is None else np.ascontiguousarray(mask[place.slices]),
            bounds=place,
            seed=asked.task.seed + number,
            seam_score=None,
        )
        for number in range(asked.task.variants)
    )
    return Painted(layers=layers, report=REPORT)
