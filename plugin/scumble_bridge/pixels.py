"""Between a host's bytes and arrays: layouts, a canvas that grows, thumbnails."""

import io

import numpy as np
from PIL import Image as Pillow

from scumble_bridge.talk import Edges, Picture
from scumble_protocol.errors import ProtocolError
from scumble_protocol.images import Buffer, Pixels

THUMBNAIL_SIDE = 128  # px
OVERLAP_SIDE = 32  # px of the old picture that the new paint may fade over; fades are at most 25

_SWAPPED = (2, 1, 0, 3)  # BGRA to RGBA, and back


def from_host(picture: Picture, raw: Buffer) -> Pixels:
    """Return a host's pixels as uint8 [H, W] or [H, W, 3 or 4], straight alpha, RGB order.

    Alpha is left out where the picture is opaque. Raises ProtocolError where the size is wrong.
    """
    shape: tuple[int, ...] = (picture.height, picture.width)
    if picture.channels > 1:
        shape = (*shape, picture.channels)
    if memoryview(raw).nbytes != int(np.prod(shape)):
        raise ProtocolError(
            f"The plug-in sent {memoryview(raw).nbytes} bytes for a picture of "
            f"{picture.width} × {picture.height} {picture.layout}. Nothing was painted."
        )
    pixels = np.frombuffer(raw, np.uint8).reshape(shape)
    if picture.layout == "gray8":
        return pixels
    order = _SWAPPED if picture.layout == "bgra8" else (0, 1, 2, 3)
    opaque = int(pixels[..., 3].min()) == 255
    if opaque:
        return np.ascontiguousarray(pixels[..., list(order[:3])])
    return pixels if picture.layout == "rgba8" else np.ascontiguousarray(pixels[..., _SWAPPED])


def for_host(pixels: Pixels, layout: str) -> bytes:
    """Return uint8 [H, W], [H, W, 3] or [H, W, 4] as four bytes a pixel in a host's layout."""
    rgba = np.full((*pixels.shape[:2], 4), 255, np.uint8)
    rgba[..., : 4 if pixels.shape[2:] == (4,) else 3] = (
        pixels[..., None] if pixels.ndim == 2 else pixels
    )
    return (rgba[..., _SWAPPED] if layout == "bgra8" else rgba).tobytes()


def grey(pixels: Pixels) -> Pixels:
    """Return the mean of red, green and blue, uint8 [H, W], of [H, W] or [H, W, 3 or 4].

    What is transparent is black.
    """
    if pixels.ndim == 2:
        return pixels
    mean = pixels[..., :3].mean(axis=2, dtype=np.float32)
    if pixels.shape[2] == 4:
        mean *= pixels[..., 3] / np.float32(255)
    whole: Pixels = np.round(mean).astype(np.uint8)
    return whole


def expanded(picture: Pixels, edges: Edges) -> tuple[Pixels, Pixels]:
    """Return a picture on a larger canvas, and the selection of what is new there.

    picture: uint8 [H, W, 3 or 4]. New pixels repeat the border; a narrow strip of the old ones is
    selected too, so that the new paint fades over them.
    """
    padding = ((edges.top, edges.bottom), (edges.left, edges.right), (0, 0))
    larger = np.pad(picture, padding, mode="edge")
    selection = np.full(larger.shape[:2], 255, np.uint8)
    kept = [
        slice(
            before + (min(OVERLAP_SIDE, side // 4) if before else 0),
            before + side - (min(OVERLAP_SIDE, side // 4) if after else 0),
        )
        for (before, after), side in zip(padding[:2], picture.shape[:2], strict=True)
    ]
    selection[kept[0], kept[1]] = 0
    return larger, selection


def thumbnail(pixels: Pixels, mask: Pixels | None = None) -> bytes:
    """Return a PNG, at most 128 px a side, of uint8 [H, W, 3 or 4] seen through a mask [H, W]."""
    picture = Pillow.fromarray(pixels).convert("RGBA")
    if mask is not None:
        picture.putalpha(Pillow.fromarray(mask))
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return png(np.asarray(picture))


def png(pixels: Pixels) -> bytes:
    """Return a PNG of uint8 [H, W], [H, W, 3] or [H, W, 4], packed quickly."""
    out = io.BytesIO()
    Pillow.fromarray(pixels).save(out, "PNG", compress_level=1)
    return out.getvalue()
