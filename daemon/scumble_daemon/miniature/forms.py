"""The three forms of the bundled model as folders that diffusers reads unchanged.

The shipped folder is itself the text form. The other forms differ from it in one small file of
the UNet and in their index, so their folders are put together from links to what they share.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Literal, get_args

import msgspec

from scumble_daemon.models.errors import ModelError
from scumble_protocol.endpoint import folders

Form = Literal["text", "inpaint", "depth"]
FORMS: tuple[Form, ...] = get_args(Form)
WEIGHTS = Path(__file__).parent / "weights"


class _Shards(msgspec.Struct):
    """Which file holds which weight, as the index of a sharded model says."""

    weight_map: dict[str, str]


class MiniatureMissingError(ModelError):
    """The bundled weights are not where they were installed."""


def folder(form: Form = "text", cache: Path | None = None) -> Path:
    """Return a folder in diffusers' layout holding one form of the bundled model.

    Args:
        form: `text` (4 channels: text, img2img, DiffEdit), `inpaint` (9) or `depth` (5).
        cache: where the linked folders are kept; by default beside the user's other data.

    Raises MiniatureMissingError where the weights were not installed.
    """
    if not (WEIGHTS / "model_index.json").is_file():
        raise MiniatureMissingError(
            "The model that comes with Scumble is not installed. Nothing was changed; install "
            "Scumble again, or choose another model."
        )
    if form == "text":
        return WEIGHTS
    root = cache or folders().data / "miniature"
    made = root / f"{form}-{_identity(form)}"
    if not made.is_dir():
        root.mkdir(parents=True, exist_ok=True)
        _put_together(form, made)
    return made


def check_whole(weights: Path) -> None:
    """Raise MiniatureMissingError where a part of the model, or a file of its weights, is missing.

    The weights of a form's UNet lie with it or, where the forms share them, with that of the text
    form.
    """
    index = msgspec.json.decode((weights / "model_index.json").read_bytes(), type=dict[str, object])
    parts = [name for name, kind in index.items() if isinstance(kind, list) and kind[0] is not None]
    lacking = [part for part in parts if not list((weights / part).glob("*.json"))]
    for shards in weights.rglob("*.safetensors.index.json"):
        places = (shards.parent, weights / shards.parent.name)
        try:
            named = msgspec.json.decode(shards.read_bytes(), type=_Shards).weight_map.values()
        except (OSError, msgspec.DecodeError):
            lacking.append(shards.name)
            continue
        lacking += [n for n in set(named) if not any((place / n).is_file() for place in places)]
        if not any((shards.parent / name).is_file() for name in named):  # each has one of its own
            lacking.append(str(shards.parent.relative_to(weights)))
    if lacking:
        raise MiniatureMissingError(
            f"The model that comes with Scumble is not whole: {min(lacking)} is missing. "
            "Nothing was changed; install Scumble again, or choose another model."
        )


def _own_and_shared(form: Form) -> dict[Path, Path]:
    """Every file of a form: its place in the folder, and where it lies among the shipped ones."""
    shared = [path for path in WEIGHTS.rglob("*") if path.is_file()]
    others = {WEIGHTS / other for other in FORMS}
    files = {
        path.relative_to(WEIGHTS): path for path in shared if not others.intersection(path.parents)
    }
    own = WEIGHTS / form
    files |= {path.relative_to(own): path for path in own.rglob("*") if path.is_file()}
    return files


def _identity(form: Form) -> str:
    """A text that changes with the shipped files."""
    digest = hashlib.sha256()
    for place, path in sorted(_own_and_shared(form).items()):
        status = path.stat()
        digest.update(f"{place}|{path}|{status.st_size}|{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def _put_together(form: Form, made: Path) -> None:
    """Link a form's files into `made`; two processes may do so at once."""
    scratch = Path(tempfile.mkdtemp(dir=made.parent, prefix=f"{form}-"))
    try:
        for place, path in _own_and_shared(form).items():
            target = scratch / place
            target.parent.mkdir(parents=True, exist_ok=True)
            _link(path, target)
        with contextlib.suppress(OSError):  # another process was quicker; its folder is the same
            scratch.rename(made)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _link(path: Path, target: Path) -> None:
    """Make `target` the same file as `path`, or a copy where the file system has no links."""
    for attempt in (os.link, os.symlink):
        with contextlib.suppress(OSError, NotImplementedError):
            attempt(path, target)
            return
    shutil.copyfile(path, target)
