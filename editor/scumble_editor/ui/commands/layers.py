"""The Layer menu: edits of the layer tree, of masks and of settings."""

from scumble_editor.document.edits import layers as edits
from scumble_editor.document.edits import masks as mask_edits
from scumble_editor.document.edits import pixels as pixel_edits
from scumble_editor.document.layer import Group, Layer
from scumble_editor.tools.stage import Target
from scumble_editor.ui.desk import Desk


def add(desk: Desk) -> None:
    """Add an empty layer above the active one, or inside it where it is a group."""
    count = sum(isinstance(node, Layer) for node in desk.opened.document.walk())
    layer = Layer(name=f"Layer {count + 1}")
    node = desk.opened.document.active
    if isinstance(node, Group):
        group, top = node.id, len(node.children)
        desk.apply(lambda doc: edits.add_in_group(doc, layer, group, top), "New layer")
    else:
        desk.apply(lambda doc: edits.add_layer(doc, layer), "New layer")


def add_group(desk: Desk) -> None:
    """Add an empty group above the active node."""
    desk.apply(lambda doc: edits.add_layer(doc, Group()), "New group")


def group(desk: Desk) -> None:
    """Put the active node into a group of its own."""
    node = desk.active
    desk.apply(lambda doc: edits.group(doc, [node.id]), "Group")


def ungroup(desk: Desk) -> None:
    """Replace the active group by what it holds."""
    node = desk.active
    desk.apply(lambda doc: edits.ungroup(doc, node.id), "Ungroup")


def duplicate(desk: Desk) -> None:
    """Copy the active node, or what is selected of a layer, to a new one."""
    node = desk.active
    desk.apply(lambda doc: edits.duplicate(doc, node.id), "Duplicate layer")


def delete(desk: Desk) -> None:
    """Take the active node out."""
    node = desk.active
    desk.apply(lambda doc: edits.delete(doc, node.id), "Delete layer")


def merge_down(desk: Desk) -> None:
    """Merge the active node with the one beneath, a group with all that it holds."""
    node = desk.active
    if isinstance(node, Group):
        desk.work(lambda doc: edits.merge_group(doc, node.id), "Merge group")
    else:
        desk.work(lambda doc: edits.merge_down(doc, node.id), "Merge down")


def flatten(desk: Desk) -> None:
    """Merge everything that shows into one layer."""
    desk.work(edits.flatten, "Flatten")


def raise_layer(desk: Desk) -> None:
    """Move the active node up."""
    node = desk.active
    desk.apply(lambda doc: edits.raise_or_lower(doc, node.id, 1), "Raise layer")


def lower_layer(desk: Desk) -> None:
    """Move the active node down."""
    node = desk.active
    desk.apply(lambda doc: edits.raise_or_lower(doc, node.id, -1), "Lower layer")


def activate_above(desk: Desk) -> None:
    """Choose the node above."""
    _activate(desk, 1)


def activate_below(desk: Desk) -> None:
    """Choose the node below."""
    _activate(desk, -1)


def toggle_visible(desk: Desk) -> None:
    """Show or hide the active node."""
    node = desk.active
    label = "Hide layer" if node.visible else "Show layer"
    desk.apply(lambda doc: edits.set_visible(doc, node.id, not node.visible), label)


def toggle_locked(desk: Desk) -> None:
    """Lock the active node against edits, or unlock it."""
    node = desk.active
    label = "Unlock layer" if node.locked else "Lock layer"
    desk.apply(lambda doc: edits.set_locked(doc, node.id, not node.locked), label)


def toggle_alpha_locked(desk: Desk) -> None:
    """Keep the layer's transparency while painting, or let it change."""
    layer = desk.opened.document.layer(desk.active.id)
    label = "Unlock transparency" if layer.alpha_locked else "Lock transparency"
    locked = not layer.alpha_locked
    desk.apply(lambda doc: edits.set_alpha_locked(doc, layer.id, locked), label)


def toggle_clipped(desk: Desk) -> None:
    """Show the node only where the one beneath has paint, or everywhere."""
    node = desk.active
    label = "Release clipping" if node.clipped else "Clip to layer below"
    desk.apply(lambda doc: edits.set_clipped(doc, node.id, not node.clipped), label)


def float_selection(desk: Desk) -> None:
    """Cut what is selected to a layer of its own."""
    node = desk.active
    desk.apply(lambda doc: pixel_edits.float_selection(doc, node.id), "Selection to layer")


def copy_selection(desk: Desk) -> None:
    """Copy what is selected to a layer of its own."""
    node = desk.active
    desk.apply(lambda doc: pixel_edits.float_selection(doc, node.id, cut=False), "Copy to layer")


def add_mask(desk: Desk) -> None:
    """Give the active node a mask, in the shape of the selection where there is one."""
    node = desk.active
    desk.apply(lambda doc: mask_edits.add_mask(doc, node.id), "Add mask")
    desk.opened.aim(Target.MASK)


def delete_mask(desk: Desk) -> None:
    """Take the mask off; the layer shows in full."""
    node = desk.active
    desk.apply(lambda doc: mask_edits.delete_mask(doc, node.id), "Delete mask")


def apply_mask(desk: Desk) -> None:
    """Make what the mask hides transparent for good, and take the mask off."""
    node = desk.active
    desk.apply(lambda doc: mask_edits.apply_mask(doc, node.id), "Apply mask")


def invert_mask(desk: Desk) -> None:
    """Show what the mask hides and hide what it shows."""
    node = desk.active
    desk.apply(lambda doc: mask_edits.invert_mask(doc, node.id), "Invert mask")


def toggle_mask(desk: Desk) -> None:
    """Switch the mask off, or on again."""
    node = desk.active
    enabled = node.mask is not None and node.mask.enabled
    label = "Disable mask" if enabled else "Enable mask"
    desk.apply(lambda doc: mask_edits.set_mask_enabled(doc, node.id, not enabled), label)


def aim_at_mask(desk: Desk) -> None:
    """Paint on the mask, or on the pixels again."""
    aimed = desk.opened.target is Target.MASK
    desk.opened.aim(Target.PIXELS if aimed else Target.MASK)


def _activate(desk: Desk, step: int) -> None:
    order = [node.id for node in desk.opened.document.walk()]
    active = desk.opened.document.active_id
    index = order.index(active) + step if active in order else 0
    if 0 <= index < len(order):
        desk.session.put_away()
        desk.opened.amend(lambda doc: edits.activate(doc, order[index]))
