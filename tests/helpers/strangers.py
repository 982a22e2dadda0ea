"""A daemon that speaks another version of the protocol than ours."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import zmq

from scumble_protocol.endpoint import Connection, make_private, write_connection


@contextmanager
def daemon_of_version_2(runtime: Path) -> Iterator[None]:
    """Answer every message as protocol 2 would, where clients of that runtime folder look."""
    make_private(runtime)
    endpoint = f"ipc://{runtime / 'daemon.sock'}"
    bound, ending = threading.Event(), threading.Event()
    daemon = threading.Thread(target=_answer, args=(endpoint, bound, ending))
    daemon.start()
    try:
        assert bound.wait(10)
        connection = Connection(endpoint=endpoint, session="other", pid=os.getpid(), protocol="2.0")
        write_connection(connection, runtime / "daemon.json")
        yield
    finally:
        ending.set()
        daemon.join()
        (runtime / "daemon.json").unlink(missing_ok=True)


def _answer(endpoint: str, bound: threading.Event, ending: threading.Event) -> None:
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
