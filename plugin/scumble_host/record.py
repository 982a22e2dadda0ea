"""Which bridge a plug-in starts: a small file that the installer writes beside it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE_NAME = "scumble-bridge.json"


class RecordError(Exception):
    """The plug-in does not know its bridge; the message is fit for a painter."""


@dataclass(frozen=True)
class Record:
    """What the installer wrote down.

    command: the words that start the bridge.
    tasks: the wire's names of the tasks that this Scumble knows.
    version: of the package that the plug-in was installed from.
    """

    command: tuple[str, ...]
    tasks: tuple[str, ...]
    version: str

    def as_json(self) -> str:
        """Return what the file holds."""
        whole = {"command": self.command, "tasks": self.tasks, "version": self.version}
        return json.dumps(whole, indent=2) + "\n"


def read_record(folder: Path) -> Record:
    """Return the record that lies in a folder. Raises RecordError where there is none to use."""
    file = folder / FILE_NAME
    try:
        return _record(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecordError(
            f"This plug-in does not know where Scumble is installed ({file}: {error}). Nothing was "
            "changed; run `scumble bridge install` again."
        ) from error


def _record(raw: Any) -> Record:
    command = tuple(str(word) for word in raw["command"])
    if not command:
        raise ValueError("the command is empty")
    tasks = tuple(str(task) for task in raw["tasks"])
    return Record(command=command, tasks=tasks, version=str(raw["version"]))
