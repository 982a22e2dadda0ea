"""What a crash left behind: journals that nobody has open, and the histories in them."""

from dataclasses import dataclass
from pathlib import Path

from scumble_editor.history.errors import JournalError
from scumble_editor.history.history import MEMORY_BYTES, History
from scumble_editor.history.journal import SUFFIX, Journal
from scumble_editor.history.store import Store


@dataclass(frozen=True, slots=True)
class Recoverable:
    """A journal that can be opened again: of what document, how many steps, how recent."""

    path: Path
    name: str
    source: Path | None  # the file that the document was opened from or saved to
    steps: int
    seconds: float  # Unix time of the last step


def recoverable(folder: Path) -> list[Recoverable]:
    """Return the journals in a folder that hold a step and that no program has open, last first.

    Journals without a finished step hold nothing to recover and are deleted.
    """
    found = []
    for path in folder.glob(f"*{SUFFIX}"):
        try:
            store = Store(path, create=False)
        except JournalError:  # open in a running editor, or not one of ours
            continue
        steps = store.steps()
        name, source = store.state("name"), store.state("source")
        store.close()
        if steps:
            origin = None if source is None else Path(source)
            found.append(
                Recoverable(path, name or "Untitled", origin, len(steps), steps[-1].seconds)
            )
        else:
            forget(path)
    return sorted(found, key=lambda journal: -journal.seconds)


def recover(path: Path, budget_bytes: int = MEMORY_BYTES) -> History:
    """Return the history in a journal, which goes on being its journal.

    Raises JournalError, HistoryError; the file is then left as it is.
    """
    journal = Journal(Store(path, create=False))
    try:
        return History.restored(journal, budget_bytes)
    except Exception:
        journal.close()
        raise


def forget(path: Path) -> None:
    """Delete a journal that nobody has open: the painter does not want it back."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
