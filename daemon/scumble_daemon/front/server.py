"""The front's life as a process: lock, spool, doors, connection file, and an orderly end."""

import asyncio
import gc
import logging
import os
import secrets
import signal
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import zmq
import zmq.asyncio

from scumble_daemon.config import Settings, inbox_folder, picture_folder, spool_folder
from scumble_daemon.front.addresses import (
    ListenError,
    local_endpoint,
    needs_keys,
    remove_socket,
)
from scumble_daemon.front.clients import Peer
from scumble_daemon.front.door import Door
from scumble_daemon.front.front import Front
from scumble_daemon.front.inbox import Inbox
from scumble_daemon.front.keeper import Keeper
from scumble_daemon.front.keys import Gatekeeper, allowed_clients, daemon_keys
from scumble_daemon.front.library import Library
from scumble_daemon.front.lock import HomeLock
from scumble_daemon.front.shelf import Shelf
from scumble_daemon.models.catalog import Catalogue
from scumble_daemon.store import PictureStore
from scumble_protocol.endpoint import Connection, folders, write_connection
from scumble_protocol.files import PictureFolders
from scumble_protocol.images import Buffer
from scumble_protocol.version import PACKAGE, protocol_version

EXPIRE_EVERY_S = 3600.0
SWITCH_INTERVAL_S = 0.001  # how long another thread may compute before the loop has its turn

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Household:
    """What a daemon is made of besides its settings."""

    catalogue: Catalogue
    schedulers: Collection[str]
    worker_command: Sequence[str]  # a device is added to it


def serve(settings: Settings, household: Household) -> None:
    """Be the daemon of this user until told to end.

    Raises AlreadyRunningError, SpoolError, ListenError or KeyFileError where it cannot be.
    """
    with HomeLock(spool_folder() / "daemon.lock"), asyncio.Runner(loop_factory=_loop) as runner:
        runner.run(_Server(settings, household).run())


class _Server:
    """Puts the house together, opens its doors and closes them again."""

    def __init__(self, settings: Settings, household: Household) -> None:
        self._settings = settings
        self._household = household
        self._context: zmq.asyncio.Context = zmq.asyncio.Context()
        self._doors: list[Door] = []
        self._gatekeeper: Gatekeeper | None = None
        self._session = secrets.token_urlsafe(12)

    async def run(self) -> None:
        """Serve until `shutdown`, SIGTERM or SIGINT."""
        store, inbox = PictureStore(picture_folder()), Inbox(inbox_folder())
        settings = self._settings
        shelf = Shelf(store, inbox, settings.spool_quota_bytes, settings.picture_cache_bytes)
        keeper = Keeper(spool_folder(), shelf)
        try:
            await keeper.open()
            await keeper.expire(settings.keep_results_days)
            front = Front(
                settings,
                keeper,
                Library(self._household.catalogue),
                self._household.schedulers,
                self._send,
                self._session,
            )
            await self._serve(front, keeper)
        finally:
            await keeper.close()
            self._context.term()

    async def _serve(self, front: Front, keeper: Keeper) -> None:
        _listen_to_signals(front.shutdown)
        try:
            self._open_doors()
            front.endpoint = self._doors[0].endpoint
            self._announce()
            front.foreman.crew.hire(
                self._settings.devices,
                self._household.worker_command,
                folders().log,
                self._settings.start_timeout_s,
            )
            front.resume()
            _settle()
            tasks = [asyncio.create_task(self._expire(keeper))]
            for number, door in enumerate(self._doors):
                tasks.append(asyncio.create_task(self._receive(front, number, door)))
                tasks.append(asyncio.create_task(door.flush()))
            await self._until_end(front.shutdown, tasks)
        finally:
            folders().connection_file.unlink(missing_ok=True)
            await front.close()
            self._close_doors()

    async def _until_end(
        self, shutdown: asyncio.Event, tasks: Sequence[asyncio.Task[None]]
    ) -> None:
        """Wait for the end; a task that fails is the end too."""
        ending = asyncio.create_task(shutdown.wait())
        await asyncio.wait([ending, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in [ending, *tasks]:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome

    async def _receive(self, front: Front, number: int, door: Door) -> None:
        def take(routing: bytes, owner: str, frames: Sequence[Buffer]) -> None:
            front.take(Peer(number, routing), owner, frames)

        await door.receive(take)

    def _send(self, peer: Peer, frames: Sequence[Buffer], droppable: bool) -> bool:
        return self._doors[peer.door].send(peer.routing, frames, droppable=droppable)

    async def _expire(self, keeper: Keeper) -> None:
        while True:
            await asyncio.sleep(EXPIRE_EVERY_S)
            await keeper.expire(self._settings.keep_results_days)
            await keeper.shelf.clear_inbox()

    def _open_doors(self) -> None:
        """Bind every endpoint, the local one first. Raises ListenError."""
        local = local_endpoint(folders().runtime)
        network = [(endpoint, needs_keys(endpoint)) for endpoint in self._settings.listen]
        if any(keyed for _, keyed in network):
            if not allowed_clients():
                raise ListenError(
                    "The daemon listens beyond this machine only with keys, and none is let in "
                    "yet. It was not started; run `keys allow NAME KEY` with the public key that "
                    "`keys show` prints on the client's machine."
                )
            self._gatekeeper = Gatekeeper(self._context)
        for endpoint, keyed in [(local, False), *network]:
            keys = daemon_keys() if keyed else None
            try:
                door = Door(self._context, endpoint, self._settings.message_bytes, keys)
            except zmq.ZMQError as error:
                raise ListenError(
                    f"The daemon cannot listen on {endpoint} ({error}). It was not started; is "
                    "the address this machine's, and the port free?"
                ) from error
            self._doors.append(door)
            _log.info("listening on %s", door.endpoint)

    def _announce(self) -> None:
        connection = Connection(
            endpoint=self._doors[0].endpoint,
            session=self._session,
            pid=os.getpid(),
            protocol=protocol_version(),
            pictures=_picture_folders(self._doors[0].endpoint),
        )
        try:
            write_connection(connection, folders().connection_file)
        except OSError as error:
            raise ListenError(
                f"The daemon cannot say where it listens ({error}). It was not started, the jobs "
                "it keeps are safe; make room there."
            ) from error
        _log.info("Scumble %s is ready, process %d", PACKAGE, os.getpid())

    def _close_doors(self) -> None:
        for door in self._doors:
            door.close()
        if self._gatekeeper is not None:
            self._gatekeeper.close()
        if self._doors:
            remove_socket(self._doors[0].endpoint)


def _picture_folders(endpoint: str) -> PictureFolders | None:
    """Return where pictures go as files, where only this user's programs get through the door."""
    if not endpoint.startswith("ipc://"):
        return None
    return PictureFolders(inbox=str(inbox_folder()), store=str(picture_folder()))


def _settle() -> None:
    """Keep answers quick: collections pass over what stays for ever, and threads yield sooner."""
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH_INTERVAL_S)


def _loop() -> asyncio.AbstractEventLoop:
    # ZeroMQ needs a loop that can watch file descriptors, which Windows' default cannot
    return asyncio.SelectorEventLoop()


def _listen_to_signals(shutdown: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        if sys.platform == "win32":
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(shutdown.set))
        else:
            loop.add_signal_handler(number, shutdown.set)
