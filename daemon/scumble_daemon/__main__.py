"""The face of the daemon: ``python -m scumble_daemon run | worker | models | keys | doctor``."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from scumble_daemon.config import (
    FLAGS,
    choices_of,
    load_settings,
    meanings,
    model_folder,
    with_choices,
)
from scumble_protocol.errors import ErrorCode, RemoteError, ScumbleError

Command = Callable[[argparse.Namespace], int]

FAILED = 1
BAD_USE = 2  # as argparse ends what it cannot read


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says.

    Return 0 where it was done, 1 where it failed, 2 where it names a model that is not there.
    """
    options = _parser().parse_args(arguments)
    command: Command = options.command
    try:
        return command(options)
    except ScumbleError as error:
        print(error, file=sys.stderr)
        unknown = isinstance(error, RemoteError) and error.code is ErrorCode.UNKNOWN_MODEL
        return BAD_USE if unknown else FAILED
    except OSError as error:
        print(f"The daemon cannot use its files: {error}. Nothing was changed.", file=sys.stderr)
    return FAILED


def _run(options: argparse.Namespace) -> int:
    # this process must be ready at once, so the other commands' modules stay out of it
    from scumble_daemon.front.logs import start_log
    from scumble_daemon.front.server import Household, serve
    from scumble_daemon.models.catalog import Catalogue
    from scumble_daemon.models.schedulers import SCHEDULERS
    from scumble_protocol.endpoint import folders

    flags = _flags(options)
    settings = with_choices(load_settings(), tuple(options.device), tuple(options.listen), **flags)
    start_log(folders().log)
    worker = (sys.executable, "-m", "scumble_daemon", "worker", *_as_typed(flags))
    serve(settings, Household(Catalogue(model_folder()), tuple(SCHEDULERS), worker))
    return 0


def _worker(options: argparse.Namespace) -> int:
    from scumble_daemon.parent import end_with_parent

    end_with_parent()
    try:
        from scumble_daemon.worker.process import main as work
    except ImportError as error:
        _say_what_is_missing(error)
        return 1
    return work(options.device, with_choices(load_settings(), (), (), **_flags(options)))


def _flags(options: argparse.Namespace) -> dict[str, str | bool | None]:
    """Return the settings that the command line says; None says nothing."""
    return {name: getattr(options, name) for name in FLAGS}


def _as_typed(flags: dict[str, str | bool | None]) -> Iterator[str]:
    """Yield settings as they would be typed, to be passed on."""
    for name, value in flags.items():
        option = name.replace("_", "-")
        if isinstance(value, bool):
            yield f"--{option}" if value else f"--no-{option}"
        elif value is not None:
            yield from (f"--{option}", value)


def _with_flags(parser: argparse.ArgumentParser) -> None:
    said = meanings()
    for name in FLAGS:
        option, words = f"--{name.replace('_', '-')}", choices_of(name)
        help_text = said.get(name, "").replace("%", "%%")
        if words:
            parser.add_argument(option, choices=words, help=help_text)
        else:
            action = argparse.BooleanOptionalAction
            parser.add_argument(option, action=action, default=None, help=help_text)


def _say_what_is_missing(error: ImportError) -> None:
    from scumble_daemon.work import Broken, send

    sentence = f"{error}. Install what it needs with `pip install 'scumble[daemon]'`."
    complaint = Broken(job="", code=ErrorCode.MODEL_FAILED, sentence=sentence)
    send(sys.stdout.buffer, complaint)


def _models(options: argparse.Namespace) -> int:
    from scumble_daemon.models.catalog import Catalogue

    catalogue = Catalogue(model_folder())
    if options.action == "download":
        from scumble_daemon.models.downloads import download_aloud
        from scumble_daemon.parent import end_with_parent

        end_with_parent()
        return 0 if download_aloud(options.source, options.name, catalogue) else 1
    if options.action == "recommended":
        from scumble_daemon.models.recommended import recommendations

        _print_json(recommendations(catalogue.entries()))
        return 0
    match options.action:
        case "list":
            entries = catalogue.entries()
        case "info":
            entries = (catalogue.get(options.name),)
        case "add":
            entries = (catalogue.add(_plain_weights(options.where), options.name),)
        case _:
            entries = (catalogue.remove(options.name),)
    if options.json:
        _print_json(entries if options.action == "list" else entries[0])
        return 0
    for entry in entries:
        tasks = ", ".join(entry.tasks)
        print(f"{entry.name}\t{entry.family}\t{entry.native_side} px\t{tasks}\t{entry.location}")
    return 0


def _plain_weights(where: str) -> str:
    """Return what to add: in the place of a pickled embedding that is allowed, its safe copy."""
    from scumble_daemon.models.weights import PICKLED_SUFFIXES

    allowed, file = load_settings().pickle_allowed, Path(where).expanduser()
    if file.suffix.lower() not in PICKLED_SUFFIXES or str(file.absolute()) not in allowed:
        return where
    from scumble_daemon.models.unpickling import unpickled

    return str(unpickled(file, allowed, model_folder() / "embeddings"))


def _keys(options: argparse.Namespace) -> int:
    from scumble_daemon.front import keys

    if options.action == "allow":
        keys.allow(options.name, options.key)
    elif options.action == "forget":
        keys.forget(options.name)
    shown = {
        "daemon": keys.daemon_keys().public,
        "client": keys.client_keys().public,
        "allowed": keys.allowed_clients(),
    }
    if options.json:
        _print_json(shown)
        return 0
    print(f"this user's daemon\t{shown['daemon']}")
    print(f"this user's clients\t{shown['client']}")
    for client in keys.allowed_clients():
        print(f"let in: {client.name}\t{client.key}")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from scumble_daemon.doctor import examine

    report = examine()
    if options.json:
        _print_json(report)
    else:
        print(report.as_text())
    return 1 if report.problems else 0


def _print_json(value: object) -> None:
    print(msgspec.json.format(msgspec.json.encode(value)).decode())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scumble_daemon", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="be the daemon, in the foreground")
    run.add_argument("--device", action="append", default=[], help="auto, cpu, cuda:0, mps, xpu")
    run.add_argument("--listen", action="append", default=[], help="also on tcp://ADDRESS:PORT")
    _with_flags(run)
    run.set_defaults(command=_run)

    worker = commands.add_parser("worker", help="be a worker; the daemon starts these itself")
    worker.add_argument("--device", default="auto")
    _with_flags(worker)
    worker.set_defaults(command=_worker)

    models = commands.add_parser("models", help="the catalogue of models")
    actions = models.add_subparsers(required=True, dest="action", metavar="ACTION")
    actions.add_parser("list", help="every model")
    actions.add_parser("info", help="one model").add_argument("name")
    add = actions.add_parser("add", help="a diffusers folder, a .safetensors file or a hub id")
    add.add_argument("where")
    add.add_argument("--name")
    actions.add_parser("remove", help="forget a model; its files stay").add_argument("name")
    _with_json(actions.choices.values())
    download = actions.add_parser(
        "download", help="fetch a model of the hub; a line of JSON a step"
    )
    download.add_argument("source", help="owner/name, or owner/name/file.safetensors")
    download.add_argument("--name")
    actions.add_parser("recommended", help="models of the hub that are worth having, as JSON")
    models.set_defaults(command=_models)

    keys = commands.add_parser("keys", help="who may connect over the network")
    actions = keys.add_subparsers(required=True, dest="action", metavar="ACTION")
    actions.add_parser("show", help="the public keys, and who is let in")
    allow = actions.add_parser("allow", help="let a client in")
    allow.add_argument("name")
    allow.add_argument("key", help="its public key, as `keys show` prints it there")
    actions.add_parser("forget", help="let a client in no longer").add_argument("name")
    _with_json(actions.choices.values())
    keys.set_defaults(command=_keys)

    doctor = commands.add_parser("doctor", help="what is installed, and what is wrong")
    _with_json([doctor])
    doctor.set_defaults(command=_doctor)
    return parser


def _with_json(parsers: Iterable[argparse.ArgumentParser]) -> None:
    for parser in parsers:
        parser.add_argument("--json", action="store_true", help="for programs")


if __name__ == "__main__":
    sys.exit(main())
