"""The window with a picture in it, and a daemon that answers by script."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.painting_daemon import PLACE, PaintingDaemon
from helpers.stages import filled
from helpers.windows import show
from scumble_editor.document.edits.selection import select
from scumble_editor.document.selection import Selection
from scumble_editor.ui.main_window import MainWindow
from scumble_editor.ui.open_document import OpenDocument
from scumble_protocol.endpoint import Connection


@pytest.fixture
def painter(window: MainWindow, tmp_path: Path) -> Iterator[PaintingDaemon]:
    """A daemon that paints at once, to which the window speaks."""
    endpoint = f"ipc://{tmp_path}/painter"
    window.session.link.move_to(Connection(endpoint=endpoint))
    with PaintingDaemon(endpoint) as daemon:
        yield daemon
        window.session.link.stop()


@pytest.fixture
def selected(window: MainWindow) -> OpenDocument:
    """A white picture of which a rectangle is selected."""
    document = select(filled(), Selection.of_rectangle(PLACE))
    return show(window, document)
