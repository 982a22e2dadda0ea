"""One download as a client follows it: every word of it until its end, through reconnections."""

import asyncio
from collections.abc import AsyncIterator

from scumble_protocol import messages as m
from scumble_protocol.errors import ErrorCode, RemoteError, ScumbleError
from scumble_protocol.frames import pack
from scumble_protocol.images import Buffer


class DownloadFollower:
    """A `download` request that is answered many times; sent again after a reconnection, it
    follows on."""

    def __init__(self, request: m.Download) -> None:
        self.request = request
        self.frames: list[Buffer] = pack(request)
        self._heard: asyncio.Queue[m.Answer | ScumbleError] = asyncio.Queue()

    def take(self, answer: m.Answer | ScumbleError) -> None:
        """Take an answer as it comes, or why none will."""
        self._heard.put_nowait(answer)

    async def heard(self) -> AsyncIterator[m.DownloadStatus]:
        """Yield how far the download is until its end, which comes last. Raises RemoteError."""
        while True:
            answer = await self._heard.get()
            if isinstance(answer, ScumbleError):
                raise answer
            if isinstance(answer, m.Error):
                raise RemoteError(answer.code, answer.sentence, answer.details)
            if not isinstance(answer, m.Downloading):
                raise RemoteError(
                    ErrorCode.INTERNAL,
                    "The daemon answered something else than was asked. The download may go on "
                    "there; are daemon and client of the same version?",
                )
            yield answer.download
            if answer.download.state.finished:
                return
