"""Pictures go between programs of one user as files, and are sent where that cannot be."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from helpers.homes import Home, Wire, client
from scumble_protocol import messages as m
from scumble_protocol.endpoint import folders, read_connection
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.files import PictureFolders, file_name
from scumble_protocol.images import Attachment, Encoding, Pictures
from scumble_protocol.jobs import Inpaint, Job

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="files go along Unix sockets")

HELLO = m.Hello(request="hello", client="a-client", encodings=("raw", "file", "of-the-future"))


@pytest.fixture(name="wire")
def _wire(front: Home) -> Iterator[Wire]:
    """A connection to the front, with which nothing was said yet."""
    del front
    with Wire(read_connection(folders().connection_file)) as wire:
        yield wire


def places() -> PictureFolders:
    """Return where the front that runs says that pictures go."""
    found = read_connection(folders().connection_file).pictures
    assert found is not None
    return found


def job_with(pictures: Pictures) -> Job:
    """Return a small job whose pictures are to be laid down."""
    image = pictures.add(np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3))
    mask = pictures.add(np.full((8, 8), 255, np.uint8))
    return Job(id="a-job-of-mine", task=Inpaint(seed=1, image=image, selection=mask))


def named(job: Job) -> tuple[Attachment, ...]:
    """Return the attachments that name a job's pictures as files."""
    return tuple(Attachment(image=image, encoding=Encoding.FILE) for image in job.images)


def test_a_client_sends_no_pixels_and_gets_none_sent(front: Home) -> None:
    pictures = Pictures()
    job = job_with(pictures)
    inbox = Path(places().inbox)
    with client() as me:
        painting = me.submit(job.task, pictures)
        assert all((Path(places().store) / file_name(i)).exists() for i in job.images)
        painted = painting.result()
        assert painted.layers[0].pixels.shape == (8, 8, 3)
        assert Encoding.FILE in me.welcome.encodings
    assert not list(inbox.iterdir())
    assert front.stop() == 0


def test_a_job_goes_there_and_back_by_names_alone(wire: Wire) -> None:
    pictures = Pictures()
    job = job_with(pictures)
    welcome = wire.ask(HELLO)
    assert isinstance(welcome, m.Welcome)
    assert welcome.encodings == (Encoding.RAW, Encoding.FILE)
    for image in job.images:
        places().lay_down(image, pictures[image.hash])

    assert isinstance(wire.ask(m.Submit(request="s", job=job, attachments=named(job))), m.Accepted)
    while (received := wire.hear()) is not None and not isinstance(received.message, m.Done):
        pass

    assert received is not None
    assert not received.buffers
    assert isinstance(received.message, m.Done)
    (attachment,) = received.message.attachments
    assert attachment.encoding is Encoding.FILE
    assert memoryview(places().raw(attachment.image)).nbytes == 8 * 8 * 3


def test_what_was_not_laid_down_is_asked_for_and_may_be_sent(wire: Wire) -> None:
    pictures = Pictures()
    job = job_with(pictures)
    wire.ask(HELLO)
    need = wire.ask(m.Submit(request="s", job=job, attachments=named(job)))
    assert isinstance(need, m.Need)
    attachments = tuple(Attachment(image=i, buffer=n) for n, i in enumerate(job.images))
    buffers = [pictures[image.hash].tobytes() for image in job.images]
    answer = wire.ask(m.Images(request="i", job=job.id, attachments=attachments), buffers)
    assert isinstance(answer, m.Accepted)


def test_wrong_pixels_end_the_job_with_a_sentence_and_are_not_kept(wire: Wire) -> None:
    pictures = Pictures()
    job = job_with(pictures)
    wire.ask(HELLO)
    for image in job.images:
        places().lay_down(image, np.zeros(image.byte_count, np.uint8))
    answer = wire.ask(m.Submit(request="s", job=job, attachments=named(job)))
    assert isinstance(answer, m.Error)
    assert answer.code is ErrorCode.BAD_REQUEST
    assert "not what its name says" in answer.sentence
    assert not list(Path(places().store).iterdir())


def test_who_did_not_say_so_in_hello_may_not_name_files(wire: Wire) -> None:
    pictures = Pictures()
    job = job_with(pictures)
    welcome = wire.hello()
    assert isinstance(welcome, m.Welcome)
    assert welcome.encodings == (Encoding.RAW,)
    for image in job.images:
        places().lay_down(image, pictures[image.hash])
    answer = wire.ask(m.Submit(request="s", job=job, attachments=named(job)))
    assert isinstance(answer, m.Error)
    assert "said so in `hello`" in answer.sentence


def test_a_client_that_cannot_write_there_sends_the_pixels(front: Home) -> None:
    del front
    shutil.rmtree(places().inbox)
    pictures = Pictures()
    with client() as me:
        painted = me.submit(job_with(pictures).task, pictures).result()
    assert painted.layers[0].pixels.shape == (8, 8, 3)


def test_a_client_that_cannot_read_there_has_the_result_sent(
    front: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise FileNotFoundError("seen from in here there is no such file")

    del front
    monkeypatch.setattr(PictureFolders, "raw", gone)
    pictures = Pictures()
    with client() as me:
        painted = me.submit(job_with(pictures).task, pictures).result()
        assert painted.layers[0].pixels.shape == (8, 8, 3)
        assert me.welcome.encodings == (Encoding.RAW,)


def test_what_a_full_disk_keeps_from_being_laid_down_is_sent_and_refused_there(
    front: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    front.stop()
    front.settle(spool_quota_bytes=1 << 20)
    front.start()
    monkeypatch.setattr(PictureFolders, "lay_down", full)
    pictures = Pictures()
    image = pictures.add(np.zeros((1024, 1024, 3), np.uint8))
    mask = pictures.add(np.full((1024, 1024), 255, np.uint8))
    with client() as me, pytest.raises(RemoteError) as caught:
        me.submit(Inpaint(seed=1, image=image, selection=mask), pictures)
    assert caught.value.code is ErrorCode.DISK_FULL
