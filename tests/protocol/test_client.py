"""The client finds a daemon, follows its jobs and takes them up again when the daemon was away."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from helpers.sample_messages import BUFFERS, MASK, PICTURE, RESULT
from helpers.scripted_daemon import Script, ScriptedDaemon, Sent
from scumble_protocol import conversation
from scumble_protocol import messages as m
from scumble_protocol.client import Client
from scumble_protocol.endpoint import Connection
from scumble_protocol.errors import (
    DaemonUnreachableError,
    ErrorCode,
    JobCancelledError,
    RemoteError,
)
from scumble_protocol.frames import attach
from scumble_protocol.geometry import Bounds
from scumble_protocol.images import Attachment, Pictures, describe
from scumble_protocol.jobs import Inpaint, JobState, Phase
from scumble_protocol.painted import Glance


def accepted(request: m.Submit) -> m.Accepted:
    return m.Accepted(
        request=request.request, job=request.job.id, state=JobState.QUEUED, position=0
    )


def done(job_id: str) -> Sent:
    attachments, _ = attach([describe(PICTURE), describe(MASK)], [PICTURE, MASK])
    return m.Done(job=job_id, result=RESULT, attachments=attachments), BUFFERS


def task_with(pictures: Pictures) -> Inpaint:
    return Inpaint(seed=7, image=pictures.add(PICTURE), selection=pictures.add(MASK))


@pytest.fixture
def endpoint(tmp_path: Path) -> str:
    return f"ipc://{tmp_path / 'd.sock'}"


@pytest.fixture(autouse=True)
def quick_pings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "PING_EVERY_S", 0.1)


def connected(endpoint: str) -> Client:
    return Client.connect(Connection(endpoint=endpoint), client_id="paint-desk-1")


def test_a_painting_comes_back_as_arrays_and_is_acknowledged(endpoint: str) -> None:
    script: Script = {m.Submit: lambda r: [accepted(r), done(r.job.id)]}
    with ScriptedDaemon(endpoint, script) as daemon, connected(endpoint) as client:
        pictures = Pictures()
        painted = client.submit(task_with(pictures), pictures).result()

        (layer,) = painted.layers
        assert np.array_equal(layer.pixels, PICTURE)
        assert layer.mask is not None
        assert np.array_equal(layer.mask, MASK)
        assert layer.bounds == Bounds(3, 4, 2, 1)
        assert painted.report == RESULT.report
        assert len(daemon.heard(m.Ack)) == 1


def test_a_result_is_not_acknowledged_before_the_caller_kept_it(endpoint: str) -> None:
    script: Script = {m.Submit: lambda r: [accepted(r), done(r.job.id)]}
    with ScriptedDaemon(endpoint, script) as daemon, connected(endpoint) as client:
        pictures = Pictures()
        painting = client.submit(task_with(pictures), pictures)

        painting.result(acknowledge=False)
        assert not daemon.heard(m.Ack)
        painting.acknowledge()
        assert [ack.job for ack in daemon.heard(m.Ack)] == [painting.job_id]


def test_pictures_are_sent_once_and_again_only_when_asked_for(endpoint: str) -> None:
    def need_then_accept(request: m.Submit) -> Sequence[m.AnyReply]:
        hashes = tuple(image.hash for image in request.job.images)
        if len(daemon.heard(m.Submit)) == 2:
            return [m.Need(request=request.request, job=request.job.id, hashes=hashes[:1])]
        return [accepted(request)]

    script: Script = {
        m.Submit: need_then_accept,
        m.Images: lambda r: [
            m.Accepted(request=r.request, job=r.job, state=JobState.QUEUED, position=0)
        ],
    }
    with ScriptedDaemon(endpoint, script) as daemon, connected(endpoint) as client:
        pictures = Pictures()
        task = task_with(pictures)
        for _ in range(3):
            client.submit(task, pictures)

        assert [len(r.attachments) for r in daemon.heard(m.Submit)] == [2, 0, 0]
        (images,) = daemon.heard(m.Images)
        assert [a.image.hash for a in images.attachments] == [task.image.hash]


def test_progress_and_previews_come_before_the_end(endpoint: str) -> None:
    glimpse = Attachment(image=describe(PICTURE), buffer=0)

    def life(request: m.Submit) -> Sequence[Sent]:
        job = request.job.id
        preview = m.Preview(job=job, attachment=glimpse, bounds=Bounds(0, 0, 8, 4), step=1)
        return [
            accepted(request),
            m.State(job=job, state=JobState.RUNNING),
            m.Progress(job=job, phase=Phase.DENOISING, step=1, steps=2),
            (preview, BUFFERS[:1]),
            done(job),
        ]

    script: Script = {m.Submit: life}
    with ScriptedDaemon(endpoint, script), connected(endpoint) as client:
        pictures = Pictures()
        happenings = list(client.submit(task_with(pictures), pictures))

    assert [type(h) for h in happenings] == [m.State, m.Progress, Glance, m.Done]
    assert isinstance(happenings[2], Glance)
    assert np.array_equal(happenings[2].pixels, PICTURE)


def test_a_failed_job_raises_its_code_and_sentence(endpoint: str) -> None:
    script: Script = {
        m.Submit: lambda r: [
            accepted(r),
            m.Failed(job=r.job.id, code=ErrorCode.OUT_OF_MEMORY, sentence="It did not fit."),
        ]
    }
    with ScriptedDaemon(endpoint, script), connected(endpoint) as client:
        pictures = Pictures()
        with pytest.raises(RemoteError, match="It did not fit") as caught:
            client.submit(task_with(pictures), pictures).result()
    assert caught.value.code is ErrorCode.OUT_OF_MEMORY


def test_a_cancelled_job_says_so(endpoint: str) -> None:
    script: Script = {
        m.Submit: lambda r: [accepted(r)],
        m.Cancel: lambda r: [m.Ok(request=r.request), m.Cancelled(job=r.job)],
    }
    with ScriptedDaemon(endpoint, script), connected(endpoint) as client:
        pictures = Pictures()
        painting = client.submit(task_with(pictures), pictures)
        painting.cancel()
        with pytest.raises(JobCancelledError):
            painting.result()


def test_a_refused_submit_raises_and_is_not_followed(endpoint: str) -> None:
    script: Script = {
        m.Submit: lambda r: [
            m.Error(request=r.request, code=ErrorCode.QUEUE_FULL, sentence="Too many jobs wait.")
        ]
    }
    with ScriptedDaemon(endpoint, script), connected(endpoint) as client:
        pictures = Pictures()
        with pytest.raises(RemoteError, match="Too many"):
            client.submit(task_with(pictures), pictures)


def test_a_daemon_started_anew_is_greeted_and_asked_for_the_job(endpoint: str) -> None:
    pictures = Pictures()
    with ScriptedDaemon(endpoint, {m.Submit: lambda r: [accepted(r)]}) as first:
        client = connected(endpoint)
        painting = client.submit(task_with(pictures), pictures)
        assert len(first.heard(m.Submit)) == 1
    script: Script = {m.Results: lambda r: [m.Ok(request=r.request), done(r.job)]}
    with client, ScriptedDaemon(endpoint, script, session="second") as second:
        painting.result()

        assert client.welcome.session == "second"
        assert not second.heard(m.Submit)


def test_a_job_that_a_new_daemon_does_not_know_is_submitted_again(endpoint: str) -> None:
    pictures = Pictures()
    with ScriptedDaemon(endpoint, {m.Submit: lambda r: [accepted(r)]}):
        client = connected(endpoint)
        painting = client.submit(task_with(pictures), pictures)
    script: Script = {
        m.Results: lambda r: [
            m.Error(request=r.request, code=ErrorCode.BAD_REQUEST, sentence="No such job.")
        ],
        m.Submit: lambda r: [accepted(r), done(r.job.id)],
    }
    with client, ScriptedDaemon(endpoint, script, session="second") as second:
        painting.result()

        (again,) = second.heard(m.Submit)
        assert again.job == painting.job
        assert len(again.attachments) == 2


def test_a_daemon_that_ended_while_it_waited_for_pictures_is_given_the_job_anew(
    endpoint: str,
) -> None:
    pictures = Pictures()

    def need(request: m.Submit) -> Sequence[Sent]:
        hashes = tuple(image.hash for image in request.job.images)
        return [m.Need(request=request.request, job=request.job.id, hashes=hashes)]

    script: Script = {
        m.Images: lambda r: [
            m.Error(request=r.request, code=ErrorCode.BAD_REQUEST, sentence="No job waits.")
        ],
        m.Submit: lambda r: [accepted(r), done(r.job.id)],
    }
    with ThreadPoolExecutor(1) as executor:
        with ScriptedDaemon(endpoint, {m.Submit: need}) as first:
            client = connected(endpoint)
            submitting = executor.submit(client.submit, task_with(pictures), pictures)
            first.wait_for(m.Images)
        with client, ScriptedDaemon(endpoint, script, session="second"):
            assert len(submitting.result(timeout=30).result().layers) == 1


def test_whoever_waits_is_told_when_the_daemon_is_gone_for_too_long(endpoint: str) -> None:
    pictures = Pictures()
    with ScriptedDaemon(endpoint, {m.Submit: lambda r: [accepted(r)]}):
        client = Client.connect(Connection(endpoint=endpoint), patience_s=1)
        painting = client.submit(task_with(pictures), pictures)
        followed = client.submit(task_with(pictures), pictures)
    with client:
        for wait in (painting.result, lambda: list(followed), client.status):
            with pytest.raises(DaemonUnreachableError, match="not been heard for 1 s") as caught:
                wait()
            assert "scumble jobs results" in str(caught.value)


def test_nobody_there_is_said_in_a_sentence(endpoint: str) -> None:
    with pytest.raises(DaemonUnreachableError, match="did not answer within"):
        Client.connect(Connection(endpoint=endpoint), timeout_s=0.2)


def test_nobody_at_an_address_is_said_with_the_address() -> None:
    with pytest.raises(DaemonUnreachableError, match=r"that tcp://127\.0\.0\.1:9 and both keys"):
        Client.connect(Connection(endpoint="tcp://127.0.0.1:9"), timeout_s=0.2)


@pytest.fixture
def no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCUMBLE_HOME", str(tmp_path))


@pytest.mark.usefixtures("no_home")
def test_without_a_connection_file_the_way_to_start_a_daemon_is_told() -> None:
    with pytest.raises(DaemonUnreachableError, match="scumble daemon start"):
        Client.connect()
