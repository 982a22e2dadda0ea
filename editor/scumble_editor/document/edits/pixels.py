"""Edits of a layer's pixels. All of them keep to the selection and to a layer's locks.

Where the selection is 0 a pixel stays bit-identical; where it is grey, the change is mixed in by
that much, on premultiplied colour.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from scumble_editor.document import tree
from scumble_editor.document.document import Document
from scumble_editor.document.errors import DocumentError, LockedLayerError
from scumble_editor.document.formats import RGBA8, Pixels
from scumble_editor.document.layer import Layer, new_id
from scumble_editor.document.pixel_math import (
    Colour,
    painted,
    premultiplied,
    straight,
    through,
    without_hidden_colour,
)
from scumble_editor.document.selection import Selection
from scumble_editor.document.tiles import Tiles
from scumble_protocol.geometry import Bounds, Point


def editable_layer(document: Document, layer_id: str) -> Layer:
    """Return a layer that may be painted on; raises LockedLayerError, DocumentError."""
    layer = document.layer(layer_id)
    if layer.locked:
        raise LockedLayerError.for_name(layer.name)
    if layer.pixels.format != RGBA8:
        raise DocumentError(f"“{layer.name}” has pixels that cannot be painted on yet.")
    return layer


def edit_pixels(
    document: Document,
    layer_id: str,
    bounds: Bounds,
    change: Callable[[Pixels, Bounds], Pixels],
    *,
    base: Layer | None = None,
) -> Document:
    """Change a rectangle of the canvas in a layer, tile by tile, within the selection.

    `change` is given rgba: uint8 [H, W, 4], read-only, and its rectangle on the canvas, and
    returns the new pixels. `base` is the layer whose pixels it is given, the layer itself where
    None: a tool that paints a stroke anew with every dab gives the layer from before the stroke.
    """
    layer = editable_layer(document, layer_id)
    source = layer if base is None else base
    reach = _reach(document, bounds)
    if reach is None:
        return document

    def put(view: Pixels, place: Bounds) -> None:
        on_canvas = place.moved(layer.offset.x, layer.offset.y)
        before = source.read(on_canvas)
        after = change(before, on_canvas)
        if layer.alpha_locked:
            after = np.dstack([after[..., :3], before[..., 3]])
        coverage = None if document.selection is None else document.selection.read(on_canvas)
        view[...] = through(before, after, coverage)

    pixels = layer.pixels.edited(reach.relative_to(layer.offset), put)
    if pixels is layer.pixels:
        return document
    return document.changed(layer_id, lambda _: replace(layer, pixels=pixels))


def paint(
    document: Document,
    layer_id: str,
    coverage: Pixels,
    at: Point,
    colour: Colour,
    *,
    opacity: float = 1.0,
    base: Layer | None = None,
) -> Document:
    """Lay a colour over a layer through a coverage: uint8 [H, W] at a place of the canvas.

    With `base` the coverage is that of a whole stroke so far, so that a stroke never builds up
    beyond its opacity; without it, dabs build up.
    """
    area = Bounds(at.x, at.y, int(coverage.shape[1]), int(coverage.shape[0]))

    def lay(rgba: Pixels, place: Bounds) -> Pixels:
        part = coverage[place.relative_to(area).slices]
        return painted(rgba, part, colour, opacity)

    return edit_pixels(document, layer_id, area, lay, base=base)


def erase(
    document: Document,
    layer_id: str,
    coverage: Pixels,
    at: Point,
    *,
    opacity: float = 1.0,
    base: Layer | None = None,
) -> Document:
    """Take paint off a layer through a coverage: uint8 [H, W]; the colour left is unchanged."""
    area = Bounds(at.x, at.y, int(coverage.shape[1]), int(coverage.shape[0]))

    def take(rgba: Pixels, place: Bounds) -> Pixels:
        part = coverage[place.relative_to(area).slices]
        rest = 1 - part.astype(np.float32) * (opacity / 255)
        alpha = (rgba[..., 3] * rest + 0.5).astype(np.uint8)
        return without_hidden_colour(np.dstack([rgba[..., :3], alpha]))

    return edit_pixels(document, layer_id, area, take, base=base)


def clone(
    document: Document,
    layer_id: str,
    coverage: Pixels,
    at: Point,
    source: Layer,
    shift: Point,
    *,
    opacity: float = 1.0,
    base: Layer | None = None,
) -> Document:
    """Paint with the pixels of a layer from elsewhere: those `shift` away from where they land."""
    area = Bounds(at.x, at.y, int(coverage.shape[1]), int(coverage.shape[0]))

    def lay(rgba: Pixels, place: Bounds) -> Pixels:
        part = coverage[place.relative_to(area).slices].astype(np.float32) * (opacity / 255)
        stamp = premultiplied(source.read(place.moved(shift.x, shift.y))) * part[..., None]
        below = premultiplied(rgba)
        laid = straight(stamp + below * (1 - stamp[..., 3:] / 255))
        return np.where(part[..., None] == 0, rgba, laid)

    return edit_pixels(document, layer_id, area, lay, base=base)


def fill(
    document: Document,
    layer_id: str,
    colour: Colour,
    *,
    opacity: float = 1.0,
    region: Selection | None = None,
) -> Document:
    """Fill what is selected, and of it the region where one is given, with a colour."""
    area = document.bounds if region is None else region.bounds
    if area is None:
        return document

    def lay(rgba: Pixels, place: Bounds) -> Pixels:
        whole = np.full(rgba.shape[:2], 255, np.uint8)
        return painted(rgba, whole if region is None else region.read(place), colour, opacity)

    return edit_pixels(document, layer_id, area, lay)


def clear(document: Document, layer_id: str) -> Document:
    """Erase what is selected, or all of the layer where nothing is."""
    layer = editable_layer(document, layer_id)
    area = layer.content_bounds()
    if area is None:
        return document
    if document.selection is None and not layer.alpha_locked:
        return document.changed(layer_id, lambda _: replace(layer, pixels=Tiles(RGBA8)))
    return edit_pixels(document, layer_id, area, lambda rgba, _: np.zeros_like(rgba))


def gradient(
    document: Document,
    layer_id: str,
    start: tuple[float, float],
    end: tuple[float, float],
    colours: tuple[tuple[int, int, int, int], tuple[int, int, int, int]],
    *,
    radial: bool = False,
    within: Bounds | None = None,
) -> Document:
    """Lay a gradient of two colours (rgba) over what is selected, from one place to another.

    `within` is the part to lay it in, all of the canvas where None.
    """
    span = np.array(end, np.float64) - start
    length = float(np.hypot(*span)) or 1.0
    first, last = (premultiplied(np.array([[c]], np.uint8))[0, 0] for c in colours)

    def lay(rgba: Pixels, place: Bounds) -> Pixels:
        x = np.arange(place.left, place.right) + 0.5 - start[0]
        y = (np.arange(place.top, place.bottom) + 0.5 - start[1])[:, None]
        way = np.hypot(x, y) / length if radial else (x * span[0] + y * span[1]) / length**2
        part = np.clip(way, 0, 1)[..., None].astype(np.float32)
        ramp = first + (last - first) * part
        below = premultiplied(rgba)
        return straight(ramp + below * (1 - ramp[..., 3:] / 255))

    area = document.bounds if within is None else within.intersection(document.bounds)
    return document if area is None else edit_pixels(document, layer_id, area, lay)


def replace_pixels(
    document: Document, layer_id: str, pixels: Pixels, at: Point, *, base: Layer | None = None
) -> Document:
    """Put rgba: uint8 [H, W, 4] in place of a layer's pixels there, within the selection."""
    area = Bounds(at.x, at.y, int(pixels.shape[1]), int(pixels.shape[0]))
    return edit_pixels(
        document,
        layer_id,
        area,
        lambda _, place: pixels[place.relative_to(area).slices],
        base=base,
    )


def copied(document: Document, layer_id: str) -> tuple[Pixels, Point] | None:
    """Return a layer's selected pixels, rgba: uint8 [H, W, 4], and where they lie; None if none."""
    layer = document.layer(layer_id)
    area = layer.content_bounds()
    reach = None if area is None else _reach(document, area)
    if reach is None:
        return None
    rgba = layer.read(reach)
    if document.selection is not None:
        rgba = through(np.zeros_like(rgba), rgba, document.selection.read(reach))
    return rgba, Point(reach.x, reach.y)


def float_selection(document: Document, layer_id: str, *, cut: bool = True) -> Document:
    """Lift a layer's selected pixels to a new layer above it; with `cut` they are taken away."""
    lifted = copied(document, layer_id)
    if lifted is None:
        raise DocumentError("There is no paint in what is selected; nothing was changed.")
    pixels, at = lifted
    layer = document.layer(layer_id)
    fresh = Layer(id=new_id(), name=f"{layer.name} part", pixels=Tiles.of(pixels, at))
    rest = clear(document, layer_id) if cut else document
    layers = tree.inserted(rest.layers, (fresh,), layer_id)
    return replace(rest, layers=layers, active_id=fresh.id)


def _reach(document: Document, bounds: Bounds) -> Bounds | None:
    """Return the part of a rectangle that edits may change."""
    if document.selection is None:
        return bounds if bounds.width > 0 and bounds.height > 0 else None
    inside = document.selection.pixels.bounds
    return None if inside is None else inside.intersection(bounds)
