"""What a person asked for where depths are meant: paint that keeps them, or a map of them."""

from pathlib import Path

from scumble_cli.errand import Edges, Errand, Wishes, checked
from scumble_cli.failures import BadUseError
from scumble_cli.outputs import chosen_outputs
from scumble_cli.pictures import open_document, open_grey, seen
from scumble_cli.selecting import Selecting
from scumble_protocol.geometry import Extent
from scumble_protocol.images import Image, Pictures
from scumble_protocol.jobs import Depth, DepthToImage, Fill


def keeping_depths(
    picture: Path,
    depth: Path | None,
    depth_model: str | None,
    selecting: Selecting,
    strength: float | None,
    edges: Edges,
    wishes: Wishes,
) -> Errand:
    """Return the errand of `scumble depth`. Raises BadUseError where something cannot be."""
    outputs = wishes.outputs_like(picture.with_name(f"{picture.stem}-depth.ora"))
    document = open_document(picture)
    selection = selecting.coverage(document.size)
    pictures = Pictures()
    task = DepthToImage(
        image=seen(document, pictures),
        selection=None if selection is None else pictures.add(selection),
        depth_map=None if depth is None else _map(depth, document.size, pictures),
        depth_model=depth_model,
        strength=0.8 if strength is None else strength,
        region=edges.region(Fill.ORIGINAL),
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


def mapping_depths(picture: Path, model: str, outputs: list[Path] | None, *, force: bool) -> Errand:
    """Return the errand of `scumble depth-map`. Raises BadUseError where something cannot be."""
    default = picture.with_name(f"{picture.stem}-depth-map.png")
    chosen = chosen_outputs(outputs, default, force=force)
    pictures = Pictures()
    task = Depth(image=seen(open_document(picture), pictures))
    return Errand(task=checked(task), model=model, outputs=chosen, pictures=pictures)


def _map(file: Path, canvas: Extent, pictures: Pictures) -> Image:
    grey = open_grey(file)
    if Extent.of(grey) != canvas:
        raise BadUseError(
            f"The depth map “{file}” has {grey.shape[1]} × {grey.shape[0]} pixels, the picture "
            f"{canvas.width} × {canvas.height}. Nothing was painted; make them the same size."
        )
    return pictures.add(grey)
