"""Runs in kritarunner: opens OpenRaster files, writes what they show, saves them again.

Beside NAME.ora come NAME.raw (bgra), NAME.json (the layer tree) and NAME.again.ora.
"""

import json
from pathlib import Path
from typing import Any

from krita import Krita


def tree(node: Any) -> list[dict[str, Any]]:
    """Return the layers beneath a node, bottom first."""
    return [
        {
            "name": child.name(),
            "mode": child.blendingMode(),
            "visible": child.visible(),
            "children": tree(child),
        }
        for child in node.childNodes()
    ]


def __main__(names: list[str]) -> None:  # noqa: N807 - the name that kritarunner calls
    app: Any = Krita.instance()
    app.setBatchmode(True)
    for name in names:
        path = Path(name)
        document = app.openDocument(name)
        document.setBatchmode(True)
        document.refreshProjection()
        document.waitForDone()
        pixels = document.pixelData(0, 0, document.width(), document.height())
        path.with_suffix(".raw").write_bytes(bytes(pixels))
        path.with_suffix(".json").write_text(json.dumps(tree(document.rootNode())))
        document.saveAs(str(path.with_suffix(".again.ora")))
        document.waitForDone()
        document.setModified(False)
        document.close()
