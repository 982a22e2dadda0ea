"""A daemon on another machine: its address and key, checked before anything is tried."""

import re

from scumble_protocol.endpoint import Connection, folders
from scumble_protocol.errors import ScumbleError
from scumble_protocol.keys import key_pair

KEY_LENGTH = 40  # Z85 of 32 bytes
_ADDRESS = re.compile(r"tcp://[^\s/:]+:\d{1,5}")


class WrongAddressError(ScumbleError):
    """What was typed is no address of a daemon, or no key."""


def connection_to(address: str, key: str) -> Connection | None:
    """Return where a daemon is said to be; None for this user's own, where no address is given.

    Raises WrongAddressError with a sentence that says how to write it.
    """
    address, key = address.strip(), key.strip()
    if not address:
        return None
    if "://" not in address:
        address = f"tcp://{address}"
    if _ADDRESS.fullmatch(address) is None:
        raise WrongAddressError(
            f"“{address}” is no address of a daemon; write it like studio:7801. Nothing changed."
        )
    if key and len(key) != KEY_LENGTH:
        raise WrongAddressError(
            f"A key has {KEY_LENGTH} characters, this one {len(key)}. Its machine shows it with "
            "`scumble daemon keys`. Nothing was changed."
        )
    return Connection(endpoint=address, server_key=key or None)


def own_key() -> str:
    """Return this user's public key, which the other machine must let in; made once."""
    return key_pair(folders().config / "client-key.json").public
