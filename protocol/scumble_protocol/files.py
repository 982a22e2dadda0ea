"""Pictures as files: between programs of one user on one machine they are not sent, only named."""

import contextlib
import mmap
import os
import tempfile
from pathlib import Path

import msgspec

from scumble_protocol import messages as m
from scumble_protocol.frames import Received
from scumble_protocol.images import Attachment, Buffer, Encoding, Image, Pixels, raw_bytes


class PictureFolders(msgspec.Struct, frozen=True, kw_only=True):
    """Where pictures lie as files, raw pixels under the names of `file_name`."""

    inbox: str  # a client lays pictures down here, and the daemon takes them away
    store: str  # the daemon keeps pictures here; others only read them

    @property
    def usable(self) -> bool:
        """Whether both are folders of this user, which another machine's or container's are not."""
        return all(_is_own(Path(folder)) for folder in (self.inbox, self.store))

    def lay_down(self, image: Image, pixels: Pixels) -> None:
        """Write a picture into the inbox; it appears there whole. Raises OSError."""
        handle, name = tempfile.mkstemp(dir=self.inbox, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(raw_bytes(pixels))
            Path(name).replace(Path(self.inbox) / file_name(image))
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

    def raw(self, image: Image) -> Buffer:
        """Return the raw pixels of a picture in the store, mapped, not copied.

        They stay when the daemon removes the file. Raises OSError where there is no such picture.
        """
        raw = mapped(Path(self.store) / file_name(image))
        if memoryview(raw).nbytes != image.byte_count:
            raise OSError(f"{file_name(image)} has another size than it says")
        return raw


def opened(received: Received[m.AnyEvent], folders: PictureFolders | None) -> Received[m.AnyEvent]:
    """Return a job's end with the pictures that it names as files mapped, as if they had come.

    Other events, and pictures that did come, are left as they are. Raises OSError where a file
    cannot be had.
    """
    event = received.message
    if not isinstance(event, m.Done) or all(a.encoding is Encoding.RAW for a in event.attachments):
        return received
    if folders is None:
        raise FileNotFoundError("no folder of pictures is known")
    images = [attachment.image for attachment in event.attachments]
    attachments = tuple(Attachment(image=image, buffer=n) for n, image in enumerate(images))
    done = msgspec.structs.replace(event, attachments=attachments)
    return Received(done, tuple(folders.raw(image) for image in images))


def file_name(image: Image) -> str:
    """Return the name of a picture's file: hash, mode and size, such as ``09ab…-rgb8-64x48``."""
    return f"{image.hash}-{image.mode}-{image.width}x{image.height}"


def mapped(path: Path) -> Buffer:
    """Return what a file holds, mapped and read-only. Raises OSError."""
    with path.open("rb") as file:
        try:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except ValueError as error:  # an empty file
            raise OSError(str(error)) from error


def _is_own(folder: Path) -> bool:
    try:
        owner = folder.stat().st_uid
    except OSError:
        return False
    return folder.is_dir() and owner == os.getuid()
