"""The File menu: begin, open, save, export, close."""

from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from scumble_editor.document.document import Document
from scumble_editor.document.layer import Layer
from scumble_editor.files.documents import OPENED, WRITTEN, open_document, save_document
from scumble_editor.files.images import ImageOptions
from scumble_editor.files.opened import Opened
from scumble_editor.ui import settings as settings_store
from scumble_editor.ui.commands import parameters
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.dialogs.export import ExportOptions
from scumble_editor.ui.dialogs.new_document import NewDocument
from scumble_editor.ui.dialogs.unsaved import ask_unsaved
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.work import Progress

_WITH_QUALITY = (".jpg", ".jpeg", ".webp")
_DELETE = Qt.WidgetAttribute.WA_DeleteOnClose


def new(desk: Desk) -> None:
    """Ask for a size and begin with an empty canvas."""
    dialog = NewDocument(desk.window)
    dialog.made.connect(
        lambda document: desk.session.add(document, desk.session.untitled(), label="New")
    )
    dialog.open()


def open_files(desk: Desk) -> None:
    """Ask for pictures and open them."""
    endings = " ".join(f"*{ending}" for ending in OPENED)
    dialog = _file_dialog(desk, "Open", f"Pictures ({endings});;All files (*)")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(lambda names: open_paths(desk, [Path(name) for name in names]))
    dialog.open()


def open_paths(desk: Desk, paths: Sequence[Path]) -> None:
    """Open files off the GUI thread, each in a tab of its own; one that is open is shown."""
    for path in paths:
        path = path.absolute()
        known = next((o for o in desk.session.documents if o.path == path), None)
        if known is not None:
            desk.session.show(known)
            continue
        job = partial(_open, path)
        desk.works.start(f"Opening {path.name}", job, partial(_opened, desk, path))


def open_sample(desk: Desk) -> None:
    """Open a photograph to play with."""
    sample = Path(str(files("scumble_editor.ui") / "sample.jpg"))

    def done(opened: Opened) -> None:
        desk.session.add(opened.document, "Sample", label="Open sample")

    desk.works.start("Opening the sample", partial(_open, sample), done)


def save(desk: Desk, then: Callable[[], None] | None = None) -> None:
    """Save where the picture came from; ask where that would lose its layers."""
    opened = desk.opened
    desk.session.put_away()
    opened.when_settled(lambda: _save(desk, opened, then))


def _save(desk: Desk, opened: OpenDocument, then: Callable[[], None] | None) -> None:
    path = opened.path
    if path is None or path.suffix.lower() not in WRITTEN:
        save_as(desk, then)
    elif path.suffix.lower() != ".ora" and not _is_flat(opened.document):
        desk.messages.info(
            f"{path.suffix[1:].upper()} files have no layers. Save as OpenRaster to keep them, "
            "or use Export for a flat picture."
        )
        save_as(desk, then)
    else:
        _save_to(desk, opened, path, then)


def save_as(desk: Desk, then: Callable[[], None] | None = None) -> None:
    """Ask for a name and save."""
    opened = desk.opened
    desk.session.put_away()
    dialog = _file_dialog(desk, "Save as", _filters())
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("ora")
    dialog.selectFile(f"{Path(opened.name).stem}.ora")
    dialog.fileSelected.connect(lambda name: _save_to(desk, opened, Path(name), then))
    dialog.open()


def export(desk: Desk) -> None:
    """Ask for a name and write a flat picture; the document stays the file that it is."""
    opened = desk.opened
    desk.session.put_away()
    dialog = _file_dialog(desk, "Export", _filters(flat=True))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("png")
    dialog.selectFile(f"{Path(opened.name).stem}.png")
    dialog.fileSelected.connect(lambda name: _export_to(desk, opened, Path(name)))
    dialog.open()


def close(desk: Desk) -> None:
    """Close the picture in front, asking first where it is not saved."""
    close_document(desk, desk.opened)


def close_document(
    desk: Desk, opened: OpenDocument, then: Callable[[], None] | None = None
) -> None:
    """Close a picture, asking first where it is not saved, and go on with what comes then."""
    desk.session.show(opened)
    desk.session.put_away()

    def finish() -> None:
        desk.session.close(opened)
        if then is not None:
            then()

    def ask() -> None:
        if opened.modified:
            ask_unsaved(desk.window, opened.name, lambda: save(desk, finish), finish)
        else:
            finish()

    opened.when_settled(ask)


def close_all(desk: Desk, then: Callable[[], None]) -> None:
    """Close everything, one after the other, then go on; any “Cancel” ends it."""
    if desk.session.documents:
        opened = desk.session.documents[-1]
        close_document(desk, opened, lambda: close_all(desk, then))
    else:
        then()


def quit_program(desk: Desk) -> None:
    """Close the window; it asks for what is not saved."""
    desk.window.close()


def _open(path: Path, progress: Progress) -> Opened:
    progress.raise_if_cancelled()
    return open_document(path)


def _opened(desk: Desk, path: Path, opened: Opened) -> None:
    desk.session.add(opened.document, path.name, path, paintings=opened.paintings)
    for notice in opened.notices:
        desk.messages.info(notice)
    parameters.offer(desk, path)
    _remember(desk, path)


def _save_to(desk: Desk, opened: OpenDocument, path: Path, then: Callable[[], None] | None) -> None:
    document, paintings = opened.document, opened.paintings

    def job(progress: Progress) -> None:
        progress.raise_if_cancelled()
        save_document(document, path, paintings=paintings)
        progress.stand()

    def done(_: None) -> None:
        if opened in desk.session.documents:  # not closed meanwhile
            opened.saved_as(document, path, paintings)
        desk.messages.info(f"Saved “{path.name}”.")
        _remember(desk, path)
        if then is not None:
            then()

    desk.works.start(f"Saving {path.name}", job, done)


def _export_to(desk: Desk, opened: OpenDocument, path: Path) -> None:
    if path.suffix.lower() in _WITH_QUALITY:
        dialog = ExportOptions(path, desk.window)
        dialog.chosen.connect(lambda options: _write_export(desk, opened.document, path, options))
        dialog.open()
    else:
        _write_export(desk, opened.document, path, ImageOptions())


def _write_export(desk: Desk, document: Document, path: Path, options: ImageOptions) -> None:
    def job(progress: Progress) -> None:
        progress.raise_if_cancelled()
        save_document(document, path, options)
        progress.stand()

    desk.works.start(
        f"Exporting {path.name}", job, lambda _: desk.messages.info(f"Exported “{path.name}”.")
    )


def _remember(desk: Desk, path: Path) -> None:
    desk.last_folder = path.parent
    desk.settings.remember(path)
    settings_store.save(desk.settings, settings_store.settings_file())
    desk.session.changed.emit()


def _file_dialog(desk: Desk, title: str, filters: str) -> QFileDialog:
    dialog = QFileDialog(desk.window, title, str(desk.last_folder or Path.home()), filters)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setAttribute(_DELETE)
    return dialog


def _filters(flat: bool = False) -> str:
    kinds = [
        ("OpenRaster, with layers", ("ora",)),
        ("PNG", ("png",)),
        ("JPEG", ("jpg", "jpeg")),
        ("WebP", ("webp",)),
        ("TIFF", ("tif", "tiff")),
    ]
    chosen = kinds[1:] if flat else kinds
    return ";;".join(f"{name} ({' '.join(f'*.{end}' for end in ends)})" for name, ends in chosen)


def _is_flat(document: Document) -> bool:
    only = document.layers[0] if len(document.layers) == 1 else None
    return isinstance(only, Layer) and only.mask is None and only.opacity == 1 and only.visible
