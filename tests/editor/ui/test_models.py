from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from helpers.stages import blank, filled
from scumble_editor.document.edits import layers as edits
from scumble_editor.document.errors import DocumentError
from scumble_editor.history.history import History
from scumble_editor.tools.stage import Target
from scumble_editor.ui import settings as settings_store
from scumble_editor.ui.messages import Level, Message, Messages
from scumble_editor.ui.open_document import OpenDocument
from scumble_editor.ui.session import EditorSession
from scumble_editor.ui.settings import Settings
from scumble_editor.ui.work import Progress, Works


@pytest.fixture
def opened(qapp: object) -> OpenDocument:
    del qapp
    return OpenDocument(History(blank()), "Picture")


def test_an_edit_is_a_step_and_undo_shows_the_document_before(opened: OpenDocument) -> None:
    first = opened.document
    opened.apply(lambda doc: edits.rename(doc, doc.active_id or "", "Sky"), "Rename")
    modified = [opened.modified]
    opened.undo()
    assert opened.shown is first
    assert [*modified, opened.modified] == [True, False]
    opened.redo()
    assert opened.document.active is not None
    assert opened.document.active.name == "Sky"


def test_a_preview_is_shown_and_is_no_step(opened: OpenDocument, qtbot: QtBot) -> None:
    other = edits.rename(opened.document, opened.document.active_id or "", "Other")
    with qtbot.waitSignal(opened.shown_changed) as caught:
        opened.preview(other)
    assert caught.args is not None
    assert caught.args[1] is other
    assert not opened.history.can_undo
    opened.preview(None)
    assert opened.shown is opened.document


def test_choosing_a_layer_is_no_change_to_save(opened: OpenDocument) -> None:
    opened.amend(lambda doc: edits.activate(doc, None))
    assert not opened.modified
    assert not opened.history.can_undo


def test_saving_makes_it_unmodified_and_undo_past_it_modified(
    opened: OpenDocument, tmp_path: Path
) -> None:
    opened.apply(lambda doc: edits.rename(doc, doc.active_id or "", "Sky"), "Rename")
    opened.saved_as(opened.document, tmp_path / "sky.ora")
    assert (opened.modified, opened.name) == (False, "sky.ora")
    opened.undo()
    assert opened.modified


def test_slider_drags_merge_until_they_are_let_go(opened: OpenDocument) -> None:
    node = opened.document.active_id or ""
    for value in (0.9, 0.8, 0.7):
        opened.apply(partial(edits.set_opacity, node_id=node, opacity=value), "Opacity", "opacity")
    opened.seal()
    opened.apply(lambda doc: edits.set_opacity(doc, node, 0.5), "Opacity", "opacity")
    assert len(opened.history.line) == 3


def test_the_mask_is_no_target_where_there_is_none(opened: OpenDocument) -> None:
    opened.aim(Target.MASK)
    assert opened.target is Target.PIXELS


def test_messages_wait_until_somebody_shows_them(qapp: object) -> None:
    del qapp
    messages = Messages()
    shown: list[Message] = []
    messages.warning("The disk is nearly full.")
    messages.sent.connect(shown.append)
    messages.begin_showing()
    messages.info("Saved.")
    assert [message.text for message in shown] == ["The disk is nearly full.", "Saved."]
    assert shown[0].level is Level.WARNING


def test_foreseen_errors_are_warnings_and_others_keep_their_details(
    qapp: object, caplog: pytest.LogCaptureFixture
) -> None:
    del qapp
    messages = Messages()
    messages.report(DocumentError("That cannot be done."))
    messages.report(ZeroDivisionError("by zero"))
    first, second = messages.kept
    assert first == Message(Level.WARNING, "That cannot be done.")
    assert second.level is Level.ERROR
    assert "ZeroDivisionError" in second.details
    assert "ZeroDivisionError" not in second.text
    assert caplog.records


def test_work_is_done_aside_and_its_result_comes_back(qtbot: QtBot) -> None:
    failures: list[BaseException] = []
    results: list[int] = []
    works = Works(failures.append)
    works.start("Count", lambda _: 6 * 7, results.append)
    qtbot.waitUntil(lambda: results == [42])
    assert not works.running
    works.stop()


def test_cancelled_work_changes_nothing_and_broken_work_is_reported(qtbot: QtBot) -> None:
    failures: list[BaseException] = []
    results: list[object] = []
    works = Works(failures.append)

    def endless(progress: Progress) -> None:
        while True:
            progress.report(0.5)

    work = works.start("Wait", endless, results.append)
    work.cancel()
    qtbot.waitUntil(lambda: not works.running)
    assert (results, failures) == ([], [])

    def broken(_: Progress) -> None:
        raise DocumentError("No.")

    works.start("Break", broken, results.append)
    qtbot.waitUntil(lambda: len(failures) == 1)
    works.stop()


def test_settings_survive_and_damage_gives_defaults(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "editor.json"
    settings = Settings(theme="light", shortcuts={"edit.undo": "F2"})
    settings.remember(tmp_path / "a.ora")
    settings.remember(tmp_path / "b.ora")
    settings.remember(tmp_path / "a.ora")
    settings_store.save(settings, file)
    again = settings_store.load(file)
    assert again == settings
    assert [Path(name).name for name in again.recent] == ["a.ora", "b.ora"]
    file.write_text('{"theme": "purple"}')
    assert settings_store.load(file) == Settings()


def test_a_session_shows_the_next_document_when_one_is_closed(qapp: object) -> None:
    del qapp
    session = EditorSession(Settings(), Messages())
    first, second = session.add(blank(), "One"), session.add(filled(), "Two")
    assert session.current is second
    session.close(second)
    shown = [session.current]
    session.close(first)
    assert [*shown, session.current] == [first, None]
    assert session.untitled() == "Untitled 1"


def test_a_folder_that_cannot_be_written_costs_only_the_journal(
    qapp: object, tmp_path: Path
) -> None:
    del qapp
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    messages = Messages()
    session = EditorSession(Settings(), messages, blocked / "journals")
    opened = session.add(blank(), "One")
    assert opened.history.journal is None
    assert "Crash recovery is off" in messages.kept[0].text
    session.close(opened)
