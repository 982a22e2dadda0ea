"""Frames of every released version of the protocol, kept as files, stay readable for ever."""

import typing
from pathlib import Path

import msgspec
import pytest

from helpers.sample_messages import ADDED, REPLIES, REQUESTS
from scumble_protocol import messages as m
from scumble_protocol.frames import pack, read_reply, read_request
from scumble_protocol.images import Buffer

DATA = Path(__file__).parent.parent / "data"

Sent = tuple[m.AnyRequest | m.AnyReply, list[bytes]]
VERSIONS: dict[str, tuple[tuple[m.AnyRequest | m.AnyReply, list[Buffer]], ...]] = {
    "1.0": (*REQUESTS, *REPLIES),
    "1.1": ADDED,
}
"""The messages that each version brought."""


class Golden(msgspec.Struct):
    """One message as it lies in a file."""

    header: str
    buffers: list[str]  # hexadecimal


NAMED: dict[str, Sent] = {
    f"protocol-{version}/{number:02}-{message.__struct_config__.tag}": (
        message,
        [bytes(buffer) for buffer in buffers],
    )
    for version, sent in VERSIONS.items()
    for number, (message, buffers) in enumerate(sent)
}


def golden_of(name: str) -> Golden:
    """Return a message as it was written when it was new."""
    return msgspec.json.decode((DATA / f"{name}.json").read_bytes(), type=Golden)


@pytest.mark.parametrize("name", NAMED)
def test_a_message_still_means_what_it_meant(name: str) -> None:
    message, buffers = NAMED[name]
    golden = golden_of(name)
    frames = [b"scumble/1", golden.header.encode(), *map(bytes.fromhex, golden.buffers)]

    received = read_request(frames) if isinstance(message, m.Request) else read_reply(frames)

    assert received.message == message
    assert [bytes(buffer) for buffer in received.buffers] == buffers


def includes(now: object, before: object) -> bool:
    """Tell whether JSON says all that it said before; fields may have come since."""
    if isinstance(now, dict) and isinstance(before, dict):
        return all(key in now and includes(now[key], before[key]) for key in before)
    if isinstance(now, list) and isinstance(before, list):
        return len(now) == len(before) and all(map(includes, now, before))
    return now == before


@pytest.mark.parametrize("name", NAMED)
def test_a_message_says_what_it_said(name: str) -> None:
    message, buffers = NAMED[name]
    golden = golden_of(name)

    _, header, *sent = pack(message, buffers)

    assert includes(msgspec.json.decode(header), msgspec.json.decode(golden.header))
    assert [bytes(buffer).hex() for buffer in sent] == golden.buffers


def test_every_message_of_the_protocol_has_a_golden_frame() -> None:
    kinds = {type(message) for message, _ in NAMED.values()}

    assert kinds == {*typing.get_args(m.AnyRequest), *typing.get_args(m.AnyReply)}
    files = {str(path.relative_to(DATA).with_suffix("")) for path in DATA.glob("protocol-*/*.json")}
    assert files == set(NAMED)
