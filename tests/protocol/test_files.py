"""Pictures as files, as a client lays them down and reads them."""

import sys
from pathlib import Path

import numpy as np
import pytest

from helpers.sample_messages import RESULT
from scumble_protocol import messages as m
from scumble_protocol.files import PictureFolders, file_name, opened
from scumble_protocol.frames import Received
from scumble_protocol.images import Attachment, Encoding, as_array, describe

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="files go along Unix sockets")

PICTURE = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)


@pytest.fixture(name="folders")
def _folders(tmp_path: Path) -> PictureFolders:
    """Two folders of this user; what is laid down is in the store at once."""
    return PictureFolders(inbox=str(tmp_path), store=str(tmp_path))


def test_a_picture_laid_down_lies_there_whole_and_alone(
    folders: PictureFolders, tmp_path: Path
) -> None:
    image = describe(PICTURE)
    folders.lay_down(image, PICTURE[:, ::-1][:, ::-1])  # not contiguous
    folders.lay_down(image, PICTURE)

    assert [path.name for path in tmp_path.iterdir()] == [file_name(image)]
    assert (tmp_path / file_name(image)).read_bytes() == PICTURE.tobytes()


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    nowhere = PictureFolders(inbox=str(tmp_path / "gone"), store=str(tmp_path))
    with pytest.raises(OSError, match="gone"):
        nowhere.lay_down(describe(PICTURE), PICTURE)
    assert not nowhere.usable
    assert not list(tmp_path.iterdir())


def test_a_mapped_picture_outlives_its_file(folders: PictureFolders, tmp_path: Path) -> None:
    image = describe(PICTURE)
    folders.lay_down(image, PICTURE)
    pixels = as_array(image, folders.raw(image))
    (tmp_path / file_name(image)).unlink()

    assert np.array_equal(pixels, PICTURE)
    with pytest.raises(OSError, match="No such file"):
        folders.raw(image)


@pytest.mark.parametrize("content", [b"", b"too short"])
def test_a_file_of_another_size_is_no_picture(
    folders: PictureFolders, tmp_path: Path, content: bytes
) -> None:
    image = describe(PICTURE)
    (tmp_path / file_name(image)).write_bytes(content)
    with pytest.raises(OSError, match=r"empty|size"):
        folders.raw(image)


def test_an_end_that_names_files_is_opened_as_if_its_pictures_had_come(
    folders: PictureFolders,
) -> None:
    image = describe(PICTURE)
    folders.lay_down(image, PICTURE)
    named = Attachment(image=image, encoding=Encoding.FILE)
    done = m.Done(job="a-job-of-mine", result=RESULT, attachments=(named,))

    end = opened(Received(done), folders)

    assert isinstance(end.message, m.Done)
    assert np.array_equal(end.pixels(end.message.attachments[0]), PICTURE)
    with pytest.raises(OSError, match="no folder"):
        opened(Received(done), None)
