"""Krita's plug-in: a Python package with its .desktop file, switched on in kritarc."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from scumble_bridge.payload import (
    copy_package,
    move_into_place,
    remove,
    write_record,
)
from scumble_bridge.places import Place

NAME = "scumble_krita"
DESKTOP = f"{NAME}.desktop"
ACTIONS = "scumble.action"
SWITCH = f"enable_{NAME}"


class Krita:
    """How the plug-in gets into Krita and out again."""

    where = (
        "It was switched on. Start Krita again; the docker is under "
        "Settings ▸ Dockers ▸ Scumble, the commands under Tools ▸ Scripts."
    )

    def own_folder(self, place: Place) -> Path:
        """Return the folder that is all ours and holds the record."""
        return place.plugins / NAME

    def install(self, place: Place, fresh: Path) -> None:
        """Put the plug-in in place, made in an empty folder beside it first, and switch it on."""
        for package in ("scumble_host", NAME):
            copy_package(package, fresh / package)
        write_record(place, fresh / NAME)
        for extra in (DESKTOP, ACTIONS):
            (fresh / NAME / extra).replace(fresh / extra)
        for name in ("scumble_host", NAME, DESKTOP):
            move_into_place(fresh / name, place.plugins / name)
        if place.actions is not None:
            place.actions.mkdir(parents=True, exist_ok=True)
            shutil.move(fresh / ACTIONS, place.actions / ACTIONS)
        _switch(place, on=True)

    def uninstall(self, place: Place) -> bool:
        """Remove the plug-in and its switch; tell whether there was one."""
        there = remove(self.own_folder(place))
        for name in ("scumble_host", DESKTOP):
            remove(place.plugins / name)
        if place.actions is not None:
            remove(place.actions / ACTIONS)
        _switch(place, on=False)
        return there

    def remarks(self, place: Place) -> Iterator[str]:
        """Yield what keeps the plug-in from working."""
        settings = place.settings
        if settings and f"{SWITCH}=true" not in _text(settings):
            yield (
                f"  It is switched off in {settings}; switch it on in Krita under "
                "Settings ▸ Configure Krita ▸ Python Plugin Manager."
            )


def _switch(place: Place, *, on: bool) -> None:
    """Set or remove our line in kritarc; every other line stays as it is."""
    if place.settings is None or not (on or place.settings.is_file()):
        return
    before = _text(place.settings)
    after = with_switch(before) if on else without_switch(before)
    if after != before:
        place.settings.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.settings.with_name(f"{place.settings.name}.scumble")
        fresh.write_text(after, encoding="utf-8")
        fresh.replace(place.settings)


def _text(settings: Path) -> str:
    return settings.read_text(encoding="utf-8") if settings.is_file() else ""


def with_switch(text: str) -> str:
    """Return kritarc's text with the plug-in switched on."""
    text = without_switch(text)
    line = f"{SWITCH}=true\n"
    group = re.search(r"^\[python\][ \t]*\n", text, re.MULTILINE)
    if group:
        return text[: group.end()] + line + text[group.end() :]
    gap = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{gap}[python]\n{line}"


def without_switch(text: str) -> str:
    """Return kritarc's text without our line."""
    return re.sub(rf"^{SWITCH}=.*(\n|\Z)", "", text, flags=re.MULTILINE)
