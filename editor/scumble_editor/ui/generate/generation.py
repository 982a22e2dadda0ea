"""The model behind the generate panel: what is asked for, and what becomes of it. No widgets."""

from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal

from scumble_editor.client import notes
from scumble_editor.client.catalogue import Catalogue
from scumble_editor.client.jobs import PaintJob
from scumble_editor.client.notes import Home
from scumble_editor.generation.actions import ABOUT, PaintAction, default_action, lacking
from scumble_editor.generation.asking import Asked, ask
from scumble_editor.generation.expanding import expanded
from scumble_editor.generation.habits import Habits
from scumble_editor.generation.settings import Settings
from scumble_editor.generation.styles import Style
from scumble_editor.ui.generate.landing import Landing
from scumble_editor.ui.generate.wardrobe import Wardrobe
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.session import EditorSession
from scumble_editor.ui.work import Works
from scumble_protocol.messages import DownloadStatus, ModelInfo, Welcome


class Generation(QObject):
    """What the painter asks of models, for the picture in front.

    Attributes:
        models: the daemon's catalogue; empty until it was reached.
        wardrobe: styles, and the words that were used.
        catalogue: what can be downloaded, and what is on its way.

    Signals:
        settings_changed: the Settings.
        action_changed: the PaintAction offered now.
        models_changed: the catalogue came anew.
        sent: a PaintJob.
        finished: a Finished, and the OpenDocument that its result is in; None where that is closed.
    """

    settings_changed = Signal(object)
    action_changed = Signal(object)
    models_changed = Signal()
    sent = Signal(object)
    finished = Signal(object, object)

    def __init__(self, session: EditorSession, works: Works, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._works = works
        self.link = session.link
        self.jobs = session.jobs
        self.models: tuple[ModelInfo, ...] = ()
        self._settings = session.settings.generation
        self.wardrobe = Wardrobe(self)
        self.catalogue = Catalogue(session.link, self)
        self.catalogue.installed.connect(self._take_model)
        self._chosen: dict[bool, PaintAction] = {}  # by whether something is selected
        self._habits = Habits()
        self._habits.note(self._settings)
        self._preparing = 0
        self._active: set[str] = set()
        self.landing = Landing(session, works, self.jobs, self)
        self.landing.landed.connect(self.finished)
        self.link.greeted.connect(self._greeted)
        session.changed.connect(self._offer)
        for signal in (self.jobs.added, self.jobs.changed, self.jobs.removed):
            signal.connect(self._count)
        self.jobs.failed.connect(self._tell_failure)
        self._offer()

    @property
    def settings(self) -> Settings:
        """What is asked for."""
        return self._settings

    def change(self, **fields: Any) -> None:
        """Ask for something else; the names are those of `Settings`."""
        self.take(msgspec.structs.replace(self._settings, **fields))

    def take(self, settings: Settings) -> None:
        """Take whole settings, as from a style or a recipe."""
        if settings == self._settings:
            return
        before, self._settings = self._settings, settings
        self._habits.note(settings)
        self._session.settings.generation = settings
        self.settings_changed.emit(settings)
        if before.action is not settings.action:
            self._chosen[self._selected or ABOUT[settings.action].place] = settings.action
            self.action_changed.emit(settings.action)

    def choose(self, action: PaintAction) -> None:
        """Choose what is to be done; each action remembers its own strength, some their words."""
        self._chosen[self._selected] = action
        self.take(self._habits.switched(self._settings, action))

    def wear(self, style: Style | None) -> None:
        """Choose a style: its model and sampler are taken now, its words with every job."""
        self.wardrobe.wear(style)
        if style is not None:
            self.take(style.chosen(self._settings))

    def save_style(self, style: Style) -> None:
        """Keep a style in a file of its own, and wear it."""
        try:
            self.wardrobe.save(style)
        except OSError as error:
            self._session.messages.error(
                f"The style could not be saved: {error.strerror or error}. It is in its place all "
                "the same until you choose another."
            )
            self.wardrobe.wear(style)

    @property
    def wanting(self) -> str:
        """What must be done before painting, as a sentence; "" where nothing must."""
        opened = self._session.current
        if opened is None:
            return "Open a picture first, or start a new one."
        action = self._settings.action
        if action is PaintAction.EXPAND and not self._settings.sides.any:
            return "Say by how many pixels the canvas grows, at any side."
        return lacking(opened.document, action) or self._unable()

    @property
    def unseen(self) -> int:
        """How many layers lie above the active one, and are neither seen nor covered."""
        opened = self._session.current
        if opened is None or opened.document.active_id is None:
            return 0
        nodes = [node for node in opened.document.layers if node.visible]
        for number, node in enumerate(reversed(nodes)):
            inside = [node.id, *(n.id for n in opened.document.walk() if _within(node, n.id))]
            if opened.document.active_id in inside:
                return number
        return 0

    def paint(self) -> None:
        """Send what is asked for, for the picture in front."""
        opened = self._session.current
        wanting = self.wanting
        if opened is None or wanting:
            self._session.messages.info(wanting)
            return
        self._session.put_away()
        if self._settings.action is PaintAction.EXPAND:
            sides = self._settings.sides
            opened.apply(lambda document: expanded(document, sides), "Expand canvas")
        self.wardrobe.used(self._settings)
        self.ask_for(opened, self.wardrobe.worded(self._settings))

    def ask_for(self, opened: OpenDocument, settings: Settings) -> None:
        """Send any settings for any open document; the canvas is composited aside."""
        self.link.wake()
        document = opened.document
        home = home_of(opened)

        def failed(error: BaseException) -> None:
            self._prepared()
            self._session.messages.report(error)

        self._preparing += 1
        self._works.start(
            "Preparing",
            lambda _: ask(document, settings),
            lambda asked: self._send(asked, home),
            failed,
        )

    def submit(self, asked: Asked, opened: OpenDocument) -> PaintJob:
        """Send a job that is ready, for an open document."""
        job = self.jobs.submit(asked, home_of(opened))
        self.sent.emit(job)
        return job

    def running(self) -> PaintJob | None:
        """Return the job to show progress of: one of the picture in front before any other."""
        active = self.jobs.active
        here = [job for job in active if job.home.document == self._document_id]
        for jobs in (here, active):
            for job in jobs:
                if job.running:
                    return job
        return next(iter(here or active), None)

    def cancel(self) -> None:
        """Cancel the job whose progress is shown."""
        job = self.running()
        if job is not None:
            self.jobs.cancel(job)

    def fetch_models(self) -> None:
        """Ask for the catalogue anew."""
        self.link.call(lambda client: client.models(), self._take_models, lambda _: None)

    def begin(self) -> None:
        """Join a daemon that runs already; start one only for what an earlier editor waits for."""
        if any(note.where == self.link.where for note in notes.orphans()):
            self.link.wake()
        else:
            self.link.look()

    def _take_model(self, status: DownloadStatus) -> None:
        """Have a model that was downloaded in the list, and offered."""
        self.fetch_models()
        if status.model:
            self._session.messages.offer(
                f"“{status.model}” is here.",
                "Paint with It",
                lambda: self.change(model=status.model),
            )

    def stop(self) -> None:
        """Leave the daemon; jobs go on there."""
        self.link.stop()

    # --------------------------------------------------------------------------------------

    @property
    def _selected(self) -> bool:
        opened = self._session.current
        return opened is not None and default_action(opened.document) is PaintAction.FILL

    @property
    def _document_id(self) -> str | None:
        return None if self._session.current is None else self._session.current.id

    def _offer(self) -> None:
        """Offer what fits what is selected."""
        opened = self._session.current
        selected = self._selected
        default = PaintAction.WHOLE if opened is None else default_action(opened.document)
        action = self._chosen.get(selected, default)
        if action is not self._settings.action:
            self._settings = self._habits.switched(self._settings, action)
            self.settings_changed.emit(self._settings)
            self.action_changed.emit(action)

    def _unable(self) -> str:
        """Return why the model cannot do it; "" where it can, or where that is not known."""
        known = {model.name: model for model in self.models}
        about = ABOUT[self._settings.action]
        model = known.get(self._settings.model)
        if model is None or set(about.tasks) & set(model.tasks):
            return ""
        able = [name for name, other in known.items() if set(about.tasks) & set(other.tasks)]
        hint = f"{able[0]} can." if able else "Add one that can under Models."
        return f"{model.name} cannot do this; {hint}"

    def _send(self, asked: Asked, home: Home) -> None:
        self._prepared()
        self.sent.emit(self.jobs.submit(asked, home))

    def _prepared(self) -> None:
        self._preparing -= 1

    def _greeted(self, welcome: Welcome) -> None:
        del welcome
        self.fetch_models()

    def _take_models(self, models: tuple[ModelInfo, ...]) -> None:
        self.models = models
        self.models_changed.emit()

    def _count(self, _: PaintJob) -> None:
        """Have actions looked at again where jobs came or went."""
        active = {job.id for job in self.jobs.active}
        if active != self._active:
            self._active = active
            self._session.changed.emit()

    def _tell_failure(self, job: PaintJob) -> None:
        self._session.messages.error(job.sentence, job.details)


def home_of(opened: OpenDocument) -> Home:
    """Return where a result for a document belongs: above the layer that is active now."""
    return Home(
        document=opened.id,
        name=opened.name,
        path=None if opened.path is None else str(opened.path.absolute()),
        above=opened.document.active_id,
    )


def _within(node: Any, node_id: str) -> bool:
    return any(child.id == node_id or _within(child, node_id) for child in _children(node))


def _children(node: Any) -> tuple[Any, ...]:
    return getattr(node, "children", ())
