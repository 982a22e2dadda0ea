"""The workers, one a device: started, started again after a death, or left to rest."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from scumble_daemon import work
from scumble_daemon.front.records import Record
from scumble_daemon.front.worker import Death, Worker, log_name
from scumble_protocol.messages import Residency

MOST_FAILED_STARTS = 3  # in a row, before those who wait are told

_log = logging.getLogger(__name__)


class Crew:
    """Keeps a worker alive for each device.

    `heard` is called with every word of a worker that is the foreman's affair, `lost` with the job
    that a worker died of, `hopeless` when no worker at all can be started.
    """

    def __init__(
        self,
        heard: Callable[[Worker, work.AnyWord], None],
        lost: Callable[[Record, Death], None],
        hopeless: Callable[[str, Death], None],
    ) -> None:
        self._heard = heard
        self._lost = lost
        self._hopeless = hopeless
        self._closing = False
        self._start_timeout_s = 0.0
        self.workers: list[Worker] = []

    def hire(
        self,
        devices: Sequence[str],
        command: Sequence[str],
        log_folder: Path,
        start_timeout_s: float,
    ) -> None:
        """Start a worker for each device; one that is not ready in time is ended."""
        self._start_timeout_s = start_timeout_s
        for device in devices:
            worker = Worker(
                device,
                (*command, "--device", device),
                log_folder / log_name(device),
                self._listen,
                self._died,
            )
            self.workers.append(worker)
            self._start(worker)

    async def close(self) -> None:
        """End the workers; what they had in hand is done again at the next start."""
        self._closing = True
        await asyncio.gather(*(worker.quit() for worker in self.workers))

    def rouse(self) -> None:
        """Try once more to start a worker, where none runs and none is about to be started."""
        if all(worker.resting for worker in self.workers):
            for worker in self.workers:
                self._start(worker)

    def jobs(self) -> list[Record]:
        """Return the jobs in hand."""
        return [worker.record for worker in self.workers if worker.record is not None]

    def holder(self, record: Record) -> Worker | None:
        """Return the worker that has a job in hand."""
        return next((worker for worker in self.workers if worker.record is record), None)

    def tell_all(self, order: work.AnyOrder) -> None:
        """Give every worker an order."""
        for worker in self.workers:
            worker.tell(order)

    def residency(self, model: str) -> Residency:
        """Return where a model's weights are."""
        if any(model in worker.memory.on_device for worker in self.workers):
            return Residency.DEVICE
        if any(model in worker.memory.on_host for worker in self.workers):
            return Residency.HOST
        return Residency.DISK

    def _start(self, worker: Worker) -> None:
        if self._closing or worker.alive:
            return
        try:
            worker.start()
        except OSError as error:
            worker.complaint = f"{error}."
            worker.trouble = f"The painting process for {worker.device} cannot start: {error}."
            self._died(worker, Death(str(error), "", was_ready=False))
            return
        timeout_s = self._start_timeout_s
        loop = asyncio.get_running_loop()
        loop.call_later(timeout_s, worker.give_up_start, worker.pid, timeout_s)

    def _listen(self, worker: Worker, word: work.AnyWord) -> None:
        if isinstance(word, work.Broken) and not word.job:
            worker.complaint = word.sentence
            _log.warning("worker for %s: %s %s", worker.device, word.sentence, word.details)
        else:
            self._heard(worker, word)

    def _died(self, worker: Worker, death: Death) -> None:
        """Start a worker again after a while; one that cannot be started rests."""
        record, worker.record = worker.record, None
        if record is not None:
            self._lost(record, death)
        if death.was_ready or (not worker.complaint and worker.failures < MOST_FAILED_STARTS):
            loop = asyncio.get_running_loop()
            loop.call_later(worker.restart_delay_s(), self._start, worker)
            return
        worker.resting = True
        _log.error(worker.trouble)
        if all(other.resting for other in self.workers):
            self._hopeless(worker.trouble, death)
