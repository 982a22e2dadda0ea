"""The catalogue of models, asked of the daemon's program and shown to people."""

import msgspec
from rich.console import Console
from rich.table import Table

from scumble_cli.daemon_process import output_of
from scumble_cli.speech import say, size_text


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the catalogue."""

    name: str
    family: str
    tasks: tuple[str, ...]
    native_side: int  # px
    size_bytes: int
    origin: str  # "bundled", "folder", "file" or "hub"
    licence: str
    description: str
    location: str  # a path or a hub id


def known_models() -> tuple[Model, ...]:
    """Return the whole catalogue. Raises DaemonProgramError where it cannot be read."""
    return msgspec.json.decode(output_of(["models", "list", "--json"]), type=tuple[Model, ...])


def known_model(name: str) -> Model:
    """Return one model. Raises DaemonProgramError where there is none of that name."""
    return _one("info", "--json", "--", name)


def add_model(where: str, name: str | None) -> Model:
    """Add a folder, file or hub id. Raises DaemonProgramError where it cannot be used."""
    return _one("add", "--json", *(("--name", name) if name else ()), "--", where)


def remove_model(name: str) -> Model:
    """Take a model out of the catalogue. Raises DaemonProgramError where that cannot be."""
    return _one("remove", "--json", "--", name)


def print_models(models: tuple[Model, ...]) -> None:
    """Print the catalogue as a table."""
    if not models:
        say("There are no models. Add one with `scumble models add PATH-OR-HUB-ID`.")
        return
    table = Table("name", "family", "at home with", "tasks", "size", "from")
    for model in models:
        table.add_row(
            model.name,
            model.family,
            f"{model.native_side} px",
            ", ".join(model.tasks),
            size_text(model.size_bytes),
            model.origin,
        )
    Console().print(table)


def print_card(model: Model) -> None:
    """Print everything that is known of one model."""
    lines = {
        "name": model.name,
        "about": model.description,
        "family": model.family,
        "tasks": ", ".join(model.tasks),
        "at home with": f"{model.native_side} px a side",
        "size": size_text(model.size_bytes),
        "licence": model.licence or "not stated",
        "from": f"{model.origin}: {model.location}",
    }
    for title, text in lines.items():
        print(f"{title + ':':<14}{text}")


def _one(*arguments: str) -> Model:
    return msgspec.json.decode(output_of(["models", *arguments]), type=Model)
