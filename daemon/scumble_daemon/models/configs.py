"""The configs, weights and card of a model's folder. Reads, never executes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from scumble_daemon.models.errors import ModelFileError, PickledModelError
from scumble_daemon.models.weights import PICKLED_SUFFIXES, Shape, read_shapes

MAX_CONFIG_BYTES = 4 << 20


def read_config(file: Path) -> dict[str, Any]:
    """Return a config. Raises ModelFileError where it is missing, too large or broken."""
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


def component_shapes(folder: Path, name: str) -> dict[str, Shape]:
    """Return the shapes of all weights of one component; every header is checked.

    Raises ModelFileError where they are missing or broken, PickledModelError where pickled.
    """
    part = folder / name
    read_config(part / "config.json")
    files = sorted(part.glob("*.safetensors"))
    if not files:
        if any(file.suffix in PICKLED_SUFFIXES for file in part.iterdir()):
            raise PickledModelError(f"{folder.name}/{name}")
        if any(part.glob("*.safetensors.index.json")):
            return {}
        raise ModelFileError(
            f"{folder.name} cannot be used: there are no weights in its folder {name}. "
            "Nothing was added; download it again."
        )
    return {key: shape for file in files for key, shape in read_shapes(file).items()}


def refuse_program_code(folder: Path, index: dict[str, Any]) -> None:
    """Raise ModelFileError where a folder brings program code, or a config names such."""
    custom = not isinstance(index.get("_class_name", ""), str)
    if custom or next(_programs(folder), None) is not None:
        raise ModelFileError(
            f"{folder.name} brings program code of its own, which is never run here. "
            "Nothing was added."
        )


def _programs(folder: Path) -> Iterator[Path]:
    yield from folder.glob("*.py")
    yield from folder.glob("*/*.py")


def licence_of(folder: Path) -> str:
    """Return what the model card's head says, such as "openrail++"; empty where it says nothing."""
    card = folder / "README.md"
    if not card.is_file():
        return ""
    head = card.read_text(encoding="utf-8", errors="replace")[:4096]
    for line in head.splitlines():
        key, _, value = line.partition(":")
        if key.strip() in ("license", "licence") and value.strip():
            return value.strip()[:64]
    return ""
