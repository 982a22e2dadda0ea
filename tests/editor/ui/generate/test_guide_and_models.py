"""The guide to a first result, where painting is done, and the models: in the real window."""

import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from helpers.finished_jobs import finished_for
from helpers.scripted_daemon import Script, ScriptedDaemon, Sent
from helpers.windows import wait_for_work
from scumble_editor.client.catalogue import CatalogueError, add_model
from scumble_editor.client.connection import Link, LinkState, LinkStatus
from scumble_editor.client.elsewhere import WrongAddressError, connection_to
from scumble_editor.ui import settings as settings_store
from scumble_editor.ui.dialogs.models import ModelsWindow, size_text
from scumble_editor.ui.dialogs.preferences import PAINTING_PAGE, Preferences
from scumble_editor.ui.main_window import MainWindow
from scumble_protocol import messages as m
from scumble_protocol.endpoint import Connection

pytestmark = pytest.mark.gui

PATIENCE_MS = 30_000
SOURCE = "somebody/a-model"


def catalogue(request: m.Models) -> Sequence[Sent]:
    model = m.ModelInfo(
        name="miniature",
        family="sd15",
        tasks=("inpaint", "img2img"),
        native_side=128,
        size_bytes=40_000_000,
        origin="bundled",
        licence="cc0-1.0",
    )
    return [m.ModelList(request=request.request, models=(model,))]


def recommended(request: m.Recommended) -> Sequence[Sent]:
    model = m.Recommendation(
        source=SOURCE,
        family="sd15",
        title="A Model",
        good_for="Paints what is described.",
        licence="openrail",
        size_bytes=2_000_000_000,
    )
    return [m.RecommendationList(request=request.request, models=(model,))]


def downloads(request: m.Downloads) -> Sequence[Sent]:
    return [m.DownloadList(request=request.request, downloads=())]


def half_way(request: m.Download) -> Sequence[Sent]:
    fetching = m.DownloadState.FETCHING
    status = m.DownloadStatus(
        source=request.source, state=fetching, file="unet", done_bytes=10**9, total_bytes=2 * 10**9
    )
    return [m.Downloading(request=request.request, download=status)]


def stopped(request: m.CancelDownload) -> Sequence[Sent]:
    status = m.DownloadStatus(source=request.source, state=m.DownloadState.CANCELLED)
    return [
        m.Ok(request=request.request),
        m.Downloading(request=DOWNLOAD_REQUESTS[-1], download=status),
    ]


DOWNLOAD_REQUESTS: list[str] = []


def noted_half_way(request: m.Download) -> Sequence[Sent]:
    DOWNLOAD_REQUESTS.append(request.request)
    return half_way(request)


def stats(request: m.Stats) -> Sequence[Sent]:
    worker = m.WorkerInfo(pid=1, device="cuda:0", state="idle")
    return [
        m.Status(
            request=request.request,
            session="first",
            package="9.9",
            pid=1,
            endpoint="",
            uptime_s=1,
            memory_bytes=1,
            workers=(worker,),
            jobs={},
            clients=1,
            spool_bytes=0,
        )
    ]


@pytest.fixture
def no_daemon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nothing sent anywhere."""
    monkeypatch.setattr(Link, "call", lambda *_: None)


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def daemon(port: int) -> Iterator[ScriptedDaemon]:
    script: Script = {
        m.Models: catalogue,
        m.Recommended: recommended,
        m.Downloads: downloads,
        m.Download: noted_half_way,
        m.CancelDownload: stopped,
        m.Stats: stats,
    }
    with ScriptedDaemon(f"tcp://127.0.0.1:{port}", script) as made:
        yield made


@pytest.mark.usefixtures("no_daemon")
def test_the_first_steps_lead_from_nothing_to_the_moment_before_paint(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.run("help.first_steps")
    card = window.guide.card
    assert card.isVisible()
    assert card.act.text() == "Open the Sample"
    card.act.click()
    qtbot.waitUntil(lambda: card.act.text() == "Select for Me", timeout=PATIENCE_MS)
    card.act.click()
    assert window.session.current is not None
    assert window.session.current.document.selection is not None
    assert "red balloon" in card.act.text()
    card.act.click()
    assert window.generation.settings.prompt == "a red balloon"
    assert card.act.text() == "Paint"
    assert window.generation.wanting == ""
    result = finished_for(window.session.current.document, window.generation.settings)
    window.generation.finished.emit(result, window.session.current)
    assert card.title.text() == "That is your first layer"
    assert card.skip.isVisible()
    card.skip.click()
    assert not card.isVisible()
    assert not settings_store.load(settings_store.settings_file()).first_steps


@pytest.mark.usefixtures("no_daemon")
def test_steps_that_are_done_by_hand_are_passed_over(window: MainWindow, qtbot: QtBot) -> None:
    window.guide.begin()
    window.run("file.sample")
    wait_for_work(qtbot, window)
    qtbot.waitUntil(lambda: bool(window.session.documents), timeout=PATIENCE_MS)
    pages = window.guide.card.parentWidget()
    assert pages is not None
    seen = pages.childAt(window.guide.card.geometry().center())
    assert seen is not None
    assert window.guide.card.isAncestorOf(seen)
    window.generation.change(prompt="a cat")
    assert window.guide.card.act.text() == "Select for Me"
    window.run("select.all")
    assert window.guide.card.act.text() == "Paint"
    window.guide.card.close_button.click()
    assert not window.settings.first_steps


def test_a_daemon_elsewhere_is_tried_and_answers_in_a_sentence(
    window: MainWindow, qtbot: QtBot, daemon: ScriptedDaemon, port: int
) -> None:
    window.desk.show_preferences(PAINTING_PAGE)
    dialog = window.findChild(Preferences)
    assert dialog is not None
    page = dialog.daemon
    page.elsewhere.setChecked(True)
    assert len(page.own.text()) == 40
    page.address.setText("no port")
    page.test.click()
    assert "no address of a daemon" in page.says.text()
    page.address.setText(f"127.0.0.1:{port}")
    page.key.setText("short")
    page.test.click()
    assert "40 characters" in page.says.text()
    page.key.clear()
    page.test.click()
    qtbot.waitUntil(lambda: "answers" in page.says.text(), timeout=PATIENCE_MS)
    assert page.says.text() == "It answers: Scumble 9.9 paints there on cuda:0."
    assert window.settings.daemon_address == f"tcp://127.0.0.1:{port}"
    assert daemon.heard(m.Stats)
    qtbot.waitUntil(lambda: window.connection_word.text() == "Ready to paint", timeout=PATIENCE_MS)
    dialog.reject()


def test_addresses_and_keys_are_checked_before_they_are_used() -> None:
    assert connection_to("  ", "") is None
    found = connection_to("studio:7801", "k" * 40)
    assert found == Connection(endpoint="tcp://studio:7801", server_key="k" * 40)
    for address in ("studio", "ipc:///tmp/x", "tcp://a/b:1", "studio:port"):
        with pytest.raises(WrongAddressError):
            connection_to(address, "")


def test_the_status_bar_says_how_painting_is(window: MainWindow) -> None:
    word = window.connection_word
    assert not word.isVisible()
    link = window.session.link
    link.status = LinkStatus(LinkState.CONNECTING, "Starting the painting daemon…")
    link.changed.emit(link.status)
    assert word.text() == "Starting the painting daemon…"
    link.status = LinkStatus(LinkState.OFFLINE, "It cannot be reached.")
    link.changed.emit(link.status)
    assert word.text() == "Not connected: It cannot be reached."


def test_the_window_of_models_shows_fetches_and_stops(
    window: MainWindow, qtbot: QtBot, daemon: ScriptedDaemon, port: int
) -> None:
    window.session.link.move_to(Connection(endpoint=f"tcp://127.0.0.1:{port}"))
    window.run("generate.models")
    shown = window.findChild(ModelsWindow)
    assert shown is not None
    qtbot.waitUntil(lambda: shown.here.list.topLevelItemCount() == 1, timeout=PATIENCE_MS)
    item = shown.here.list.topLevelItem(0)
    assert item is not None
    assert [item.text(column) for column in (0, 2)] == ["miniature", "40 MB"]
    assert shown.here.note.text() == "1 model, 40 MB on the disk"
    assert not shown.here.remove.isEnabled()
    qtbot.waitUntil(lambda: SOURCE in shown.worth_having.rows, timeout=PATIENCE_MS)
    row = shown.worth_having.rows[SOURCE]
    row.fetch.click()
    qtbot.waitUntil(lambda: row.bar.value() == 500, timeout=PATIENCE_MS)
    assert "1000 of 2000 MB" in row.facts.text()
    row.stop.click()
    qtbot.waitUntil(lambda: "what has come is kept" in row.facts.text(), timeout=PATIENCE_MS)
    assert row.fetch.isEnabled()
    assert len(daemon.heard(m.CancelDownload)) == 1
    window.run("generate.models")
    assert len(window.findChildren(ModelsWindow)) == 1
    shown.close()


def test_a_file_that_is_no_model_is_refused_in_the_daemons_words(tmp_path: Path) -> None:
    wrong = tmp_path / "a.safetensors"
    wrong.write_bytes(b"not weights")
    with pytest.raises(CatalogueError) as refused:
        add_model(wrong)
    assert "a.safetensors" in str(refused.value)


def test_sizes_are_said_as_people_say_them() -> None:
    assert (size_text(40_000_000), size_text(2_340_000_000)) == ("40 MB", "2.3 GB")
