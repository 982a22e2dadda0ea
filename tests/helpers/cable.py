"""A network cable that can be pulled: a TCP proxy that swallows everything while it is out."""

import selectors
import socket
import threading
from types import TracebackType
from typing import Self

CHUNK_BYTES = 1 << 16


class Cable:
    """Carries connections to a port of this machine until it is pulled.

    While it is out, bytes vanish and nobody is told; put in again, broken connections end and new
    ones go through.
    """

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._out = threading.Event()
        self._mended = threading.Event()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._carry, name="cable")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ending.set()
        self._thread.join()

    def pull(self) -> None:
        """Let nothing through any more."""
        self._out.set()

    def put_in(self) -> None:
        """Let new connections through."""
        self._mended.set()

    def _carry(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            while not self._ending.is_set():
                if self._mended.is_set():
                    self._break_all(selector)
                    self._mended.clear()
                    self._out.clear()
                for key, _ in selector.select(0.05):
                    one = key.fileobj
                    assert isinstance(one, socket.socket)
                    if one is self._listener:
                        self._accept(selector)
                    elif one in self._pairs:
                        self._pass_on(selector, one)
            self._break_all(selector)
            self._listener.close()

    def _accept(self, selector: selectors.BaseSelector) -> None:
        here, _ = self._listener.accept()
        try:
            there = socket.create_connection(("127.0.0.1", self._to_port))
        except OSError:
            here.close()
            return
        self._pairs |= {here: there, there: here}
        for one in (here, there):
            selector.register(one, selectors.EVENT_READ)

    def _pass_on(self, selector: selectors.BaseSelector, one: socket.socket) -> None:
        try:
            data = one.recv(CHUNK_BYTES)
            if data and not self._out.is_set():
                self._pairs[one].sendall(data)
        except OSError:
            data = b""
        if not data:
            self._break(selector, one)

    def _break(self, selector: selectors.BaseSelector, one: socket.socket) -> None:
        for end in (one, self._pairs.pop(one)):
            self._pairs.pop(end, None)
            selector.unregister(end)
            end.close()

    def _break_all(self, selector: selectors.BaseSelector) -> None:
        while self._pairs:
            self._break(selector, next(iter(self._pairs)))
