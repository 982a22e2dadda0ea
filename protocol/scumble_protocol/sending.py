"""Pictures on their way to the daemon: as files where both sides can, else in the message."""

import asyncio
from collections.abc import Sequence

from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.files import PictureFolders
from scumble_protocol.frames import attach
from scumble_protocol.images import Attachment, Buffer, Encoding, Image, Pictures

Attached = tuple[tuple[Attachment, ...], list[Buffer]]


async def sent(
    images: Sequence[Image], pictures: Pictures, where: PictureFolders | None
) -> Attached:
    """Return what carries pictures, and its buffers; laid down as files where there are folders."""
    if where is None:
        return attached(images, pictures)
    try:
        for image in images:
            await asyncio.to_thread(where.lay_down, image, pictures[image.hash])
    except OSError:  # such as a full disk, which the daemon has a sentence for
        return attached(images, pictures)
    return tuple(Attachment(image=image, encoding=Encoding.FILE) for image in images), []


def attached(images: Sequence[Image], pictures: Pictures) -> Attached:
    """Return what carries pictures as buffers. Raises RemoteError where one is not there."""
    for image in images:
        if image.hash not in pictures:
            raise RemoteError(
                ErrorCode.BAD_REQUEST,
                f"A picture of the job is missing, {image.width} × {image.height} {image.mode}: it "
                "was not given and the daemon does not hold it any more. Nothing was painted; give "
                "the file it came from.",
                image.hash,
            )
    return attach(images, [pictures[image.hash] for image in images])
