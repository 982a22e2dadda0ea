"""Keys of the network: this daemon's own pair, and the clients it lets in."""

import re
from pathlib import Path

import msgspec
import zmq.asyncio
from zmq.auth.asyncio import AsyncioAuthenticator

from scumble_protocol.endpoint import folders, make_private
from scumble_protocol.errors import ScumbleError
from scumble_protocol.keys import KeyPair, key_pair


class KeyNameError(ScumbleError):
    """A key, or the name for it, is none."""


class AllowedClient(msgspec.Struct, frozen=True):
    """A client that may connect from the network."""

    name: str
    key: str  # CURVE public key, Z85


def daemon_keys() -> KeyPair:
    """Return the key pair of this user's daemon, made at the first call."""
    return key_pair(folders().config / "daemon-key.json")


def client_keys() -> KeyPair:
    """Return the key pair with which this user's clients reach daemons elsewhere."""
    return key_pair(folders().config / "client-key.json")


def allowed_clients() -> tuple[AllowedClient, ...]:
    """Return the clients that are let in; what cannot be read lets nobody in."""
    try:
        return msgspec.json.decode(_allowed_file().read_bytes(), type=tuple[AllowedClient, ...])
    except (OSError, msgspec.DecodeError):
        return ()


def allow(name: str, key: str) -> None:
    """Let a client in, from now on. Raises KeyNameError where the key is no public key."""
    if re.fullmatch(r"[0-9A-Za-z.\-:+=^!/*?&<>()\[\]{}@%$#]{40}", key) is None:
        raise KeyNameError(
            f"“{key}” is no public key: 40 characters, as the other side's `keys show` prints "
            "them. Nothing was changed."
        )
    others = tuple(c for c in allowed_clients() if name != c.name and key != c.key)
    _write((*others, AllowedClient(name, key)))


def forget(name: str) -> None:
    """Let a client in no longer. Raises KeyNameError where nobody has that name."""
    known = allowed_clients()
    rest = tuple(client for client in known if client.name != name)
    if len(rest) == len(known):
        raise KeyNameError(
            f"Nobody called “{name}” is let in. Nothing was changed; `keys show` lists everybody."
        )
    _write(rest)


class Gatekeeper:
    """Answers ZeroMQ's question whether a key may come in; the list is read anew each time."""

    def __init__(self, context: zmq.asyncio.Context) -> None:
        self._authenticator = AsyncioAuthenticator(context)
        self._authenticator.start()
        self._authenticator.configure_curve_callback("scumble", self)

    def callback(self, domain: str, key: bytes) -> bool:
        """Tell whether a public key (Z85) is on the list."""
        del domain
        return key.decode() in {client.key for client in allowed_clients()}

    def close(self) -> None:
        """Stop answering; nobody new comes in."""
        self._authenticator.stop()


def _allowed_file() -> Path:
    return folders().config / "allowed-clients.json"


def _write(clients: tuple[AllowedClient, ...]) -> None:
    file = _allowed_file()
    make_private(file.parent)
    fresh = file.with_suffix(".new")
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(clients)))
    fresh.chmod(0o600)
    fresh.replace(file)
