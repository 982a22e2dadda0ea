"""Brings back what a crash left behind."""

from collections.abc import Sequence
from functools import partial

from scumble_editor.history.history import History
from scumble_editor.history.recovery import Recoverable, forget, recover, recoverable
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.dialogs.recovery import RecoveryDialog
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.work import Progress


def offer(desk: Desk) -> None:
    """Look for journals that nobody has open, and offer what is in them."""
    folder = desk.session.journals
    if folder is None:
        return

    def look(progress: Progress) -> list[Recoverable]:
        progress.raise_if_cancelled()
        return recoverable(folder)

    desk.works.start("Looking for what a crash left", look, partial(_ask, desk))


def _ask(desk: Desk, found: list[Recoverable]) -> None:
    if not found:
        return
    dialog = RecoveryDialog(found, desk.window)
    dialog.wanted.connect(partial(bring_back, desk))
    dialog.unwanted.connect(_forget)
    dialog.open()


def bring_back(desk: Desk, entries: Sequence[Recoverable]) -> None:
    """Open the histories of journals, each in a tab of its own."""
    for entry in entries:
        job = partial(_recovered, entry, desk.settings.history_bytes)
        desk.works.start(f"Recovering {entry.name}", job, partial(_adopt, desk, entry))


def _recovered(entry: Recoverable, budget_bytes: int, progress: Progress) -> History:
    progress.raise_if_cancelled()
    return recover(entry.path, budget_bytes)


def _adopt(desk: Desk, entry: Recoverable, history: History) -> None:
    opened = OpenDocument(history, entry.name, entry.source, desk.session)
    desk.session.adopt(opened)
    opened.never_saved()
    desk.messages.info(f"“{entry.name}” is back, with its history. Save it when you are ready.")


def _forget(entries: Sequence[Recoverable]) -> None:
    for entry in entries:
        forget(entry.path)
