"""Whatever comes in over the wire: a typed error with a sentence, and nobody else notices."""

import json
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import psutil
import pytest

from helpers.homes import Home, Wire, client, home
from scumble_protocol import messages as m
from scumble_protocol.endpoint import folders, read_connection
from scumble_protocol.errors import ErrorCode
from scumble_protocol.frames import attach, pack
from scumble_protocol.images import Attachment, Buffer, Image, Mode, Pictures, describe
from scumble_protocol.jobs import ImageToImage, Inpaint, Job, TextToImage
from scumble_protocol.version import PROTOCOL_TAG

PIXELS = np.full((8, 8, 3), 50, np.uint8)
MASK = np.full((8, 8), 255, np.uint8)
IMAGE = describe(PIXELS)
SELECTION = describe(MASK)
FUZZED_MESSAGES = 100_000
GROWTH_BYTES = 12 << 20


@pytest.fixture(name="shared", scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """One front for all tests that leave it as it was."""
    with home(tmp_path_factory.mktemp("shared") / "h") as here:
        here.start()
        yield here


@pytest.fixture(name="wire")
def _wire(shared: Home) -> Iterator[Wire]:
    """A connection that has said hello."""
    del shared
    with Wire(read_connection(folders().connection_file)) as wire:
        wire.hello()
        yield wire


def header(**changes: Any) -> dict[str, Any]:
    """Return a good submit as JSON values, with parts of its task changed."""
    task = Inpaint(seed=1, image=IMAGE, selection=SELECTION)
    frames = pack(m.Submit(request="s", job=Job(id="some-job-id", task=task)))
    good: dict[str, Any] = json.loads(bytes(frames[1]))
    good["job"]["task"] |= changes
    return good


def send_header(wire: Wire, content: object) -> m.Error:
    """Send a header that must be refused, and return the answer."""
    wire.send(PROTOCOL_TAG, content if isinstance(content, bytes) else json.dumps(content).encode())
    return refusal(wire)


def submit(wire: Wire, job: Job) -> m.Error:
    """Submit a job that must be refused, and return the answer."""
    answer = wire.ask(m.Submit(request="s", job=job))
    assert isinstance(answer, m.Error)
    return answer


def refusal(wire: Wire) -> m.Error:
    """Return the next answer, which must be an error with a sentence."""
    reply = wire.hear()
    assert reply is not None
    assert isinstance(reply.message, m.Error)
    assert reply.message.sentence.endswith((".", "?"))
    return reply.message


def image(width: int, height: int, mode: Mode = Mode.RGB8) -> Image:
    """Return a description of a picture that need not exist."""
    return Image(hash="0" * 64, width=width, height=height, mode=mode)


@pytest.mark.parametrize(
    "changes",
    [
        {"image": {"hash": "0" * 64, "width": 0, "height": 8, "mode": "rgb8"}},
        {"image": {"hash": "0" * 64, "width": -5, "height": 8, "mode": "rgb8"}},
        {"image": {"hash": "0" * 64, "width": 10**9, "height": 8, "mode": "rgb8"}},
        {"image": {"hash": "../../etc/passwd", "width": 8, "height": 8, "mode": "rgb8"}},
        {"image": {"hash": "0" * 64, "width": 8, "height": 8, "mode": "cmyk"}},
        {"image": None},
        {"selection": {}},
        {"strength": 0},
        {"strength": 1.5},
        {"strength": "much"},
        {"steps": 0},
        {"steps": 10**6},
        {"guidance_scale": -1},
        {"guidance_scale": 1e300},
        {"seed": -1},
        {"seed": 2**53},
        {"seed": 0.5},
        {"variants": 0},
        {"variants": 1000},
        {"prompt": "x" * 8193},
        {"scheduler": ""},
        {"region": {"feather": -1}},
        {"region": {"fill": "lava"}},
        {"task": "make-coffee"},
    ],
)
def test_a_parameter_out_of_range_is_refused(wire: Wire, changes: dict[str, Any]) -> None:
    error = send_header(wire, header(**changes))
    assert error.code is ErrorCode.BAD_REQUEST
    assert error.request == "s"


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_a_number_that_is_none_is_refused(wire: Wire, number: bytes) -> None:
    text = json.dumps(header(strength=0.25)).encode().replace(b"0.25", number)
    assert send_header(wire, text).code is ErrorCode.BAD_REQUEST


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"{",
        b"\xff\xfe",
        b'{"type":"hello"}',
        b'{"type":"dance","request":"s"}',
        b"[" * 100_000,
        b'{"type":"ping","request":"' + b"x" * 65 + b'"}',
        b'{"type":"cancel","request":"s","job":"../../../etc"}',
        b'{"type":"results","request":"s","job":"/etc/passwd"}',
    ],
)
def test_a_header_that_is_none_is_refused(wire: Wire, text: bytes) -> None:
    assert send_header(wire, text).code is ErrorCode.BAD_REQUEST


def test_another_major_version_is_refused_naming_both(wire: Wire) -> None:
    wire.send(b"scumble/2", json.dumps(header()).encode())
    error = refusal(wire)
    assert error.code is ErrorCode.VERSION_MISMATCH
    assert "2" in error.sentence
    assert "1" in error.sentence


@pytest.mark.parametrize(
    "frames",
    [
        [b""],
        [PROTOCOL_TAG],
        [b"GET / HTTP/1.1", b"Host: here"],
        [PROTOCOL_TAG, b"{}", *[b"x"] * 100],
        [PROTOCOL_TAG, json.dumps(header()).encode(), b"a buffer that nobody named"],
        [b"", PROTOCOL_TAG, json.dumps(header()).encode()],
    ],
)
def test_frames_too_few_too_many_or_out_of_order_are_refused(
    wire: Wire, frames: list[bytes]
) -> None:
    wire.send(*frames)
    assert refusal(wire).code is ErrorCode.BAD_REQUEST


def test_a_header_of_more_than_a_megabyte_is_refused(wire: Wire) -> None:
    error = send_header(wire, b'{"type":"ping","request":"' + b"x" * (1 << 20) + b'"}')
    assert error.code is ErrorCode.TOO_LARGE


def test_pixels_fewer_than_declared_are_refused(wire: Wire) -> None:
    attachments, _ = attach([IMAGE], [PIXELS])
    job = Job(id="some-job-id", task=Inpaint(seed=1, image=IMAGE, selection=SELECTION))
    wire.say(m.Submit(request="s", job=job, attachments=attachments), [b"too few"])
    assert refusal(wire).code is ErrorCode.BAD_REQUEST


def test_pixels_other_than_their_hash_says_are_refused(wire: Wire) -> None:
    attachments, _ = attach([IMAGE], [PIXELS])
    job = Job(id="some-job-id", task=Inpaint(seed=1, image=IMAGE, selection=SELECTION))
    wire.say(m.Submit(request="s", job=job, attachments=attachments), [bytes(8 * 8 * 3)])
    error = refusal(wire)
    assert error.code is ErrorCode.BAD_REQUEST
    assert "not what its name says" in error.sentence


def test_a_picture_that_the_job_does_not_name_is_refused(wire: Wire) -> None:
    attachments, buffers = attach([IMAGE], [PIXELS])
    job = Job(id="some-job-id", task=TextToImage(seed=1, width=8, height=8))
    wire.say(m.Submit(request="s", job=job, attachments=attachments), buffers)
    assert "does not name" in refusal(wire).sentence


def test_a_size_that_is_not_true_of_a_known_hash_finds_no_picture(wire: Wire) -> None:
    pictures = Pictures()
    known = pictures.add(PIXELS)
    mask = pictures.add(MASK)
    with client("another-client") as other:
        other.submit(Inpaint(seed=1, image=known, selection=mask), pictures).result()
    lie = Image(hash=known.hash, width=4, height=16, mode=Mode.RGB8)
    answer = wire.ask(
        m.Submit(request="s", job=Job(id="a-lying-job", task=ImageToImage(seed=1, image=lie)))
    )
    assert isinstance(answer, m.Need)


@pytest.mark.parametrize(
    ("task", "code"),
    [
        (TextToImage(seed=1, width=16_385, height=8), ErrorCode.TOO_LARGE),
        (TextToImage(seed=1, width=16_384, height=16_384), ErrorCode.TOO_LARGE),
        (ImageToImage(seed=1, image=image(20_000, 20_000)), ErrorCode.TOO_LARGE),
        (ImageToImage(seed=1, image=image(8, 8, Mode.GRAY8)), ErrorCode.BAD_REQUEST),
        (
            Inpaint(seed=1, image=image(8, 8), selection=image(8, 9, Mode.GRAY8)),
            ErrorCode.BAD_REQUEST,
        ),
        (Inpaint(seed=1, image=image(8, 8), selection=image(8, 8)), ErrorCode.BAD_REQUEST),
        (TextToImage(seed=1, width=8, height=8, scheduler="eular"), ErrorCode.BAD_REQUEST),
    ],
)
def test_a_job_that_cannot_be_done_is_refused(
    wire: Wire, task: TextToImage | ImageToImage | Inpaint, code: ErrorCode
) -> None:
    assert submit(wire, Job(id="some-job-id", task=task)).code is code


def test_an_unknown_scheduler_is_answered_with_near_names(wire: Wire) -> None:
    task = TextToImage(seed=1, width=8, height=8, scheduler="eular")
    assert "euler" in submit(wire, Job(id="some-job-id", task=task)).sentence


@pytest.mark.parametrize("name", ["minature", "../../../etc/passwd", "/dev/zero", "C:\\x"])
def test_an_unknown_model_is_refused(wire: Wire, name: str) -> None:
    job = Job(id="some-job-id", model=name, task=TextToImage(seed=1, width=8, height=8))
    assert submit(wire, job).code is ErrorCode.UNKNOWN_MODEL


def test_nothing_is_done_before_hello(shared: Home) -> None:
    del shared
    with Wire(read_connection(folders().connection_file)) as wire:
        for request in (m.Ping(request="p"), m.Jobs(request="j"), m.Shutdown(request="x")):
            answer = wire.ask(request)
            assert isinstance(answer, m.Error)
            assert "hello" in answer.sentence


def test_a_message_over_the_limit_is_refused_and_a_frame_over_it_ends_the_connection(
    house: Home,
) -> None:
    house.settle(message_bytes=1 << 20)
    connection = house.start()
    wide = image(700, 300)
    high = image(700, 300, Mode.RGBA8)
    with client("another-client") as bystander, Wire(connection) as wire:
        wire.hello()
        job = Job(id="some-job-id", task=ImageToImage(seed=1, image=wide))
        two = [Attachment(image=wide, buffer=0), Attachment(image=high, buffer=1)]
        submit_both = m.Submit(request="s", job=job, attachments=tuple(two))
        wire.say(submit_both, [bytes(wide.byte_count), bytes(high.byte_count)])
        assert refusal(wire).code is ErrorCode.TOO_LARGE
        wire.send(PROTOCOL_TAG, b"{}", bytes(2 << 20))
        assert wire.hear(timeout_s=0.5) is None
        assert bystander.ping().session == bystander.welcome.session


def test_memory_stays_flat_under_a_flood_of_rubbish(front: Home) -> None:
    connection = read_connection(folders().connection_file)
    front_process = psutil.Process(connection.pid)
    rng = random.Random(20)  # noqa: S311 - rubbish that is the same each time
    with client("bystander") as bystander, Wire(connection) as wire:
        wire.hello("fuzzing-client")
        _flood(wire, rng, FUZZED_MESSAGES // 10)
        before = front_process.memory_info().rss
        for _ in range(9):
            _flood(wire, rng, FUZZED_MESSAGES // 10)
            assert bystander.ping().session == bystander.welcome.session
        assert front_process.memory_info().rss - before < GROWTH_BYTES
        painting = bystander.submit(TextToImage(seed=1, width=8, height=8), Pictures())
        painting.result()
    assert front.runs == [painting.job_id]


def _flood(wire: Wire, rng: random.Random, count: int) -> None:
    """Send messages, no more than a few unanswered at once, and look at every answer."""
    unanswered = 0
    for _ in range(count):
        wire.send(*_rubbish(rng))
        unanswered += 1
        if unanswered == 20:
            for _ in range(unanswered):
                answer = _next_answer(wire)
                if isinstance(answer, m.Error):
                    assert len(answer.sentence) > 10
            unanswered = 0


def _next_answer(wire: Wire) -> m.Answer:
    """Return the next answer; rubbish may submit a job and cancel it, which is an event besides."""
    while (reply := wire.hear()) is not None:
        if isinstance(reply.message, m.Answer):
            return reply.message
    raise AssertionError("a message was not answered")


_GOOD = [
    header(),
    {"type": "ping", "request": "p"},
    {"type": "cancel", "request": "c", "job": "some-job-id"},
    {"type": "reorder", "request": "r", "job": "some-job-id", "position": 0},
    {"type": "ack", "request": "a", "job": "some-job-id"},
    {"type": "results", "request": "r", "job": "some-job-id"},
    {"type": "images", "request": "i", "job": "some-job-id", "attachments": []},
    {"type": "hello", "request": "h", "client": "fuzzing-client"},
    {"type": "load", "request": "l", "model": "nothing"},
    {"type": "take", "request": "t", "job": "some-job-id"},
    {
        "type": "plan",
        "request": "p",
        "task": "inpaint",
        "width": 640,
        "height": 480,
        "parts": [[10, 10, 90, 80], [300, 200, 64, 64]],
        "strength": 0.7,
    },
]
_GOOD_TEXTS = [json.dumps(good).encode() for good in _GOOD]


def _rubbish(rng: random.Random) -> list[Buffer]:
    """Return frames that are random, or nearly a message."""
    kind = rng.randrange(4)
    if kind == 0:
        return [rng.randbytes(rng.randrange(1, 40)) for _ in range(rng.randrange(1, 5))]
    if kind == 1:
        return [PROTOCOL_TAG, rng.randbytes(rng.randrange(200))]
    text = bytearray(rng.choice(_GOOD_TEXTS))
    if kind == 2:
        for _ in range(rng.randrange(1, 4)):
            text[rng.randrange(len(text))] = rng.randrange(256)
        return [PROTOCOL_TAG, bytes(text)]
    return [PROTOCOL_TAG, bytes(text[: rng.randrange(len(text))]), rng.randbytes(8)]
