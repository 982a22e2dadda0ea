"""The daemon's catalogue as the editor changes it: downloads, models added and removed."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from scumble_editor.client.connection import Link
from scumble_protocol.aio import AsyncClient
from scumble_protocol.errors import ScumbleError
from scumble_protocol.messages import DownloadState, DownloadStatus, Recommendation


class CatalogueError(ScumbleError):
    """A model could not be added or removed."""


class _Entry(msgspec.Struct, frozen=True):
    """What the daemon's program says of a model."""

    name: str
    family: str
    description: str = ""


class Catalogue(QObject):
    """What can be fetched, and what is on its way.

    Attributes:
        recommended: models of the Hub that are worth having; empty until they were asked for.
        downloads: how far each is, by its source.

    Signals:
        recommended_changed: `recommended` came anew.
        download_changed: a DownloadStatus.
        installed: a download ended well, with its DownloadStatus.
        failed: a ScumbleError.
    """

    recommended_changed = Signal()
    download_changed = Signal(object)
    installed = Signal(object)
    failed = Signal(object)

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self.recommended: tuple[Recommendation, ...] = ()
        self.downloads: dict[str, DownloadStatus] = {}

    def refresh(self) -> None:
        """Ask what is worth having, and what is on its way."""
        self._link.call(lambda client: client.recommended(), self._take_list, self.failed.emit)
        self._link.call(lambda client: client.downloads(), self._take_downloads, self.failed.emit)

    def download(self, source: str) -> None:
        """Fetch a model; what has come of it before is not fetched again."""
        self._take(DownloadStatus(source=source, state=DownloadState.ASKING))
        hand = self._link.hand

        async def follow(client: AsyncClient) -> None:
            async for status in client.download(source):
                hand(self._take, status)

        def fail(error: ScumbleError) -> None:
            failed = DownloadState.FAILED
            self._take(DownloadStatus(source=source, state=failed, sentence=str(error)))

        self._link.call(follow, lambda _: None, fail)

    def cancel(self, source: str) -> None:
        """Stop a download; what has come is kept."""
        self._link.call(
            lambda client: client.cancel_download(source), lambda _: None, self.failed.emit
        )

    def _take_list(self, recommended: tuple[Recommendation, ...]) -> None:
        self.recommended = recommended
        self.recommended_changed.emit()

    def _take_downloads(self, downloads: tuple[DownloadStatus, ...]) -> None:
        known = self.downloads
        for status in downloads:
            if status.source not in known and not status.state.finished:
                self.download(status.source)  # one under way is followed

    def _take(self, status: DownloadStatus) -> None:
        self.downloads[status.source] = status
        self.download_changed.emit(status)
        if status.state is DownloadState.DONE:
            self.installed.emit(status)


def add_model(where: Path) -> str:
    """Add a folder or a .safetensors file to this computer's catalogue and return its name.

    Its files stay where they are. Runs the daemon's program, so call it off the GUI thread.
    Raises CatalogueError with what it said.
    """
    return _asked("add", "--json", "--", str(where)).name


def remove_model(name: str) -> None:
    """Take a model out of this computer's catalogue; its files stay. See `add_model`."""
    _asked("remove", "--json", "--", name)


def _asked(*arguments: str) -> _Entry:
    if importlib.util.find_spec("scumble_daemon") is None:
        raise CatalogueError(
            "The daemon is not installed beside this editor, so its models cannot be changed from "
            "here. Nothing was changed."
        )
    command = [sys.executable, "-m", "scumble_daemon", "models", *arguments]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own module
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise CatalogueError(said[-1] if said else "The daemon's program failed silently.")
    return msgspec.json.decode(done.stdout, type=_Entry)
