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

from scumble_daemon.models.errors import ModelError
from scumble_protocol.endpoint import folders

Form = Literal["text", "inpaint", "depth"]
FORMS: tuple[Form, ...] = get_args(Form)
WEIGHTS = Path(__file__).parent / "weights"


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
