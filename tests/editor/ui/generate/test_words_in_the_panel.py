"""Words in the Generate panel: weighted, counted, in styles, remembered, read from files."""

from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from helpers.finished_jobs import selected_document
from scumble_editor.client.connection import Link
from scumble_editor.generation.prompt_book import Wording
from scumble_editor.generation.settings import Settings
from scumble_editor.generation.styles import Style
from scumble_editor.ui.commands import files
from scumble_editor.ui.dialogs.style import StyleDialog
from scumble_editor.ui.generate.panel import GeneratePanel
from scumble_editor.ui.generate.wardrobe import Wardrobe
from scumble_editor.ui.main_window import MainWindow
from scumble_protocol import messages as m

pytestmark = pytest.mark.gui


@pytest.fixture(autouse=True)
def no_daemon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nothing sent anywhere: what is tested here happens in the editor alone."""
    monkeypatch.setattr(Link, "call", lambda *_: None)


def png(path: Path, text: str) -> Path:
    info = PngInfo()
    info.add_text("parameters", text)
    Image.new("RGB", (64, 64), "teal").save(path, pnginfo=info)
    return path


def test_ctrl_up_and_down_weigh_the_word_at_the_cursor_and_undo_takes_it_back(
    window: MainWindow,
) -> None:
    field = window.docks.generate.prompts.prompt
    field.setPlainText("a red fox")
    cursor = field.textCursor()
    cursor.setPosition(4)
    field.setTextCursor(cursor)
    QTest.keyClick(field, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(field, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert window.generation.settings.prompt == "a (red:1.2) fox"
    QTest.keyClick(field, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert window.generation.settings.prompt == "a (red:1.1) fox"
    field.undo()
    assert window.generation.settings.prompt == "a (red:1.2) fox"


def test_what_a_field_of_one_line_asks_for_is_read_whole(window: MainWindow) -> None:
    prompts = window.docks.generate.prompts
    for field in (prompts.source, prompts.negative):
        words = field.fontMetrics().horizontalAdvance(field.placeholderText())
        assert words < prompts.prompt.viewport().width() - 8  # the document has a margin


def test_the_count_is_of_what_is_sent_and_says_that_it_is_about(window: MainWindow) -> None:
    prompts = window.docks.generate.prompts
    window.generation.change(prompt="a red fox")
    assert prompts.count.text() == "about 3 of 75 tokens"
    window.generation.wear(Style(name="Snow", after="in deep snow"))
    assert prompts.count.text() == "about 7 of 75 tokens"
    window.generation.change(prompt="fox " * 80)
    assert prompts.count.text() == "about 84 tokens, in 2 parts"


def test_a_style_sets_the_sampler_now_and_adds_its_words_when_sent(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.session.add(selected_document(), "Test")
    field = window.docks.generate.prompts.style_field
    field.box.setCurrentIndex(field.box.findText("Miniature, hills at night"))
    field.box.activated.emit(field.box.currentIndex())
    assert (window.generation.settings.steps, window.generation.settings.guidance_scale) == (20, 4)
    window.generation.change(prompt="a castle")
    window.generation.paint()
    qtbot.waitUntil(lambda: bool(window.session.jobs.all), timeout=20_000)
    sent = window.session.jobs.all[-1]
    assert sent.job.task.prompt == "a castle, on a grass hill under a night sky"
    assert window.generation.settings.prompt == "a castle"
    assert [one.prompt for one in window.generation.wardrobe.book.recent] == ["a castle"]


def test_a_style_is_saved_from_the_panel_changed_and_deleted(window: MainWindow) -> None:
    window.generation.change(steps=33, negative_prompt="text")
    field = window.docks.generate.prompts.style_field
    field.new.trigger()
    dialog = window.findChild(StyleDialog)
    assert dialog is not None
    assert "33 steps" in " ".join(
        label.text() for label in dialog.findChildren(type(window.docks.painted.note))
    )
    dialog.name.setText("  ")
    assert not dialog.accept_button.isEnabled()
    dialog.name.setText("Mine")
    dialog.after.setText("in oil")
    dialog.accept()
    worn = window.generation.wardrobe.style
    assert worn is not None
    assert (worn.name, worn.after, worn.steps, worn.negative_prompt) == (
        "Mine",
        "in oil",
        33,
        "text",
    )
    assert field.box.currentText() == "Mine"
    assert worn in Wardrobe().styles
    assert field.remove.isEnabled()
    field.remove.trigger()
    assert window.generation.wardrobe.style is None
    assert worn not in Wardrobe().styles


def test_words_are_found_again_by_a_few_letters(window: MainWindow, qtbot: QtBot) -> None:
    wardrobe = window.generation.wardrobe
    for prompt in ("a red fox", "a blue boat"):
        wardrobe.used(Settings(prompt=prompt))
    wardrobe.keep(Wording(prompt="deep snow", negative_prompt="rain", name="Winter"))
    prompts = window.docks.generate.prompts
    prompts.history.click()
    book = prompts.book
    qtbot.waitUntil(book.isVisible, timeout=20_000)
    assert [book.list.item(row).text() for row in range(3)] == [
        "★ Winter: deep snow",
        "a blue boat",
        "a red fox",
    ]
    field = book.findChild(QLineEdit)
    assert field is not None
    field.setText("fox")
    assert book.list.count() == 1
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert not book.isVisible()
    assert window.generation.settings.prompt == "a red fox"
    prompts.history.click()
    field.clear()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    assert all(not one.name for one in Wardrobe().book.search(""))
    book.hide()


def test_a_picture_opened_offers_what_it_was_painted_with(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = png(tmp_path / "a.png", "a lighthouse\nSteps: 21, Sampler: Euler a, Seed: 9, Model: x1")
    files.open_paths(window.desk, [path])
    qtbot.waitUntil(window.message_bar.offer.isVisible, timeout=20_000)
    assert "A1111" in window.message_bar.text.text()
    window.message_bar.offer.click()
    asked = window.generation.settings
    assert (asked.prompt, asked.steps, asked.seed) == ("a lighthouse", 21, 9)
    assert (asked.scheduler, asked.model) == ("euler-a", "miniature")
    assert "x1" in window.messages.kept[-1].text


def test_a_picture_dropped_on_the_panel_is_read_and_not_opened(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    panel = window.docks.generate
    drop(panel, png(tmp_path / "a.png", "a boat\nSteps: 5, Seed: 3, Sampler: DDIM"))
    qtbot.waitUntil(lambda: window.generation.settings.prompt == "a boat", timeout=20_000)
    assert window.session.documents == []
    plain = tmp_path / "plain.png"
    Image.new("RGB", (4, 4)).save(plain)
    drop(panel, plain)
    qtbot.waitUntil(lambda: "does not say how" in window.messages.kept[-1].text, timeout=20_000)


def drop(panel: GeneratePanel, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    panel.dropEvent(event)


def test_words_that_the_model_never_learnt_are_hinted_at(window: MainWindow) -> None:
    prompts = window.docks.generate.prompts
    window.generation.change(prompt="a flamingo")
    assert prompts.hint.isHidden()
    small = m.ModelInfo(
        name="miniature",
        family="sd15",
        tasks=("inpaint",),
        native_side=128,
        size_bytes=1,
        origin="bundled",
        words=("a", "cat"),
    )
    window.generation.models = (small,)
    window.generation.models_changed.emit()
    assert prompts.hint.text() == "miniature never learnt “flamingo”."
    window.generation.change(prompt="a cat")
    assert prompts.hint.isHidden()
