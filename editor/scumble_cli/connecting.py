"""Reaching this user's daemon, and starting one where none runs."""

from scumble_cli.speech import say
from scumble_cli.waiting import client_id
from scumble_protocol.client import Client
from scumble_protocol.endpoint import Connection
from scumble_protocol.launch import ensure_daemon
from scumble_protocol.version import PACKAGE

NAME = f"scumble-cli {PACKAGE}"


def connected() -> Client:
    """Return a client of this user's daemon; one is started, and said to be, where none runs.

    A daemon that dies while the client waits is started again too.
    Raises DaemonUnreachableError where none can be reached.
    """
    return Client.connect(_find, name=NAME, client_id=client_id(), timeout_s=30)


def connected_to_running() -> Client:
    """Return a client of the daemon that runs. Raises DaemonUnreachableError where none does."""
    return Client.connect(name=NAME, client_id=client_id())


def _find() -> Connection:
    return ensure_daemon(say)
