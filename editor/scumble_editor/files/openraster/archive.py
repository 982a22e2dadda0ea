"""Reading an archive that a stranger made: names, sizes and amounts are checked before use."""

import zipfile
from pathlib import PurePosixPath
from typing import IO

from scumble_editor.files import limits
from scumble_editor.files.errors import TooLargeFileError, UnreadableFileError
from scumble_editor.files.pictures import MALFORMED

_ENTRIES = 4 * limits.LAYERS


class Archive:
    """A zip archive of which nothing is ever unpacked to disk.

    Raises UnreadableFileError for names that lead out of it and for damaged contents, and
    TooLargeFileError for entries over the limits.
    """

    def __init__(self, stream: IO[bytes], what: str) -> None:
        self._what = what
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


def _check_name(name: str, what: str) -> None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name:
        raise UnreadableFileError(
            f"{what} holds an entry whose name leads out of it; it was not opened."
        )
