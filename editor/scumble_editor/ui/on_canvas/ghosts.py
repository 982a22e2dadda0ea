"""Previews of running jobs in their place, under mask and layers above, and in no history."""

from dataclasses import dataclass, field
from functools import partial
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer

from scumble_editor.client.jobs import PaintJob
from scumble_editor.document.layer import Layer
from scumble_editor.document.selection import Selection
from scumble_editor.generation.actions import PaintAction
from scumble_editor.generation.ghosts import ghost_of, with_ghosts
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.on_canvas.latest import Latest
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.session import EditorSession
from scumble_protocol.geometry import Bounds
from scumble_protocol.jobs import Direction

_NAME = "ghosts of {}"
_PATIENCE_MS = 50


@dataclass(slots=True, eq=False)
class Haunt:
    """One job and where it is seen."""

    opened: OpenDocument
    within: Selection | None  # nothing may be shown outside it
    bounds: Bounds  # of what was selected, or the canvas
    layers: dict[Bounds, Layer] = field(default_factory=dict)  # by what each pass paints


class Ghosts(QObject):
    """Shows what jobs look like so far, on the documents they are for.

    A preview stays until its result is there, or the job is over without one. While a stroke is
    drawn, new ones wait for its end: they would cost the hand the tiles it needs.
    """

    def __init__(
        self, session: EditorSession, generation: Generation, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._haunts: dict[str, Haunt] = {}
        self._stretching = Latest(session.messages.report, self)
        self._due: dict[str, PaintJob] = {}  # whose previews wait for the hand, by id
        self._patience = QTimer(self)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._tend)
        jobs = generation.jobs
        jobs.added.connect(self._begin)
        jobs.previewed.connect(self._see)
        jobs.changed.connect(self._mind)
        jobs.removed.connect(self._end)
        generation.landing.landed.connect(lambda finished, _: self._end_id(finished.job.id))
        session.closed.connect(self._leave)

    def of(self, job_id: str) -> Haunt | None:
        """Return where a job is seen."""
        return self._haunts.get(job_id)

    def on(self, opened: OpenDocument) -> list[str]:
        """Return the ids of the jobs that are seen on a document, the oldest first."""
        return [job_id for job_id, haunt in self._haunts.items() if haunt.opened is opened]

    def layers_of(self, job_id: str) -> tuple[Layer, ...]:
        """Return the last previews of a job as layers, each with its mask."""
        haunt = self._haunts.get(job_id)
        return () if haunt is None else tuple(haunt.layers.values())

    def stop(self) -> None:
        """Leave no thread behind."""
        self._patience.stop()
        self._stretching.stop()

    def _begin(self, job: PaintJob) -> None:
        opened = next((o for o in self._session.documents if o.id == job.home.document), None)
        if opened is None:
            return
        selection = opened.document.selection
        action, direction = job.settings.action, job.settings.direction
        sharp = selection is not None and direction is Direction.INSIDE
        plain = action not in (PaintAction.WHOLE, PaintAction.BACKGROUND)
        around = None if selection is None or not plain else selection.bounds
        within = selection if sharp and plain else None
        self._haunts[job.id] = Haunt(opened, within, around or opened.document.bounds)

    def _see(self, job: PaintJob) -> None:
        haunt, glance = self._haunts.get(job.id), job.glance
        if haunt is None or glance is None or glance.variant:
            return
        canvas, within = haunt.opened.document.bounds, haunt.within
        known = haunt.layers.get(glance.bounds)
        layer_id = known.id if known is not None else uuid4().hex
        self._stretching.wish(
            lambda: ghost_of(glance, canvas, within, layer_id),
            lambda layer: self._show(job, glance.bounds, layer),
        )

    def _show(self, job: PaintJob, bounds: Bounds, layer: Layer | None) -> None:
        haunt = self._haunts.get(job.id)
        if haunt is None or layer is None:
            return
        haunt.layers[bounds] = layer
        self._due[job.id] = job
        self._tend()

    def _tend(self) -> None:
        """Lay over what is due, unless that would hinder the hand."""
        for job_id, job in list(self._due.items()):
            haunt = self._haunts.get(job_id)
            in_hand = haunt is not None and haunt.opened is self._session.current
            if in_hand and self._session.tool.busy:
                continue
            del self._due[job_id]
            if haunt is not None:
                ghosts = tuple(haunt.layers.values())
                home = job.home
                edit = partial(with_ghosts, ghosts=ghosts, above=home.above, behind=home.behind)
                haunt.opened.lay_over(_NAME.format(job_id), edit)
        if not self._due:
            self._patience.stop()
        elif not self._patience.isActive():
            self._patience.start()

    def _mind(self, job: PaintJob) -> None:
        if not job.active and (job.painted is None or job.placed):
            self._end(job)

    def _end(self, job: PaintJob) -> None:
        self._end_id(job.id)

    def _end_id(self, job_id: str) -> None:
        haunt = self._haunts.pop(job_id, None)
        if haunt is not None and haunt.opened in self._session.documents:
            haunt.opened.lay_over(_NAME.format(job_id), None)

    def _leave(self, opened: OpenDocument) -> None:
        for job_id in self.on(opened):
            del self._haunts[job_id]
