"""What is laid down in the inbox is trusted in nothing."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from scumble_daemon.front.inbox import Inbox
from scumble_daemon.store import PictureStore
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.files import file_name
from scumble_protocol.images import describe

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="files go along Unix sockets")

PICTURE = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
IMAGE = describe(PICTURE)


@pytest.fixture(name="inbox")
def _inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "inbox")


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> PictureStore:
    return PictureStore(tmp_path / "pictures")


def test_a_picture_is_moved_into_the_store(inbox: Inbox, store: PictureStore) -> None:
    (inbox.folder / file_name(IMAGE)).write_bytes(PICTURE.tobytes())
    inbox.take(IMAGE, store)

    assert np.array_equal(store.pixels(IMAGE), PICTURE)
    assert not list(inbox.folder.iterdir())
    assert inbox.folder.stat().st_mode & 0o777 == 0o700


def test_what_is_not_there_is_said_to_be_missing(inbox: Inbox, store: PictureStore) -> None:
    with pytest.raises(KeyError):
        inbox.take(IMAGE, store)


def wrong_pixels(path: Path) -> None:
    path.write_bytes(PICTURE[::-1].tobytes())


def too_large(path: Path) -> None:
    path.write_bytes(PICTURE.tobytes() + b"\0")


def enormous_and_hollow(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


def too_short(path: Path) -> None:
    path.write_bytes(b"")


def a_link_to_another_file(path: Path) -> None:
    elsewhere = path.parent.parent / "elsewhere"
    elsewhere.write_bytes(PICTURE.tobytes())
    path.symlink_to(elsewhere)


def a_second_name_of_another_file(path: Path) -> None:
    elsewhere = path.parent.parent / "elsewhere"
    elsewhere.write_bytes(PICTURE.tobytes())
    os.link(elsewhere, path)


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_folder(path: Path) -> None:
    path.mkdir()
    (path / "within").touch()


@pytest.mark.parametrize(
    "lay_down",
    [
        wrong_pixels,
        too_large,
        enormous_and_hollow,
        too_short,
        a_link_to_another_file,
        a_second_name_of_another_file,
        a_pipe,
        a_folder,
    ],
)
def test_what_is_no_plain_file_with_the_right_pixels_is_refused(
    inbox: Inbox, store: PictureStore, tmp_path: Path, lay_down: Callable[[Path], None]
) -> None:
    lay_down(inbox.folder / file_name(IMAGE))

    with pytest.raises(RemoteError, match="not what its name says") as caught:
        inbox.take(IMAGE, store)

    assert caught.value.code is ErrorCode.BAD_REQUEST
    assert not store.has(IMAGE)
    elsewhere = tmp_path / "elsewhere"
    assert not elsewhere.exists() or elsewhere.read_bytes() == PICTURE.tobytes()
    inbox.clear(older_than_s=0)  # must not stumble over what is left


def test_a_picture_that_the_store_has_is_not_kept_twice(inbox: Inbox, store: PictureStore) -> None:
    store.add(PICTURE)
    (inbox.folder / file_name(IMAGE)).write_bytes(PICTURE.tobytes())
    inbox.take(IMAGE, store)
    assert not list(inbox.folder.iterdir())


def test_only_what_was_left_long_ago_is_cleared(inbox: Inbox) -> None:
    for name, age_s in (("new", 0), ("old", 10_000)):
        path = inbox.folder / name
        path.touch()
        os.utime(path, (path.stat().st_mtime - age_s,) * 2)
    inbox.clear()
    assert [path.name for path in inbox.folder.iterdir()] == ["new"]
