"""How a fresh selection meets the one that is there: chosen, or by the keys held."""

from scumble_editor.document.document import Document
from scumble_editor.document.edits.selection import deselect, select
from scumble_editor.document.selection import Combine, Selection
from scumble_editor.tools.options import Choice, Slider, Values
from scumble_editor.tools.pointer import Modifiers

COMBINE = Choice(
    "combine",
    "Mode",
    "How a new selection meets the old one; Shift adds, Ctrl takes away, both intersect",
    (
        ("replace", "New selection", "combine_replace"),
        ("add", "Add (hold Shift)", "combine_add"),
        ("subtract", "Take away (hold Ctrl)", "combine_subtract"),
        ("intersect", "Intersect (hold Shift and Ctrl)", "combine_intersect"),
    ),
    "replace",
)
FEATHER = Slider("feather", "Feather", "Softens the edge", 0, 250, 0, 0, " px", 2.0)


def way(values: Values, keys: Modifiers) -> Combine:
    """Return how to combine: the keys held as a gesture begins, else what is chosen."""
    if keys.shift and keys.ctrl:
        return Combine.INTERSECT
    if keys.shift:
        return Combine.ADD
    if keys.ctrl or keys.alt:
        return Combine.SUBTRACT
    return Combine(values.text("combine"))


def combined(document: Document, fresh: Selection, how: Combine) -> Document:
    """Return the document with a fresh selection put in; where nothing is left, all is free."""
    result = select(document, fresh, how)
    chosen = result.selection
    return deselect(result) if chosen is not None and chosen.empty else result
