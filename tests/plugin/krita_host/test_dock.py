"""Krita's docker without Krita: what it offers, shows and keeps."""

import json
from typing import TypeVar

import pytest
from PySide6.QtWidgets import (
    QComboBox,
    QDockWidget,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from helpers.fake_bridge import FakeBridge
from helpers.mock_krita import Krita, Selection
from scumble_host.events import Model, Welcome
from scumble_host.request import Limits
from scumble_krita import history
from scumble_krita.dock import Dock
from scumble_krita.engine import Engine

_Kind = TypeVar("_Kind", bound=QWidget)

ENTRY = history.Entry(
    layer="{none}",
    command="refine",
    prompt="an old boat",
    seed=5,
    recipe=json.dumps(
        {"model": "m", "task": {"task": "img2img", "prompt": "an old boat", "strength": 0.3}}
    ),
)


@pytest.fixture
def dock(engine: Engine, qtbot: QtBot) -> QDockWidget:
    dock: QDockWidget = Dock(engine)
    qtbot.addWidget(dock)
    dock.show()
    return dock


def _found(dock: QWidget, kind: type[_Kind], name: str) -> _Kind:
    widget = dock.findChild(kind, name)
    assert isinstance(widget, kind)
    return widget


def _commands(dock: QWidget) -> list[str]:
    box = _found(dock, QComboBox, "command")
    return [box.itemText(n) for n in range(box.count())]


def test_only_what_the_daemon_offers_is_shown(dock: QDockWidget, engine: Engine) -> None:
    assert len(_commands(dock)) > 3
    models = (Model("heart-model", ("inpaint",), ""), Model("words", ("text2image",), ""))
    engine.welcome = Welcome(("inpaint",), models, "cpu", Limits(4096, 10**7), "0.1.0")
    engine.changed.emit()
    assert _commands(dock) == ["Inpaint Selection", "Expand Canvas"]
    box = _found(dock, QComboBox, "model")
    assert [box.itemText(n) for n in range(box.count())] == ["", "heart-model"]


def test_what_is_written_is_painted_and_kept_for_the_next_time(
    dock: QDockWidget, engine: Engine, krita: Krita, qtbot: QtBot
) -> None:
    krita.open[0].chosen = Selection(bytes(8), (0, 0, 4, 2))
    _found(dock, QPlainTextEdit, "prompt").setPlainText("a heart")
    _found(dock, QSpinBox, "variants").setValue(3)
    _found(dock, QPushButton, "paint").click()
    (submit,) = FakeBridge.last.of("submit")
    assert submit["fields"]["prompt"] == "a heart"
    assert submit["fields"]["variants"] == 3
    again = Dock(Engine(engine.record))
    qtbot.addWidget(again)
    assert _found(again, QPlainTextEdit, "prompt").toPlainText() == "a heart"
    assert _found(again, QSpinBox, "variants").value() == 3


def test_a_waiting_job_is_listed_and_double_click_cancels_it(
    dock: QDockWidget, engine: Engine, krita: Krita
) -> None:
    krita.open[0].chosen = Selection(bytes(8), (0, 0, 4, 2))
    engine.paint_again()
    queue = _found(dock, QListWidget, "queue")
    assert queue.count() == 1
    assert _found(dock, QPushButton, "cancel").isEnabled()
    queue.itemDoubleClicked.emit(queue.item(0))
    assert FakeBridge.last.of("cancel")[0]["job"] == engine.book.entries[0].job


def test_history_fills_the_form_again(dock: QDockWidget, engine: Engine, krita: Krita) -> None:
    history.add(krita.open[0], [ENTRY])  # type: ignore[arg-type] # the mock
    engine.changed.emit()
    past = _found(dock, QListWidget, "history")
    assert "an old boat" in past.item(0).text()
    past.itemDoubleClicked.emit(past.item(0))
    assert engine.wish.command == "refine"
    assert engine.wish.values["refine"]["strength"] == 0.3
    assert _found(dock, QComboBox, "command").currentText() == "Refine"


def test_a_missing_record_is_said_in_the_docker(krita: Krita, qtbot: QtBot, engine: Engine) -> None:
    assert krita.open
    dock = Dock(Engine(engine.record, "This plug-in does not know where Scumble is installed."))
    qtbot.addWidget(dock)
    assert "does not know" in _found(dock, QLabel, "sentence").text()


def test_settings_that_are_rubbish_are_left_aside(
    engine: Engine, krita: Krita, qtbot: QtBot
) -> None:
    krita.settings["scumble", "wish"] = '{"command": "juggle", "values": {"juggle": {}}}'
    dock = Dock(engine)
    qtbot.addWidget(dock)
    assert engine.wish.command == "inpaint"
