"""The picture that a document shows: its layers laid over each other, for any part of the canvas.

Work is done a tile of the canvas at a time in float32 and rounded once at the end. Groups that
pass through, clipping, masks and opacity follow `layer.py`; the blend modes are in `blend.py`.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from scumble_editor.document.blend import Planes, blend, blend_onto_nothing, straight
from scumble_editor.document.document import Document
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import AnyNode, Group, Layer
from scumble_editor.document.modes import BlendMode
from scumble_editor.document.tiles import keys_of, tile_bounds
from scumble_editor.document.tracking import tracked
from scumble_protocol.geometry import Bounds


def composite(document: Document, bounds: Bounds | None = None) -> Pixels:
    """Return what a part of the canvas shows, all of it where no bounds are given.

    rgba: uint8 [H, W, 4], straight alpha. Bounds may reach past the canvas.
    """
    return composite_nodes(document.layers, document.bounds if bounds is None else bounds)


def composite_nodes(nodes: Sequence[AnyNode], bounds: Bounds) -> Pixels:
    """Return what a stack of nodes, bottom first, shows over nothing.

    rgba: uint8 [H, W, 4], straight alpha.
    """
    rgba = np.zeros((bounds.height, bounds.width, 4), np.uint8)
    for key in tracked(keys_of(bounds)):
        place = tile_bounds(key).intersection(bounds)
        if place is None:
            continue
        target = rgba[place.relative_to(bounds).slices]
        finished = _finished(nodes, place)
        if finished is not None:
            target[...] = finished
            continue
        planes = render(nodes, place, None)
        if planes is not None:
            quantise(planes, target)
    return rgba


def quantise(planes: Planes, out: Pixels) -> None:
    """Write premultiplied planes as rgba: uint8 [H, W, 4], straight alpha, rounded."""
    colour = straight(planes)
    for channel in range(3):
        out[..., channel] = colour[channel] * 255 + 0.5
    out[..., 3] = np.minimum(planes[3], 1) * 255 + 0.5


def render(nodes: Sequence[AnyNode], bounds: Bounds, backdrop: Planes | None) -> Planes | None:
    """Lay nodes, bottom first, over a backdrop; None stands for full transparency.

    The backdrop's memory may be used for the result.
    """
    runs = list(clip_runs(nodes))
    start = _first_seen(runs, bounds)
    if start is not None:
        backdrop, runs = None, runs[start:]
    for base, clipped in runs:
        if base.visible:
            backdrop = _laid(base, clipped, bounds, backdrop)
    return backdrop


def clip_runs(nodes: Sequence[AnyNode]) -> Iterator[tuple[AnyNode, list[AnyNode]]]:
    """Yield each node that is not clipped with the clipped ones directly above it.

    A clipped node with nothing beneath it to be clipped by stands for itself.
    """
    base: AnyNode | None = None
    clipped: list[AnyNode] = []
    for node in nodes:
        if node.clipped and base is not None:
            clipped.append(node)
            continue
        if base is not None:
            yield base, clipped
        base, clipped = node, []
    if base is not None:
        yield base, clipped


def _laid(
    base: AnyNode, clipped: Sequence[AnyNode], bounds: Bounds, backdrop: Planes | None
) -> Planes | None:
    if isinstance(base, Group) and base.passes_through and not clipped:
        return render(base.children, bounds, backdrop)
    source = _source(base, bounds)
    if source is not None:
        for node in clipped:
            source = _clip(source, node, bounds) if node.visible else source
        if base.opacity < 1:
            source *= np.float32(base.opacity)
    return _blended(backdrop, source, base.blend_mode)


def _blended(backdrop: Planes | None, source: Planes | None, mode: BlendMode) -> Planes | None:
    if source is None:
        return None if mode.clears else backdrop
    if backdrop is None:
        return blend_onto_nothing(source, mode)
    return blend(backdrop, source, mode)


def _clip(base: Planes, node: AnyNode, bounds: Bounds) -> Planes:
    """Lay a clipped node over its base: over the base's colour made opaque, then cut to it."""
    source = _source(node, bounds)
    if source is None and not node.blend_mode.clears:
        return base
    opaque = np.concatenate([straight(base), (base[3:] > 0).astype(base.dtype)])
    if source is not None and node.opacity < 1:
        source *= np.float32(node.opacity)
    laid = _blended(opaque, source, node.blend_mode)
    return np.zeros_like(base) if laid is None else laid * base[3]


def _source(node: AnyNode, bounds: Bounds) -> Planes | None:
    """Return a node's own paint with its mask applied, its opacity not; None where empty."""
    if isinstance(node, Group):
        planes = render(node.children, bounds, None)
    else:
        pixels = node.peek(bounds)
        planes = None if pixels is None else premultiplied(pixels)
    if planes is None or node.mask is None or not node.mask.enabled:
        return planes
    coverage = node.mask.peek(bounds)
    if coverage is None:
        outside = node.mask.pixels.default / node.mask.pixels.format.white
        return None if outside == 0 else planes * np.float32(outside)
    planes *= coverage * np.float32(1 / node.mask.pixels.format.white)
    return planes


def premultiplied(pixels: Pixels) -> Planes:
    """Return straight rgba: uint8 [H, W, 4] as new premultiplied planes: float32 [4, H, W]."""
    planes = np.empty((4, *pixels.shape[:2]), np.float32)
    for channel in range(4):
        np.multiply(pixels[..., channel], np.float32(1 / 255), out=planes[channel])
    planes[:3] *= planes[3]
    return planes


def _is_cover(node: AnyNode, bounds: Bounds) -> bool:
    """Tell whether a layer hides all that lies beneath it: plain, and opaque in every pixel."""
    if not isinstance(node, Layer) or not node.visible or node.opacity < 1:
        return False
    if node.blend_mode is not BlendMode.NORMAL or (node.mask is not None and node.mask.enabled):
        return False
    pixels = node.peek(bounds)
    return pixels is not None and pixels[0, 0, 3] == 255 and int(pixels[..., 3].min()) == 255


def _first_seen(runs: Sequence[tuple[AnyNode, list[AnyNode]]], bounds: Bounds) -> int | None:
    for index in range(len(runs) - 1, -1, -1):
        if _is_cover(runs[index][0], bounds):
            return index
    return None


def _finished(nodes: Sequence[AnyNode], bounds: Bounds) -> Pixels | None:
    """Return the pixels of a layer that covers everything and that nothing lies upon."""
    for node in reversed(nodes):
        if not node.visible:
            continue
        if isinstance(node, Group):
            return None
        if node.peek(bounds) is None and not node.blend_mode.clears:
            continue
        return node.peek(bounds) if not node.clipped and _is_cover(node, bounds) else None
    return None
