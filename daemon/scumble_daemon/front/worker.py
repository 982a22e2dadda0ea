"""One worker process as the front sees it: started, spoken to over pipes, started again."""

import asyncio
import contextlib
import logging
import queue
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import psutil

from scumble_daemon.front.records import Record
from scumble_daemon.work import AnyOrder, AnyWord, Memory, Quit, Ready, receive, send, words
from scumble_protocol.messages import WorkerInfo

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 30.0
QUIT_TIMEOUT_S = 5.0
LOG_BYTES = 4 << 20
LAST_WORDS_BYTES = 4096

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Death:
    """How a worker process ended."""

    how: str  # such as "signal SIGKILL" or "exit code 1"
    last_words: str  # the end of its log
    was_ready: bool


@dataclass(slots=True)
class Worker:
    """A worker process for one device, and the job it has in hand.

    `on_word` and `on_death` are called in the event loop, in the order in which things happened.
    """

    device: str
    command: Sequence[str]
    log_file: Path
    on_word: Callable[["Worker", AnyWord], None]
    on_death: Callable[["Worker", Death], None]
    record: Record | None = None
    ready: Ready | None = None
    memory: Memory = field(default_factory=lambda: Memory(on_device=(), on_host=()))
    failures: int = 0  # starts in a row that never became ready
    complaint: str = ""  # what the worker itself said of why it cannot start
    trouble: str = ""  # a sentence: why there is no process now
    resting: bool = False  # it cannot be started; the next job makes it try again
    _process: subprocess.Popen[bytes] | None = None
    _orders: "queue.SimpleQueue[AnyOrder | None]" = field(default_factory=queue.SimpleQueue)
    _threads: list[threading.Thread] = field(default_factory=list)

    @property
    def alive(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    @property
    def pid(self) -> int:
        """The process' number; 0 where there is none."""
        return self._process.pid if self._process else 0

    @property
    def device_name(self) -> str:
        """What the worker says its device is, or what it was told to use until it does."""
        return self.ready.device if self.ready else self.device

    @property
    def idle(self) -> bool:
        """Whether it waits for a job."""
        return self.ready is not None and self.record is None

    def start(self) -> None:
        """Start the process; it says `Ready` later. Raises OSError where it cannot be started."""
        assert self._process is None
        self.ready, self.complaint, self.resting = None, "", False
        self.memory = Memory(on_device=(), on_host=())
        _shorten(self.log_file)
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # Ctrl-C in a terminal is the front's alone
            )
        self._orders = queue.SimpleQueue()
        loop = asyncio.get_running_loop()
        self._threads = [
            threading.Thread(target=self._listen, args=(self._process, loop), daemon=True),
            threading.Thread(target=self._speak, args=(self._process, self._orders), daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        _log.info("worker %d started for %s", self._process.pid, self.device)

    def tell(self, order: AnyOrder) -> None:
        """Give an order, without waiting; to a worker that has gone it is lost."""
        self._orders.put(order)

    def kill(self) -> None:
        """End the process at once; `on_death` follows."""
        if self._process is not None:
            self._process.kill()

    def give_up_start(self, pid: int, timeout_s: float) -> None:
        """End the process of this number where it is still not ready; `on_death` follows."""
        if self.pid == pid and self.ready is None:
            last = _last_line(_last_words(self.log_file))
            self.complaint = f"it was not ready after {timeout_s:g} s, and was ended ({last})."
            self.kill()

    async def quit(self) -> None:
        """Ask the process to leave, and end it where it does not; `on_death` is not called."""
        process, self._process = self._process, None
        if process is None:
            return
        self.tell(Quit())
        with contextlib.suppress(OSError):
            await asyncio.to_thread(_wait_or_kill, process)
        self._orders.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    def info(self) -> WorkerInfo:
        """Return what `stats` says of it."""
        if self.record is not None:
            state = "running" if self.record.state == "running" else "loading"
        else:
            state = "idle" if self.ready else "starting"
        return WorkerInfo(
            pid=self.pid,
            device=self.device_name,
            state=state if self.alive else "broken",
            sentence="" if self.alive else self.trouble,
            model=self.memory.on_device[0] if self.memory.on_device else "",
            job=self.record.id if self.record else "",
            memory_bytes=_resident_bytes(self.pid),
            device_memory_bytes=self.memory.device_memory_bytes,
            device_memory_total_bytes=self.ready.device_memory_total_bytes if self.ready else 0,
        )

    def restart_delay_s(self) -> float:
        """Return how long to wait before the next start: longer each time it fails."""
        return float(min(LONGEST_DELAY_S, FIRST_DELAY_S * 2**self.failures))

    def _listen(self, process: subprocess.Popen[bytes], loop: asyncio.AbstractEventLoop) -> None:
        """Bring every word into the loop, then the end of the process. Runs in a thread."""
        assert process.stdout is not None
        with contextlib.suppress(RuntimeError), process.stdout:  # the loop may be closed already
            try:
                while (word := receive(process.stdout, words)) is not None:
                    loop.call_soon_threadsafe(self._hear, process, word)
            except (OSError, msgspec.DecodeError):
                _log.exception("worker %d said something that is none", process.pid)
                process.kill()
            code = process.wait()
            loop.call_soon_threadsafe(self._bury, process, code)

    def _speak(
        self, process: subprocess.Popen[bytes], orders: "queue.SimpleQueue[AnyOrder | None]"
    ) -> None:
        """Write every order to the pipe. Runs in a thread, for a busy worker may not read."""
        assert process.stdin is not None
        with contextlib.suppress(OSError), process.stdin:
            while (order := orders.get()) is not None:
                send(process.stdin, order)

    def _hear(self, process: subprocess.Popen[bytes], word: AnyWord) -> None:
        if process is not self._process:
            return
        if isinstance(word, Ready):
            self.ready, self.failures = word, 0
        elif isinstance(word, Memory):
            self.memory = word
        self.on_word(self, word)

    def _trouble(self, death: Death) -> str:
        if death.was_ready:
            return f"The painting process for {self.device} ended ({death.how}) and starts again."
        last = _last_line(death.last_words)
        why = self.complaint or f"it ended with {death.how} before it was ready ({last})."
        return f"The painting process for {self.device} cannot start: {why}"

    def _bury(self, process: subprocess.Popen[bytes], code: int) -> None:
        if process is not self._process:
            return
        self._orders.put(None)
        death = Death(_how(code), _last_words(self.log_file), self.ready is not None)
        self.trouble = self._trouble(death)
        self._process, self.ready = None, None
        self.memory = Memory(on_device=(), on_host=())
        if not death.was_ready:
            self.failures += 1
        _log.error("worker for %s ended: %s", self.device, death.how)
        self.on_death(self, death)


def log_name(device: str) -> str:
    """Return the name of the file that a worker's own words go to."""
    return f"worker-{re.sub(r'[^a-z0-9]+', '-', device)}.log"


def _wait_or_kill(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(QUIT_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _how(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def _shorten(log_file: Path) -> None:
    """Put a log that has grown large aside, keeping one such."""
    log_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if log_file.exists() and log_file.stat().st_size > LOG_BYTES:
        log_file.replace(log_file.with_suffix(".log.1"))


def _last_words(log_file: Path) -> str:
    try:
        with log_file.open("rb") as log:
            log.seek(max(0, log_file.stat().st_size - LAST_WORDS_BYTES))
            return log.read().decode(errors="replace").strip()
    except OSError:
        return ""


def _last_line(text: str) -> str:
    return text.rpartition("\n")[2] or "it said nothing"


def _resident_bytes(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss) if pid else 0
    except psutil.Error:
        return 0
