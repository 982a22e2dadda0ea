"""What a picture says of how it was painted, taken into the Generate panel."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from scumble_editor.generation.found import Found
from scumble_editor.generation.reading import settings_in
from scumble_editor.ui.desk import Desk

_KINDS = (".png", ".jpg", ".jpeg", ".webp")


def offer(desk: Desk, path: Path) -> None:
    """Offer to take what a picture was painted with, where it says so."""
    if path.suffix.lower() in _KINDS:
        desk.works.start("Reading its text", lambda _: settings_in(path), partial(_offer, desk))


def take_from(desk: Desk, path: Path) -> None:
    """Take what a picture was painted with, or say that it does not say so."""
    desk.works.start(
        "Reading its text", lambda _: settings_in(path), partial(_take_or_say, desk, path)
    )


def ask(desk: Desk) -> None:
    """Ask for a picture and take what it was painted with."""
    kinds = " ".join(f"*{kind}" for kind in _KINDS)
    title = "Take What a Picture Was Painted With"
    start = str(desk.last_folder or Path.home())
    dialog = QFileDialog(desk.window, title, start, f"Pictures ({kinds})")
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda name: take_from(desk, Path(name)))
    dialog.open()


def take(desk: Desk, found: Found) -> None:
    """Take what was found into the panel, and say what could not be kept."""
    generation = desk.generation
    models = {model.name for model in generation.models} or {generation.settings.model}
    settings, notices = found.taken(generation.settings, models)
    generation.wear(None)
    generation.take(settings)
    said = f"The Generate panel asks for what {found.source} painted this with."
    desk.messages.info(" ".join((said, *notices)))


def _offer(desk: Desk, found: Found | None) -> None:
    if found is not None:
        desk.messages.offer(
            f"This picture says how {found.source} painted it.",
            "Use That",
            lambda: take(desk, found),
        )


def _take_or_say(desk: Desk, path: Path, found: Found | None) -> None:
    if found is None:
        desk.messages.info(f"“{path.name}” does not say how it was painted; nothing was changed.")
    else:
        take(desk, found)
