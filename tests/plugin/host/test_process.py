"""The bridge as a child process: heard, ended, missed, and kept from the host's own Python."""

import os
import queue
import sys
import textwrap

import pytest

from scumble_host.conversation import Conversation, ConversationError
from scumble_host.pipe import Message
from scumble_host.process import Bridge, BridgeError

ECHO = """
import os, sys
from scumble_host.pipe import read_message, write_message
while (message := read_message(sys.stdin.buffer)) is not None:
    header = {**message.header, "path": os.environ.get("PYTHONHOME", "")}
    write_message(sys.stdout.buffer, header, message.buffers)
"""
PATIENCE_S = 30


def _command(program: str) -> tuple[str, ...]:
    return sys.executable, "-c", textwrap.dedent(program)


def test_messages_go_there_and_back_and_the_end_is_heard() -> None:
    heard: queue.Queue[Message | None] = queue.Queue()
    bridge = Bridge(_command(ECHO), heard.put)
    bridge.send({"type": "x"}, [b"abc", b""])
    answer = heard.get(timeout=PATIENCE_S)
    assert answer is not None
    assert [bytes(buffer) for buffer in answer.buffers] == [b"abc", b""]
    bridge.close()
    assert heard.get(timeout=PATIENCE_S) is None
    assert not bridge.running


def test_the_hosts_python_variables_are_kept_from_the_bridge(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(os.environ, "PYTHONHOME", "/of/the/host")
    heard: queue.Queue[Message | None] = queue.Queue()
    bridge = Bridge(_command(ECHO), heard.put)
    bridge.send({"type": "x"})
    answer = heard.get(timeout=PATIENCE_S)
    bridge.close()
    assert answer is not None
    assert answer.header["path"] == ""


def test_a_program_that_is_not_there_is_said_in_a_sentence() -> None:
    with pytest.raises(BridgeError, match=r"/nowhere/python.*scumble bridge install"):
        Bridge(("/nowhere/python",), lambda _: None)


def test_a_bridge_that_ends_by_itself_is_said_with_its_last_words() -> None:
    talk = Conversation(_command("import sys; sys.exit('no such luck')"))
    with talk, pytest.raises(ConversationError, match="no such luck"):
        talk.next(PATIENCE_S)


def test_rubbish_from_the_bridge_ends_the_conversation() -> None:
    talk = Conversation(_command("print('hello there, this is no message')"))
    with talk, pytest.raises(ConversationError, match="ended unexpectedly"):
        talk.next(PATIENCE_S)
