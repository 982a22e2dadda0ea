"""The layer tree as Qt's item views want it: topmost first, groups with children."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from scumble_editor.document.document import Document
from scumble_editor.document.layer import AnyNode, Group

MIME = "application/x-scumble-layer"
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class LayerModel(QAbstractItemModel):
    """Shows one document's nodes; a row is renamed or dropped elsewhere by the given functions.

    `rename` is given an id and a name; `move` an id, the group it goes to (None: the root) and
    its place there, counted without it from the bottom.
    """

    def __init__(
        self,
        rename: Callable[[str, str], None],
        move: Callable[[str, str | None, int], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._rename, self._move = rename, move
        self._document: Document | None = None
        self._nodes: list[AnyNode] = []
        self._numbers: dict[str, int] = {}
        self._places: dict[str, tuple[str | None, int]] = {}

    @property
    def document(self) -> Document | None:
        """The document shown."""
        return self._document

    def show(self, document: Document | None) -> bool:
        """Show a document; return whether its tree has another shape than before."""
        before = self._places
        places: dict[str, tuple[str | None, int]] = {}
        nodes: list[AnyNode] = []
        if document is not None:
            _collect(document.layers, None, places, nodes)
        if places == before:
            self._document, self._nodes = document, nodes
            for node in nodes:
                index = self.index_of(node.id)
                self.dataChanged.emit(index, index)
            return False
        self.beginResetModel()
        self._document, self._nodes, self._places = document, nodes, places
        self._numbers = {node.id: number for number, node in enumerate(nodes)}
        self.endResetModel()
        return True

    def node(self, index: Index) -> AnyNode | None:
        """Return the node of a row."""
        number = index.internalId()
        return self._nodes[number] if index.isValid() and number < len(self._nodes) else None

    def index_of(self, node_id: str | None) -> QModelIndex:
        """Return the row of a node."""
        if node_id is None or node_id not in self._places:
            return QModelIndex()
        return self.createIndex(self._places[node_id][1], 0, self._numbers[node_id])

    def index(self, row: int, column: int, parent: Index = _ROOT) -> QModelIndex:
        """Return one row."""
        nodes = self._children(parent)
        if not 0 <= row < len(nodes) or column != 0:
            return QModelIndex()
        return self.createIndex(row, 0, self._numbers[nodes[row].id])

    def parent(self, index: Index = _ROOT) -> QModelIndex:  # type: ignore[override]
        """Return the row of the group that holds a row."""
        node = self.node(index)
        return QModelIndex() if node is None else self.index_of(self._places[node.id][0])

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802
        """Return how many nodes a group holds."""
        return len(self._children(parent))

    def columnCount(self, parent: Index = _ROOT) -> int:  # noqa: N802
        """Return 1."""
        del parent
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the name; the delegate draws all else from the node itself."""
        node = self.node(index)
        if node is not None and role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return node.name
        return None

    def setData(  # noqa: N802
        self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Rename."""
        node = self.node(index)
        name = str(value).strip()
        if node is None or role != Qt.ItemDataRole.EditRole or not name or name == node.name:
            return False
        self._rename(node.id, name)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Tell that every row can be dragged, and dropped into groups and between rows."""
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.ItemIsDropEnabled
        usual = flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsEditable
        drop = isinstance(self.node(index), Group)
        result = usual | flag.ItemIsDragEnabled
        return result | flag.ItemIsDropEnabled if drop else result

    def supportedDropActions(self) -> Qt.DropAction:  # noqa: N802
        """Return that rows are moved."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:  # noqa: N802
        """Return our own kind."""
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802
        """Carry a node's id."""
        data = QMimeData()
        node = self.node(indexes[0]) if indexes else None
        if node is not None:
            data.setData(MIME, QByteArray(node.id.encode()))
        return data

    def dropMimeData(  # noqa: N802
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """Move the node carried; the view need not remove it, so False is returned."""
        del action, column
        node_id = bytes(data.data(MIME).data()).decode()
        if node_id not in self._places:
            return False
        group = self.node(parent)
        group_id = None if group is None else group.id
        siblings = [node.id for node in self._children(parent)]
        above = siblings[: max(row, 0)]
        index = len([i for i in siblings if i != node_id]) - len([i for i in above if i != node_id])
        self._move(node_id, group_id, index)
        return False

    def _children(self, parent: Index) -> tuple[AnyNode, ...]:
        if self._document is None:
            return ()
        if not parent.isValid():
            return self._document.layers[::-1]
        node = self.node(parent)
        return node.children[::-1] if isinstance(node, Group) else ()


def _collect(
    nodes: tuple[AnyNode, ...],
    parent: str | None,
    places: dict[str, tuple[str | None, int]],
    found: list[AnyNode],
) -> None:
    for row, node in enumerate(nodes[::-1]):
        places[node.id] = (parent, row)
        found.append(node)
        if isinstance(node, Group):
            _collect(node.children, node.id, places, found)
