"""Pictures enlarged: by Lanczos' windows, or by a model that was trained for nothing else."""

from contextlib import nullcontext

import numpy as np
import torch

from scumble_daemon.models.errors import ModelError
from scumble_daemon.models.families import UPSCALER
from scumble_daemon.models.loaded import Loaded
from scumble_daemon.region.arrays import Floats, floats, resized
from scumble_daemon.region.tiling import Tile, lay, tiles_of
from scumble_daemon.tasks.desk import Desk
from scumble_protocol.errors import ErrorCode
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.jobs import Upscale

TILE_PX = 256
"""Side of what such a model is given at once."""
OVERLAP_PX = 32
MOST_TIMES = 4
"""So often at most is a model applied; what is left is done by Lanczos' windows."""


def enlarged(desk: Desk, task: Upscale, picture: Floats, wanted: Extent) -> Floats:
    """Return a picture, float32 [H, W, 3] in 0..1, at a larger size.

    A model enlarges by its own factor, as often as it takes; the exact size is then by area.
    Raises ModelError where what is named is no such model.
    """
    own = desk.model.family.name == UPSCALER
    if task.upscaler is None and not own:
        return resized(picture, wanted)
    name = task.upscaler or desk.model.entry.name
    if desk.entry(name).family != UPSCALER:
        raise ModelError(
            f"“{name}” is no model that enlarges. Nothing was done; choose another, or none.",
            code=ErrorCode.BAD_REQUEST,
        )
    with nullcontext(desk.model) if own and task.upscaler is None else desk.borrow(name) as model:
        for _ in range(MOST_TIMES):
            size = Extent.of(picture)
            if size.width >= wanted.width and size.height >= wanted.height:
                break
            picture = _by_model(desk, model, picture)
    return resized(picture, wanted)


def _by_model(desk: Desk, model: Loaded, picture: Floats) -> Floats:
    """Return a picture enlarged once by a model, tile by tile."""
    scale = int(model.part("upscaler").scale)
    height, width = picture.shape[:2]
    result = np.zeros((height * scale, width * scale, 3), np.float32)
    tiles = tiles_of(Extent.of(picture), TILE_PX, OVERLAP_PX)
    for index, tile in enumerate(tiles):
        desk.token.raise_if_cancelled()
        lay(result, _scaled(tile, scale), _through(model, picture[tile.bounds.slices]))
        desk.progress.step(index + 1, len(tiles))
    return result


def _scaled(tile: Tile, scale: int) -> Tile:
    bounds = tile.bounds
    grown = Bounds(*(scale * side for side in (bounds.x, bounds.y, bounds.width, bounds.height)))
    return Tile(grown, tile.from_left * scale, tile.from_above * scale)


@torch.inference_mode()
def _through(model: Loaded, picture: Floats) -> Floats:
    net = model.part("upscaler")
    given = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None]
    made = net(given.to(net.device, net.dtype))
    return floats(made[0].float().clamp(0, 1).permute(1, 2, 0).cpu().numpy())
