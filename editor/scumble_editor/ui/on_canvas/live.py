"""Live painting: the canvas is painted again while it is worked on, and only the latest counts.

The picture is taken as it is, also in the middle of a stroke, read and sent off the GUI thread.
There is one job at a time: what changes meanwhile is painted when it is over, and it is cancelled
where that would take too long.
"""

import time
from dataclasses import replace
from functools import partial
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Signal

from scumble_editor.document.document import Document
from scumble_editor.document.layer import Layer
from scumble_editor.generation.asking import Asked, ask
from scumble_editor.generation.ghosts import with_ghosts
from scumble_editor.generation.live import LIVE_ACTIONS, live_settings
from scumble_editor.generation.results import Finished, as_layers
from scumble_editor.generation.settings import drawn_seed
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.on_canvas.latest import Latest
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.session import EditorSession
from scumble_protocol.aio import AsyncClient, new_id
from scumble_protocol.errors import JobCancelledError, ScumbleError
from scumble_protocol.jobs import Job
from scumble_protocol.painted import Painted

_NAME = "live"
_PAUSE_MS = 120
_PATIENCE_S = 1.5
"""A job that is older than this is cancelled where its picture has changed."""


class Live(QObject):
    """Live painting of the picture in front; off at first.

    Attributes:
        finished: the last result, which `keep` makes a layer; None where there is none.
        opened: the OpenDocument it is seen on.

    Signals:
        changed: it was switched, or a result came or went.
    """

    changed = Signal()

    def __init__(
        self, session: EditorSession, generation: Generation, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._generation = generation
        self.on = False
        self.opened: OpenDocument | None = None
        self.finished: Finished | None = None
        self._seed = 0
        self._layer_id = ""
        self._stale = False
        self._running: str | None = None  # id of the job under way
        self._sent_at = 0.0
        self._reading = Latest(self._fail, self)
        self._showing = Latest(self._fail, self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._take_picture)
        session.current_changed.connect(self._move)
        session.closed.connect(self._closed)
        generation.settings_changed.connect(self._spoil)

    def switch(self, on: bool) -> None:
        """Begin or end."""
        if on == self.on:
            return
        self.on = on
        if on:
            self._seed, self._layer_id = drawn_seed(), uuid4().hex
            self._move(self._session.current)
        else:
            self._move(None)
        self.changed.emit()

    def keep(self) -> None:
        """Make the result that is seen a layer, in one step."""
        opened, finished = self.opened, self.finished
        if opened is None or finished is None:
            self._session.messages.info(
                "Live painting shows nothing yet. Switch it on, and paint or type something."
            )
            return
        self._clear()
        self._generation.landing.put_in(finished, opened, "Paint live")
        self._spoil()

    def stop(self) -> None:
        """Leave nothing under way."""
        self._move(None)
        self._reading.stop()
        self._showing.stop()

    # The picture --------------------------------------------------------------------------

    def _move(self, opened: OpenDocument | None) -> None:
        """Follow another picture, or none."""
        wanted = opened if self.on else None
        if self.opened is wanted:
            return
        if self.opened is not None and self.opened in self._session.documents:
            self.opened.worked.disconnect(self._spoil)
        self._clear()
        self.opened = wanted
        self._cancel()
        if wanted is not None:
            wanted.worked.connect(self._spoil)
            self._spoil()

    def _closed(self, opened: OpenDocument) -> None:
        if opened is self.opened:
            self._move(None)

    def _spoil(self, *_: object) -> None:
        """Take note that the picture, or what is asked of it, is another now."""
        if self.opened is None:
            return
        self._stale = True
        if self._running is not None and time.monotonic() - self._sent_at > _PATIENCE_S:
            self._cancel()
        if self._running is None and not self._pause.isActive():
            self._pause.start()

    def _take_picture(self) -> None:
        opened = self.opened
        if opened is None or not self._stale or self._running is not None:
            return
        settings = live_settings(self._generation.settings, self._seed)
        if settings.action not in LIVE_ACTIONS or self._generation.wanting:
            self._clear()
            return
        if self._generation.jobs.active:
            self._pause.start()  # what was asked for by hand goes first
            return
        self._stale = False
        document = opened.unlaid
        self._running, self._sent_at = new_id(), time.monotonic()
        job_id = self._running
        self._reading.wish(
            lambda: ask(document, settings),
            lambda asked: self._send(job_id, asked, document),
        )

    # The job ------------------------------------------------------------------------------

    def _send(self, job_id: str, asked: Asked, document: Document) -> None:
        if job_id != self._running:
            return
        self._sent_at = time.monotonic()
        job = Job(id=job_id, model=asked.model, task=asked.task)

        async def painting(client: AsyncClient) -> Painted:
            under_way = await client.submit(
                asked.task, asked.pictures, model=asked.model, job_id=job_id
            )
            return await under_way.result()

        def done(painted: Painted) -> None:
            finished = Finished(
                job=job,
                settings=asked.settings,
                painted=painted,
                above=document.active_id,
                pictures=asked.pictures,
            )
            self._arrive(job_id, finished)

        def failed(error: ScumbleError) -> None:
            if job_id == self._running and not isinstance(error, JobCancelledError):
                self._fail(error)
            self._over(job_id)

        self._generation.link.call(painting, done, failed)

    def _arrive(self, job_id: str, finished: Finished) -> None:
        if job_id == self._running and self.opened is not None:
            layer_id = self._layer_id
            self._showing.wish(
                lambda: replace(as_layers(finished)[0], id=layer_id),
                lambda layer: self._show(finished, layer),
            )
        self._over(job_id)

    def _show(self, finished: Finished, layer: Layer) -> None:
        if self.opened is None:
            return
        self.finished = finished
        self.opened.lay_over(_NAME, partial(with_ghosts, ghosts=(layer,), above=finished.above))
        self.changed.emit()

    def _over(self, job_id: str) -> None:
        if job_id == self._running:
            self._running = None
            if self._stale:
                self._pause.start()

    def _cancel(self) -> None:
        """Let go of the job under way; what it would give is dropped."""
        job_id, self._running = self._running, None
        self._reading.drop()
        if job_id is not None:
            self._generation.link.call(
                lambda client: client.cancel(job_id), lambda _: None, lambda _: None
            )

    def _clear(self) -> None:
        self._showing.drop()
        if self.opened is not None and self.opened in self._session.documents:
            self.opened.lay_over(_NAME, None)
        if self.finished is not None:
            self.finished = None
            self.changed.emit()

    def _fail(self, error: BaseException) -> None:
        """Say what went wrong, once: the next picture would meet the same."""
        self._running = None
        self._session.messages.report(error)
        self.switch(False)
