"""Runs inside gimp-console: opens the OpenRaster files in FILES, writes what they show, saves them.

Beside NAME.ora come NAME.raw (rgba), NAME.json (the layer tree) and NAME.again.ora.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gi.repository import Gegl, Gimp, Gio


def tree(layers: "Sequence[Gimp.Layer]") -> list[dict[str, Any]]:
    """Return layers, bottom first."""
    return [
        {
            "name": layer.get_name(),
            "visible": layer.get_visible(),
            "children": tree(layer.get_children()) if layer.is_group() else [],
        }
        for layer in reversed(layers)
    ]


def main() -> None:
    """Open every file."""
    gimp: Any = Gimp
    for path in map(Path, os.environ["FILES"].split(os.pathsep)):
        file = Gio.File.new_for_path(str(path))
        image: Any = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, file)
        path.with_suffix(".json").write_text(json.dumps(tree(image.get_layers())))
        again = Gio.File.new_for_path(str(path.with_suffix(".again.ora")))
        Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, again, None)
        copy = image.duplicate()
        merged = copy.merge_visible_layers(gimp.MergeType.CLIP_TO_IMAGE)
        _, x, y = merged.get_offsets()
        area = Gegl.Rectangle.new(-x, -y, image.get_width(), image.get_height())
        pixels = merged.get_buffer().get(area, 1.0, "R'G'B'A u8", Gegl.AbyssPolicy.NONE)
        path.with_suffix(".raw").write_bytes(pixels)
        copy.delete()
        image.delete()


main()
