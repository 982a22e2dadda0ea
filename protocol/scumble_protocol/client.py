"""The blocking client: the asyncio one on a thread of its own, so that it stays awake by itself."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from scumble_protocol import messages as m
from scumble_protocol import painting as following
from scumble_protocol.aio import PATIENCE_S, AsyncClient, find_connection
from scumble_protocol.conversation import Find
from scumble_protocol.endpoint import Connection
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.images import Pictures
from scumble_protocol.jobs import AnyTask, Job, Region
from scumble_protocol.painted import Painted
from scumble_protocol.painting import Happening

_T = TypeVar("_T")


class _Loop:
    """An event loop on a thread, and the way to run something there and wait for it."""

    def __init__(self) -> None:
        # zmq needs a loop that can watch file descriptors, which Windows' default cannot
        self._loop = asyncio.SelectorEventLoop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="scumble", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _advance(happenings: AsyncIterator[_T]) -> _T | None:
    return await anext(happenings, None)


class Painting:
    """A job on its way: iterate over what happens, or wait for the result."""

    def __init__(self, loop: _Loop, painting: following.Painting) -> None:
        self._loop = loop
        self._painting = painting

    @property
    def job_id(self) -> str:
        """The job's id."""
        return self._painting.job_id

    @property
    def job(self) -> Job | None:
        """The whole job, which is also its recipe; None for a job of an earlier run."""
        return self._painting.job

    def __iter__(self) -> Iterator[Happening]:
        """Yield what happens until the job's end, which comes last."""
        happenings = self._painting.__aiter__()
        while (happening := self._loop.run(_advance(happenings))) is not None:
            yield happening

    def result(self, *, acknowledge: bool = True) -> Painted:
        """Wait for the end and return the painted layers.

        With `acknowledge` false the daemon keeps the result until `acknowledge()` is called, for
        those who must first write it somewhere safe.
        Raises RemoteError where the job failed, JobCancelledError where it was cancelled,
        DaemonUnreachableError where the daemon was silent for too long.
        """
        return self._loop.run(self._painting.result(acknowledge=acknowledge))

    def acknowledge(self) -> None:
        """Tell the daemon that the job's end is kept here and may be forgotten there."""
        self._loop.run(self._painting.acknowledge())

    def cancel(self) -> None:
        """Cancel the job, wherever it is."""
        self._loop.run(self._painting.cancel())


class Client:
    """A conversation with one daemon, from any thread. Use it as a context manager."""

    def __init__(self, loop: _Loop, client: AsyncClient) -> None:
        self._loop = loop
        self._client = client

    @classmethod
    def connect(
        cls,
        where: Connection | Find = find_connection,
        *,
        name: str = "python",
        client_id: str | None = None,
        timeout_s: float = 10.0,
        patience_s: float | None = PATIENCE_S,
    ) -> Self:
        """Reach a daemon and say hello; arguments and errors as in `AsyncClient.connect`."""
        loop = _Loop()
        try:
            client = loop.run(
                AsyncClient.connect(
                    where,
                    name=name,
                    client_id=client_id,
                    timeout_s=timeout_s,
                    patience_s=patience_s,
                )
            )
        except BaseException:
            loop.end()
            raise
        return cls(loop, client)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave; jobs go on in the daemon, and their results wait there."""
        self._loop.run(self._client.close())
        self._loop.end()

    @property
    def welcome(self) -> m.Welcome:
        """What the daemon said of itself when it was last greeted."""
        assert self._client.welcome is not None
        return self._client.welcome

    def submit(
        self,
        task: AnyTask,
        pictures: Pictures,
        *,
        model: str = "miniature",
        job_id: str | None = None,
    ) -> Painting:
        """Send a job; returns once the daemon has it safe. As `AsyncClient.submit`."""
        submitting = self._client.submit(task, pictures, model=model, job_id=job_id)
        return Painting(self._loop, self._loop.run(submitting))

    def painting(self, job_id: str) -> Painting:
        """Follow a job of an earlier run. Raises RemoteError where the daemon has none such."""
        return Painting(self._loop, self._loop.run(self._client.painting(job_id)))

    def cancel(self, job_id: str) -> None:
        """Cancel a job, wherever it is. Raises RemoteError where the daemon has none such."""
        self._loop.run(self._client.cancel(job_id))

    def take(self, job_id: str) -> None:
        """Let a running job end at the step it is at. As `AsyncClient.take`."""
        self._loop.run(self._client.take(job_id))

    def plan(
        self,
        task: str,
        canvas: Extent,
        parts: Sequence[Bounds] = (),
        *,
        model: str = "miniature",
        strength: float = 1.0,
        steps: int | None = None,
        variants: int = 1,
        region: Region | None = None,
    ) -> m.Planned:
        """Return how a task would be painted, and how long it takes. As `AsyncClient.plan`."""
        planning = self._client.plan(
            task,
            canvas,
            parts,
            model=model,
            strength=strength,
            steps=steps,
            variants=variants,
            region=region,
        )
        return self._loop.run(planning)

    def reorder(self, job_id: str, position: int) -> None:
        """Put a queued job elsewhere among this client's own; 0 is next."""
        self._loop.run(self._client.reorder(job_id, position))

    def acknowledge(self, job_id: str) -> None:
        """Let the daemon forget a job whose end is kept here."""
        self._loop.run(self._client.acknowledge(job_id))

    def jobs(self) -> tuple[m.JobStatus, ...]:
        """Return this client's jobs."""
        return self._loop.run(self._client.jobs())

    def models(self) -> tuple[m.ModelInfo, ...]:
        """Return the catalogue."""
        return self._loop.run(self._client.models())

    def recommended(self) -> tuple[m.Recommendation, ...]:
        """Return the models of the Hub that are worth having."""
        return self._loop.run(self._client.recommended())

    def download(self, source: str, name: str | None = None) -> Iterator[m.DownloadStatus]:
        """Fetch a model of the Hub into the catalogue. As `AsyncClient.download`."""
        statuses = self._client.download(source, name)
        while (status := self._loop.run(_advance(statuses))) is not None:
            yield status

    def cancel_download(self, source: str) -> None:
        """Stop a download; what has come is kept. Raises RemoteError where there is none such."""
        self._loop.run(self._client.cancel_download(source))

    def downloads(self) -> tuple[m.DownloadStatus, ...]:
        """Return the downloads of this daemon since it was started."""
        return self._loop.run(self._client.downloads())

    def load(self, model: str) -> None:
        """Bring a model into memory before it is needed."""
        self._loop.run(self._client.load(model))

    def unload(self, model: str | None = None) -> None:
        """Give an idle model's memory back, or every idle model's."""
        self._loop.run(self._client.unload(model))

    def status(self) -> m.Status:
        """Return how the daemon is."""
        return self._loop.run(self._client.status())

    def ping(self) -> m.Pong:
        """Hear whether the daemon is there."""
        return self._loop.run(self._client.ping())

    def shutdown(self) -> None:
        """End the daemon; unfinished jobs go on at its next start."""
        self._loop.run(self._client.shutdown())
