"""Pictures that programs of this user laid down as files: taken away, checked, and kept."""

import contextlib
import os
import secrets
import stat
import time
from pathlib import Path

from scumble_daemon.store import PictureStore
from scumble_protocol.endpoint import make_private
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.files import file_name
from scumble_protocol.images import Image, begun_hash

PIECE_BYTES = 1 << 20
FORGET_AFTER_S = 3600.0

# no link is followed, and no other end of a pipe waited for
_OPENING = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class Inbox:
    """A folder (mode 0700) that programs of this user write to and the daemon alone takes from.

    A file is moved to a name that nobody else knows before it is looked at, so that what is checked
    is what is kept. It is read, never mapped, for whoever wrote it may still cut it short.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        make_private(folder)

    def take(self, image: Image, store: PictureStore) -> None:
        """Keep a picture that lies here; its file is gone from here afterwards.

        Raises KeyError where none lies here, RemoteError `bad_request` where it is no plain file
        with the pixels that the hash says, `disk_full` where it cannot be kept.
        """
        laid = self.folder / file_name(image)
        own = self.folder / f".taken-{secrets.token_hex(16)}"
        try:
            plain = stat.S_ISREG(laid.lstat().st_mode)
            laid.replace(own)
        except FileNotFoundError:
            raise KeyError(image.hash) from None
        except OSError as error:
            raise _untrue(str(error)) from error
        try:
            if not plain or not _holds(own, image):
                raise _untrue(laid.name)
            store.take_over(image, own)
        except OSError as error:
            raise _untrue(str(error)) from error
        finally:
            _remove(own)

    def clear(self, older_than_s: float = FORGET_AFTER_S) -> None:
        """Remove what was laid down and never asked for."""
        before = time.time() - older_than_s
        for path in self.folder.iterdir():
            with contextlib.suppress(OSError):
                if path.lstat().st_mtime <= before:
                    _remove(path)


def _holds(path: Path, image: Image) -> bool:
    """Tell whether a file is a plain one that holds exactly the pixels of an image."""
    with os.fdopen(os.open(path, _OPENING), "rb", buffering=0) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            return False
        if found.st_size != image.byte_count:
            return False
        hasher = begun_hash(image.mode, image.extent)
        piece = memoryview(bytearray(PIECE_BYTES))
        while count := file.readinto(piece):
            hasher.update(piece[:count])
    return hasher.hexdigest() == image.hash


def _remove(path: Path) -> None:
    """Remove a file or a link; a folder that somebody put there stays, and is nobody's picture."""
    with contextlib.suppress(OSError):
        path.unlink()


def _untrue(details: str) -> RemoteError:
    return RemoteError(
        ErrorCode.BAD_REQUEST,
        "A picture that was laid down as a file is not what its name says. It was not kept; send "
        "the job again.",
        details,
    )
