from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from scumble_daemon.front.inbox import Inbox
from scumble_daemon.front.shelf import Shelf
from scumble_daemon.store import PictureStore
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.images import Image, describe, raw_bytes

SIDE = 32
BYTES = SIDE * SIDE


def picture(shade: int) -> tuple[Image, memoryview]:
    """Return a grey picture of a kilobyte."""
    pixels = np.full((SIDE, SIDE), shade, np.uint8)
    return describe(pixels), raw_bytes(pixels)


@pytest.fixture(name="shelf")
def _shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Room for four pictures, two of which nobody need hold."""
    store, inbox = PictureStore(tmp_path), Inbox(tmp_path.with_name("inbox"))
    shelf = Shelf(store, inbox, quota_bytes=4 * BYTES, cache_bytes=2 * BYTES)
    yield shelf
    shelf.close()


async def test_pictures_that_nobody_holds_go_oldest_first(shelf: Shelf) -> None:
    pictures = [picture(shade) for shade in range(3)]
    for image, raw in pictures:
        await shelf.put(image, raw)
    first, second, third = (image for image, _ in pictures)
    assert shelf.missing([first, second, third]) == (first,)
    assert not shelf.store.has(first)
    assert shelf.total_bytes == 2 * BYTES


async def test_a_picture_that_is_used_again_outlives_an_older_one(shelf: Shelf) -> None:
    first, second, third = (picture(shade) for shade in range(3))
    await shelf.put(*first)
    await shelf.put(*second)
    shelf.hold([first[0]])
    shelf.release([first[0]])
    await shelf.put(*third)
    assert shelf.missing([first[0], second[0], third[0]]) == (second[0],)


async def test_pictures_that_a_job_holds_stay_and_a_full_shelf_takes_no_more(
    shelf: Shelf,
) -> None:
    held = [picture(shade) for shade in range(4)]
    for image, raw in held:
        shelf.hold([image])
        await shelf.put(image, raw)
    with pytest.raises(RemoteError) as caught:
        await shelf.put(*picture(9))
    assert caught.value.code is ErrorCode.DISK_FULL
    assert all(shelf.store.has(image) for image, _ in held)
    shelf.release([held[0][0]])
    await shelf.put(*picture(9))
    assert shelf.missing([held[0][0]]) == (held[0][0],)


async def test_pixels_that_are_not_what_their_name_says_are_not_kept(shelf: Shelf) -> None:
    image, _ = picture(1)
    with pytest.raises(RemoteError) as caught:
        await shelf.put(image, bytes(BYTES))
    assert caught.value.code is ErrorCode.BAD_REQUEST
    assert image not in shelf
    assert shelf.total_bytes == 0


async def test_what_an_earlier_run_left_is_found_and_half_a_write_is_not(
    shelf: Shelf, tmp_path: Path
) -> None:
    image, raw = picture(1)
    shelf.store.put(image, raw)
    other = picture(2)[0]
    (tmp_path / f"{other.hash}-gray8-{SIDE}x{SIDE}").write_bytes(b"half")
    (tmp_path / ".part-of-something").write_bytes(b"x")
    await shelf.open()
    assert image in shelf
    assert other not in shelf
    assert sorted(tmp_path.iterdir()) == [tmp_path / f"{image.hash}-gray8-{SIDE}x{SIDE}"]  # noqa: ASYNC240


async def test_a_picture_that_is_written_again_just_before_it_goes_stays(shelf: Shelf) -> None:
    image, raw = picture(1)
    await shelf.put(image, raw)
    shelf.store.put(image, raw)  # a worker whose result is the same picture
    await shelf.drop([image])
    await shelf.adopt([image])
    assert bytes(shelf.store.raw(image)) == bytes(raw)
    await shelf.drop([image])
    assert not shelf.store.has(image)
    assert shelf.total_bytes == 0


async def test_a_description_that_is_not_true_of_a_hash_finds_nothing(shelf: Shelf) -> None:
    image, raw = picture(1)
    await shelf.put(image, raw)
    lie = Image(hash=image.hash, width=SIDE // 2, height=SIDE * 2, mode=image.mode)
    assert shelf.missing([lie]) == (lie,)
    assert not shelf.store.has(lie)
    with pytest.raises(KeyError):
        await shelf.adopt([lie])
