"""What a person asked of DiffEdit: find a place, invert a picture, change what is there."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from scumble_cli.errand import Edges, Errand, Wishes, checked
from scumble_cli.pictures import open_document, seen
from scumble_cli.selecting import Selecting
from scumble_protocol.images import Pictures
from scumble_protocol.jobs import DiffEdit, DiffEditInvert, DiffEditSelect, Fill


class FindingFields(TypedDict):
    """The fields of the protocol that say how the place is found, to be passed on by name."""

    num_maps_per_mask: int
    mask_encode_strength: float
    mask_thresholding_ratio: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How the place is found where two prompts disagree."""

    maps: int
    encode_strength: float
    threshold: float | None

    def fields(self) -> FindingFields:
        """Return the fields of a task."""
        return {
            "num_maps_per_mask": self.maps,
            "mask_encode_strength": self.encode_strength,
            "mask_thresholding_ratio": self.threshold,
        }


def editing(
    picture: Path,
    source: str,
    reverse: bool,
    selecting: Selecting,
    strength: float,
    finding: Finding,
    edges: Edges,
    wishes: Wishes,
) -> Errand:
    """Return the errand of `scumble diffedit`. Raises BadUseError where something cannot be."""
    outputs = wishes.outputs_like(picture.with_name(f"{picture.stem}-diffedit.ora"))
    document = open_document(picture)
    selection = selecting.coverage(document.size)
    pictures = Pictures()
    task = DiffEdit(
        image=seen(document, pictures),
        source_prompt=source,
        reverse=reverse,
        selection=None if selection is None else pictures.add(selection),
        inpaint_strength=strength,
        region=edges.region(Fill.ORIGINAL),
        **finding.fields(),
        **wishes.task_fields(document.size, pictures),
    )
    return Errand(
        task=checked(task),
        model=wishes.model,
        outputs=outputs,
        pictures=pictures,
        document=document,
        picture=picture,
        selection=selection,
    )


def finding_place(
    picture: Path, source: str, reverse: bool, finding: Finding, wishes: Wishes
) -> Errand:
    """Return the errand of `scumble diffedit-select`. Raises BadUseError where it cannot be."""
    outputs = wishes.outputs_like(picture.with_name(f"{picture.stem}-mask.png"))
    document = open_document(picture)
    pictures = Pictures()
    task = DiffEditSelect(
        image=seen(document, pictures),
        source_prompt=source,
        reverse=reverse,
        **finding.fields(),
        **wishes.task_fields(document.size, pictures),
    )
    return Errand(task=checked(task), model=wishes.model, outputs=outputs, pictures=pictures)


def inverting(picture: Path, selecting: Selecting, strength: float, wishes: Wishes) -> Errand:
    """Return the errand of `scumble diffedit-invert`. Raises BadUseError where it cannot be."""
    outputs = wishes.outputs_like(picture.with_name(f"{picture.stem}-inverted.ora"))
    document = open_document(picture)
    selection = selecting.coverage(document.size)
    pictures = Pictures()
    task = DiffEditInvert(
        image=seen(document, pictures),
        selection=None if selection is None else pictures.add(selection),
        inpaint_strength=strength,
        pictures=True,
        **wishes.task_fields(document.size, pictures),
    )
    return Errand(
        task=checked(task),
        model=wishes.model,
        outputs=outputs,
        pictures=pictures,
        document=document,
        picture=picture,
    )
