"""The bridge as a process: messages from standard input, answers to standard output, until EOF."""

import asyncio
import contextlib
import os
import queue
import sys
import threading
from collections.abc import Sequence
from typing import Any, BinaryIO

from scumble_bridge.session import Session
from scumble_host.pipe import Buffer, Message, PipeError, read_message, write_message

_Outgoing = tuple[dict[str, Any], Sequence[Buffer]]


def serve() -> None:
    """Serve the host at the other end of standard input and output until it is gone."""
    host_in, host_out = _take_pipes()
    # zmq needs a loop that can watch file descriptors, which Windows' default cannot
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(converse(host_in, host_out))


async def converse(host_in: BinaryIO, host_out: BinaryIO) -> None:
    """Carry one host's conversation from its first message to the end of its pipe."""
    loop = asyncio.get_running_loop()
    incoming: asyncio.Queue[Message | None] = asyncio.Queue()
    outgoing: queue.SimpleQueue[_Outgoing | None] = queue.SimpleQueue()

    def read() -> None:
        message: Message | None
        while True:
            try:
                message = read_message(host_in)
            except (PipeError, OSError, ValueError):
                message = None
            loop.call_soon_threadsafe(incoming.put_nowait, message)
            if message is None:
                return

    def write() -> None:
        with contextlib.suppress(OSError):  # the host is gone, which `read` notices too
            while (answer := outgoing.get()) is not None:
                write_message(host_out, *answer)

    threading.Thread(target=read, name="from host", daemon=True).start()
    writer = threading.Thread(target=write, name="to host", daemon=True)
    writer.start()
    session = Session(lambda header, buffers: outgoing.put((header, buffers)))
    while (message := await incoming.get()) is not None:
        await session.take(message)
    await session.end()
    outgoing.put(None)
    writer.join(1)


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep both pipes for messages: whatever else prints goes to standard error."""
    host_in, host_out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdin = open(os.devnull)  # noqa: SIM115, PTH123 - for the life of the process
    if sys.platform == "win32":
        import msvcrt

        for pipe in (host_in, host_out):
            msvcrt.setmode(pipe.fileno(), os.O_BINARY)
    return host_in, host_out
