"""Downloads as the front sees them: one process each, whose words go to all who follow it."""

import asyncio
import contextlib
import subprocess
import sys
import threading

import msgspec

from scumble_daemon.front.clients import LOCAL, Peer, Visitor
from scumble_daemon.front.replies import Replies
from scumble_protocol import messages as m
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.frames import Received

COMMAND = (sys.executable, "-m", "scumble_daemon", "models", "download")
MOST_AT_ONCE = 3
QUIT_TIMEOUT_S = 5.0
_STATUS = msgspec.json.Decoder(m.DownloadStatus)


class _Download:
    """One download: its process, how far it is, and the requests that follow it."""

    def __init__(self, source: str) -> None:
        self.status = m.DownloadStatus(source=source, state=m.DownloadState.ASKING)
        self.followers: list[tuple[Peer, str]] = []
        self.process: subprocess.Popen[bytes] | None = None
        self.thread: threading.Thread | None = None
        self.cancelled = False


class Downloads:
    """What is fetched from the Hub, and what was since the daemon was started.

    The front itself never fetches: a process does, and a thread reads what it says.
    """

    def __init__(self, replies: Replies) -> None:
        self._replies = replies
        self._downloads: dict[str, _Download] = {}
        self._closing = False

    async def close(self) -> None:
        """End every download; what has come is kept for the next one."""
        self._closing = True
        begun = [(d.process, d.thread) for d in self._downloads.values() if d.process is not None]
        for process, _ in begun:
            process.terminate()
        for process, thread in begun:
            with contextlib.suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(process.wait, QUIT_TIMEOUT_S)
            process.kill()
            if thread is not None:
                await asyncio.to_thread(thread.join)

    def download(self, peer: Peer, visitor: Visitor, received: Received[m.Download]) -> None:
        """Begin a download, or follow the one of the same model.

        Raises RemoteError where it was asked from another machine, or too many are under way.
        """
        message = received.message
        _check_owner(visitor)
        download = self._downloads.get(message.source)
        if download is None or download.status.state.finished:
            if self._under_way() >= MOST_AT_ONCE:
                raise RemoteError(
                    ErrorCode.QUEUE_FULL,
                    f"{MOST_AT_ONCE} models are being downloaded already. Nothing was begun; wait "
                    "for one of them, or cancel it.",
                )
            download = self._begin(message)
        download.followers.append((peer, message.request))
        self._tell(download, (peer, message.request))

    def cancel(self, peer: Peer, visitor: Visitor, received: Received[m.CancelDownload]) -> None:
        """End a download, or do nothing where it has ended. Raises RemoteError for none such."""
        message = received.message
        _check_owner(visitor)
        download = self._downloads.get(message.source)
        if download is None:
            raise RemoteError(
                ErrorCode.BAD_REQUEST,
                f"{message.source} is not being downloaded. Nothing was done.",
            )
        if download.process is not None:
            download.cancelled = True
            download.process.terminate()
        self._replies.ok(peer, message.request)

    def list(self, peer: Peer, _: Visitor, received: Received[m.Downloads]) -> None:
        """Tell how far every download is."""
        found = tuple(download.status for download in self._downloads.values())
        answer = m.DownloadList(request=received.message.request, downloads=found)
        self._replies.answer(peer, answer)

    def _under_way(self) -> int:
        return sum(not one.status.state.finished for one in self._downloads.values())

    def _begin(self, message: m.Download) -> _Download:
        download = self._downloads[message.source] = _Download(message.source)
        name = ("--name", message.name) if message.name else ()
        download.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            (*COMMAND, *name, "--", message.source),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in a terminal is the front's alone
        )
        loop = asyncio.get_running_loop()
        arguments = (download, download.process, loop)
        download.thread = threading.Thread(target=self._listen, args=arguments, daemon=True)
        download.thread.start()
        return download

    def _listen(
        self,
        download: _Download,
        process: "subprocess.Popen[bytes]",
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        """Bring every word into the loop, then the end of the process. Runs in a thread."""
        assert process.stdout is not None
        with contextlib.suppress(RuntimeError), process.stdout:  # the loop may be closed already
            for line in process.stdout:
                with contextlib.suppress(msgspec.DecodeError):  # a library that prints
                    loop.call_soon_threadsafe(self._hear, download, _STATUS.decode(line))
            process.wait()
            loop.call_soon_threadsafe(self._bury, download)

    def _hear(self, download: _Download, status: m.DownloadStatus) -> None:
        download.status = status
        for follower in download.followers:
            self._tell(download, follower)

    def _bury(self, download: _Download) -> None:
        download.process = None
        if download.status.state.finished or self._closing:
            return
        ended = msgspec.structs.replace(
            download.status,
            state=m.DownloadState.CANCELLED if download.cancelled else m.DownloadState.FAILED,
            code=None if download.cancelled else ErrorCode.INTERNAL,
            sentence=(
                "The download was cancelled. What has come is kept for the next one."
                if download.cancelled
                else "The download ended without a word. What has come is kept; download it again."
            ),
        )
        self._hear(download, ended)

    def _tell(self, download: _Download, follower: tuple[Peer, str]) -> None:
        peer, request = follower
        self._replies.answer(peer, m.Downloading(request=request, download=download.status))


def _check_owner(visitor: Visitor) -> None:
    if visitor.owner != LOCAL:
        raise RemoteError(
            ErrorCode.UNAUTHORIZED,
            "Models are chosen on the daemon's own machine. Nothing was done; use "
            "`scumble models download` there.",
        )
