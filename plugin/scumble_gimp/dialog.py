"""The dialog of a command: what matters on top, the rest folded away."""

import gi

gi.require_version("GimpUi", "3.0")
gi.require_version("Gtk", "3.0")

from gi.repository import Gimp, GimpUi

from scumble_host.commands import Command

FOLDED, FOLDED_TITLE, FOLDED_BOX = "more", "more-title", "more-box"


def ask(command: Command, procedure: "Gimp.Procedure", config: "Gimp.ProcedureConfig") -> bool:
    """Show the dialog; tell whether the painter pressed OK. Values go into `config`."""
    GimpUi.init("scumble")
    title = f"Scumble: {command.title.replace('_', '')}"
    dialog = GimpUi.ProcedureDialog.new(procedure, config, title)
    shown = [field.name for field in command.fields if not field.folded]
    folded = [field.name for field in command.fields if field.folded]
    if "strength" in shown:
        dialog.get_scale_entry("strength", 1.0)
    if folded:
        dialog.get_label(FOLDED_TITLE, "More options", False, False)
        dialog.fill_box(FOLDED_BOX, folded)
        dialog.fill_expander(FOLDED, FOLDED_TITLE, False, FOLDED_BOX)
        shown.append(FOLDED)
    dialog.fill(shown)
    agreed = bool(dialog.run())
    dialog.destroy()
    return agreed
