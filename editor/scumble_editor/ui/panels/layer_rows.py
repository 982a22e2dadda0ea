"""How a layer looks in the list: eye, thumbnail, mask, name and state."""

from enum import Enum

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from scumble_editor.document.layer import AnyNode, Group, Layer
from scumble_editor.document.modes import BlendMode
from scumble_editor.tools.stage import Target
from scumble_editor.ui import theme
from scumble_editor.ui.panels.layer_model import Index, LayerModel
from scumble_editor.ui.thumbnails import Thumbnails, layer_thumbnail, mask_thumbnail

ROW_PX = 46
THUMB_PX = 36
_EYE_PX = 26


class Part(Enum):
    """What of a row the pointer is on."""

    EYE = "Show or hide the layer"
    THUMBNAIL = "Paint on the pixels"
    MASK = "Paint on the mask; Shift-click switches it off"
    LOCK = "Unlock the layer"
    NAME = "Double-click to rename; drag to move"


class LayerRows(QStyledItemDelegate):
    """Draws rows and takes clicks on their parts.

    Signals:
        clicked: the id of a node, the Part, and whether Shift is held.
    """

    clicked = Signal(str, object, bool)

    def __init__(
        self, model: LayerModel, thumbnails: Thumbnails, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._thumbnails = thumbnails
        self.target = Target.PIXELS
        self.active_id: str | None = None

    def sizeHint(  # noqa: N802
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the height of a row."""
        del index
        return QSize(option.rect.width(), ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a row."""
        node, document = self._model.node(index), self._model.document
        if node is None or document is None:
            return
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        look = theme.current()
        active = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if active:
            tint = QColor(look.accent)
            tint.setAlpha(90)
            painter.fillRect(rect, tint)
        painter.setOpacity(1.0 if node.visible else 0.45)
        places = self._places(node, rect)
        eye = "eye" if node.visible else "eye_off"
        theme.icon(eye).paint(painter, places[Part.EYE].adjusted(3, 11, -5, -11))
        self._paint_thumbnails(painter, node, places, active)
        self._paint_words(painter, node, places[Part.NAME])
        if node.locked:
            theme.icon("lock").paint(painter, places[Part.LOCK])
        painter.setOpacity(1.0)
        painter.setPen(QColor(look.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.restore()

    def editorEvent(  # noqa: N802
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """Take clicks on the eye, the thumbnails and the lock."""
        node = self._model.node(index)
        if (
            node is None
            or not isinstance(event, QMouseEvent)
            or event.type() != QEvent.Type.MouseButtonPress
        ):
            return super().editorEvent(event, model, option, index)
        rect: QRect = option.rect
        part = self.part_at(node, rect, event.position().toPoint())
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.clicked.emit(node.id, part, shift)
        return part in (Part.EYE, Part.LOCK)

    def helpEvent(  # noqa: N802
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """Explain the part under the pointer."""
        node = self._model.node(index)
        if node is None:
            return False
        rect: QRect = option.rect
        part = self.part_at(node, rect, event.pos())
        QToolTip.showText(event.globalPos(), part.value, view)
        return True

    def part_at(self, node: AnyNode, rect: QRect, at: QPoint) -> Part:
        """Return what of a row lies at a point."""
        for part, place in self._places(node, rect).items():
            if place.contains(at) and part is not Part.NAME:
                return part
        return Part.NAME

    def updateEditorGeometry(  # noqa: N802
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Rename where the name stands."""
        node = self._model.node(index)
        rect: QRect = option.rect
        if node is not None:
            place = self._places(node, rect)[Part.NAME]
            editor.setGeometry(place.adjusted(-4, 8, 0, -8))

    def _places(self, node: AnyNode, rect: QRect) -> dict[Part, QRect]:
        # The eye stands at the left edge whatever the depth of the row.
        places = {Part.EYE: QRect(rect.left(), rect.top(), _EYE_PX, ROW_PX)}
        left = rect.left() + _EYE_PX + (14 if node.clipped else 0)
        top = rect.top() + (ROW_PX - THUMB_PX) // 2
        places[Part.THUMBNAIL] = QRect(left, top, THUMB_PX, THUMB_PX)
        left += THUMB_PX + 6
        if node.mask is not None:
            places[Part.MASK] = QRect(left, top, THUMB_PX, THUMB_PX)
            left += THUMB_PX + 6
        right = rect.right() - 6
        if node.locked:
            places[Part.LOCK] = QRect(right - 16, rect.top() + 15, 16, 16)
            right -= 20
        places[Part.NAME] = QRect(left + 3, rect.top(), max(right - left - 3, 20), ROW_PX)
        return places

    def _paint_thumbnails(
        self, painter: QPainter, node: AnyNode, places: dict[Part, QRect], active: bool
    ) -> None:
        document = self._model.document
        if document is None:
            return
        place = places[Part.THUMBNAIL]
        if isinstance(node, Layer):
            picture = layer_thumbnail(self._thumbnails, node, document.size, THUMB_PX)
            painter.drawPixmap(place.topLeft(), picture)
        else:
            theme.icon("group").paint(painter, place.adjusted(6, 6, -6, -6))
        if node.clipped:
            theme.icon("clip").paint(painter, QRect(place.left() - 15, place.top() + 10, 14, 14))
        if node.mask is not None:
            picture = mask_thumbnail(self._thumbnails, node.mask, document.size, THUMB_PX)
            painter.drawPixmap(places[Part.MASK].topLeft(), picture)
            if not node.mask.enabled:
                painter.setPen(QPen(QColor(theme.current().danger), 2))
                painter.drawLine(places[Part.MASK].topLeft(), places[Part.MASK].bottomRight())
        if active:
            masked = self.target is Target.MASK and node.mask is not None
            aimed = Part.MASK if masked else Part.THUMBNAIL
            painter.setPen(QPen(QColor(theme.current().accent), 2))
            painter.drawRect(places[aimed].adjusted(-1, -1, 1, 1))

    def _paint_words(self, painter: QPainter, node: AnyNode, place: QRect) -> None:
        look = theme.current()
        metrics = painter.fontMetrics()
        state = _state(node)
        name = metrics.elidedText(node.name, Qt.TextElideMode.ElideRight, place.width())
        painter.setPen(QColor(look.text))
        half = place.adjusted(0, 6, 0, -ROW_PX // 2 + 1) if state else place
        painter.drawText(half, Qt.AlignmentFlag.AlignVCenter, name)
        if state:
            font = painter.font()
            font.setPointSizeF(font.pointSizeF() * 0.85)
            painter.setFont(font)
            painter.setPen(QColor(look.faint))
            below = place.adjusted(0, ROW_PX // 2 - 1, 0, -6)
            painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, state)


def _state(node: AnyNode) -> str:
    words = []
    if node.blend_mode is not BlendMode.NORMAL:
        words.append(node.blend_mode.title)
    if node.opacity < 1:
        words.append(f"{node.opacity * 100:.0f} %")
    if isinstance(node, Layer) and node.recipe is not None:
        words.append("painted by a model")
    if isinstance(node, Layer) and node.alpha_locked:
        words.append("transparency locked")
    if isinstance(node, Group) and not words:
        words.append(f"{len(node.children)} layers" if len(node.children) != 1 else "1 layer")
    return ", ".join(words)
