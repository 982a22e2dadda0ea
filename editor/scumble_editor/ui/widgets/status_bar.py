"""The status bar: how a tool is used, work in hand, position, size, memory of the history, zoom."""

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSlider, QStatusBar, QWidget

from scumble_editor.tools.tool import Tool
from scumble_editor.ui.canvas.canvas import Canvas
from scumble_editor.ui.session import EditorSession
from scumble_editor.ui.widgets.hint import Hint
from scumble_editor.ui.widgets.work_bar import WorkBar
from scumble_editor.ui.work import Works

_ZOOM_STEPS = 100


class StatusBar(QStatusBar):
    """Tells what is going on, without ever asking for anything."""

    def __init__(self, session: EditorSession, works: Works, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.setContentsMargins(2, 0, 10, 0)
        self._session = session
        self._canvas: Canvas | None = None
        self.hint = Hint()
        self.position = _field("Place of the pointer on the canvas, in pixels", "00000, 00000")
        self.extent = _field("Size of the canvas in pixels", "00000 × 00000")
        self.memory = _field("Memory held by the history; Preferences set the limit", "0000 MB")
        self.zoom = _field("Zoom and rotation of the view", "0000 %")
        self.zoom_slider = QSlider(Qt.Orientation.Horizontal)
        self.zoom_slider.setRange(-6 * _ZOOM_STEPS, 6 * _ZOOM_STEPS)
        self.zoom_slider.setFixedWidth(110)
        self.zoom_slider.setToolTip("Drag to zoom; 1 is actual size, 2 the whole picture")
        self.zoom_slider.setAccessibleName("Zoom")
        self.zoom_slider.sliderMoved.connect(self._slide)
        self.addWidget(self.hint, 1)
        for widget in (
            WorkBar(works),
            self.position,
            self.extent,
            self.memory,
            self.zoom_slider,
            self.zoom,
        ):
            self.addPermanentWidget(widget)
        session.tool_changed.connect(self._show_hint)
        session.changed.connect(self._show_document)
        self._show_hint(session.tool)
        self._show_document()

    def follow(self, canvas: Canvas | None) -> None:
        """Tell of another canvas, or of none."""
        if self._canvas is not None:
            self._canvas.camera_changed.disconnect(self._show_camera)
            self._canvas.pointed.disconnect(self._show_position)
            self._canvas.hinted.disconnect(self.hint.setText)
        self._canvas = canvas
        if canvas is not None:
            canvas.camera_changed.connect(self._show_camera)
            canvas.pointed.connect(self._show_position)
            canvas.hinted.connect(self.hint.setText)
        self._show_camera()
        self._show_document()

    def _show_hint(self, tool: Tool) -> None:
        self.hint.setText(tool.hint)

    def _show_position(self, x: float, y: float) -> None:
        self.position.setText(f"{int(x // 1)}, {int(y // 1)}")

    def _show_document(self) -> None:
        opened = self._session.current
        for field in (self.position, self.extent, self.memory, self.zoom, self.zoom_slider):
            field.setVisible(opened is not None)
        self.hint.setVisible(opened is not None)
        if opened is not None:
            size = opened.document.size
            self.extent.setText(f"{size.width} × {size.height}")
            self.memory.setText(f"{opened.history.bytes / 1e6:.0f} MB")

    def _show_camera(self) -> None:
        if self._canvas is None:
            return
        camera = self._canvas.camera
        turned = f", {camera.rotation_deg:.0f}°" if camera.rotation_deg else ""
        percent = camera.zoom * 100
        self.zoom.setText(
            f"{percent:.0f} %{turned}" if percent >= 10 else f"{percent:.1f} %{turned}"
        )
        self.zoom_slider.setValue(round(math.log2(camera.zoom) * _ZOOM_STEPS))

    def _slide(self, value: int) -> None:
        if self._canvas is not None:
            self._canvas.look(self._canvas.camera.zoomed(2 ** (value / _ZOOM_STEPS)))


def _field(tip: str, widest: str) -> QLabel:
    label = QLabel()
    label.setToolTip(tip)
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    label.setMinimumWidth(label.fontMetrics().horizontalAdvance(widest) + 8)
    return label
