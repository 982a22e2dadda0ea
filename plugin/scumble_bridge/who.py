"""The client ids under which the daemon keeps the hosts' results, one a host, kept between runs."""

import re

from scumble_protocol.aio import new_id
from scumble_protocol.endpoint import folders, make_private

_ID = re.compile(r"^[A-Za-z0-9_-]{8,64}$")


def client_id(host: str) -> str:
    """Return this user's client id for a host, made at the first call."""
    file = folders().config / "hosts" / f"{host}.id"
    try:
        kept = file.read_text().strip()
    except FileNotFoundError:
        kept = ""
    if _ID.match(kept):
        return kept
    make_private(file.parent)
    fresh = new_id()
    file.write_text(fresh)
    return fresh
