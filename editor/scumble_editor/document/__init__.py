"""The document as a value: no toolkit, no model, nothing that changes in place.

In short (all coordinates are canvas pixels, x right and y down; stacks are listed bottom first):

    Document(size, layers, active_id, selection, metadata)      document.py
        .of_image(rgba)  .bounds  .active  .find(id)  .layer(id)  .group(id)  .walk()
        .changed(id, function)  .planes()
    Layer(pixels, offset, alpha_locked, recipe) and Group(children, isolated), both with
        id, name, opacity, blend_mode, visible, locked, clipped, mask      layer.py
        layer.read(bounds) -> new array, layer.peek(bounds) -> view or None, layer.written(...)
    Mask(pixels, offset, enabled)  Mask.of(gray, at)  .read(bounds)        layer.py
    Tiles: sparse 256 × 256 read-only arrays shared by identity            tiles.py
        Tiles.of(array, at)  .peek/.read(bounds)  .edited(bounds, change)  .written  .filled
        .cleared  .cropped  .mapped  .get((column, row))  .mapping  .bounds  .content_bounds()
    BlendMode: OpenRaster's names                                          modes.py
    Selection: a soft mask; union, minus, intersection, combined, inverted selection.py
    composite(document, bounds) -> rgba uint8 [H, W, 4]                    composite.py
    changed_tiles(before, after) -> canvas tiles to repaint                difference.py
    shapes: rectangle, ellipse, polygon -> Selection                       shapes.py
    edits/: functions document -> document: layers, results, pixels, transforms, masks,
        selection, canvas, adjustments; each raises DocumentError and then nothing has changed

Replace fields with `dataclasses.replace`; to take a new value as a step of history, see
`scumble_editor.history`; files are in `scumble_editor.files`.
"""
