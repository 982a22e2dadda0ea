"""A model's configs, read as data: JSON of a limited size."""

from pathlib import Path
from typing import Any

import msgspec

from scumble_daemon.models.errors import ModelFileError

MAX_CONFIG_BYTES = 4 << 20


def read_config(file: Path) -> dict[str, Any]:
    """Return what a config says. Raises ModelFileError where it is missing, huge or no JSON."""
    where = f"{file.parent.name}/{file.name}"
    try:
        if file.stat().st_size > MAX_CONFIG_BYTES:
            raise ModelFileError(f"{where} is too large for a config. Nothing was added.")
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Any])
    except FileNotFoundError as error:
        raise ModelFileError(
            f"{where} is missing, so this is no whole model in diffusers' layout. "
            "Nothing was added."
        ) from error
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelFileError(
            f"{where} cannot be read. Nothing was added; download it again.", str(error)
        ) from error
