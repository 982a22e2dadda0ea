"""The window of models: what is here, what is worth having, and what is on its way."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from scumble_editor.client.catalogue import Catalogue, add_model, remove_model
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.dialogs.worth_having import WorthHaving
from scumble_editor.ui.generate.generation import Generation
from scumble_protocol.messages import ModelInfo

_COLUMNS = ("Model", "Family", "Size", "At home with", "Can")
_WIDTHS = (170, 90, 80, 100, 200)
_NAME = Qt.ItemDataRole.UserRole


class ModelsWindow(QDialog):
    """Two pages; it stays open beside the canvas."""

    def __init__(self, desk: Desk, catalogue: Catalogue, page: int = 0) -> None:
        super().__init__(desk.window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Models")
        self.resize(760, 480)
        self.here = ModelsHere(desk)
        self.worth_having = WorthHaving(catalogue)
        pages = QTabWidget()
        pages.addTab(self.here, "Here")
        pages.addTab(self.worth_having, "Worth Having")
        pages.setCurrentIndex(page)
        column = QVBoxLayout(self)
        column.addWidget(pages)


class ModelsHere(QWidget):
    """The catalogue, with ways to add to it and take out of it."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._generation: Generation = desk.generation
        self.list = QTreeWidget()
        self.list.setObjectName("list")
        self.list.setHeaderLabels(_COLUMNS)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAccessibleName("Models")
        for column, width in enumerate(_WIDTHS):
            self.list.setColumnWidth(column, width)
        self.note = QLabel()
        self.note.setProperty("faint", True)
        self.note.setWordWrap(True)
        self.use = _button("Use It", "Paint with this model from now on")
        self.file = _button("Add a File…", "Add a checkpoint in one .safetensors file")
        self.folder = _button("Add a Folder…", "Add a model in a folder of diffusers")
        self.remove = _button("Remove", "Take it out of the list; its files stay where they are")
        row = QHBoxLayout()
        for button in (self.use, self.file, self.folder):
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self.remove)
        column_ = QVBoxLayout(self)
        column_.addWidget(self.list, 1)
        column_.addWidget(self.note)
        column_.addLayout(row)
        self.use.clicked.connect(self._use)
        self.file.clicked.connect(partial(self._ask, QFileDialog.FileMode.ExistingFile))
        self.folder.clicked.connect(partial(self._ask, QFileDialog.FileMode.Directory))
        self.remove.clicked.connect(self._remove)
        self.list.itemActivated.connect(lambda _: self._use())
        self.list.currentItemChanged.connect(lambda *_: self._enable())
        self._generation.models_changed.connect(self.refresh)
        self._generation.fetch_models()
        self.refresh()

    def refresh(self) -> None:
        """Show the catalogue as it is now."""
        models = self._generation.models
        self.list.clear()
        for model in models:
            item = QTreeWidgetItem(_texts(model))
            item.setData(0, _NAME, model.name)
            licence = model.licence or "not stated"
            item.setToolTip(0, f"{model.description}\nLicence: {licence}\nFrom: {model.origin}")
            item.setToolTip(4, ", ".join(model.tasks))
            self.list.addTopLevelItem(item)
            if model.name == self._generation.settings.model:
                self.list.setCurrentItem(item)
        used = sum(model.size_bytes for model in models)
        self.note.setText(
            f"{_count(len(models))}, {size_text(used)} on the disk"
            if models
            else "Asking the daemon for its models…"
        )
        self._enable()

    def add(self, where: Path) -> None:
        """Add a file or a folder; the daemon's program says what it is."""

        def done(name: str) -> None:
            self._desk.messages.info(f"Added “{name}”. Choose it under Model.")
            self._generation.fetch_models()

        self._desk.works.start(f"Looking at {where.name}", lambda _: add_model(where), done)

    def _chosen(self) -> ModelInfo | None:
        item = self.list.currentItem()
        name = None if item is None else item.data(0, _NAME)
        return next((model for model in self._generation.models if model.name == name), None)

    def _use(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self._generation.change(model=chosen.name)

    def _remove(self) -> None:
        chosen = self._chosen()
        if chosen is None:
            return

        def done(_: None) -> None:
            self._desk.messages.info(f"“{chosen.name}” is out of the list; its files stay.")
            self._generation.fetch_models()

        self._desk.works.start(f"Removing {chosen.name}", lambda _: remove_model(chosen.name), done)

    def _ask(self, mode: QFileDialog.FileMode) -> None:
        kinds = "Checkpoints (*.safetensors)" if mode is QFileDialog.FileMode.ExistingFile else ""
        dialog = QFileDialog(self, "Add a Model", str(Path.home()), kinds)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(mode)
        dialog.fileSelected.connect(lambda name: self.add(Path(name)))
        dialog.open()

    def _enable(self) -> None:
        chosen = self._chosen()
        here = not self._desk.settings.daemon_address
        self.use.setEnabled(chosen is not None and bool(chosen.tasks))
        self.remove.setEnabled(here and chosen is not None and chosen.origin != "bundled")
        for button in (self.file, self.folder):
            button.setEnabled(here)


def _texts(model: ModelInfo) -> list[str]:
    side = f"{model.native_side} px" if model.native_side else ""
    tasks = ", ".join(model.tasks)
    return [model.name, model.family, size_text(model.size_bytes), side, tasks]


def _count(number: int) -> str:
    return "1 model" if number == 1 else f"{number} models"


def size_text(size_bytes: int) -> str:
    """Return a size as people say it: “12 MB”, “3.4 GB”."""
    if size_bytes >= 1e9:
        return f"{size_bytes / 1e9:.1f} GB"
    return f"{size_bytes / 1e6:.0f} MB"


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
