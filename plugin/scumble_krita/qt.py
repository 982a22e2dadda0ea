"""Qt as the host has it: Krita 5 brings PyQt 5, Krita 6 PyQt 6; the tests have PySide 6.

Names that the two PyQts spell differently are made equal here and nowhere else.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6 import QtCore, QtGui, QtWidgets
    from PySide6.QtCore import Signal
else:
    try:
        from PyQt6 import QtCore, QtGui, QtWidgets
        from PyQt6.QtCore import pyqtSignal as Signal
    except ImportError:
        try:
            from PyQt5 import QtCore, QtGui, QtWidgets
            from PyQt5.QtCore import pyqtSignal as Signal
        except ImportError:
            from PySide6 import QtCore, QtGui, QtWidgets
            from PySide6.QtCore import Signal

__all__ = ["QtCore", "QtGui", "QtWidgets", "Signal"]
