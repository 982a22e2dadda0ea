"""A model of the Hub brought into the catalogue: looked at, room made sure of, fetched, checked."""

import re
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from scumble_daemon.models.catalog import Catalogue, Entry, home_of
from scumble_daemon.models.errors import ModelError
from scumble_daemon.models.hub import Hub, Listing
from scumble_daemon.models.hub_files import CARD, CONFIG, INDEX, HubFile, named_files, needed_files
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.messages import DownloadState, DownloadStatus

SPARE_BYTES = 64 << 20
"""Left free on the disk whatever is downloaded."""
SAY_EVERY_S = 0.2
_SOURCE = re.compile(r"([A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(?:/(.+))?")
_PRIOR = re.compile(r"^prior:\s*\n\s*-\s*(\S+/\S+)\s*$", re.MULTILINE)
"""In the card of a pipeline that needs another one beside it, as Kandinsky's do."""

Say = Callable[[DownloadStatus], None]
_Part = tuple[Listing, HubFile]


def download(source: str, name: str | None, catalogue: Catalogue, hub: Hub, say: Say) -> Entry:
    """Bring a model of the Hub into the catalogue and return its entry; go on where one broke off.

    source: `owner/name`, or `owner/name/folder/file.safetensors` for one file of it.
    Raises ModelError where it cannot be used or fetched; nothing is in the catalogue then, and what
    has come is kept for the next time.
    """
    # 1. where it lives, and what it will be called
    repository, path = _parsed(source)
    home = home_of(repository)
    known_as = source if home == repository else "/".join(filter(None, (home, path)))
    called = name or Path(path or home).name.removesuffix(".safetensors")
    catalogue.check_name(called, known_as)
    moved = "" if home == repository else f"{repository} has moved to {home}."
    status = DownloadStatus(source=source, state=DownloadState.ASKING, sentence=moved)
    say(status)

    # 2. what it needs
    listing = hub.listing(home)
    pick = partial(named_files, home, path) if path else partial(needed_files, home)
    chosen = pick(listing.files)
    parts = [(listing, file) for file in chosen]
    parts += _of_prior(hub, parts)

    # 3. whether there is room
    teller = _Teller(status, say, total_bytes=sum(file.size_bytes for _, file in parts))
    teller.advance(sum(hub.bytes_here(*part) for part in parts))
    hub.check_room(home, teller.missing_bytes + SPARE_BYTES)

    # 4. every file, checked
    places = {}
    for part in parts:
        teller.enter(part[1].path)
        places[part] = hub.fetch(*part, teller.advance)

    # 5. read, not executed
    place, file = next((places[part], part[1]) for part in parts if part[1].path != CARD)
    is_folder = not path and any(file.path in (INDEX, CONFIG) for file in chosen)
    where = place.parents[file.path.count("/")] if is_folder else place
    entry = catalogue.add_downloaded(where, called, known_as)
    teller.end(entry)
    return entry


def download_aloud(source: str, name: str | None, catalogue: Catalogue) -> bool:
    """Download as a process of its own: print every `DownloadStatus` as a line of JSON; tell
    whether it was done."""

    def say(status: DownloadStatus) -> None:
        sys.stdout.write(f"{msgspec.json.encode(status).decode()}\n")
        sys.stdout.flush()

    try:
        download(source, name, catalogue, Hub(), say)
    except RemoteError as error:
        failed = DownloadState.FAILED
        say(DownloadStatus(source=source, state=failed, code=error.code, sentence=str(error)))
        return False
    return True


class _Teller:
    """Says how far a download is, a few times a second."""

    def __init__(self, status: DownloadStatus, say: Say, total_bytes: int) -> None:
        self._status = status
        self._say = say
        self._total_bytes = total_bytes
        self._done_bytes = 0
        self._file = ""
        self._said_at = 0.0

    @property
    def missing_bytes(self) -> int:
        return self._total_bytes - self._done_bytes

    def enter(self, file: str) -> None:
        self._file = file
        self._tell(DownloadState.FETCHING)

    def advance(self, more_bytes: int) -> None:
        self._done_bytes += more_bytes
        if time.monotonic() - self._said_at > SAY_EVERY_S:
            self._tell(DownloadState.FETCHING)

    def end(self, entry: Entry) -> None:
        self._file = ""
        self._tell(DownloadState.DONE, entry.name)

    def _tell(self, state: DownloadState, model: str = "") -> None:
        self._said_at = time.monotonic()
        self._say(
            DownloadStatus(
                source=self._status.source,
                state=state,
                file=self._file,
                done_bytes=self._done_bytes,
                total_bytes=self._total_bytes,
                model=model,
                sentence=self._status.sentence,
            )
        )


def _parsed(source: str) -> tuple[str, str]:
    """Return a repository and the path of a file in it, empty without one."""
    match = _SOURCE.fullmatch(source)
    if match is None:
        raise ModelError(
            f"“{source}” is no model of the Hub. Nothing was downloaded; write it as owner/name, "
            "or owner/name/file.safetensors.",
            code=ErrorCode.BAD_REQUEST,
        )
    return match[1], match[2] or ""


def _of_prior(hub: Hub, parts: list[_Part]) -> list[_Part]:
    """Return the files of the pipeline that turns words into what this one paints, if one must."""
    paths = {file.path: (listing, file) for listing, file in parts}
    if INDEX not in paths or CARD not in paths:
        return []
    card = hub.fetch(*paths[CARD], lambda _: None).read_text(encoding="utf-8", errors="replace")
    found = _PRIOR.search(card.partition("\n---")[0] if card.startswith("---") else "")
    if found is None:
        return []
    listing = hub.listing(found[1])
    return [(listing, file) for file in needed_files(found[1], listing.files)]
