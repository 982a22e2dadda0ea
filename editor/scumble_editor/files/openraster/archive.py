"""Reading an archive that a stranger made: names, sizes and amounts are checked before use."""

import os
import struct
import zipfile
from pathlib import PurePosixPath
from typing import IO

from scumble_editor.files import limits
from scumble_editor.files.errors import TooLargeFileError, UnreadableFileError
from scumble_editor.files.pictures import MALFORMED

_ENTRIES = 4 * limits.LAYERS
_DIRECTORY_BYTES = _ENTRIES * 256  # the longest list that is worth reading
_TAIL_BYTES = 65_535 + 22 + 20 + 56  # the longest comment, and the three records before it
_END, _END64 = b"PK\x05\x06", b"PK\x06\x06"


class Archive:
    """A zip archive of which nothing is ever unpacked to disk.

    Raises UnreadableFileError for names that lead out of it and for damaged contents, and
    TooLargeFileError for entries over the limits.
    """

    def __init__(self, stream: IO[bytes], what: str) -> None:
        self._what = what
        if _directory_bytes(stream) > _DIRECTORY_BYTES:
            raise TooLargeFileError(f"{what} lists far too many entries; it was not opened.")
        try:
            self._zip = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, NotImplementedError, *MALFORMED) as error:
            raise UnreadableFileError(f"{what} is damaged or no OpenRaster file.") from error
        infos = self._zip.infolist()
        if len(infos) > _ENTRIES:
            raise TooLargeFileError(f"{what} holds {len(infos):,} entries; that is too many.")
        for info in infos:
            _check_name(info.filename, what)
        self._infos = {info.filename: info for info in infos if not info.is_dir()}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all entries, folders left out."""
        return tuple(self._infos)

    def size(self, name: str) -> int:
        """Return the unpacked size that an entry declares, 0 where it is missing."""
        info = self._infos.get(name)
        return 0 if info is None else info.file_size

    def read(self, name: str, most: int = limits.ENTRY_BYTES) -> bytes:
        """Return the bytes of an entry, never more than `most`."""
        info = self._infos.get(name)
        if info is None:
            raise UnreadableFileError(f"{self._what} names a part that is not in it: “{name}”.")
        if info.file_size > most:
            raise TooLargeFileError(
                f"The part “{name}” of {self._what} says that it unpacks to "
                f"{info.file_size:,} bytes; at most {most:,} are opened."
            )
        try:
            with self._zip.open(info) as entry:
                data = entry.read(info.file_size + 1)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, *MALFORMED) as error:
            raise UnreadableFileError(
                f"The part “{name}” of {self._what} is cut short or damaged."
            ) from error
        if len(data) != info.file_size:
            raise UnreadableFileError(f"The part “{name}” of {self._what} lies about its size.")
        return data


def _directory_bytes(stream: IO[bytes]) -> int:
    """Return how long the list of entries says it is (APPNOTE 4.3.14 and 4.3.16), 0 if nowhere.

    Python's zipfile would read all of it before anything could be checked.
    """
    length = stream.seek(0, os.SEEK_END)
    stream.seek(max(length - _TAIL_BYTES, 0))
    tail = stream.read(_TAIL_BYTES)
    stream.seek(0)
    found = [0]
    for signature, form, place in ((_END, "<I", 12), (_END64, "<Q", 40)):
        at = tail.rfind(signature)
        if at >= 0 and at + place + struct.calcsize(form) <= len(tail):
            size = struct.unpack_from(form, tail, at + place)[0]
            found.append(0 if size == 0xFFFFFFFF else size)
    return min(max(found), length)


def _check_name(name: str, what: str) -> None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name:
        raise UnreadableFileError(
            f"{what} holds an entry whose name leads out of it; it was not opened."
        )
