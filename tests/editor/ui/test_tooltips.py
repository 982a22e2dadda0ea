"""Everything that can be clicked, dragged or typed into says what it does."""

from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)

from helpers.stages import filled
from helpers.windows import show
from scumble_editor.ui.main_window import MainWindow
from scumble_editor.ui.widgets.slider import NumberSlider

KINDS = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, NumberSlider)

PARTED = (QAbstractSpinBox, QComboBox, QLineEdit, QTabBar, NumberSlider)  # a tip goes for parts too


def silent(root: QWidget) -> list[str]:
    """Return what of a window gives no tooltip, itself or by what it is a part of."""
    found = []
    for widget in root.findChildren(QWidget):
        plain = isinstance(widget, QScrollBar) or widget.objectName().startswith("qt_")
        part = isinstance(widget.parentWidget(), PARTED)
        named = isinstance(widget.parentWidget(), QDialogButtonBox)  # OK and Cancel say enough
        if isinstance(widget, KINDS) and not (plain or part or named) and not widget.toolTip():
            label = (
                widget.text() if isinstance(widget, QAbstractButton) else widget.accessibleName()
            )
            found.append(f"{type(widget).__name__} “{label or widget.objectName()}”")
    return found


def test_everything_in_the_window_has_a_tooltip_whatever_tool_is_in_hand(
    window: MainWindow,
) -> None:
    show(window, filled())
    for tool in window.session.tools:
        window.run(f"tool.{tool}")
        assert silent(window) == [], tool


def test_everything_in_dialogs_has_a_tooltip(window: MainWindow) -> None:
    show(window, filled())
    for action in (
        "file.new",
        "image.levels",
        "image.curves",
        "image.hue_saturation",
        "image.brightness_contrast",
        "image.blur",
        "image.sharpen",
        "image.scale",
        "image.canvas",
        "edit.preferences",
    ):
        window.run(action)
        dialog = window.findChildren(QDialog)[-1]
        assert silent(dialog) == [], action
        dialog.reject()
