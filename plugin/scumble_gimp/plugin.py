"""The plug-in as GIMP sees it: which procedures there are, their arguments and menus."""

from collections.abc import Sequence
from pathlib import Path

import gi

gi.require_version("Gimp", "3.0")
gi.require_version("Gegl", "0.4")

from gi.repository import Gimp, GLib, GObject

from scumble_gimp.running import FailedError, GivenUpError, run
from scumble_host.commands import Command, command_named, offered
from scumble_host.fields import Field
from scumble_host.record import RecordError, read_record

PREFIX = "scumble-"
MENU = "<Image>/Filters/Scumble"
FOLDER = Path(__file__).resolve().parent.parent


class Scumble(Gimp.PlugIn):
    """Registers a procedure for every command that the installed Scumble has a task for."""

    def do_set_i18n(self, _name: str) -> bool:
        """Say that there are no translations."""
        return False

    def do_query_procedures(self) -> list[str]:
        """Return the names of the procedures."""
        try:
            record = read_record(FOLDER)
        except RecordError:
            return []
        return [f"{PREFIX}{command.name}" for command in offered(record.tasks)]

    def do_create_procedure(self, name: str) -> "Gimp.Procedure":
        """Return one procedure with its arguments."""
        command = command_named(name.removeprefix(PREFIX))
        procedure = Gimp.ImageProcedure.new(self, name, Gimp.PDBProcType.PLUGIN, _run, command)
        procedure.set_image_types("RGB*, GRAY*")
        sensitivity = Gimp.ProcedureSensitivityMask
        procedure.set_sensitivity_mask(
            sensitivity.DRAWABLE | sensitivity.DRAWABLES | sensitivity.NO_DRAWABLES
        )
        procedure.set_menu_label(f"{command.title}…")
        procedure.add_menu_path(MENU)
        procedure.set_documentation(f"{command.blurb}.", f"{command.blurb}.", name)
        procedure.set_attribution("Scumble", "Scumble", "2026")
        for field in command.fields:
            _add_argument(procedure, field)
        return procedure


def _add_argument(procedure: "Gimp.Procedure", field: Field) -> None:
    flags = GObject.ParamFlags.READWRITE
    about = (field.name, field.label, field.help)
    if field.choices:
        choice = Gimp.Choice.new()
        for number, (sent, shown) in enumerate(field.choices):
            choice.add(sent, number, shown, "")
        procedure.add_choice_argument(*about, choice, str(field.default), flags)
    elif isinstance(field.default, bool):
        procedure.add_boolean_argument(*about, field.default, flags)
    elif isinstance(field.default, int):
        procedure.add_int_argument(*about, int(field.low), int(field.high), field.default, flags)
    elif isinstance(field.default, float):
        procedure.add_double_argument(*about, field.low, field.high, field.default, flags)
    else:
        procedure.add_string_argument(*about, field.default, flags)


def _run(
    procedure: "Gimp.Procedure",
    run_mode: "Gimp.RunMode",
    image: "Gimp.Image",
    _drawables: Sequence["Gimp.Drawable"],
    config: "Gimp.ProcedureConfig",
    command: Command,
) -> "Gimp.ValueArray":
    """Do what a procedure was called for; GIMP shows the sentence where that fails."""
    status = Gimp.PDBStatusType
    try:
        run(FOLDER, command, procedure, config, image, run_mode)
    except GivenUpError:
        return procedure.new_return_values(status.CANCEL, GLib.Error())
    except FailedError as error:
        problem = GLib.Error.new_literal(Gimp.PlugIn.error_quark(), str(error), 0)
        return procedure.new_return_values(status.EXECUTION_ERROR, problem)
    return procedure.new_return_values(status.SUCCESS, GLib.Error())


def main(arguments: list[str]) -> None:
    """Hand over to GIMP."""
    Gimp.main(Scumble.__gtype__, arguments)
