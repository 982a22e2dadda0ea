"""What a task has at hand while it paints one job, and the notes it takes for the report."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from scumble_daemon.models.catalog import Entry
from scumble_daemon.models.devices import Device
from scumble_daemon.models.loaded import Loaded
from scumble_daemon.models.recall import Recall
from scumble_daemon.region.arrays import Bytes
from scumble_daemon.store import PictureStore
from scumble_daemon.worker.cancel import CancelToken
from scumble_daemon.worker.progress import Progress
from scumble_protocol.geometry import Bounds
from scumble_protocol.jobs import Pass

Show = Callable[[list[Bytes], Bounds, int, int], None]
"""Takes small pictures, uint8 [h, w, 3], of consecutive variants: with where they lie on the
canvas, the step, and the number of the first variant."""


@dataclass(slots=True)
class Notes:
    """What happened, for the report."""

    scheduler: str = ""
    steps: int = 0
    guidance_scale: float = 0.0
    passes: list[Pass] = field(default_factory=list)
    taken_after: int | None = None  # the step at which the job was taken early
    degraded: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    flagged: dict[int, bool] = field(default_factory=dict)  # by seed, by a safety checker

    def degrade(self, sentence: str) -> None:
        """Note, once, what was done to fit into memory or to rescue a picture."""
        if sentence not in self.degraded:
            self.degraded.append(sentence)

    def flag(self, seed: int, *, flagged: bool) -> None:
        """Note what a safety checker said of a part of one variant; once flagged, it stays so."""
        self.flagged[seed] = self.flagged.get(seed, False) or flagged

    def notice(self, sentence: str) -> None:
        """Note, once, what the painter may want to read."""
        if sentence not in self.notices:
            self.notices.append(sentence)


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """The place where one job is painted."""

    model: Loaded
    device: Device
    pictures: PictureStore
    recall: Recall
    progress: Progress
    token: CancelToken
    show: Show
    borrow: Callable[[str], AbstractContextManager[Loaded]]  # another model, by its name
    entry: Callable[[str], Entry]  # of the catalogue, by its name
    first_of: Callable[[str], str | None]  # the name of the first model of a family
    free_idle: Callable[[], bool]  # moves models that are not in use off the device
    covers: dict[Bounds, Bytes] = field(default_factory=dict)
    """How much of each place will be seen, uint8 [h, w], small; previews of that place carry it."""
    notes: Notes = field(default_factory=Notes)
