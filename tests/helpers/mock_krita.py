"""A Krita without Krita: documents, nodes and dockers that remember what was done to them.

`sys.modules["krita"] = mock_krita` before the plug-in is imported; `Krita.instance()` is None until
`start()` makes one.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from PySide6.QtCore import QByteArray, QObject, QUuid, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget


class Selection:
    def __init__(self, pixels: bytes = b"", bounds: tuple[int, int, int, int] = (0, 0, 0, 0)):
        self.pixels = pixels
        self.bounds = bounds

    def width(self) -> int:
        return self.bounds[2]

    def height(self) -> int:
        return self.bounds[3]

    def pixelData(self, *_bounds: int) -> QByteArray:  # noqa: N802
        return QByteArray(self.pixels)

    def setPixelData(self, data: QByteArray, x: int, y: int, width: int, height: int) -> None:  # noqa: N802
        self.pixels, self.bounds = bytes(data.data()), (x, y, width, height)


class Node:
    def __init__(self, name: str, kind: str) -> None:
        self._name, self._kind = name, kind
        self._visible = True
        self._id = QUuid.createUuid()
        self.parent: Node | None = None
        self.children: list[Node] = []
        self.pixels = b""
        self.bounds = (0, 0, 0, 0)
        self.selection: Selection | None = None

    def name(self) -> str:
        return self._name

    def type(self) -> str:
        return self._kind

    def uniqueId(self) -> QUuid:  # noqa: N802
        return self._id

    def visible(self) -> bool:
        return self._visible

    def setVisible(self, visible: bool) -> None:  # noqa: N802
        self._visible = visible

    def parentNode(self) -> "Node | None":  # noqa: N802
        return self.parent

    def childNodes(self) -> "list[Node]":  # noqa: N802
        return list(self.children)

    def addChildNode(self, child: "Node", above: "Node | None") -> bool:  # noqa: N802
        index = self.children.index(above) + 1 if above else len(self.children)
        self.children.insert(index, child)
        child.parent = self
        return True

    def clone(self) -> "Node":
        twin = Node(self._name, self._kind)
        twin._visible, twin.pixels, twin.bounds = self._visible, self.pixels, self.bounds
        twin.selection = self.selection
        for child in self.children:
            twin.addChildNode(child.clone(), None)
        return twin

    def setPixelData(self, data: QByteArray, x: int, y: int, width: int, height: int) -> None:  # noqa: N802
        self.pixels, self.bounds = bytes(data.data()), (x, y, width, height)

    def setSelection(self, selection: Selection) -> None:  # noqa: N802
        self.selection = selection


class Document:
    """4 × 2 pixels, 8-bit sRGB, one layer."""

    def __init__(self) -> None:
        self.root = Node("root", "grouplayer")
        self.background = Node("Background", "paintlayer")
        self.root.addChildNode(self.background, None)
        self.active: Node | None = self.background
        self.chosen: Selection | None = None
        self.notes: dict[str, bytes] = {}
        self.busy = 0  # how often it cannot be read yet
        self.closed = False
        self.size = (4, 2)

    def width(self) -> int:
        return self.size[0]

    def height(self) -> int:
        return self.size[1]

    def xRes(self) -> float:  # noqa: N802
        return 72.0

    def yRes(self) -> float:  # noqa: N802
        return 72.0

    def colorModel(self) -> str:  # noqa: N802
        return "RGBA"

    def colorDepth(self) -> str:  # noqa: N802
        return "U8"

    def colorProfile(self) -> str:  # noqa: N802
        return "sRGB-elle-V2-srgbtrc.icc"

    def pixelData(self, *_bounds: int) -> QByteArray:  # noqa: N802
        return QByteArray(bytes(range(32)))

    def selection(self) -> Selection | None:
        return self.chosen

    def setSelection(self, selection: Selection) -> None:  # noqa: N802
        self.chosen = selection

    def rootNode(self) -> Node:  # noqa: N802
        return self.root

    def activeNode(self) -> Node | None:  # noqa: N802
        return self.active

    def setActiveNode(self, node: Node) -> None:  # noqa: N802
        self.active = node

    def nodeByUniqueID(self, wanted: QUuid) -> Node | None:  # noqa: N802
        return next((node for node in self._all(self.root) if node.uniqueId() == wanted), None)

    def _all(self, node: Node) -> Iterator[Node]:
        yield node
        for child in node.children:
            yield from self._all(child)

    def createNode(self, name: str, kind: str) -> Node:  # noqa: N802
        return Node(name, kind)

    def createGroupLayer(self, name: str) -> Node:  # noqa: N802
        return Node(name, "grouplayer")

    def createTransparencyMask(self, name: str) -> Node:  # noqa: N802
        return Node(name, "transparencymask")

    def annotation(self, kind: str) -> QByteArray:
        return QByteArray(self.notes.get(kind, b""))

    def setAnnotation(self, kind: str, _description: str, data: QByteArray) -> None:  # noqa: N802
        self.notes[kind] = bytes(data.data())

    def tryBarrierLock(self) -> bool:  # noqa: N802
        self.busy -= 1
        return self.busy < 0

    def unlock(self) -> None:
        pass

    def refreshProjection(self) -> None:  # noqa: N802
        pass

    def scaleImage(  # noqa: N802
        self, width: int, height: int, xres: int, yres: int, _how: str
    ) -> None:
        assert isinstance(xres, int)  # the real one takes no fractions
        assert isinstance(yres, int)
        self.size = (width, height)

    def close(self) -> bool:
        self.closed = True
        return True


class Notifier(QObject):
    applicationClosing = Signal()  # noqa: N815

    def setActive(self, active: bool) -> None:  # noqa: N802
        pass


class Window:
    def __init__(self) -> None:
        self.actions: dict[str, QAction] = {}

    def createAction(self, name: str, text: str, _menu: str) -> QAction:  # noqa: N802
        self.actions[name] = QAction(text)
        return self.actions[name]


class Extension(QObject):
    pass


class DockWidget(QDockWidget):
    pass


class DockWidgetFactoryBase:
    class DockPosition:
        DockRight = 1


class DockWidgetFactory(DockWidgetFactoryBase):
    def __init__(self, name: str, _area: int, kind: type[DockWidget]) -> None:
        self.name, self.kind = name, kind


class Krita(QObject):
    _instance: ClassVar["Krita | None"] = None

    def __init__(self) -> None:
        super().__init__()
        self._notifier = Notifier()
        self.open: list[Document] = []
        self.settings: dict[tuple[str, str], str] = {}
        self.extensions: list[Any] = []
        self.factories: list[DockWidgetFactory] = []

    @staticmethod
    def instance() -> "Krita | None":
        return Krita._instance

    def version(self) -> str:
        return "5.2.9"

    def notifier(self) -> Notifier:
        return self._notifier

    def activeDocument(self) -> Document | None:  # noqa: N802
        return self.open[-1] if self.open else None

    def documents(self) -> list[Document]:
        return self.open

    def createDocument(self, *_about: object) -> Document:  # noqa: N802
        return Document()

    def addExtension(self, extension: Any) -> None:  # noqa: N802
        self.extensions.append(extension)

    def addDockWidgetFactory(self, factory: DockWidgetFactory) -> None:  # noqa: N802
        self.factories.append(factory)

    def readSetting(self, group: str, name: str, default: str) -> str:  # noqa: N802
        return self.settings.get((group, name), default)

    def writeSetting(self, group: str, name: str, value: str) -> None:  # noqa: N802
        self.settings[group, name] = value


def start() -> Krita:
    """Begin a Krita with one document open."""
    Krita._instance = Krita()
    Krita._instance.open.append(Document())
    return Krita._instance
