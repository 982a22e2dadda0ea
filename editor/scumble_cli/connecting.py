"""Reaching a daemon: this user's own, started where none runs, or one on another machine."""

import os
import re

from scumble_cli.failures import BadUseError
from scumble_cli.speech import say
from scumble_cli.waiting import client_id
from scumble_protocol.client import Client
from scumble_protocol.conversation import Find
from scumble_protocol.endpoint import Connection, folders, read_connection
from scumble_protocol.errors import DaemonUnreachableError
from scumble_protocol.launch import ensure_daemon, running_daemon
from scumble_protocol.version import PACKAGE

NAME = f"scumble-cli {PACKAGE}"

ADDRESS_VARIABLE = "SCUMBLE_DAEMON"
"""Environment variable: the address of a daemon elsewhere, such as tcp://studio:7801."""

KEY_VARIABLE = "SCUMBLE_DAEMON_KEY"
"""Environment variable: that daemon's public key, as its `scumble daemon keys` shows it."""

PATIENCE_S = 15.0  # how long a command waits for a daemon that was stopped, or is not heard

KEY_LENGTH = 40  # Z85 of 32 bytes


def connected() -> Client:
    """Return a client of the daemon; this user's own is started, and said to be, where none runs.

    One that dies while the client waits is started again too; one that was stopped is not.
    Raises DaemonUnreachableError where none can be reached.
    """
    where: Connection | Find | None = elsewhere()
    if where is None:
        ensure_daemon(say)
        where = _found_or_revived
    return Client.connect(
        where, name=NAME, client_id=client_id(), timeout_s=30, patience_s=PATIENCE_S
    )


def connected_to_running() -> Client:
    """Return a client of the daemon that runs. Raises DaemonUnreachableError where none does."""
    where = elsewhere() or running_daemon()
    if where is None:
        raise DaemonUnreachableError(
            "No Scumble daemon is running for this user. Start one with `scumble daemon start`."
        )
    return Client.connect(where, name=NAME, client_id=client_id())


def elsewhere() -> Connection | None:
    """Return where the environment says that another machine's daemon is, None without a word.

    Raises BadUseError where that is no address or no key.
    """
    address = os.environ.get(ADDRESS_VARIABLE)
    if not address:
        return None
    if re.fullmatch(r"tcp://[^\s/]+:\d{1,5}", address) is None:
        raise BadUseError(
            f"{ADDRESS_VARIABLE} is “{address}”, which is no address of a daemon. Nothing was "
            "done; write it like tcp://studio:7801."
        )
    key = os.environ.get(KEY_VARIABLE)
    if key and len(key) != KEY_LENGTH:
        raise BadUseError(
            f"{KEY_VARIABLE} is no public key: those have {KEY_LENGTH} characters. Nothing was "
            "done; take the daemon's from `scumble daemon keys` on its machine."
        )
    return Connection(endpoint=address, server_key=key or None)


def _found_or_revived() -> Connection:
    """Return where the daemon is; it is started again where it died, not where it was stopped.

    Raises DaemonUnreachableError.
    """
    read_connection(folders().connection_file)  # gone where it ended in good order
    return ensure_daemon(say)
