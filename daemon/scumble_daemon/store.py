"""Pictures on disk by content: written once, mapped by front and workers alike, never copied."""

import contextlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import numpy as np

from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.files import file_name, mapped
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
    """A folder of raw pixels, each in a file of the name that `file_name` gives its description.

    Safe to use from several processes and threads at once: files appear whole, by a rename.
    Only descriptions that the protocol's types have checked become file names, and a description
    that is not true of a hash finds nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def has(self, image: Image) -> bool:
        """Tell whether the pixels of an image are here."""
        return self.stamp(image) is not None

    def stamp(self, image: Image) -> int | None:
        """Return when a picture was last written or wanted, in nanoseconds; None where it is not.

        Writing a picture that is there already changes its stamp alone.
        """
        try:
            status = self._path(image).stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns if status.st_size == image.byte_count else None

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
        self._write(image, raw)

    def add(self, pixels: Pixels) -> Image:
        """Keep an array, uint8 [H, W] or [H, W, C], and return its description.

        It is written while it is hashed, which are the two long parts of keeping a large picture.
        Raises RemoteError `disk_full` where it cannot be kept.
        """
        pixels = np.ascontiguousarray(pixels)
        with _disk_full_told(self._folder), ThreadPoolExecutor(1) as beside:
            writing = beside.submit(self._written, raw_bytes(pixels))
            image = describe(pixels)
            self.take_over(image, writing.result())
        return image

    def take_over(self, image: Image, file: Path) -> None:
        """Move a file here that holds the pixels of an image; it is gone from its old place.

        Raises OSError where it cannot be moved.
        """
        if self.has(image) and _touched(self._path(image)):
            file.unlink()
        else:
            file.replace(self._path(image))

    def raw(self, image: Image) -> Buffer:
        """Return an image's raw pixels, mapped from disk. Raises KeyError where they are gone."""
        try:
            return mapped(self._path(image))
        except FileNotFoundError:
            raise KeyError(image.hash) from None

    def pixels(self, image: Image) -> Pixels:
        """Return an image as a read-only array mapped from disk, uint8 [H, W] or [H, W, C].

        Raises KeyError where the pixels are missing.
        """
        return as_array(image, self.raw(image))

    def discard(self, image: Image, stamp: int) -> bool:
        """Forget a picture; maps of it that are in use stay valid.

        Returns False where its stamp is another: somebody else has wanted it meanwhile, and it
        stays. Where the system keeps a mapped file from being removed, it is left for a later time.
        """
        path = self._path(image)
        aside = path.with_name(f".gone-{path.name}")
        with contextlib.suppress(OSError):
            path.replace(aside)  # from here on whoever wants it writes it anew
            if aside.stat().st_mtime_ns != stamp:
                aside.replace(path)
                return False
            aside.unlink()
        return True

    def images(self) -> list[tuple[Image, int]]:
        """Return every whole picture kept and its stamp.

        What is none, such as the rest of an interrupted write, is removed.
        """
        found = []
        for path in self._folder.iterdir():
            image = _named(path.name)
            if image is not None and path.stat().st_size == image.byte_count:
                found.append((image, path.stat().st_mtime_ns))
            else:
                path.unlink(missing_ok=True)
        return found

    def free_bytes(self) -> int:
        """Return how much room the disk has."""
        return shutil.disk_usage(self._folder).free

    def _path(self, image: Image) -> Path:
        return self._folder / file_name(image)

    def _write(self, image: Image, raw: Buffer) -> None:
        if not (self.has(image) and _touched(self._path(image))):
            with _disk_full_told(self._folder):
                self._written(raw).replace(self._path(image))

    def _written(self, raw: Buffer) -> Path:
        """Write bytes to a file of no picture's name. Raises OSError, and leaves nothing then."""
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(raw)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        return Path(name)


@contextlib.contextmanager
def _disk_full_told(folder: Path) -> Iterator[None]:
    """Turn a failure to write into RemoteError `disk_full`."""
    try:
        yield
    except OSError as error:
        raise RemoteError(
            ErrorCode.DISK_FULL,
            "A picture could not be kept on the daemon's disk. Nothing else was lost; free some "
            "space there and run the job again.",
            f"{folder}: {error}",
        ) from error


def _touched(path: Path) -> bool:
    """Give a file a new stamp; False where it has just gone."""
    now = time.time_ns()
    try:
        os.utime(path, ns=(now, now))
    except FileNotFoundError:
        return False
    return True


def _named(name: str) -> Image | None:
    """Return the description that a file's name holds; None where it is no picture's name."""
    match = re.fullmatch(r"([0-9a-f]{64})-([a-z0-9]+)-(\d+)x(\d+)", name)
    if match is None:
        return None
    fields = {"hash": match[1], "mode": match[2], "width": int(match[3]), "height": int(match[4])}
    try:
        return msgspec.convert(fields, Image)
    except msgspec.ValidationError:
        return None
