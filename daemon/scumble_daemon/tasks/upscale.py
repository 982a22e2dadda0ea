"""A picture made larger, and refined in tiles where that is asked for."""

import numpy as np
import psutil
from msgspec.structs import replace

from scumble_daemon.models.families import IMG2IMG, UPSCALER
from scumble_daemon.region.arrays import Bytes, Floats, quantised, resized, unit
from scumble_daemon.region.composite import opaque
from scumble_daemon.region.resolution import first_extent
from scumble_daemon.region.tiling import Tile, lay, tiles_of
from scumble_daemon.tasks.denoising import denoise
from scumble_daemon.tasks.desk import Desk
from scumble_daemon.tasks.enlarging import enlarged
from scumble_daemon.tasks.run import Run
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.geometry import Extent
from scumble_protocol.images import Image
from scumble_protocol.jobs import PaintedLayer, Phase, Upscale

ENLARGING_SHARE = 0.1
"""Of the time of a job that refines too, as a first guess for the progress bar."""
BYTES_PER_PIXEL = 50
"""Of the result, while it is made: two pictures of floats, and one of them turned into bytes."""
GENTLE = 0.25
"""How much of what guidance adds is left for tiles: each shows a part, and words that are followed
strictly put the whole into it, such as a face into every tile."""
SEEDS = 2**53
TILE_STEP = 1_000_003
"""From the seed of one tile to that of the next, so that no pattern repeats."""


def upscale(desk: Desk, task: Upscale) -> tuple[PaintedLayer, ...]:
    """Return a layer for each variant, as large as what was asked for; one if nothing is refined.

    1. Enlarge, by Lanczos' windows or by a model made for it. 2. Where it is asked for, paint over
    the whole at a low strength, tile by tile, each as large as the model is at home with. 3. Fade
    the tiles into each other. What was transparent is enlarged apart. A job that is taken early
    gives what it has by then: the tiles that are refined, the rest enlarged.
    """
    wanted = Extent(task.width, task.height)
    _check(desk, task, wanted)
    desk.progress.enter(Phase.PREPARING)
    pixels = desk.pictures.pixels(task.image)
    with desk.progress.part(1.0 if task.refine is None else ENLARGING_SHARE):
        large = enlarged(desk, task, opaque(pixels), wanted)
    mask = _mask(desk, pixels, wanted)
    seeds = range(task.seed, task.seed + (1 if task.refine is None else task.variants))
    layers: list[PaintedLayer] = []
    for number, seed in enumerate(seeds):
        if desk.token.taken and layers:
            break
        with desk.progress.part((1 - ENLARGING_SHARE) / len(seeds)):
            picture = large if task.refine is None else _refined(desk, task, large, number)
        image = desk.pictures.add(quantised(picture))
        layers.append(PaintedLayer(image=image, mask=mask, bounds=wanted.bounds, seed=seed))
    desk.progress.enter(Phase.FINISHING)
    return tuple(layers)


def _check(desk: Desk, task: Upscale, wanted: Extent) -> None:
    """Refuse what is no enlargement, and a refinement by a model that only enlarges."""
    before = task.extent
    if wanted.width < before.width or wanted.height < before.height:
        raise RemoteError(
            ErrorCode.BAD_REQUEST,
            f"{wanted.width} × {wanted.height} pixels are fewer than the picture's "
            f"{before.width} × {before.height}. Nothing was done; ask for a larger size.",
        )
    room = int(psutil.virtual_memory().available)
    if wanted.area * BYTES_PER_PIXEL > room:
        raise RemoteError(
            ErrorCode.OUT_OF_MEMORY,
            f"A picture of {wanted.width} × {wanted.height} pixels needs "
            f"{wanted.area * BYTES_PER_PIXEL / 2**30:.1f} GiB of memory while it is made, and "
            f"{room / 2**30:.1f} GiB are free. Nothing was done; ask for a smaller size, or close "
            "other programs.",
        )
    if task.refine is not None and desk.model.family.name == UPSCALER:
        raise RemoteError(
            ErrorCode.BAD_REQUEST,
            f"“{desk.model.entry.name}” only enlarges and cannot refine. Nothing was done; name a "
            "model that paints, and this one as its upscaler.",
        )


def _refined(desk: Desk, task: Upscale, large: Floats, number: int) -> Floats:
    """Return a picture painted over in tiles, as one variant has it."""
    tiles = tiles_of(Extent.of(large), desk.model.native.square_side, task.tile_overlap)
    if len(tiles) > 1:
        task = _gently(desk, task)
    result = np.array(large)
    for index, tile in enumerate(tiles):
        desk.token.raise_if_cancelled()
        if desk.token.taken:
            desk.notes.notice(f"{index} of {len(tiles)} tiles were refined.")
            break
        seed = (task.seed + number + index * TILE_STEP) % SEEDS
        with desk.progress.part(1 / len(tiles)):
            lay(result, tile, _painted(desk, task, large, tile, seed))
        if seed in desk.notes.flagged:
            desk.notes.flag(task.seed + number, flagged=desk.notes.flagged[seed])
    return result


def _gently(desk: Desk, task: Upscale) -> Upscale:
    """Return a task whose words are followed less strictly, where it does not say how much."""
    if task.guidance_scale is not None:
        return task
    usual = desk.model.family.guidance_for(IMG2IMG)
    return replace(task, guidance_scale=1 + GENTLE * max(usual - 1, 0))


def _painted(desk: Desk, task: Upscale, large: Floats, tile: Tile, seed: int) -> Floats:
    """Return one tile as the model paints it, at the tile's own size."""
    extent = first_extent(tile.bounds.extent, desk.model.native)
    before = resized(np.ascontiguousarray(large[tile.bounds.slices]), extent)
    run = Run(
        extent=extent,
        bounds=tile.bounds,
        seeds=(seed,),
        strength=task.refine or 1.0,
        pictures=(before,),
        originals=(before,),
        seen=before,
        phase=Phase.REFINING,
    )
    (painted,) = denoise(desk, task, run)
    return resized(painted, tile.bounds.extent)


def _mask(desk: Desk, pixels: Bytes, wanted: Extent) -> Image | None:
    """Return what was opaque, enlarged, as the mask of the layers; None where all was."""
    if pixels.shape[2] == 3:
        return None
    return desk.pictures.add(quantised(resized(unit(pixels[..., 3]), wanted)))
