"""The daemon behind the bridge: reached, started where none runs, started again where it died."""

import asyncio
from collections.abc import Callable

from scumble_protocol import messages as m
from scumble_protocol.aio import AsyncClient, find_connection
from scumble_protocol.errors import DaemonUnreachableError
from scumble_protocol.launch import ensure_daemon, running_daemon

WATCH_EVERY_S = 1.0
GREETED_TIMEOUT_S = 30.0
STARTS = 3  # in a row, before a daemon that keeps ending is left alone

Say = Callable[[str], None]


class Daemon:
    """A conversation with this user's daemon that goes on when the daemon is started anew."""

    def __init__(self, client: AsyncClient, say: Say) -> None:
        self.client = client
        self._say = say

    @classmethod
    async def reach(cls, name: str, client_id: str, say: Say) -> "Daemon":
        """Start a daemon where none runs, and greet it. Raises ScumbleError where that fails."""
        await asyncio.to_thread(ensure_daemon, say)
        client = await AsyncClient.connect(
            find_connection, name=name, client_id=client_id, patience_s=None
        )
        return cls(client, say)

    @property
    def welcome(self) -> m.Welcome:
        """What the daemon said of itself."""
        assert self.client.welcome is not None
        return self.client.welcome

    async def ready(self) -> None:
        """Return once a daemon runs and knows us. Raises ScumbleError where that fails."""
        connection = await asyncio.to_thread(ensure_daemon, self._say)
        for _ in range(round(GREETED_TIMEOUT_S / 0.1)):
            if connection.session in ("", self.welcome.session):
                return
            await asyncio.sleep(0.1)
        raise DaemonUnreachableError(
            "The Scumble daemon was started anew and does not answer yet. Nothing was painted; "
            "try again in a moment."
        )

    async def keep(self, wanted: Callable[[], bool], give_up: Say) -> None:
        """While jobs are wanted, start a daemon that died again; it takes them up by itself.

        give_up: told in a sentence when it keeps dying.
        """
        starts = 0
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            if not wanted():
                starts = 0
            elif running_daemon() is None:
                starts += 1
                if starts > STARTS:
                    give_up("The Scumble daemon ends again and again; see `scumble daemon logs`.")
                    return
                self._say("The Scumble daemon ended and is started again; your job goes on.")
                try:
                    await asyncio.to_thread(ensure_daemon)
                except DaemonUnreachableError as error:
                    give_up(str(error))
                    return
