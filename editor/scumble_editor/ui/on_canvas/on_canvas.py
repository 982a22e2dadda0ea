"""Everything of painting with models that is on the canvases: made once, given to each of them."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDockWidget

from scumble_editor.client.jobs import PaintJob
from scumble_editor.document.selection import Selection
from scumble_editor.generation.ghosts import with_previews
from scumble_editor.generation.settings import Settings
from scumble_editor.ui.canvas.canvas import Canvas
from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.on_canvas.browsing import Browsing
from scumble_editor.ui.on_canvas.comparing import Comparing
from scumble_editor.ui.on_canvas.frame import FrameOverlay
from scumble_editor.ui.on_canvas.ghosts import Ghosts
from scumble_editor.ui.on_canvas.job_bars import JobBars
from scumble_editor.ui.on_canvas.live import Live
from scumble_editor.ui.on_canvas.plans import Plans
from scumble_editor.ui.on_canvas.variant_bar import VariantBar
from scumble_editor.ui.session import EditorSession


class OnCanvas(QObject):
    """Plans, previews, variants, comparing and live painting of one window."""

    def __init__(
        self, session: EditorSession, generation: Generation, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._generation = generation
        self.plans = Plans(session, generation, self)
        self.ghosts = Ghosts(session, generation, self)
        self.browsing = Browsing(session, generation, self)
        self.comparing = Comparing(session, self.ghosts, self)
        self.live = Live(session, generation, self)
        self.frames_shown = True
        self._frames: list[FrameOverlay] = []
        self._panel_seen = False
        self._painted: tuple[Selection | None, Settings] | None = None
        generation.finished.connect(self._admire)

    def add(self, canvas: Canvas) -> None:
        """Give a canvas what it shows; all of it goes with the canvas."""
        frame = FrameOverlay(canvas, self.plans, self._generation, self._is_busy)
        frame.shown = self.frames_shown
        self._frames.append(frame)
        canvas.overlays += [frame, JobBars(canvas, self.ghosts, self._generation)]
        VariantBar(canvas, self.browsing)
        jobs = self._generation.jobs
        for signal in (self.plans.changed, self.browsing.changed, self.live.changed):
            signal.connect(canvas.update)
        for news in (jobs.added, jobs.changed, jobs.removed):
            news.connect(canvas.update)
        canvas.destroyed.connect(lambda: self._frames.remove(frame))

    def follow(self, dock: QDockWidget) -> None:
        """Show plans while a dock is in front."""
        dock.visibilityChanged.connect(self._see_panel)

    def show_frames(self, shown: bool) -> None:
        """Show on the canvases what would be painted, or do not."""
        self.frames_shown = shown
        for frame in self._frames:
            frame.shown = shown
        self.plans.want(shown and self._panel_seen)
        self.plans.changed.emit()

    def take_now(self) -> None:
        """Make what the running job has painted until now its result."""
        job = self._generation.running()
        if job is None or not job.running:
            self._session.messages.info("Nothing is being painted just now.")
            return
        self._generation.jobs.take(job, lambda _: self._take_preview(job))

    def stop(self) -> None:
        """Leave no thread behind."""
        self.live.stop()
        self.plans.stop()
        self.ghosts.stop()

    def _is_busy(self, canvas: Canvas) -> bool:
        """Tell whether a canvas shows paint to look at: fresh, being made, or to choose from."""
        opened = canvas.opened
        asked = (opened.document.selection, self._generation.settings)
        if self._painted == asked or self.comparing.active:
            return True
        shown = (self.browsing.opened, self.live.opened if self.live.finished else None)
        return opened in shown or bool(self.ghosts.on(opened))

    def _admire(self, *_: object) -> None:
        """Leave fresh paint alone, until something else is selected or asked for."""
        opened = self._session.current
        if opened is not None:
            self._painted = (opened.document.selection, self._generation.settings)

    def _see_panel(self, seen: bool) -> None:
        self._panel_seen = seen
        self.plans.want(self.frames_shown and seen)

    def _take_preview(self, job: PaintJob) -> None:
        """Make the last preview a layer, where the daemon cannot end the job early."""
        haunt, layers = self.ghosts.of(job.id), self.ghosts.layers_of(job.id)
        if haunt is None or not layers or not job.active:
            self._session.messages.info(
                "There is nothing to take of this job yet. It goes on; wait for its first preview."
            )
            return
        self._generation.jobs.cancel(job)
        haunt.opened.apply(
            lambda document: with_previews(document, layers, job.home.above, job.home.behind),
            "Take a preview",
        )
