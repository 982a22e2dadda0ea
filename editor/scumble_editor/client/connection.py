"""The connection to a daemon: found, started, watched and taken up again, off the GUI thread.

Threading: everything of asyncio and ZeroMQ lives on one thread, which starts with the first use
and ends with `stop`. Signals are emitted on the GUI thread; `call` may be used from there alone.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from scumble_protocol.aio import AsyncClient
from scumble_protocol.endpoint import Connection
from scumble_protocol.errors import DaemonUnreachableError, ScumbleError
from scumble_protocol.launch import ensure_daemon, running_daemon
from scumble_protocol.messages import Welcome
from scumble_protocol.version import PACKAGE

T = TypeVar("T")
NAME = f"scumble-editor {PACKAGE}"
WATCH_EVERY_S = 0.5
SILENT_AFTER_S = 7.0  # pings go every two seconds
CONNECT_TIMEOUT_S = 45.0


class LinkState(Enum):
    """How the connection is."""

    ASLEEP = "asleep"  # nobody needed a daemon yet
    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"  # it was there and is looked for
    OFFLINE = "offline"  # none can be reached


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """How the connection is, and a sentence about it."""

    state: LinkState
    sentence: str


_ASLEEP = LinkStatus(LinkState.ASLEEP, "The painting daemon starts when you first paint.")


class Link(QObject):
    """One connection to one daemon.

    Attributes:
        status: how it is.
        welcome: what the daemon said of itself; None where none was reached yet.

    Signals:
        changed: a LinkStatus.
        greeted: the Welcome of a daemon that was not there before, or was started anew.
        moved: another daemon is meant from now on.
    """

    changed = Signal(object)
    greeted = Signal(object)
    moved = Signal()
    _passed = Signal(object)

    def __init__(
        self,
        client_id: Callable[[], str],
        elsewhere: Connection | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`client_id` gives the id this editor is known by; `elsewhere` is a remote daemon."""
        super().__init__(parent)
        self.status = _ASLEEP
        self.welcome: Welcome | None = None
        self._client_id = client_id
        self._elsewhere = elsewhere
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._connecting: asyncio.Task[AsyncClient] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._ended = False
        self._passed.connect(self._take, Qt.ConnectionType.QueuedConnection)

    @property
    def where(self) -> str:
        """The address of a daemon elsewhere; "" for this user's own."""
        return "" if self._elsewhere is None else self._elsewhere.endpoint

    @property
    def connected(self) -> bool:
        """Whether a daemon answers."""
        return self.status.state is LinkState.CONNECTED

    def look(self) -> None:
        """Connect if a daemon runs already, or is elsewhere; start none."""
        if self._elsewhere is not None or running_daemon() is not None:
            self.wake()

    def wake(self) -> None:
        """Connect, with a daemon started where none runs; nothing where that is so already."""
        if self.status.state in (LinkState.ASLEEP, LinkState.OFFLINE):
            self.call(_nothing, lambda _: None, lambda _: None)

    def call(
        self,
        ask: Callable[[AsyncClient], Awaitable[T]],
        done: Callable[[T], None],
        failed: Callable[[ScumbleError], None],
    ) -> None:
        """Ask the daemon something; one is reached first where that is needed.

        `done` or `failed` is called on the GUI thread.
        """
        if self._ended:
            return
        if self._loop is None:
            self._begin()

        async def asking() -> None:
            try:
                answer = await ask(await self._client())
            except ScumbleError as error:
                self._hand(failed, error)
            else:
                self._hand(done, answer)

        self.spawn(asking())

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine on the connection's loop; it hands its news over with `hand`."""
        if self._loop is None:  # it has just been left
            work.close()
            return
        asyncio.run_coroutine_threadsafe(work, self._loop)

    def hand(self, take: Callable[[T], None], value: T) -> None:
        """Call a function on the GUI thread; from any thread."""
        self._hand(take, value)

    def move_to(self, elsewhere: Connection | None) -> None:
        """Leave this daemon for another one, or for this user's own."""
        self._go()
        self._elsewhere = elsewhere
        self.welcome = None
        self._say(_ASLEEP)
        self.moved.emit()

    def stop(self) -> None:
        """Leave for good; jobs go on in the daemon, and their results wait there."""
        self._ended = True
        self._go()

    def _go(self) -> None:
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._leave(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        self._loop = self._thread = None

    # On the loop --------------------------------------------------------------------------

    async def _client(self) -> AsyncClient:
        """Return the client, connected; tried anew where it failed before."""
        connecting = self._connecting
        if connecting is None or (connecting.done() and not _succeeded(connecting)):
            connecting = self._connecting = asyncio.create_task(self._connect())
        return await asyncio.shield(connecting)

    async def _connect(self) -> AsyncClient:
        self._tell(LinkState.CONNECTING, "Looking for the painting daemon…")
        try:
            client = await AsyncClient.connect(
                self._find,
                name=NAME,
                client_id=self._client_id(),
                timeout_s=CONNECT_TIMEOUT_S,
                patience_s=None,
            )
        except ScumbleError as error:
            self._tell(LinkState.OFFLINE, str(error))
            raise
        except OSError as error:
            sentence = f"The painting daemon cannot be reached: {error}. Everything else works."
            self._tell(LinkState.OFFLINE, sentence)
            raise DaemonUnreachableError(sentence) from error
        self._watching = asyncio.create_task(self._watch(client))
        return client

    def _find(self) -> Connection:
        if self._elsewhere is not None:
            return self._elsewhere
        return ensure_daemon(
            lambda _: self._tell(LinkState.CONNECTING, "Starting the painting daemon…")
        )

    async def _watch(self, client: AsyncClient) -> None:
        """Say when the daemon comes, goes silent, and comes back."""
        session = ""
        there = False
        while True:
            welcome = client.welcome
            answering = welcome is not None and client.silent_s < SILENT_AFTER_S
            if welcome is not None and answering and welcome.session != session:
                session, there = welcome.session, False  # one started anew is said to be ready
                self._hand(self._greet, welcome)
            if answering != there:
                there = answering
                if answering and welcome is not None:
                    where = "" if welcome.device == "auto" else f" on {welcome.device}"
                    self._tell(LinkState.CONNECTED, f"Ready to paint{where}.")
                else:
                    self._tell(
                        LinkState.LOST,
                        "The daemon does not answer. Jobs are kept; it is being looked for…",
                    )
            await asyncio.sleep(WATCH_EVERY_S)

    async def _leave(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        connecting = self._connecting
        if connecting is not None and _succeeded(connecting):
            await connecting.result().close()
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        self._connecting = self._watching = None

    # From thread to thread ------------------------------------------------------------------

    def _begin(self) -> None:
        loop = asyncio.new_event_loop()
        self._loop = loop
        self._thread = threading.Thread(target=loop.run_forever, name="link", daemon=True)
        self._thread.start()

    def _hand(self, take: Callable[[T], None], value: T) -> None:
        self._passed.emit(lambda: take(value))

    def _take(self, call: Callable[[], None]) -> None:
        call()

    def _tell(self, state: LinkState, sentence: str) -> None:
        self._hand(self._say, LinkStatus(state, sentence))

    def _say(self, status: LinkStatus) -> None:
        if status != self.status:
            self.status = status
            self.changed.emit(status)

    def _greet(self, welcome: Welcome) -> None:
        self.welcome = welcome
        self.greeted.emit(welcome)


def _succeeded(task: asyncio.Task[AsyncClient]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


async def _nothing(client: AsyncClient) -> None:
    del client
