"""What a person asked for where a picture is made larger."""

from pathlib import Path

from scumble_cli.errand import Errand, Wishes, checked, size_typed
from scumble_cli.failures import BadUseError
from scumble_cli.pictures import open_document, seen
from scumble_protocol.geometry import Extent
from scumble_protocol.images import MAX_SIDE, Pictures
from scumble_protocol.jobs import Upscale

USUAL_STRENGTH = 0.3


def enlarging(
    picture: Path,
    factor: float | None,
    size: str | None,
    upscaler: str | None,
    strength: float | None,
    wishes: Wishes,
    *,
    refine: bool,
) -> Errand:
    """Return the errand of `scumble upscale`. Raises BadUseError where something cannot be."""
    if strength is not None and not refine:
        raise BadUseError(
            "A --strength is that of --refine, which was not asked for. Nothing was done; give "
            "both, or neither."
        )
    outputs = wishes.outputs_like(picture.with_name(f"{picture.stem}-upscale.ora"))
    document = open_document(picture)
    wanted = _wanted(document.size, factor, size)
    pictures = Pictures()
    task = Upscale(
        image=seen(document, pictures),
        width=wanted.width,
        height=wanted.height,
        upscaler=upscaler,
        refine=(strength or USUAL_STRENGTH) if refine else None,
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


def _wanted(before: Extent, factor: float | None, size: str | None) -> Extent:
    if (factor is None) == (size is None):
        raise BadUseError(
            "How large the picture shall be is said by --factor or by --size, and by one alone. "
            "Nothing was done; write --factor 2, or --size 2048x1536."
        )
    if size is not None:
        wanted = size_typed(size)
    else:
        wanted = Extent(round(before.width * (factor or 1)), round(before.height * (factor or 1)))
    if wanted.width < before.width or wanted.height < before.height:
        raise BadUseError(
            f"{wanted.width} × {wanted.height} pixels are fewer than the picture's "
            f"{before.width} × {before.height}. Nothing was done; ask for a larger size."
        )
    if wanted.longest_side > MAX_SIDE:
        raise BadUseError(
            f"{wanted.width} × {wanted.height} pixels are more than any picture has here: up to "
            f"{MAX_SIDE} a side. Nothing was done; ask for a smaller size."
        )
    return wanted
