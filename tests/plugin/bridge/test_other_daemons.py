"""Daemons that the bridge cannot talk to: of another version, or unable to start."""

import os
import sys
import threading
from collections.abc import Iterator

import pytest
import zmq

from helpers.homes import Home, home
from scumble_host.conversation import Conversation, ConversationError, hello
from scumble_protocol.endpoint import Connection, folders, make_private, write_connection

COMMAND = (sys.executable, "-P", "-m", "scumble_bridge")


@pytest.fixture
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with home(tmp_path_factory.mktemp("h")) as here:
        yield here


def _answer_as_version_2(endpoint: str, bound: threading.Event, ending: threading.Event) -> None:
    context = zmq.Context()
    socket = context.socket(zmq.ROUTER)
    socket.linger = 0
    socket.bind(endpoint)
    bound.set()
    while not ending.is_set():
        if socket.poll(20):
            identity, *_ = socket.recv_multipart()
            socket.send_multipart([identity, b"scumble/2", b"{}"])
    socket.close()
    context.term()


@pytest.mark.usefixtures("nobody")
def test_a_daemon_of_another_version_is_named_with_both_versions() -> None:
    make_private(folders().runtime)
    endpoint = f"ipc://{folders().runtime / 'daemon.sock'}"
    bound, ending = threading.Event(), threading.Event()
    daemon = threading.Thread(target=_answer_as_version_2, args=(endpoint, bound, ending))
    daemon.start()
    try:
        assert bound.wait(10)
        connection = Connection(endpoint=endpoint, session="other", pid=os.getpid(), protocol="2.0")
        write_connection(connection, folders().connection_file)
        with Conversation(COMMAND) as talk:
            talk.submit(hello("gimp", "GIMP of a test", "rgba8"), ())
            with pytest.raises(ConversationError, match=r"protocol 2.*speaks 1"):
                talk.welcome()
    finally:
        ending.set()
        daemon.join()


def test_a_daemon_that_cannot_start_is_said_with_its_last_words(nobody: Home) -> None:
    settings = nobody.folder / "config" / "daemon.toml"
    settings.parent.mkdir()
    settings.write_text("devices = 3\n")
    with Conversation(COMMAND) as talk:
        talk.submit(hello("gimp", "GIMP of a test", "rgba8"), ())
        with pytest.raises(ConversationError, match="could not be started"):
            talk.welcome()
