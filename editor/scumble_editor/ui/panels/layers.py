"""The layers: a tree to look at, click and drag, with the active one's settings above it."""

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from scumble_editor.document.document import Document
from scumble_editor.document.edits import layers as edits
from scumble_editor.document.edits import masks as mask_edits
from scumble_editor.document.modes import BlendMode
from scumble_editor.tools.stage import Target
from scumble_editor.ui.bound_actions import BoundActions
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.open_document import Edit, OpenDocument
from scumble_editor.ui.panels.layer_model import LayerModel
from scumble_editor.ui.panels.layer_rows import LayerRows, Part
from scumble_editor.ui.widgets.slider import NumberSlider
from scumble_protocol.errors import ScumbleError

_PATIENCE_MS = 60
_BUTTONS = (
    "layer.add",
    "layer.add_group",
    "mask.add",
    "layer.duplicate",
    "layer.raise",
    "layer.lower",
    "layer.merge_down",
    "layer.delete",
)
_MENU = (
    "layer.duplicate",
    "layer.group",
    "layer.ungroup",
    "layer.merge_down",
    "layer.clipped",
    "mask.add",
    "mask.toggle",
    "mask.invert",
    "mask.apply",
    "mask.delete",
    "select.alpha",
    "recipe.reroll",
    "recipe.change",
    "recipe.quality",
    "recipe.feather",
    "recipe.copy_text",
    "layer.delete",
)
"""What a right click offers."""
_SWITCHES = ("layer.alpha_locked", "layer.locked", "layer.clipped")


class LayersPanel(QWidget):
    """Shows and edits the layers of the picture in front."""

    def __init__(self, desk: Desk, actions: BoundActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._opened: OpenDocument | None = None
        self._collapsed: set[str] = set()
        self._quiet = False
        self.model = LayerModel(self._rename, self._move, self)
        self.rows = LayerRows(self.model, desk.thumbnails, self)
        self.tree = QTreeView()
        self.mode = QComboBox()
        self.opacity = NumberSlider(0, 100, 100, suffix=" %", label="Opacity")
        self._build(actions)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PATIENCE_MS)
        self._timer.timeout.connect(self.refresh)
        desk.session.current_changed.connect(self.follow)
        self.follow(desk.session.current)

    def follow(self, opened: OpenDocument | None) -> None:
        """Show another picture's layers, or none."""
        if self._opened is not None:
            self._opened.history_changed.disconnect(self._timer.start)
            self._opened.target_changed.disconnect(self.refresh)
        self._opened = opened
        if opened is not None:
            opened.history_changed.connect(self._timer.start)
            opened.target_changed.connect(self.refresh)
        self.setEnabled(opened is not None)
        self.refresh()

    def refresh(self) -> None:
        """Show the layers as they are now."""
        opened = self._opened
        document = None if opened is None else opened.document
        self._quiet = True
        if self.model.show(document):
            self._expand()
        self.rows.target = Target.PIXELS if opened is None else opened.target
        if document is not None:
            index = self.model.index_of(document.active_id)
            select = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.tree.selectionModel().setCurrentIndex(index, select)
            self._show_settings(document)
        self.tree.viewport().update()
        self._quiet = False

    def _build(self, actions: BoundActions) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 6)
        column.setSpacing(6)
        top = QHBoxLayout()
        for mode in BlendMode:
            self.mode.addItem(mode.title, mode)
        self.mode.setToolTip("How the layer meets what lies beneath it")
        self.mode.setAccessibleName("Blend mode")
        self.mode.setMinimumWidth(90)
        self.mode.activated.connect(self._set_mode)
        top.addWidget(self.mode, 1)
        for name in _SWITCHES:
            top.addWidget(_button(actions, name, 18))
        column.addLayout(top)
        self.opacity.setToolTip("How much the layer shows")
        self.opacity.changed.connect(self._set_opacity)
        self.opacity.finished.connect(self._seal)
        column.addWidget(self.opacity)
        self._build_tree(actions)
        column.addWidget(self.tree, 1)
        bottom = QHBoxLayout()
        bottom.setSpacing(1)
        for name in _BUTTONS:
            bottom.addWidget(_button(actions, name, 18))
            if name == "layer.duplicate":
                bottom.addStretch()
        column.addLayout(bottom)

    def _build_tree(self, actions: BoundActions) -> None:
        tree = self.tree
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for name in _MENU:
            tree.addAction(actions.by_id[name])
        tree.setObjectName("layers")
        tree.setModel(self.model)
        tree.setItemDelegate(self.rows)
        tree.setHeaderHidden(True)
        tree.setIndentation(16)
        tree.setUniformRowHeights(True)
        tree.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        tree.setDropIndicatorShown(True)
        tree.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        tree.setExpandsOnDoubleClick(False)
        tree.setMinimumHeight(64)
        tree.setAccessibleName("Layers")
        tree.selectionModel().selectionChanged.connect(self._choose)
        tree.collapsed.connect(lambda index: self._fold(index, folded=True))
        tree.expanded.connect(lambda index: self._fold(index, folded=False))
        self.rows.clicked.connect(self._click)

    def _show_settings(self, document: Document) -> None:
        node = document.active
        self.mode.setEnabled(node is not None)
        self.opacity.setEnabled(node is not None)
        if node is not None:
            self.mode.setCurrentIndex(self.mode.findData(node.blend_mode))
            self.opacity.set_value(node.opacity * 100)

    def _expand(self) -> None:
        self.tree.expandAll()
        for node_id in list(self._collapsed):
            index = self.model.index_of(node_id)
            if index.isValid():
                self.tree.collapse(index)

    def _fold(self, index: QModelIndex, *, folded: bool) -> None:
        node = self.model.node(index)
        if node is not None and folded:
            self._collapsed.add(node.id)
        elif node is not None:
            self._collapsed.discard(node.id)

    def _choose(self, selected: QItemSelection) -> None:
        indexes = selected.indexes()
        node = self.model.node(indexes[0]) if indexes else None
        opened = self._opened
        if self._quiet or node is None or opened is None:
            return
        if node.id != opened.document.active_id:
            self._desk.session.put_away()
            opened.amend(lambda doc: edits.activate(doc, node.id))

    def _click(self, node_id: str, part: Part, shift: bool) -> None:
        opened = self._opened
        if opened is None:
            return
        node = opened.document.find(node_id)
        match part:
            case Part.EYE:
                label = "Hide layer" if node.visible else "Show layer"
                self._apply(lambda doc: edits.set_visible(doc, node_id, not node.visible), label)
            case Part.LOCK:
                self._apply(lambda doc: edits.set_locked(doc, node_id, False), "Unlock layer")
            case Part.MASK if shift and node.mask is not None:
                on = not node.mask.enabled
                self._apply(
                    lambda doc: mask_edits.set_mask_enabled(doc, node_id, on),
                    "Enable mask" if on else "Disable mask",
                )
            case Part.MASK:
                opened.aim(Target.MASK)
            case Part.THUMBNAIL:
                opened.aim(Target.PIXELS)

    def _rename(self, node_id: str, name: str) -> None:
        self._apply(lambda doc: edits.rename(doc, node_id, name), "Rename layer")

    def _move(self, node_id: str, group_id: str | None, index: int) -> None:
        # The view is in the middle of a drop: let it finish before its rows change.
        def move() -> None:
            self._apply(
                lambda doc: edits.move_in_stack(doc, node_id, group_id, index), "Move layer"
            )

        QTimer.singleShot(0, self, move)

    def _set_mode(self, index: int) -> None:
        mode = self.mode.itemData(index)
        node_id = self._active_id()
        if node_id is not None:
            self._apply(lambda doc: edits.set_blend_mode(doc, node_id, mode), "Blend mode")

    def _set_opacity(self, percent: float) -> None:
        node_id = self._active_id()
        if node_id is not None and not self._quiet:
            self._apply(
                lambda doc: edits.set_opacity(doc, node_id, percent / 100),
                "Layer opacity",
                f"opacity:{node_id}",
            )

    def _seal(self) -> None:
        if self._opened is not None:
            self._opened.seal()

    def _active_id(self) -> str | None:
        return None if self._opened is None else self._opened.document.active_id

    def _apply(self, edit: Edit, label: str, merge: str | None = None) -> None:
        if self._opened is None:
            return
        try:
            self._opened.apply(edit, label, merge)
        except ScumbleError as error:
            self._desk.messages.report(error)


def _button(actions: BoundActions, name: str, side: int) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(actions.by_id[name])
    button.setIconSize(QSize(side, side))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
