"""The bridge as a process between a host's pipes and the real front, with a scripted worker."""

import sys
from collections.abc import Iterator
from typing import TypeVar

import numpy as np
import pytest

from helpers.homes import Home, client, home
from scumble_bridge.who import client_id
from scumble_host.commands import INPAINT, REFINE
from scumble_host.conversation import Conversation, ConversationError, hello
from scumble_host.events import Accepted, Done, Event, Preview, Progress, Welcome
from scumble_host.request import Canvas, submission
from scumble_protocol.jobs import JobState

pytestmark = pytest.mark.usefixtures("daemon")

COMMAND = (sys.executable, "-P", "-m", "scumble_bridge")
PATIENCE_S = 60
SIZE = (12, 8)  # width, height

_Kind = TypeVar("_Kind")


@pytest.fixture
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with home(tmp_path_factory.mktemp("h")) as here:
        here.start()
        yield here


@pytest.fixture
def talk() -> Iterator[Conversation]:
    with Conversation(COMMAND) as talk:
        talk.submit(hello("gimp", "GIMP of a test", "bgra8"), ())
        yield talk


def _canvas() -> Canvas:
    width, height = SIZE
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 4), np.uint8)
    selection = np.full((height, width), 255, np.uint8)
    return Canvas(width, height, pixels.tobytes(), "bgra8", selection.tobytes())


def _submit(talk: Conversation, job: str, prompt: str = "a heart", **values: int) -> None:
    talk.submit(*submission(INPAINT, {"prompt": prompt, "seed": 3, **values}, _canvas(), job))


def _until(talk: Conversation, kind: type[_Kind]) -> tuple[_Kind, list[Event]]:
    passed: list[Event] = []
    while True:
        event = talk.next(PATIENCE_S)
        if isinstance(event, kind):
            return event, passed
        passed.append(event)


def test_the_daemon_is_greeted_and_its_tasks_and_models_are_told(talk: Conversation) -> None:
    welcome = talk.welcome()
    assert "inpaint" in welcome.tasks
    assert [model.name for model in welcome.models] == ["miniature"]
    assert welcome.limits.side > 0


def test_a_job_is_accepted_followed_and_its_layers_come_in_the_hosts_layout(
    talk: Conversation,
) -> None:
    _submit(talk, "job-in-bgra")
    done, passed = _until(talk, Done)
    kinds = {type(event) for event in passed}
    assert {Welcome, Accepted, Progress, Preview} <= kinds
    (layer,) = done.layers
    width, height = SIZE
    assert layer.bounds == (0, 0, width, height)
    painted = np.frombuffer(bytes(layer.pixels), np.uint8).reshape(height, width, 4)
    expected = np.random.default_rng(3).integers(0, 256, (height, width, 3), np.uint8)
    np.testing.assert_array_equal(painted[..., 2::-1], expected)
    assert (painted[..., 3] == 255).all()
    assert bytes(layer.thumbnail).startswith(b"\x89PNG")
    assert '"seed":3' in layer.recipe


def test_a_result_stays_with_the_daemon_until_it_is_acknowledged(talk: Conversation) -> None:
    _submit(talk, "kept-in-daemon")
    _until(talk, Done)
    with client(client_id("gimp")) as own:
        assert [(j.job, j.state) for j in own.jobs()] == [("kept-in-daemon", JobState.DONE)]
        talk.acknowledge("kept-in-daemon")
        talk.close()
        assert JobState.DONE not in [job.state for job in own.jobs()]


def test_a_finished_result_is_found_by_the_next_bridge() -> None:
    with Conversation(COMMAND) as first:
        first.submit(hello("krita", "Krita of a test", "bgra8"), ())
        _submit(first, "left-behind")
        _until(first, Done)
    with Conversation(COMMAND) as second:
        second.submit(hello("krita", "Krita of a test", "bgra8"), ())
        assert [job.job for job in second.welcome().jobs] == ["left-behind"]
        second.submit({"type": "collect", "request": "r", "job": "left-behind"}, ())
        done, _ = _until(second, Done)
        assert len(done.layers) == 1


def test_cancel_ends_a_running_job(talk: Conversation) -> None:
    _submit(talk, "to-be-cancelled", "slow")
    _until(talk, Progress)
    talk.cancel("to-be-cancelled")
    with pytest.raises(ConversationError, match="cancelled"):
        _until(talk, Done)


def test_cancel_right_after_submit_is_not_lost(talk: Conversation) -> None:
    _submit(talk, "cancelled-early", "slow")
    talk.cancel("cancelled-early")
    with pytest.raises(ConversationError, match="cancelled"):
        _until(talk, Done)


def test_the_end_of_the_pipe_cancels_what_was_not_done() -> None:
    with Conversation(COMMAND) as talk:
        talk.submit(hello("gimp", "GIMP of a test", "rgba8"), ())
        _submit(talk, "host-went-away", "slow")
        _until(talk, Progress)
    with client(client_id("gimp")) as own:
        assert JobState.RUNNING not in [job.state for job in own.jobs()]


def test_a_failed_job_says_why(talk: Conversation) -> None:
    _submit(talk, "job-is-broken", "broken")
    with pytest.raises(ConversationError, match="Your document is unchanged"):
        _until(talk, Done)


def test_a_value_outside_the_limits_is_refused_with_its_name(talk: Conversation) -> None:
    _submit(talk, "bad-variants", variants=99)
    with pytest.raises(ConversationError, match="variants"):
        _until(talk, Done)


def test_an_unknown_task_is_refused(talk: Conversation) -> None:
    header, buffers = submission(REFINE, {}, _canvas(), "unknown-task")
    talk.submit({**header, "task": "juggle"}, buffers)
    with pytest.raises(ConversationError, match="juggle"):
        _until(talk, Done)


def test_a_plug_in_of_another_version_is_told_what_to_do() -> None:
    with Conversation(COMMAND) as talk:
        talk.submit({**hello("krita", "Krita", "bgra8"), "plugin": "99.0"}, ())
        with pytest.raises(ConversationError, match=r"99\.0.*scumble bridge install krita"):
            talk.welcome()


def test_a_message_that_is_none_is_answered_and_the_conversation_goes_on(
    talk: Conversation,
) -> None:
    talk.welcome()
    talk.submit({"type": "dance", "request": "r"}, ())
    with pytest.raises(ConversationError, match="does not understand"):
        talk.next(PATIENCE_S)
    _submit(talk, "goes-on-after")
    assert _until(talk, Done)[0].job == "goes-on-after"


def test_two_hosts_get_their_own_results_and_none_of_the_others() -> None:
    with Conversation(COMMAND) as gimp, Conversation(COMMAND) as krita:
        for talk, host in ((gimp, "gimp"), (krita, "krita")):
            talk.submit(hello(host, f"{host} of a test", "rgba8"), ())
            _submit(talk, f"job-of-{host}")
        for talk, host in ((gimp, "gimp"), (krita, "krita")):
            done, passed = _until(talk, Done)
            jobs = {event.job for event in passed if hasattr(event, "job")}
            assert {done.job, *jobs} == {f"job-of-{host}"}
