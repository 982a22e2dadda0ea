"""What the painter has chosen for good: one JSON file, written whole or not at all."""

import contextlib
from pathlib import Path
from typing import Literal

import msgspec

from scumble_editor.generation.settings import Settings as GenerationSettings
from scumble_editor.tools.options import Value
from scumble_protocol.endpoint import folders

MOST_RECENT = 12


class Settings(msgspec.Struct, kw_only=True):
    """Preferences, and what is remembered from session to session."""

    theme: Literal["system", "light", "dark"] = "dark"
    history_bytes: int = 1 << 30
    checker_px: int = 12
    zoom_by_wheel: bool = True  # else the wheel scrolls, and zooms with Ctrl
    smooth_pixels: bool = True  # below 200 %
    recover: bool = True  # keep a journal
    shortcuts: dict[str, str] = {}  # by action id, where they differ from the table
    recent: list[str] = []
    swatches: list[tuple[int, int, int]] = []
    tools: dict[str, dict[str, Value]] = {}
    generation: GenerationSettings = GenerationSettings()  # what was asked for last
    daemon_address: str = ""  # of a daemon on another machine; "" is this computer's own
    daemon_key: str = ""  # its public key
    first_steps: bool = True  # whether the guide is shown at the start
    geometry: str = ""  # Qt's, base64
    layout: str = ""

    def remember(self, path: Path) -> None:
        """Put a file first among the recent ones."""
        name = str(path)
        self.recent = [name, *(known for known in self.recent if known != name)][:MOST_RECENT]


def settings_file() -> Path:
    """Return where the settings are kept."""
    return folders().config / "editor.json"


def load(path: Path) -> Settings:
    """Return the settings in a file; the defaults where it is missing or damaged."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings)
    except (OSError, msgspec.DecodeError):
        return Settings()


def save(settings: Settings, path: Path) -> None:
    """Write settings; a disk that refuses costs nothing but the settings."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(path.name + ".new")
        fresh.write_bytes(msgspec.json.format(msgspec.json.encode(settings)))
        fresh.replace(path)
