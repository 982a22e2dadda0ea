"""What the panel offers, says and remembers."""

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from helpers.painting_daemon import PaintingDaemon
from helpers.stages import filled
from helpers.windows import show
from scumble_editor.document.edits import layers as edits
from scumble_editor.generation.actions import ABOUT, PaintAction
from scumble_editor.generation.settings import Guide, Settings, Sides
from scumble_editor.ui.main_window import MainWindow
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.settings import Settings as EditorSettings
from scumble_editor.ui.widgets.slider import NumberSlider
from scumble_protocol import messages as m
from scumble_protocol.tasks import Condition, Fill, Lora

pytestmark = pytest.mark.gui

PATIENCE_MS = 30_000


def offered(window: MainWindow) -> PaintAction:
    return window.generation.settings.action


def guides(window: MainWindow) -> tuple[Guide, ...]:
    return window.generation.settings.controls


def choose(window: MainWindow, action: PaintAction) -> None:
    box = window.docks.generate.task.box
    box.setCurrentIndex(box.findData(action))
    box.activated.emit(box.currentIndex())


def connect(window: MainWindow, qtbot: QtBot) -> None:
    window.session.link.wake()
    qtbot.waitUntil(lambda: bool(window.generation.models), timeout=PATIENCE_MS)


def test_what_is_offered_follows_what_is_selected(
    window: MainWindow, selected: OpenDocument
) -> None:
    assert offered(window) is PaintAction.FILL
    window.run("select.none")
    assert offered(window) is PaintAction.WHOLE
    selected.undo()
    choose(window, PaintAction.REMOVE)
    window.run("select.none")
    assert offered(window) is PaintAction.WHOLE
    selected.undo()
    assert offered(window) is PaintAction.REMOVE


def test_each_action_remembers_its_strength(window: MainWindow, selected: OpenDocument) -> None:
    assert selected
    strength = window.docks.generate.choices.strength
    choose(window, PaintAction.REFINE)
    assert strength.value == 45
    window.generation.change(strength=0.3)
    choose(window, PaintAction.FILL)
    assert strength.value == 100
    choose(window, PaintAction.REFINE)
    assert strength.value == 30


def test_the_words_of_a_fill_are_not_those_of_what_is_behind_a_thing(
    window: MainWindow, selected: OpenDocument
) -> None:
    assert selected
    prompt = window.docks.generate.prompts.prompt
    prompt.setPlainText("a red heart")
    choose(window, PaintAction.REMOVE)
    assert prompt.toPlainText() == ""
    prompt.setPlainText("a wooden table")
    choose(window, PaintAction.REFINE)
    assert prompt.toPlainText() == "a red heart"
    choose(window, PaintAction.REMOVE)
    assert prompt.toPlainText() == "a wooden table"


def test_paint_waits_for_what_is_lacking_and_says_it(window: MainWindow) -> None:
    panel = window.docks.generate
    assert not panel.paint.isEnabled()
    assert "Open a picture" in panel.wanting.text()
    show(window, filled())
    assert panel.paint.isEnabled()
    choose(window, PaintAction.FILL)
    assert not panel.paint.isEnabled()
    assert "Select a place" in panel.wanting.text()
    choose(window, PaintAction.EXPAND)
    assert "how many pixels" in panel.wanting.text()
    window.generation.change(sides=Sides(left=64))
    assert panel.paint.isEnabled()


def test_layers_above_that_the_model_will_not_see_are_counted(
    window: MainWindow, selected: OpenDocument
) -> None:
    ground = selected.document.active_id
    window.run("layer.add")
    window.run("layer.add")
    assert "not be seen" not in window.docks.generate.wanting.text()
    selected.amend(lambda document: edits.activate(document, ground))
    assert "2 layers above the active one" in window.docks.generate.wanting.text()


def test_models_come_from_the_daemon_and_those_that_cannot_do_it_are_told(
    window: MainWindow, painter: PaintingDaemon, selected: OpenDocument, qtbot: QtBot
) -> None:
    assert painter
    assert selected
    connect(window, qtbot)
    box = window.docks.generate.choices.model
    assert [box.itemData(i) for i in range(box.count())] == ["miniature", "only-inpaints"]
    window.generation.change(model="only-inpaints")
    assert window.generation.wanting == ""
    choose(window, PaintAction.DEPTH)
    assert window.generation.wanting == "only-inpaints cannot do this; miniature can."


def test_the_seed_of_the_last_painting_can_be_used_again(
    window: MainWindow, painter: PaintingDaemon, selected: OpenDocument, qtbot: QtBot
) -> None:
    assert selected
    choices = window.docks.generate.choices
    assert not choices.again.isEnabled()
    window.docks.generate.paint.click()
    qtbot.waitUntil(choices.again.isEnabled, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: bool(painter.heard(m.Submit)), timeout=PATIENCE_MS)
    drawn = painter.heard(m.Submit)[0].job.task.seed
    choices.again.click()
    assert window.generation.settings.seed == drawn
    assert choices.seed.text() == str(drawn)
    choices.random.click()
    assert window.generation.settings.seed is None


def test_the_schedulers_are_those_that_the_model_takes(
    window: MainWindow, painter: PaintingDaemon, selected: OpenDocument, qtbot: QtBot
) -> None:
    assert painter
    assert selected
    box = window.docks.generate.more.scheduler

    def offers() -> list[str]:
        return [box.itemText(index) for index in range(box.count())]

    window.generation.change(scheduler="euler")
    assert offers() == ["auto"]
    connect(window, qtbot)
    assert offers() == ["auto", "ddim", "euler"]
    assert box.currentText() == "euler"
    window.generation.change(model="only-inpaints")
    assert offers() == ["auto", "flow-euler"]
    assert window.generation.settings.scheduler == "euler", "what was chosen is not changed"


def test_more_changes_what_is_asked_and_shows_what_is_taken(window: MainWindow) -> None:
    more = window.docks.generate.more
    assert more.fields.isHidden()
    more.fold.click()
    assert not more.fields.isHidden()
    more.steps.setValue(12)
    more.guidance.setValue(3.5)
    more.feather.setValue(0)
    more.scheduler.setCurrentText("ddim")
    more.scheduler.activated.emit(more.scheduler.currentIndex())
    more.fill.setCurrentIndex(more.fill.findData(Fill.BLUR))
    more.fill.activated.emit(more.fill.currentIndex())
    more.match_colour.setChecked(False)
    asked = window.generation.settings
    assert (asked.steps, asked.guidance_scale, asked.feather) == (12, 3.5, 0)
    assert (asked.scheduler, asked.fill, asked.match_colour) == ("ddim", Fill.BLUR, False)
    window.generation.take(Settings(action=asked.action, steps=7))
    assert more.steps.number == 7
    assert more.guidance.number is None
    assert more.scheduler.currentText() == "auto"
    assert more.match_colour.isChecked()


def test_loras_and_guides_are_added_weighed_and_taken_off(
    window: MainWindow, painter: PaintingDaemon, selected: OpenDocument, qtbot: QtBot
) -> None:
    assert painter
    assert selected
    connect(window, qtbot)
    more = window.docks.generate.more
    more.additions.add.activated.emit(1)
    more.additions.bars["watercolour"].changed.emit(0.5)
    assert window.generation.settings.options.loras == (Lora(name="watercolour", weight=0.5),)
    more.guides.add.activated.emit(1)
    assert guides(window) == (Guide(name="edges"),)
    (row,) = more.guides.rows
    sees = next(b for b in row.findChildren(QComboBox) if b.accessibleName().startswith("What"))
    sees.activated.emit(sees.findData(Condition.CANNY))
    assert guides(window)[0].condition is Condition.CANNY
    gone = [b for b in row.findChildren(QAbstractButton) if "Take" in b.toolTip()]
    gone[0].click()
    assert guides(window) == ()


def test_what_was_asked_is_remembered_from_session_to_session(window: MainWindow) -> None:
    window.generation.change(prompt="a red heart", steps=9)
    kept: EditorSettings = window.settings
    assert kept.generation.prompt == "a red heart"
    assert kept.generation.steps == 9


def test_every_control_explains_itself(
    window: MainWindow, painter: PaintingDaemon, selected: OpenDocument, qtbot: QtBot
) -> None:
    assert painter
    assert selected
    connect(window, qtbot)
    for action in ABOUT:
        choose(window, action)
    window.docks.generate.more.additions.add.activated.emit(1)
    window.docks.generate.more.guides.add.activated.emit(1)
    kinds = (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QPlainTextEdit, NumberSlider)
    silent = [
        f"{type(widget).__name__} {widget.accessibleName()}"
        for widget in window.docks.generate.findChildren(QWidget)
        if isinstance(widget, kinds) and not widget.toolTip() and not _inner(widget)
    ]
    assert silent == []


def _inner(widget: QWidget) -> bool:
    """Whether a widget is a part of another that explains it, such as the line of a spin box."""
    parent = widget.parentWidget()
    return isinstance(parent, (QComboBox, QAbstractSpinBox, QLineEdit, NumberSlider))
