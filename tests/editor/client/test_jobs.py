import os
from typing import Any

import msgspec
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from helpers.painted import REPORT
from helpers.scripted_daemon import Sent
from helpers.stages import filled
from scumble_editor.client import notes
from scumble_editor.client.connection import Link
from scumble_editor.client.jobs import Jobs, PaintJob
from scumble_editor.client.notes import Home, Note
from scumble_editor.generation.actions import PaintAction
from scumble_editor.generation.asking import Asked, ask
from scumble_editor.generation.settings import Settings
from scumble_protocol import messages as m
from scumble_protocol.endpoint import Connection
from scumble_protocol.errors import ErrorCode
from scumble_protocol.frames import attach
from scumble_protocol.geometry import Bounds
from scumble_protocol.images import describe
from scumble_protocol.jobs import Job, JobState, PaintedLayer, Phase, Result

from .conftest import Serve

PATIENCE_MS = 30_000
HOME = Home(document="d1", name="Test")


def asked() -> Asked:
    return ask(filled(width=16, height=16), Settings(action=PaintAction.WHOLE, prompt="a hill"))


def accepted(request: m.Submit, position: int | None = 0) -> m.Accepted:
    return m.Accepted(
        request=request.request, job=request.job.id, state=JobState.QUEUED, position=position
    )


def done(job_id: str, value: int = 7) -> Sent:
    pixels = np.full((16, 16, 3), value, np.uint8)
    image = describe(pixels)
    attachments, buffers = attach([image], [pixels])
    layer = PaintedLayer(image=image, mask=None, bounds=Bounds(0, 0, 16, 16), seed=1)
    result = Result(layers=(layer,), report=REPORT)
    return m.Done(job=job_id, result=result, attachments=attachments), buffers


def paints(request: m.Submit) -> list[Sent]:
    job = request.job.id
    return [
        accepted(request),
        m.State(job=job, state=JobState.RUNNING),
        m.Progress(job=job, phase=Phase.DENOISING, step=1, steps=2, fraction=0.5),
        done(job),
    ]


@pytest.fixture
def jobs(link: Link) -> Jobs:
    return Jobs(link)


def until(qtbot: QtBot, job: PaintJob, state: JobState) -> None:
    qtbot.waitUntil(lambda: job.state is state, timeout=PATIENCE_MS)


def test_a_job_is_sent_followed_and_arrives(jobs: Jobs, serve: Serve, qtbot: QtBot) -> None:
    daemon = serve({m.Submit: paints})
    arrived: list[PaintJob] = []
    told: list[m.Progress | None] = []
    jobs.arrived.connect(arrived.append)
    jobs.changed.connect(lambda job: told.append(job.progress))
    job = jobs.submit(asked(), HOME)
    assert jobs.active == [job]
    qtbot.waitUntil(lambda: arrived == [job], timeout=PATIENCE_MS)
    assert job.painted is not None
    assert job.painted.layers[0].pixels[0, 0].tolist() == [7, 7, 7]
    assert 0.5 in {progress.fraction for progress in told if progress is not None}
    assert [kept for kept in jobs.all if kept.waiting] == [job]
    assert daemon.heard(m.Ack) == [], "the daemon keeps it until it is in a document"
    jobs.placed(job)
    daemon.wait_for(m.Ack)
    assert [kept for kept in jobs.all if kept.waiting] == []
    assert notes.orphans() == []


def test_a_failed_job_says_why_and_may_be_tried_again(
    jobs: Jobs, serve: Serve, qtbot: QtBot
) -> None:
    tries: list[str] = []

    def fails_first(request: m.Submit) -> list[Sent]:
        tries.append(request.job.id)
        if len(tries) > 1:
            return paints(request)
        failure = m.Failed(
            job=request.job.id, code=ErrorCode.OUT_OF_MEMORY, sentence="No room. Try a smaller one."
        )
        return [accepted(request), failure]

    serve({m.Submit: fails_first})
    failed: list[PaintJob] = []
    jobs.failed.connect(failed.append)
    job = jobs.submit(asked(), HOME)
    qtbot.waitUntil(lambda: failed == [job], timeout=PATIENCE_MS)
    assert job.sentence == "No room. Try a smaller one."
    again = jobs.retry(job)
    assert again is not None
    assert jobs.all == [again]
    until(qtbot, again, JobState.DONE)
    assert tries[0] != tries[1]


def test_a_refused_job_has_failed(jobs: Jobs, serve: Serve, qtbot: QtBot) -> None:
    serve(
        {
            m.Submit: lambda request: [
                m.Error(
                    request=request.request,
                    code=ErrorCode.QUEUE_FULL,
                    sentence="It is full.",
                )
            ]
        }
    )
    job = jobs.submit(asked(), HOME)
    until(qtbot, job, JobState.FAILED)
    assert job.sentence == "It is full."


def test_cancelling_reaches_the_daemon_and_ends_the_job(
    jobs: Jobs, serve: Serve, qtbot: QtBot
) -> None:
    serve(
        {
            m.Submit: lambda request: [accepted(request)],
            m.Cancel: lambda request: [
                m.Ok(request=request.request),
                m.Cancelled(job=request.job),
            ],
        }
    )
    job = jobs.submit(asked(), HOME)
    until(qtbot, job, JobState.QUEUED)
    jobs.cancel(job)
    assert job.sentence == "Cancelling, after this step…"
    until(qtbot, job, JobState.CANCELLED)
    assert jobs.active == []


def test_a_job_cancelled_while_it_is_sent_is_stopped_once_it_has_arrived(
    jobs: Jobs, serve: Serve, qtbot: QtBot
) -> None:
    daemon = serve(
        {
            m.Submit: lambda request: [accepted(request)],
            m.Cancel: lambda request: [
                m.Ok(request=request.request),
                m.Cancelled(job=request.job),
            ],
        }
    )
    first = jobs.submit(asked(), HOME)
    until(qtbot, first, JobState.QUEUED)
    second = jobs.submit(asked(), HOME)
    jobs.cancel(second)
    until(qtbot, second, JobState.CANCELLED)
    assert [request.job for request in daemon.heard(m.Cancel)] == [second.id]


def test_jobs_are_put_in_another_order(jobs: Jobs, serve: Serve, qtbot: QtBot) -> None:
    daemon = serve(
        {
            m.Submit: lambda request: [accepted(request)],
            m.Reorder: lambda request: [
                m.Ok(request=request.request),
                m.State(job=request.job, state=JobState.QUEUED, position=request.position),
            ],
        }
    )
    first, second = jobs.submit(asked(), HOME), jobs.submit(asked(), HOME)
    until(qtbot, first, JobState.QUEUED)
    until(qtbot, second, JobState.QUEUED)
    jobs.move(second, 0)
    daemon.wait_for(m.Reorder)
    qtbot.waitUntil(lambda: second.position == 0, timeout=PATIENCE_MS)
    assert daemon.heard(m.Reorder)[0].job == second.id


def test_a_job_is_behind_those_under_way_from_the_same_layer(jobs: Jobs, serve: Serve) -> None:
    serve({m.Submit: lambda request: [accepted(request)]})
    here = msgspec.structs.replace(HOME, above="ground")
    elsewhere = msgspec.structs.replace(HOME, above="sky")
    first, other = jobs.submit(asked(), here), jobs.submit(asked(), elsewhere)
    second = jobs.submit(asked(), here)
    assert (first.home.behind, other.home.behind) == ((), ())
    assert second.home.behind == (first.id,)


def welcome_with(job_id: str) -> Any:
    def welcome(request: m.Hello) -> list[Sent]:
        status = m.JobStatus(
            job=job_id, task="img2img", model="miniature", prompt="", state=JobState.DONE
        )
        return [
            m.Welcome(
                request=request.request,
                session="first",
                package="0",
                minor=0,
                pid=1,
                device="cpu",
                encodings=(),
                limits=m.Limits(
                    message_bytes=1 << 28,
                    picture_side=8192,
                    picture_pixels=1 << 26,
                    queued_jobs=8,
                    queued_jobs_total=16,
                ),
                tasks=(),
                jobs=(status,),
            )
        ]

    return welcome


def kept_by(owner: int, where: str = "") -> Note:
    made = asked()
    job = Job(id="job-of-an-earlier-one", model="miniature", task=made.task)
    note = Note(job=job, settings=made.settings, home=HOME, owner=owner, where=where)
    notes.keep(note)
    return note


def test_results_of_an_editor_that_died_are_collected(
    jobs: Jobs, serve: Serve, link: Link, qtbot: QtBot
) -> None:
    note = kept_by(owner=2**22 + 1, where=link.where)
    serve(
        {
            m.Hello: welcome_with(note.job.id),
            m.Results: lambda request: [m.Ok(request=request.request), done(request.job)],
        }
    )
    arrived: list[PaintJob] = []
    jobs.arrived.connect(arrived.append)
    link.wake()
    qtbot.waitUntil(lambda: len(arrived) == 1, timeout=PATIENCE_MS)
    assert arrived[0].home == HOME
    assert arrived[0].settings == note.settings


def test_those_of_an_editor_that_still_runs_are_left_to_it(
    jobs: Jobs, serve: Serve, link: Link, qtbot: QtBot
) -> None:
    note = kept_by(owner=os.getppid(), where=link.where)
    daemon = serve({m.Hello: welcome_with(note.job.id)})
    link.wake()
    qtbot.waitUntil(lambda: link.connected, timeout=PATIENCE_MS)
    assert jobs.all == []
    assert daemon.heard(m.Results) == []


def test_jobs_go_on_after_a_look_at_another_daemon(
    jobs: Jobs, serve: Serve, link: Link, endpoint: str, qtbot: QtBot
) -> None:
    serve({m.Submit: lambda request: [accepted(request)]})
    job = jobs.submit(asked(), HOME)
    until(qtbot, job, JobState.QUEUED)
    link.move_to(Connection(endpoint=f"{endpoint}-elsewhere"))
    assert link.where.endswith("-elsewhere")
    link.move_to(Connection(endpoint=endpoint))
    serve(
        {
            m.Hello: welcome_with(job.id),
            m.Results: lambda request: [m.Ok(request=request.request), done(request.job)],
        }
    )
    link.wake()
    until(qtbot, job, JobState.DONE)


def test_notes_of_jobs_that_another_daemon_has_are_kept(
    jobs: Jobs, serve: Serve, link: Link, qtbot: QtBot
) -> None:
    note = kept_by(owner=2**22 + 1, where="tcp://studio:7801")
    serve({})
    link.wake()
    qtbot.waitUntil(lambda: link.connected, timeout=PATIENCE_MS)
    assert jobs.all == []
    assert notes.orphans() == [note]


def test_a_damaged_note_is_passed_over() -> None:
    note = kept_by(owner=2**22 + 1)
    assert notes.orphans() == [note]
    folder = notes.note_of("x").parent
    (folder / "broken.json").write_bytes(b"{")
    assert notes.orphans() == [note]
    notes.forget(note.job.id)
    assert notes.orphans() == []


def test_a_note_says_everything_that_a_result_needs() -> None:
    note = kept_by(owner=1)
    assert msgspec.json.decode(msgspec.json.encode(note), type=Note) == note
