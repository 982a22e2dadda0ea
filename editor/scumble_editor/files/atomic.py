"""Saving so that a crash at any moment leaves either the old file or the new one, whole."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from scumble_editor.files.errors import SaveError


@contextmanager
def replacing(path: Path, *, backup: bool = True) -> Iterator[IO[bytes]]:
    """Open a temporary file that takes the place of `path` when the block ends without error.

    The version that was there is kept beside it as `NAME~`. Whatever goes wrong, `path` is then
    as it was; raises SaveError for what the system refuses.
    """
    target = path.resolve()  # a link stays a link
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(
            dir=target.parent, prefix=f".{target.name}.", suffix=".part"
        )
        temporary = Path(name)
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        _take_mode(temporary, target)
        if backup and target.exists():
            _keep(target)
        temporary.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise SaveError.for_path(path, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def backup_path(path: Path) -> Path:
    """Return where the last version of a file is kept."""
    return path.with_name(path.name + "~")


def _keep(target: Path) -> None:
    spare = target.with_name(f".{target.name}.{os.getpid()}.backup")
    spare.unlink(missing_ok=True)
    try:
        os.link(target, spare)
    except OSError:  # file systems without hard links
        shutil.copy2(target, spare)
    spare.replace(backup_path(target))


def _take_mode(temporary: Path, target: Path) -> None:
    if target.exists():
        mode = target.stat().st_mode & 0o777
    else:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    temporary.chmod(mode)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
