"""One job on its way, as a client follows it: events as they come, the result at the end."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Protocol

from scumble_protocol import messages as m
from scumble_protocol.errors import JobCancelledError, RemoteError, ScumbleError
from scumble_protocol.frames import Received
from scumble_protocol.jobs import Job
from scumble_protocol.painted import Glance, Layer, Painted

Happening = m.State | m.Progress | Glance | m.Done | m.Failed | m.Cancelled
"""What following a job yields; previews come with their pixels."""


class JobControl(Protocol):
    """What a painting asks of its client."""

    async def cancel(self, job_id: str) -> None:
        """Cancel a job."""

    async def acknowledge(self, job_id: str) -> None:
        """Let the daemon forget a job's end."""


class Painting:
    """A job that was submitted, or one of an earlier run that was asked for again.

    Attributes:
        job_id: the job's id.
        job: the whole job; None where only its id is known.
    """

    def __init__(self, control: JobControl, job_id: str, job: Job | None = None) -> None:
        self.job_id = job_id
        self.job = job
        self._control = control
        self._happenings: deque[Happening] = deque()
        self._arrived = asyncio.Event()
        self._end: Received[m.JobEnd] | None = None
        self._lost: ScumbleError | None = None
        self._ended = asyncio.Event()

    @property
    def ended(self) -> bool:
        """Whether the job's end has arrived, or none will."""
        return self._ended.is_set()

    async def __aiter__(self) -> AsyncIterator[Happening]:
        """Yield what happens until the job's end, which comes last; stale progress is skipped.

        Raises DaemonUnreachableError where the daemon was silent for too long.
        """
        while True:
            while not self._happenings:
                if self._lost is not None:
                    raise self._lost
                self._arrived.clear()
                await self._arrived.wait()
            happening = self._happenings.popleft()
            yield happening
            if isinstance(happening, m.JobEnd):
                return

    async def result(self, *, acknowledge: bool = True) -> Painted:
        """Wait for the end and return the painted layers.

        With `acknowledge` false the daemon keeps the result until `acknowledge()` is called, for
        those who must first write it somewhere safe.
        Raises RemoteError where the job failed, JobCancelledError where it was cancelled,
        DaemonUnreachableError where the daemon was silent for too long.
        """
        await self._ended.wait()
        if self._lost is not None:
            raise self._lost
        assert self._end is not None
        if acknowledge or not isinstance(self._end.message, m.Done):
            await self.acknowledge()
        return _painted(self._end)

    async def acknowledge(self) -> None:
        """Tell the daemon that the job's end is kept here and may be forgotten there."""
        await self._control.acknowledge(self.job_id)

    async def cancel(self) -> None:
        """Cancel the job, wherever it is."""
        await self._control.cancel(self.job_id)

    def take(self, received: Received[m.AnyEvent]) -> None:
        """Note an event that arrived; the client calls this. An end counts once."""
        event = received.message
        if self.ended:
            return
        if isinstance(event, m.JobEnd):
            self._end = Received(event, received.buffers)
            self._ended.set()
        happening: Happening
        if isinstance(event, m.Preview):
            pixels = received.pixels(event.attachment)
            mask = None if event.mask is None else received.pixels(event.mask)
            happening = Glance(pixels, event.bounds, event.step, event.variant, mask)
        else:
            happening = event
        if isinstance(happening, (m.Progress, Glance)):
            self._drop_stale(type(happening))
        self._happenings.append(happening)
        self._arrived.set()

    def fail(self, error: ScumbleError) -> None:
        """Note that no end will come any more, and why; the client calls this."""
        if not self.ended:
            self._lost = error
            self._ended.set()
            self._arrived.set()

    def _drop_stale(self, kind: type[Happening]) -> None:
        """Keep the backlog of a slow reader short: only the latest of its kind counts."""
        self._happenings = deque(h for h in self._happenings if type(h) is not kind)


def _painted(end: Received[m.JobEnd]) -> Painted:
    """Return the layers that a job's end carries, pixels as read-only views of its buffers."""
    event = end.message
    if isinstance(event, m.Failed):
        raise RemoteError(event.code, event.sentence, event.details)
    if isinstance(event, m.Cancelled):
        raise JobCancelledError("The job was cancelled. Nothing of your picture was changed.")
    pixels = {a.image.hash: end.pixels(a) for a in event.attachments}
    layers = tuple(
        Layer(
            pixels=pixels[layer.image.hash],
            mask=pixels[layer.mask.hash] if layer.mask else None,
            bounds=layer.bounds,
            seed=layer.seed,
            seam_score=layer.seam_score,
        )
        for layer in event.result.layers
    )
    return Painted(layers=layers, report=event.result.report)
