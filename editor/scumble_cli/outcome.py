"""What a job has given: layers over the document, files, and a report that was measured."""

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from scumble_cli.speech import time_text
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.edits.canvas import Resampling, scale
from scumble_editor.document.edits.results import Result, add_results
from scumble_editor.document.selection import Selection
from scumble_editor.files.documents import save_document
from scumble_editor.files.errors import SaveError
from scumble_protocol import painted as p
from scumble_protocol.errors import ScumbleError
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.images import Pixels
from scumble_protocol.jobs import Job, Report, Upscale

LONGEST_LAYER_NAME = 48


class LayerReport(msgspec.Struct, frozen=True, kw_only=True):
    """One variant as `--json` tells of it."""

    name: str
    seed: int
    bounds: Bounds  # x, y, width, height on the canvas
    seam_score: float | None
    visible: bool


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a command has done, as `--json` prints it; seed and seam score of the visible layer."""

    job: str
    files: tuple[str, ...]
    seed: int
    seam_score: float | None
    changed_outside_mask: int | None  # pixels; None where there was no mask
    layers: tuple[LayerReport, ...]
    report: Report
    grown_to: Extent | None = None  # the document's new size, where the task made it larger

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a person is told: what was written, and what changed outside the mask."""
        facts = [f"seed {self.seed}"]
        if self.seam_score is not None:
            facts.append(f"seam score {self.seam_score:.2f}")
        facts.append(f"{time_text(sum(self.report.seconds.values()))} on {self.report.device}")
        wrote = f"Wrote {_listed(self.files)} ({', '.join(facts)})."
        if self.grown_to is not None:
            return wrote, f"It has {self.grown_to.width} × {self.grown_to.height} pixels now."
        if self.changed_outside_mask is None:
            return (wrote,)
        count = self.changed_outside_mask
        return wrote, f"{count} pixel{'' if count == 1 else 's'} changed outside the mask."


def finished(
    job: Job,
    painted: p.Painted,
    outputs: tuple[Path, ...],
    document: Document | None,
    selection: Pixels | None,
) -> Outcome:
    """Lay a result over the document it was painted for, write the files and report.

    selection: uint8 [H, W], 0 where nothing may have changed; None where that is not known.
    Raises ScumbleError where a file cannot be written.
    """
    before = document or Document(size=_size_of(painted))
    if isinstance(job.task, Upscale):  # the whole picture grows, with all its layers
        before = scale(before, _size_of(painted), Resampling.LANCZOS)
    after = with_layers(before, job, painted)
    if selection is not None:  # so that the file alone can run the recipe again
        after = replace(after, selection=Selection.of(selection))
    for output in outputs:
        _write(after, output)
    layers = tuple(
        LayerReport(
            name=layer_name(job, index, len(painted.layers)),
            seed=layer.seed,
            bounds=layer.bounds,
            seam_score=layer.seam_score,
            visible=index == 0,
        )
        for index, layer in enumerate(painted.layers)
    )
    return Outcome(
        job=job.id,
        files=tuple(str(output) for output in outputs),
        seed=layers[0].seed,
        seam_score=layers[0].seam_score,
        changed_outside_mask=None
        if selection is None
        else changed_outside(composite(before), composite(after), selection),
        layers=layers,
        report=painted.report,
        grown_to=before.size if isinstance(job.task, Upscale) else None,
    )


def with_layers(document: Document, job: Job, painted: p.Painted) -> Document:
    """Return a document with every variant as a layer on top, the first uppermost and visible."""
    results = [
        Result(
            pixels=layer.pixels,
            at=layer.bounds.origin,
            mask=layer.mask,
            name=layer_name(job, index, len(painted.layers)),
            recipe=recipe(job, layer.seed),
        )
        for index, layer in enumerate(painted.layers)
    ]
    top = document.layers[-1].id if document.layers else None
    return add_results(document, results, above=top)


def recipe(job: Job, seed: int) -> str:
    """Return the JSON text of the job that paints one variant of a job again.

    The pixels are the same to the bit, or to a rounding where variants were painted together.
    """
    task = msgspec.structs.replace(job.task, seed=seed, variants=1)
    return msgspec.json.encode(msgspec.structs.replace(job, task=task)).decode()


def changed_outside(before: Pixels, after: Pixels, selection: Pixels) -> int:
    """Return how many pixels outside a selection differ between two flattened pictures.

    before, after: uint8 [H, W, 4]; selection: uint8 [H, W], outside where it is 0.
    """
    differs: Pixels = (before != after).any(axis=2)
    return int(np.count_nonzero(differs & (selection == 0)))


def layer_name(job: Job, index: int, count: int) -> str:
    """Return the name of a variant's layer: the prompt, cut short, and a number where needed."""
    unnamed = "Enlarged" if isinstance(job.task, Upscale) else "Painted"
    words = " ".join(job.task.prompt.split()) or unnamed
    if len(words) > LONGEST_LAYER_NAME:
        words = words[: LONGEST_LAYER_NAME - 1].rstrip() + "…"
    return f"{words} ({index + 1} of {count})" if count > 1 else words


def _size_of(painted: p.Painted) -> Extent:
    return Extent(painted.layers[0].bounds.right, painted.layers[0].bounds.bottom)


def _write(document: Document, output: Path) -> None:
    try:
        save_document(document, output)
    except SaveError as error:
        raise ScumbleError(
            f"“{output}” could not be written: {error.__cause__ or error}. The daemon keeps the "
            "result; make room, then write it with `scumble jobs results`."
        ) from error


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
