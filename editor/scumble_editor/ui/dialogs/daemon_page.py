"""Where models paint: in this computer's own daemon, or in one on another machine."""

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from scumble_editor.client.connection import Link
from scumble_editor.client.elsewhere import connection_to, own_key
from scumble_editor.ui.settings import Settings
from scumble_protocol.errors import ScumbleError
from scumble_protocol.messages import Status


class DaemonPage(QWidget):
    """An address, a key, and a button that tries them."""

    def __init__(
        self,
        link: Link,
        settings: Settings,
        changed: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._link, self._settings, self._changed = link, settings, changed
        self.elsewhere = QCheckBox("Paint on another machine")
        self.elsewhere.setChecked(bool(settings.daemon_address))
        self.elsewhere.setToolTip("Else the daemon of this computer paints, started when needed")
        self.address = QLineEdit(settings.daemon_address)
        self.address.setPlaceholderText("studio:7801")
        self.address.setToolTip("Name and port of the machine whose daemon paints")
        self.key = QLineEdit(settings.daemon_key)
        self.key.setPlaceholderText("40 characters")
        self.key.setToolTip("That daemon's public key: `scumble daemon keys` shows it there")
        self.own = QLineEdit()
        self.own.setReadOnly(True)
        self.own.setToolTip("That machine must let this key in, with `scumble daemon keys`")
        self.copy = QPushButton("Copy")
        self.copy.setAutoDefault(False)
        self.copy.setToolTip("Put this computer's key on the clipboard")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.own.text()))
        self.test = QPushButton("Connect and Test")
        self.test.setAutoDefault(False)
        self.test.setToolTip("Use this from now on, and say whether it answers")
        self.says = QLabel(link.status.sentence)
        self.says.setWordWrap(True)
        self._arrange()
        self.elsewhere.toggled.connect(self._enable)
        self.test.clicked.connect(self.try_it)
        self._enable()

    def try_it(self) -> None:
        """Use what is typed, and say in a sentence whether it answers."""
        try:
            there = self.elsewhere.isChecked()
            where = connection_to(self.address.text() if there else "", self.key.text())
        except ScumbleError as error:
            self.says.setText(str(error))
            return
        self._settings.daemon_address = "" if where is None else where.endpoint
        self._settings.daemon_key = "" if where is None else where.server_key or ""
        self._changed()
        self.says.setText("Trying…")
        self.test.setEnabled(False)
        self._link.move_to(where)
        self._link.call(lambda client: client.status(), self._answered, self._failed)

    def _answered(self, status: Status) -> None:
        devices = (
            ", ".join(dict.fromkeys(worker.device for worker in status.workers)) or "no device"
        )
        self._say(f"It answers: Scumble {status.package} paints there on {devices}.")

    def _failed(self, error: ScumbleError) -> None:
        self._say(str(error))

    def _say(self, sentence: str) -> None:
        self.says.setText(sentence)
        self.test.setEnabled(True)

    def _arrange(self) -> None:
        own = QHBoxLayout()
        own.addWidget(self.own, 1)
        own.addWidget(self.copy)
        form = QFormLayout()
        form.setVerticalSpacing(10)
        form.addRow("Address", self.address)
        form.addRow("Its key", self.key)
        form.addRow("Our key", own)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 18, 18, 18)
        column.setSpacing(12)
        column.addWidget(self.elsewhere)
        column.addLayout(form)
        row = QHBoxLayout()
        row.addWidget(self.test)
        row.addStretch()
        column.addLayout(row)
        column.addWidget(self.says)
        column.addStretch()

    def _enable(self, _: object = None) -> None:
        there = self.elsewhere.isChecked()
        for field in (self.address, self.key, self.own, self.copy):
            field.setEnabled(there)
        if there and not self.own.text():
            try:
                self.own.setText(own_key())
            except (ScumbleError, OSError) as error:
                self.says.setText(str(error))
