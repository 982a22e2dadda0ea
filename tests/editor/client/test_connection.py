import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from scumble_editor.client.connection import Link, LinkState, LinkStatus
from scumble_protocol import messages as m
from scumble_protocol.aio import AsyncClient
from scumble_protocol.errors import ScumbleError

from .conftest import Serve

PATIENCE_MS = 30_000


def models(request: m.Models) -> list[m.ModelList]:
    return [m.ModelList(request=request.request, models=())]


async def ask_models(client: AsyncClient) -> tuple[m.ModelInfo, ...]:
    return await client.models()


def test_a_link_sleeps_until_it_is_needed(link: Link) -> None:
    assert link.status.state is LinkState.ASLEEP
    assert link.welcome is None


def test_it_answers_on_the_gui_thread_and_greets_once(
    link: Link, serve: Serve, qtbot: QtBot
) -> None:
    serve({m.Models: models})
    greeted: list[m.Welcome] = []
    link.greeted.connect(greeted.append)
    answers: list[object] = []
    link.call(ask_models, answers.append, answers.append)
    qtbot.waitUntil(lambda: link.connected and bool(answers) and bool(greeted), timeout=PATIENCE_MS)
    assert answers == [()]
    assert [welcome.session for welcome in greeted] == ["first"]
    assert link.status.sentence == "Ready to paint on cpu."


def test_a_daemon_started_anew_is_greeted_again(link: Link, serve: Serve, qtbot: QtBot) -> None:
    serve({})
    sessions: list[str] = []
    link.greeted.connect(lambda welcome: sessions.append(welcome.session))
    link.wake()
    qtbot.waitUntil(lambda: sessions == ["first"], timeout=PATIENCE_MS)
    serve({}, "second")
    qtbot.waitUntil(lambda: sessions == ["first", "second"], timeout=PATIENCE_MS)


def test_silence_is_said_and_so_is_the_return(link: Link, serve: Serve, qtbot: QtBot) -> None:
    daemon = serve({})
    said: list[LinkState] = []
    link.changed.connect(lambda status: said.append(status.state))
    link.wake()
    qtbot.waitUntil(lambda: link.connected, timeout=PATIENCE_MS)
    daemon.__exit__(None, None, None)
    qtbot.waitUntil(lambda: link.status.state is LinkState.LOST, timeout=PATIENCE_MS)
    assert "Jobs are kept" in link.status.sentence
    serve({}, "second")
    qtbot.waitUntil(lambda: link.connected, timeout=PATIENCE_MS)
    wanted = [LinkState.CONNECTING, LinkState.CONNECTED, LinkState.LOST, LinkState.CONNECTED]
    assert said == wanted


def test_without_a_daemon_there_is_a_sentence_and_another_try_works(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The daemon's own program cannot start here, as where torch is not installed."""
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'no daemon is installed here' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    link = Link(lambda: "client-of-the-test")
    errors: list[ScumbleError] = []
    offline: list[str] = []
    link.changed.connect(
        lambda now: offline.append(now.sentence) if now.state is LinkState.OFFLINE else None
    )
    try:
        link.call(ask_models, lambda _: None, errors.append)
        qtbot.waitUntil(lambda: len(errors) == 1, timeout=PATIENCE_MS)
        assert "could not be started" in str(errors[0])
        assert link.status == LinkStatus(LinkState.OFFLINE, str(errors[0]))
        link.wake()
        qtbot.waitUntil(lambda: len(offline) == 2, timeout=PATIENCE_MS)
    finally:
        link.stop()


def test_it_may_move_to_another_daemon(link: Link, serve: Serve, qtbot: QtBot) -> None:
    serve({})
    link.wake()
    qtbot.waitUntil(lambda: link.connected, timeout=PATIENCE_MS)
    link.move_to(None)
    assert link.status.state is LinkState.ASLEEP
    assert link.welcome is None
