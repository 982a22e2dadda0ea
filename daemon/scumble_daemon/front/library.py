"""The catalogue of models as the front uses it: asked in a thread, for it reads the disk."""

import asyncio
from collections.abc import Callable

from scumble_daemon.miniature.words import understood_words
from scumble_daemon.models.catalog import Catalogue, Entry
from scumble_daemon.models.families import DEPTH2IMG, FAMILIES, IMG2IMG, INPAINT, TEXT2IMAGE
from scumble_daemon.models.recommended import recommendations
from scumble_daemon.models.schedulers import fitting_schedulers
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.jobs import Job
from scumble_protocol.messages import ModelInfo, Recommendation, Residency

_DENOISING = frozenset({INPAINT, IMG2IMG, DEPTH2IMG, TEXT2IMAGE})


class Library:
    """Which models there are, and what they can do."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    async def check(self, model: str) -> Entry:
        """Return a model's entry. Raises RemoteError `unknown_model`, with near names."""
        return await asyncio.to_thread(self._catalogue.get, model)

    async def check_job(self, job: Job) -> None:
        """Raise RemoteError where a job's model is not there or cannot do its task."""
        entry = await self.check(job.model)
        task = str(job.task.__struct_config__.tag)
        if task not in entry.tasks:
            raise RemoteError(
                ErrorCode.BAD_REQUEST,
                f"The model “{job.model}” cannot do {task}; it can do {', '.join(entry.tasks)}. "
                "The job was not taken; choose another model.",
            )

    async def models(self, residency: Callable[[str], Residency]) -> tuple[ModelInfo, ...]:
        """Return every model and where its weights are now."""
        entries = await asyncio.to_thread(self._catalogue.entries)
        return tuple(
            ModelInfo(
                name=entry.name,
                family=entry.family,
                tasks=entry.tasks,
                native_side=entry.native_side,
                size_bytes=entry.size_bytes,
                origin=entry.origin,
                licence=entry.licence,
                description=entry.description,
                residency=residency(entry.name),
                words=understood_words() if entry.origin == "bundled" else (),
                schedulers=_schedulers(entry),
            )
            for entry in entries
        )

    async def recommended(self) -> tuple[Recommendation, ...]:
        """Return the models of the Hub that are worth having, and which of them are here."""
        return await asyncio.to_thread(lambda: recommendations(self._catalogue.entries()))


def _schedulers(entry: Entry) -> tuple[str, ...]:
    """Return the names of the schedulers that drive a model; none where it does not denoise."""
    family = FAMILIES.get(entry.family)
    if family is None or _DENOISING.isdisjoint(entry.tasks):
        return ()
    return fitting_schedulers(flow=family.flow)
