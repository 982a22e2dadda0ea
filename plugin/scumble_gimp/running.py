"""One call of a command, from the dialog to the layers."""

import queue
from pathlib import Path

from gi.repository import Gimp

from scumble_gimp import canvas, dialog, results
from scumble_host.commands import Command
from scumble_host.conversation import Conversation, ConversationError
from scumble_host.events import Accepted, Done, Notice, Progress, State
from scumble_host.fields import Value
from scumble_host.process import BridgeError
from scumble_host.record import RecordError
from scumble_host.request import RefusedError, check, new_id, submission
from scumble_host.speech import done_text, progress_text, queue_text

PULSE_EVERY_S = 0.1


class GivenUpError(Exception):
    """The painter closed the dialog."""


class FailedError(Exception):
    """Nothing was painted; the message is fit for a painter."""


def run(
    folder: Path,
    command: Command,
    procedure: "Gimp.Procedure",
    config: "Gimp.ProcedureConfig",
    image: "Gimp.Image",
    run_mode: "Gimp.RunMode",
) -> None:
    """Ask for values where a person is there, paint, and add the result to the image.

    Raises GivenUpError where the dialog was closed, FailedError with the reason otherwise.
    """
    if run_mode == Gimp.RunMode.INTERACTIVE and not dialog.ask(command, procedure, config):
        raise GivenUpError
    values = values_of(command, config)
    try:
        check(command, canvas.size(image), selected=canvas.selected(image), values=values)
        with Conversation.open(folder, "gimp", f"GIMP {Gimp.version()}", "rgba8") as talk:
            done = paint(talk, command, values, image)
            results.add(image, command, values, done)
            talk.acknowledge(done.job)
        if told := done_text(command, values, done):
            Gimp.message(told)
    except (RefusedError, RecordError, BridgeError, ConversationError) as error:
        raise FailedError(str(error)) from error
    finally:
        Gimp.progress_end()
        Gimp.displays_flush()


def values_of(command: Command, config: "Gimp.ProcedureConfig") -> dict[str, Value]:
    """Return what the procedure was called with, by the fields' names."""
    given = {field.name: config.get_property(field.name) for field in command.fields}
    # GIMP has None for an empty text
    return {name: "" if value is None else value for name, value in given.items()}


def paint(
    talk: Conversation, command: Command, values: dict[str, Value], image: "Gimp.Image"
) -> Done:
    """Submit the job and wait for its result, with GIMP's progress bar telling how far it is.

    Raises RefusedError or ConversationError with the reason where there is none.
    """
    Gimp.progress_init(f"Scumble: {command.title.replace('_', '')}")
    welcome = talk.welcome(_tell)
    picture = canvas.read(image, command, values)
    check(
        command,
        (picture.width, picture.height),
        selected=picture.selection is not None,
        values=values,
        limits=welcome.limits,
    )
    talk.submit(*submission(command, values, picture, new_id()))
    while True:
        try:
            event = talk.next(PULSE_EVERY_S)
        except queue.Empty:
            continue
        if isinstance(event, Done):
            return event
        _tell(event)


def _tell(event: object) -> None:
    if isinstance(event, Notice):
        Gimp.progress_set_text(event.sentence)
        Gimp.progress_pulse()
    elif isinstance(event, Accepted | State):
        Gimp.progress_set_text(queue_text(event))
        Gimp.progress_pulse()
    elif isinstance(event, Progress):
        Gimp.progress_set_text(progress_text(event))
        if event.fraction is None:
            Gimp.progress_pulse()
        else:
            Gimp.progress_update(event.fraction)
