"""Pictures on disk by content: written once, mapped by front and workers alike, never copied."""

import contextlib
import mmap
import os
import tempfile
from pathlib import Path

from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.images import (
    Buffer,
    Image,
    Pixels,
    as_array,
    content_hash,
    describe,
    raw_bytes,
)


class PictureStore:
    """A folder of raw pixels named by their hash.

    Safe to use from several processes and threads at once: files appear whole, by a rename.
    Only hashes that the protocol's types have checked become file names.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def has(self, image: Image) -> bool:
        """Tell whether the pixels of an image are here."""
        return self._path(image.hash).exists()

    def put(self, image: Image, raw: Buffer) -> None:
        """Keep the pixels of an image that came from outside.

        Raises RemoteError `bad_request` where the bytes are not what the hash says, `disk_full`
        where they cannot be kept.
        """
        if content_hash(image.mode, image.extent, raw) != image.hash:
            raise RemoteError(
                ErrorCode.BAD_REQUEST,
                "A picture's pixels are not what its name says. It was not kept; send it again.",
            )
        self._write(image.hash, raw)

    def add(self, pixels: Pixels) -> Image:
        """Keep an array, uint8 [H, W] or [H, W, C], and return its description.

        Raises RemoteError `disk_full` where it cannot be kept.
        """
        image = describe(pixels)
        self._write(image.hash, raw_bytes(pixels))
        return image

    def raw(self, image: Image) -> Buffer:
        """Return an image's raw pixels, mapped from disk. Raises KeyError where they are gone."""
        try:
            with self._path(image.hash).open("rb") as file:
                return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except FileNotFoundError:
            raise KeyError(image.hash) from None

    def pixels(self, image: Image) -> Pixels:
        """Return an image as a read-only array mapped from disk, uint8 [H, W] or [H, W, C].

        Raises KeyError where the pixels are missing.
        """
        return as_array(image, self.raw(image))

    def discard(self, hash_: str) -> None:
        """Forget a picture; maps of it that are in use stay valid."""
        with contextlib.suppress(FileNotFoundError):
            self._path(hash_).unlink()

    def hashes(self) -> set[str]:
        """Return the names of all pictures kept."""
        return {path.stem for path in self._folder.glob("*.raw")}

    def byte_count(self) -> int:
        """Return the size of everything kept."""
        return sum(path.stat().st_size for path in self._folder.glob("*.raw"))

    def _path(self, hash_: str) -> Path:
        return self._folder / f"{hash_}.raw"

    def _write(self, hash_: str, raw: Buffer) -> None:
        target = self._path(hash_)
        if target.exists():
            return
        name = ""
        try:
            handle, name = tempfile.mkstemp(dir=self._folder, prefix=".part-")
            with os.fdopen(handle, "wb") as out:
                out.write(raw)
            Path(name).replace(target)
        except OSError as error:
            if name:
                Path(name).unlink(missing_ok=True)
            raise RemoteError(
                ErrorCode.DISK_FULL,
                "A picture could not be kept on disk, so the job was not taken. Nothing else was "
                f"lost; free some space beside {self._folder.name} and send it again.",
                str(error),
            ) from error
