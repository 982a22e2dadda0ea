"""How the program looks: a light and a dark palette, one style sheet, icons in their colours."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from scumble_editor.ui import icons

Choice = Literal["system", "light", "dark"]


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by what they are for."""

    name: str
    window: str  # panels and bars
    raised: str  # buttons, headers
    sunken: str  # fields and lists
    line: str
    text: str
    faint: str  # less important text
    accent: str
    on_accent: str
    hover: str
    danger: str
    good: str


DARK = Theme(
    name="dark",
    window="#2b2d31",
    raised="#36393e",
    sunken="#212327",
    line="#1a1c1f",
    text="#e3e4e6",
    faint="#9a9da3",
    accent="#3d8fd9",
    on_accent="#ffffff",
    hover="#43474e",
    danger="#e0655b",
    good="#57b26a",
)
LIGHT = Theme(
    name="light",
    window="#efeff0",
    raised="#fbfbfb",
    sunken="#ffffff",
    line="#cdced2",
    text="#202226",
    faint="#6b6e75",
    accent="#2b7fcb",
    on_accent="#ffffff",
    hover="#e1e3e7",
    danger="#c23b31",
    good="#2f8f45",
)

_current = DARK
_ICONS = Path(str(files(__package__) / "icons")).as_posix()


def current() -> Theme:
    """Return the theme in use."""
    return _current


def apply(application: QApplication, choice: Choice) -> Theme:
    """Dress the program, and return the theme."""
    global _current  # there is one application, and it has one look
    _current = _chosen(choice)
    application.setStyle("Fusion")
    application.setPalette(_palette(_current))
    application.setStyleSheet(_style_sheet(_current))
    return _current


def icon(name: str) -> QIcon:
    """Return one of our icons in the colours of the theme."""
    return icons.icon(name, _current.text, _mixed(_current.faint, _current.window))


def _chosen(choice: Choice) -> Theme:
    if choice == "system":
        scheme = QGuiApplication.styleHints().colorScheme()
        return LIGHT if scheme == Qt.ColorScheme.Light else DARK
    return LIGHT if choice == "light" else DARK


def _mixed(first: str, second: str) -> str:
    one, two = QColor(first), QColor(second)
    return QColor(
        (one.red() + two.red()) // 2,
        (one.green() + two.green()) // 2,
        (one.blue() + two.blue()) // 2,
    ).name()


def _palette(theme: Theme) -> QPalette:
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, colour in (
        (roles.Window, theme.window),
        (roles.WindowText, theme.text),
        (roles.Base, theme.sunken),
        (roles.AlternateBase, theme.window),
        (roles.Text, theme.text),
        (roles.Button, theme.raised),
        (roles.ButtonText, theme.text),
        (roles.BrightText, theme.danger),
        (roles.ToolTipBase, theme.raised),
        (roles.ToolTipText, theme.text),
        (roles.Highlight, theme.accent),
        (roles.HighlightedText, theme.on_accent),
        (roles.PlaceholderText, theme.faint),
        (roles.Link, theme.accent),
        (roles.Mid, theme.line),
        (roles.Dark, theme.line),
        (roles.Light, theme.hover),
        (roles.Shadow, theme.line),
    ):
        palette.setColor(role, QColor(colour))
    pale = QColor(_mixed(theme.faint, theme.window))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, pale)
    return palette


def _style_sheet(theme: Theme) -> str:
    return f"""
    QToolTip {{ color: {theme.text}; background: {theme.raised}; border: 1px solid {theme.line};
        padding: 4px 6px; }}
    QMenuBar {{ background: {theme.window}; padding: 2px 4px; }}
    QMenuBar::item {{ padding: 4px 9px; border-radius: 4px; background: transparent; }}
    QMenuBar::item:selected {{ background: {theme.hover}; }}
    QMenu {{ background: {theme.raised}; border: 1px solid {theme.line}; padding: 4px; }}
    QMenu::item {{ padding: 5px 26px 5px 10px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {theme.accent}; color: {theme.on_accent}; }}
    QMenu::item:disabled {{ color: {theme.faint}; background: transparent; }}
    QMenu::separator {{ height: 1px; background: {theme.line}; margin: 4px 8px; }}
    QMenu::icon {{ padding-left: 8px; }}
    QMainWindow::separator {{ background: {theme.line}; width: 3px; height: 3px; }}
    QMainWindow::separator:hover {{ background: {theme.accent}; }}
    QDockWidget {{ titlebar-close-icon: none; titlebar-normal-icon: none; }}
    QDockWidget::title {{ background: {theme.raised}; padding: 5px 8px; text-align: left; }}
    QToolBar {{ background: {theme.window}; border: none; padding: 3px; spacing: 2px; }}
    QToolBar::separator {{ background: {theme.line}; width: 1px; height: 1px; margin: 4px; }}
    QToolButton {{ border: 1px solid transparent; border-radius: 5px; padding: 3px; }}
    QToolButton:hover {{ background: {theme.hover}; }}
    QToolButton:pressed {{ background: {theme.line}; }}
    QToolButton:checked {{ background: {theme.accent}; color: {theme.on_accent}; }}
    QToolButton[framed="true"] {{ border: 1px solid {theme.line}; background: {theme.raised};
        padding: 3px 8px; }}
    QToolButton[framed="true"]:hover {{ background: {theme.hover}; }}
    QToolButton[framed="true"]:checked {{ background: {theme.accent}; }}
    QToolButton[plain="true"]:checked {{ background: transparent; color: {theme.text}; }}
    QToolButton:focus {{ border-color: {theme.accent}; }}
    QToolButton::menu-indicator {{ image: none; }}
    QPushButton {{ background: {theme.raised}; border: 1px solid {theme.line};
        border-radius: 5px; padding: 5px 14px; min-height: 16px; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QPushButton:hover {{ background: {theme.hover}; }}
    QPushButton:default {{ background: {theme.accent}; color: {theme.on_accent};
        border-color: {theme.accent}; }}
    QPushButton:focus {{ border-color: {theme.accent}; }}
    QPushButton:disabled, QPushButton:default:disabled {{ color: {theme.faint};
        background: {theme.raised}; border-color: {theme.line}; }}
    QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit {{
        background: {theme.sunken}; border: 1px solid {theme.line}; border-radius: 5px;
        padding: 3px 6px; min-height: 18px; selection-background-color: {theme.accent}; }}
    QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {{
        border-color: {theme.accent}; }}
    QComboBox::drop-down {{ border: none; width: 22px; }}
    QComboBox::down-arrow {{ image: url("{_ICONS}/arrow_down_{theme.name}.svg"); width: 13px;
        height: 13px; }}
    QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button,
    QDoubleSpinBox::down-button {{ border: none; background: transparent; width: 20px; }}
    QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {{
        image: url("{_ICONS}/arrow_up_{theme.name}.svg"); width: 11px; height: 11px; }}
    QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {{
        image: url("{_ICONS}/arrow_down_{theme.name}.svg"); width: 11px; height: 11px; }}
    QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {theme.faint};
        border-radius: 4px; background: {theme.sunken}; }}
    QCheckBox::indicator:hover {{ border-color: {theme.accent}; }}
    QCheckBox::indicator:checked {{ background: {theme.accent}; border-color: {theme.accent};
        image: url("{_ICONS}/check.svg"); }}
    QCheckBox::indicator:disabled {{ border-color: {theme.line}; }}
    QListView, QTreeView {{ background: {theme.sunken}; border: none; outline: none;
        border-radius: 5px; }}
    QTreeView#layers {{ show-decoration-selected: 0; selection-background-color: transparent; }}
    QListView::item:selected, QTreeView::item:selected {{ background: {theme.accent};
        color: {theme.on_accent}; }}
    QTreeView#layers::item:selected, QTreeView#layers::branch:selected {{
        background: transparent; }}
    QTreeView#list::item, QListView#list::item {{ padding: 5px 4px; }}
    QHeaderView::section {{ background: {theme.raised}; border: none; padding: 5px 8px; }}
    QStatusBar {{ background: {theme.window}; }}
    QStatusBar::item {{ border: none; }}
    QTabBar {{ qproperty-drawBase: 0; background: {theme.window}; }}
    QTabBar::tab {{ background: transparent; padding: 6px 12px; border: none;
        border-bottom: 2px solid transparent; color: {theme.faint}; }}
    QTabBar::tab:hover {{ background: {theme.hover}; }}
    QTabBar::tab:selected {{ color: {theme.text}; border-bottom-color: {theme.accent}; }}
    QTabWidget::pane {{ border: none; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; }}
    QScrollBar::handle {{ background: {theme.hover}; border-radius: 4px; min-height: 24px;
        min-width: 24px; margin: 1px; }}
    QScrollBar::handle:hover {{ background: {theme.faint}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QProgressBar {{ background: {theme.sunken}; border: 1px solid {theme.line};
        border-radius: 4px; text-align: center; max-height: 14px; }}
    QProgressBar::chunk {{ background: {theme.accent}; border-radius: 3px; }}
    QLabel[faint="true"] {{ color: {theme.faint}; }}
    QLabel[title="true"] {{ font-size: 20pt; font-weight: 600; }}
    QFrame[card="true"] {{ background: {theme.raised}; border: 1px solid {theme.line};
        border-radius: 10px; }}
    """
