"""What Krita is told of: the extension with its actions, and the docker."""

from pathlib import Path

import krita

from scumble_host.commands import command_named, offered
from scumble_host.record import Record, RecordError, read_record
from scumble_krita.dock import Dock
from scumble_krita.engine import Engine

DOCK_ID = "scumble"
MENU = "tools/scripts"
PAINT, CANCEL = "scumble_paint", "scumble_cancel"
OWN_ACTIONS = ("refine", "diffedit-select", "estimate-depth")

FOLDER = Path(__file__).resolve().parent


class Scumble(krita.Extension):
    """Adds the actions to every window, and ends the bridge with Krita."""

    def __init__(self, parent: "krita.Krita", engine: Engine, record: Record) -> None:
        super().__init__(parent)
        self._engine = engine
        self._record = record

    def setup(self) -> None:
        """Be told when Krita ends."""
        notifier = krita.Krita.instance().notifier()
        notifier.setActive(True)
        notifier.applicationClosing.connect(self._engine.close)

    def createActions(self, window: "krita.Window") -> None:  # noqa: N802 - Krita's name
        """Add the actions; their shortcuts stand in scumble.action."""
        paint = window.createAction(PAINT, "Scumble: Paint", MENU)
        paint.triggered.connect(lambda *_: self._engine.paint_again())
        for command in offered(self._record.tasks):
            if command.name in OWN_ACTIONS:
                self._add(window, command.name)
        cancel = window.createAction(CANCEL, "Scumble: Cancel", MENU)
        cancel.triggered.connect(lambda *_: self._engine.cancel())

    def _add(self, window: "krita.Window", name: str) -> None:
        title = command_named(name).title.replace("_", "")
        action = window.createAction(f"scumble_{name}", f"Scumble: {title}", MENU)
        action.triggered.connect(lambda *_: self._engine.paint_as(name))


def register(application: "krita.Krita") -> None:
    """Give Krita the extension and the docker; without a record only a sentence in the docker."""
    try:
        record = read_record(FOLDER)
        problem = ""
    except RecordError as error:
        record = Record(command=(), tasks=(), version="")
        problem = str(error)
    engine = Engine(record, problem)
    application.addExtension(Scumble(application, engine, record))

    class ScumbleDock(Dock):
        """Krita makes one for each window, without arguments."""

        def __init__(self) -> None:
            super().__init__(engine)

    area = krita.DockWidgetFactoryBase.DockPosition.DockRight
    application.addDockWidgetFactory(krita.DockWidgetFactory(DOCK_ID, area, ScumbleDock))
