"""Daemons that the bridge cannot talk to: of another version, or unable to start."""

import sys
from collections.abc import Iterator

import pytest

from helpers.homes import Home, home
from helpers.strangers import daemon_of_version_2
from scumble_host.commands import INPAINT
from scumble_host.conversation import Conversation, ConversationError, hello
from scumble_host.events import Done
from scumble_host.request import Canvas, submission
from scumble_protocol.endpoint import folders

COMMAND = (sys.executable, "-P", "-m", "scumble_bridge")


@pytest.fixture
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with home(tmp_path_factory.mktemp("h")) as here:
        yield here


@pytest.mark.usefixtures("nobody")
def test_a_daemon_of_another_version_is_named_with_both_versions() -> None:
    with daemon_of_version_2(folders().runtime), Conversation(COMMAND) as talk:
        talk.submit(hello("gimp", "GIMP of a test", "rgba8"), ())
        with pytest.raises(ConversationError, match=r"protocol 2.*speaks 1"):
            talk.welcome()


def test_a_daemon_that_was_not_reached_at_first_is_looked_for_again_by_each_job(
    nobody: Home,
) -> None:
    canvas = Canvas(8, 8, bytes(8 * 8 * 4), "rgba8", b"\xff" * 64)
    with Conversation(COMMAND) as talk:
        with daemon_of_version_2(folders().runtime):
            talk.submit(hello("krita", "Krita of a test", "rgba8"), ())
            for job in ("too-early", "too-early-again"):
                with pytest.raises(ConversationError, match="protocol 2"):
                    talk.welcome()
                talk.submit(*submission(INPAINT, {"prompt": "a heart"}, canvas, job))
            with pytest.raises(ConversationError, match="protocol 2"):
                talk.welcome()
        nobody.start()
        talk.submit(*submission(INPAINT, {"prompt": "a heart"}, canvas, "came-in-time"))
        talk.welcome()
        while not isinstance(event := talk.next(60), Done):
            assert getattr(event, "job", "came-in-time") == "came-in-time"


def test_a_daemon_that_cannot_start_is_said_with_its_last_words(nobody: Home) -> None:
    settings = nobody.folder / "config" / "daemon.toml"
    settings.parent.mkdir()
    settings.write_text("devices = 3\n")
    with Conversation(COMMAND) as talk:
        talk.submit(hello("gimp", "GIMP of a test", "rgba8"), ())
        with pytest.raises(ConversationError, match="could not be started"):
            talk.welcome()
