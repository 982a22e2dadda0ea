"""What can be done with a result in the gallery: shown, put back, deleted."""

from dataclasses import replace

from scumble_editor.document.errors import DocumentError
from scumble_editor.document.layer import Layer
from scumble_editor.document.paintings import Painting
from scumble_editor.generation.putting_back import in_document, put_back
from scumble_editor.ui.desk import Desk


def show(desk: Desk, painting: Painting) -> None:
    """Choose the layer of a result; put it back where it is not in the document any more."""
    there = in_document(desk.opened.document, painting)
    if there is None:
        desk.apply(lambda document: put_back(document, painting), "Put back")
    else:
        desk.opened.amend(lambda document: replace(document, active_id=there.id))
        if not there.visible:
            desk.apply(
                lambda document: document.changed(there.id, lambda n: replace(n, visible=True)),
                "Show layer",
            )


def delete(desk: Desk, painting: Painting) -> None:
    """Delete a result for good; a layer of it in the document stays."""
    desk.opened.let_go(painting.id)
    desk.messages.info("Deleted from what was painted. Layers of it in the picture stay.")


def first(painting: Painting) -> Layer:
    """Return the first variant of a result."""
    if not painting.layers:
        raise DocumentError("This result holds no layer.")
    return painting.layers[0]
