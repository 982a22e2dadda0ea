"""The catalogue of models, asked of the daemon's program and shown to people."""

import re
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from scumble_cli.connecting import ADDRESS_VARIABLE, connected_to_running, elsewhere
from scumble_cli.daemon_process import output_of
from scumble_cli.failures import BadUseError
from scumble_cli.speech import say, size_text

LONGEST_CARD = 100_000  # characters


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
    location: str = ""  # a path or a hub id; not told by a daemon elsewhere

    @property
    def card(self) -> str:
        """The model card that lies with a model's files, empty where there is none here."""
        file = Path(self.location) / "README.md"
        if not self.location or not file.is_file():
            return ""
        text = file.read_text(errors="replace")[:LONGEST_CARD]
        return re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL).strip()


def known_models() -> tuple[Model, ...]:
    """Return the whole catalogue. Raises ScumbleError where it cannot be read."""
    if elsewhere() is None:
        listed = output_of(["models", "list", "--json"])
        return msgspec.json.decode(listed, type=tuple[Model, ...])
    with connected_to_running() as client:
        return tuple(msgspec.convert(m, Model, from_attributes=True) for m in client.models())


def known_model(name: str) -> Model:
    """Return one model. Raises ScumbleError where there is none of that name."""
    if elsewhere() is None:
        return _one("info", "--json", "--", name)
    for model in known_models():
        if model.name == name:
            return model
    raise BadUseError(f"That daemon has no model “{name}”; `scumble models list` shows them all.")


def add_model(where: str, name: str | None) -> Model:
    """Add a folder, file or hub id. Raises ScumbleError where it cannot be used."""
    refuse_elsewhere()
    return _one("add", "--json", *(("--name", name) if name else ()), "--", where)


def remove_model(name: str) -> Model:
    """Take a model out of the catalogue. Raises ScumbleError where that cannot be."""
    refuse_elsewhere()
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
        "from": f"{model.origin}: {model.location}".removesuffix(": "),
    }
    for title, text in lines.items():
        print(f"{title + ':':<14}{text}")
    if model.card:
        print(f"\n{model.card}")


def refuse_elsewhere() -> None:
    """Raise BadUseError where the models are those of a daemon on another machine."""
    if elsewhere() is not None:
        raise BadUseError(
            f"{ADDRESS_VARIABLE} names a daemon elsewhere, whose models are chosen on its own "
            "machine. Nothing was changed; run this command there."
        )


def _one(*arguments: str) -> Model:
    return msgspec.json.decode(output_of(["models", *arguments]), type=Model)
