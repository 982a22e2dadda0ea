"""Before and after: as long as a key is held, what models painted is not seen."""

from functools import partial

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from scumble_editor.generation.comparing import hiding, painted_by_models
from scumble_editor.ui.on_canvas.ghosts import Ghosts
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.session import EditorSession

_NAME = "before"


class Comparing(QObject):
    """Hides what models painted, and previews, until the key is let go.

    Begun by an action, whose key may be any; it ends when any key is let go, or the window is
    left.
    """

    def __init__(
        self, session: EditorSession, ghosts: Ghosts, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._ghosts = ghosts
        self._opened: OpenDocument | None = None

    @property
    def active(self) -> bool:
        """Whether the picture is shown as it was before."""
        return self._opened is not None

    def begin(self) -> None:
        """Show the picture in front as it was."""
        opened = self._session.current
        if opened is None or self.active:
            return
        hidden = set(painted_by_models(opened.document))
        for job_id in self._ghosts.on(opened):
            hidden.update(layer.id for layer in self._ghosts.layers_of(job_id))
        if not hidden:
            self._session.messages.info("Nothing in this picture was painted by a model yet.")
            return
        self._opened = opened
        opened.lay_over(_NAME, partial(hiding, hidden=hidden))
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def end(self) -> None:
        """Show the picture as it is."""
        opened, self._opened = self._opened, None
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        if opened is not None and opened in self._session.documents:
            opened.lay_over(_NAME, None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Wait for the key to be let go."""
        kind = event.type()
        left = kind == QEvent.Type.ApplicationDeactivate
        if kind == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            left = not event.isAutoRepeat()
        if left:
            self.end()
        return super().eventFilter(watched, event)
