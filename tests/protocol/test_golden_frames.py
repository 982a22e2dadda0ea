"""Frames of every released version of the protocol, kept as files, stay readable for ever."""

import typing
from pathlib import Path

import msgspec
import pytest

from helpers.sample_messages import REPLIES, REQUESTS
from scumble_protocol import messages as m
from scumble_protocol.frames import pack, read_reply, read_request

FOLDER = Path(__file__).parent.parent / "data" / "protocol-1.0"

Sent = tuple[m.AnyRequest | m.AnyReply, list[bytes]]
SENT: list[Sent] = [
    (message, [bytes(b) for b in buffers]) for message, buffers in (*REQUESTS, *REPLIES)
]


class Golden(msgspec.Struct):
    """One message as it lies in a file."""

    header: str
    buffers: list[str]  # hexadecimal


def _name(number: int, sent: Sent) -> str:
    return f"{number:02}-{sent[0].__struct_config__.tag}"


NAMED = {_name(number, sent): sent for number, sent in enumerate(SENT)}


@pytest.mark.parametrize("name", NAMED)
def test_a_message_of_version_1_0_still_means_what_it_meant(name: str) -> None:
    message, buffers = NAMED[name]
    golden = msgspec.json.decode((FOLDER / f"{name}.json").read_bytes(), type=Golden)
    frames = [b"scumble/1", golden.header.encode(), *map(bytes.fromhex, golden.buffers)]

    received = read_request(frames) if isinstance(message, m.Request) else read_reply(frames)

    assert received.message == message
    assert [bytes(buffer) for buffer in received.buffers] == buffers


@pytest.mark.parametrize("name", NAMED)
def test_a_message_is_written_as_it_was_in_version_1_0(name: str) -> None:
    message, buffers = NAMED[name]
    golden = msgspec.json.decode((FOLDER / f"{name}.json").read_bytes(), type=Golden)

    _, header, *sent = pack(message, buffers)

    assert bytes(header).decode() == golden.header
    assert [bytes(buffer).hex() for buffer in sent] == golden.buffers


def test_every_message_of_the_protocol_has_a_golden_frame() -> None:
    kinds = {type(message) for message, _ in SENT}

    assert kinds == {*typing.get_args(m.AnyRequest), *typing.get_args(m.AnyReply)}
    assert {path.stem for path in FOLDER.glob("*.json")} == set(NAMED)
