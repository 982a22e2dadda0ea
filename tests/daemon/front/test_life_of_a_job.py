"""The life of a job in the front, with real processes and a worker that does as it is told."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

import numpy as np
import psutil
import pytest

from helpers.homes import SCRIPTED, Home, Wire, client
from scumble_protocol import messages as m
from scumble_protocol.client import Client, Painting
from scumble_protocol.endpoint import folders, read_connection
from scumble_protocol.errors import ErrorCode, JobCancelledError, RemoteError
from scumble_protocol.frames import attach
from scumble_protocol.images import Pictures, describe
from scumble_protocol.jobs import ImageToImage, Inpaint, Job, JobState, Phase, TextToImage


def words(prompt: str = "", seed: int = 1) -> TextToImage:
    """Return a small job without pictures."""
    return TextToImage(prompt=prompt, seed=seed, width=16, height=8)


def submit(to: Client, prompt: str = "", job_id: str | None = None) -> Painting:
    """Submit a small job without pictures."""
    return to.submit(words(prompt), Pictures(), job_id=job_id)


def until_running(painting: Painting) -> None:
    """Wait until the worker has taken a step of a job."""
    for happening in painting:
        if isinstance(happening, m.Progress) and happening.phase is Phase.DENOISING:
            return
    raise AssertionError("the job ended")


def until_state(painting: Painting, state: JobState) -> m.State:
    """Wait until a job is told to be in a state."""
    for happening in painting:
        if isinstance(happening, m.State) and happening.state is state:
            return happening
    raise AssertionError("the job ended")


def worker_pid(to: Client) -> int:
    """Return the process id of the only worker."""
    return to.status().workers[0].pid


def states(to: Client) -> dict[str, JobState]:
    """Return a client's jobs and their states."""
    return {status.job: status.state for status in to.jobs()}


def test_a_job_runs_and_its_result_is_forgotten_once_acknowledged(front: Home) -> None:
    del front
    with client() as me:
        painting = submit(me)
        painted = painting.result(acknowledge=False)
        assert painted.layers[0].pixels.shape == (8, 16, 3)
        assert states(me) == {painting.job_id: JobState.DONE}
        painting.acknowledge()
        assert me.jobs() == ()


def test_progress_and_preview_reach_the_one_who_submitted(front: Home) -> None:
    del front
    with client() as me:
        kinds = [type(happening).__name__ for happening in submit(me)]
    assert kinds[-1] == "Done"
    assert {"State", "Progress", "Glance"} <= set(kinds)


@pytest.mark.usefixtures("front")
@pytest.mark.parametrize("minor", [0, 1])
def test_a_preview_brings_its_mask_to_those_who_know_of_masks(minor: int) -> None:
    with Wire(read_connection(folders().connection_file)) as wire:
        wire.hello(minor=minor)
        wire.say(m.Submit(request="r1", job=Job(id="job-00000001", task=words())))
        previews = []
        while (heard := wire.hear()) is not None and not isinstance(heard.message, m.Done):
            if isinstance(heard.message, m.Preview):
                previews.append(heard.message)
    assert previews
    assert all((preview.mask is not None) == bool(minor) for preview in previews)


def test_a_second_job_on_the_same_pictures_uploads_nothing(front: Home) -> None:
    pictures = Pictures()
    image = pictures.add(np.full((64, 48, 3), 7, np.uint8))
    mask = pictures.add(np.full((64, 48), 255, np.uint8))
    task = Inpaint(prompt="", seed=1, image=image, selection=mask)
    with client() as me:
        me.submit(task, pictures).result()
    with Wire(read_connection(folders().connection_file)) as wire:
        wire.hello("another-client")
        answer = wire.ask(m.Submit(request="s", job=Job(id="without-pictures", task=task)))
    assert isinstance(answer, m.Accepted)
    assert len(front.runs) >= 1


def test_pictures_that_are_missing_are_asked_for_once(front: Home) -> None:
    del front
    pictures = Pictures()
    image = pictures.add(np.full((8, 8, 3), 7, np.uint8))
    mask = pictures.add(np.full((8, 8), 255, np.uint8))
    job = Job(id="lacks-both", task=Inpaint(seed=1, image=image, selection=mask))
    with Wire(read_connection(folders().connection_file)) as wire:
        wire.hello()
        need = wire.ask(m.Submit(request="s", job=job))
        assert isinstance(need, m.Need)
        assert set(need.hashes) == {image.hash, mask.hash}
        error = wire.ask(m.Images(request="i", job=job.id, attachments=()))
        assert isinstance(error, m.Error)
        again = wire.ask(m.Images(request="j", job=job.id, attachments=()))
        assert isinstance(again, m.Error)
        assert "No job of this id waits" in again.sentence


def test_a_worker_killed_mid_step_has_its_job_retried_once(front: Home) -> None:
    with client() as me:
        painting = submit(me, "slow")
        until_running(painting)
        os.kill(worker_pid(me), signal.SIGKILL)
        retried = until_state(painting, JobState.QUEUED)
        assert "SIGKILL" in retried.sentence
        front.go()
        assert painting.result().report.steps == 2
    assert front.runs == [painting.job_id] * 2


def test_a_job_that_kills_its_worker_twice_fails_and_the_next_one_runs(front: Home) -> None:
    with client() as me:
        doomed = submit(me, "crash")
        healthy = submit(me)
        with pytest.raises(RemoteError, match="SIGKILL") as caught:
            doomed.result()
        healthy.result()
    assert caught.value.code is ErrorCode.WORKER_CRASHED
    assert front.runs == [doomed.job_id, doomed.job_id, healthy.job_id]


def test_the_front_answers_while_its_worker_is_dead(front: Home) -> None:
    del front
    with client() as me:
        os.kill(worker_pid(me), signal.SIGKILL)
        assert me.ping().session == me.welcome.session


def test_a_worker_that_cannot_start_says_why_to_the_jobs_that_wait(house: Home) -> None:
    house.start(environment={"SCRIPTED_WORKER": "unable"})
    with client() as me:
        with pytest.raises(RemoteError, match="torch is not installed") as caught:
            submit(me).result()
        assert me.status().workers[0].state == "broken"
    assert caught.value.code is ErrorCode.WORKER_CRASHED


def test_a_job_that_fails_leaves_its_worker_alive(front: Home) -> None:
    del front
    with client() as me:
        before = worker_pid(me)
        with pytest.raises(RemoteError, match="could not do this") as caught:
            submit(me, "broken").result()
        submit(me).result()
        assert worker_pid(me) == before
    assert caught.value.code is ErrorCode.MODEL_FAILED


def test_killing_the_front_loses_no_queued_running_or_finished_job(front: Home) -> None:
    with client() as me:
        finished = submit(me)
        finished.result(acknowledge=False)
        running = submit(me, "slow")
        until_running(running)
        queued = submit(me)
        front.kill()
    front.go()
    front.start()
    with client() as me:
        expected = {finished.job_id, running.job_id, queued.job_id}
        assert {status.job for status in me.welcome.jobs} == expected
        for job in expected:
            assert me.painting(job).result().report.steps == 2
    assert front.runs.count(finished.job_id) == 1
    assert front.runs.count(running.job_id) == 2
    assert front.runs.count(queued.job_id) == 1


def test_a_worker_does_not_outlive_a_front_that_was_killed(front: Home) -> None:
    with client() as me:
        worker = psutil.Process(worker_pid(me))
    front.kill()
    assert not worker.is_running()


def test_a_client_that_stays_connected_gets_its_result_from_the_next_front(front: Home) -> None:
    with client() as me:
        painting = submit(me, "slow")
        until_running(painting)
        front.kill()
        front.go()
        front.start()
        assert painting.result().report.steps == 2


def test_a_client_that_went_away_finds_its_results_waiting(front: Home) -> None:
    with client("comes-back") as me:
        painting = submit(me, "slow")
        until_running(painting)
    front.go()
    with client("comes-back") as me:
        assert [status.job for status in me.welcome.jobs] == [painting.job_id]
        assert me.painting(painting.job_id).result().layers[0].seed == 1


def test_a_queued_job_is_cancelled_at_once_and_never_reaches_the_worker(front: Home) -> None:
    with client() as me:
        running = submit(me, "slow")
        until_running(running)
        queued = submit(me)
        queued.cancel()
        with pytest.raises(JobCancelledError):
            queued.result()
        front.go()
        running.result()
    assert front.runs == [running.job_id]


@pytest.mark.parametrize("phase", ["loading", "slow"])
def test_a_job_in_hand_is_cancelled_when_the_worker_confirms(front: Home, phase: str) -> None:
    with client() as me:
        painting = submit(me, phase)
        until_state(painting, JobState.LOADING if phase == "loading" else JobState.RUNNING)
        painting.cancel()
        with pytest.raises(JobCancelledError):
            painting.result()
        submit(me).result()
    assert front.runs.count(painting.job_id) == 1


def test_a_worker_that_does_not_stop_is_ended_and_the_job_is_not_tried_again(house: Home) -> None:
    house.settle(stop_timeout_s=0.2)
    house.start()
    with client() as me:
        painting = submit(me, "slow stubborn")
        until_running(painting)
        before = worker_pid(me)
        painting.cancel()
        with pytest.raises(JobCancelledError):
            painting.result()
        submit(me).result()
        assert worker_pid(me) != before
    assert house.runs.count(painting.job_id) == 1


def test_a_cancelled_job_stays_cancelled_when_the_front_is_killed(front: Home) -> None:
    with client() as me:
        painting = submit(me, "slow stubborn")
        until_running(painting)
        painting.cancel()
        front.kill()
    front.go()
    front.start()
    with client() as me, pytest.raises(JobCancelledError):
        me.painting(painting.job_id).result()
    assert front.runs == [painting.job_id]


def test_submitting_an_id_twice_is_submitting_once(front: Home) -> None:
    with client() as me:
        first = submit(me, job_id="the-same-job")
        first.result(acknowledge=False)
        submit(me, job_id="the-same-job").result()
        with Wire(read_connection(folders().connection_file)) as wire:
            wire.hello()
            answer = wire.ask(m.Submit(request="s", job=Job(id="the-same-job", task=words())))
    assert isinstance(answer, m.Accepted)
    assert answer.state is JobState.DELIVERED
    assert front.runs == ["the-same-job"]


def test_an_id_is_not_taken_for_two_different_jobs(front: Home) -> None:
    del front
    with client() as me:
        submit(me, job_id="the-same-job").result(acknowledge=False)
        with pytest.raises(RemoteError, match="another job") as caught:
            submit(me, "something else", job_id="the-same-job")
    assert caught.value.code is ErrorCode.BAD_REQUEST


def test_two_clients_take_turns(front: Home) -> None:
    with client("first-client") as first, client("second-client") as second:
        held = submit(first, "slow")
        until_running(held)
        many = [submit(first, job_id=f"first-{n:03}") for n in range(3)]
        few = [submit(second, job_id=f"second-{n:03}") for n in range(2)]
        front.go()
        for painting in [held, *many, *few]:
            painting.result()
    order = [job for job in front.runs if job != held.job_id]
    assert order == ["first-000", "second-000", "first-001", "second-001", "first-002"]


def test_a_client_reorders_its_own_jobs_and_hears_their_positions(front: Home) -> None:
    with client() as me:
        held = submit(me, "slow")
        until_running(held)
        jobs = [submit(me, job_id=f"job-number-{n}") for n in range(3)]
        me.reorder("job-number-2", 0)
        positions = {status.job: status.position for status in me.jobs()}
        assert [positions[f"job-number-{n}"] for n in range(3)] == [1, 2, 0]
        front.kill()
        front.go()
        front.start()
        for painting in [held, *jobs]:
            painting.result()
    assert front.runs[-3:] == ["job-number-2", "job-number-0", "job-number-1"]


def test_a_full_queue_refuses_and_takes_again_when_there_is_room(house: Home) -> None:
    house.settle(queued_jobs=2, queued_jobs_total=3)
    house.start()
    with client("first-client") as first, client("second-client") as second:
        held = submit(first, "slow")
        until_running(held)
        waiting = submit(first)
        with pytest.raises(RemoteError, match="queue is full") as caught:
            submit(first)
        submit(second)
        with pytest.raises(RemoteError, match="3 in all"):
            submit(second)
        house.go()
        held.result()
        waiting.result()
        submit(first).result()
    assert caught.value.code is ErrorCode.QUEUE_FULL


def test_a_spool_over_its_quota_refuses_and_keeps_what_it_has(house: Home) -> None:
    house.settle(spool_quota_bytes=4 << 20)
    house.start()
    with client() as me:
        kept = me.submit(TextToImage(seed=1, width=800, height=1000), Pictures())
        kept.result(acknowledge=False)
        with pytest.raises(RemoteError, match="not taken") as caught:
            me.submit(TextToImage(seed=2, width=800, height=1000), Pictures())
        assert caught.value.code is ErrorCode.DISK_FULL
        assert kept.result().layers[0].pixels.shape == (1000, 800, 3)
        me.submit(TextToImage(seed=2, width=800, height=1000), Pictures()).result()


@pytest.mark.skipif(sys.platform == "win32", reason="a limit on files is Unix's")
def test_a_disk_that_cannot_be_written_is_said_so_and_nothing_else_is_lost(house: Home) -> None:
    limited = ("bash", "-c", f"ulimit -f 1024; exec {shlex.join(SCRIPTED)}")  # a megabyte a file
    house.start(limited)
    (house.spool / "inbox").rmdir()  # so that it is the front that must write
    with client() as me:
        kept = submit(me)
        kept.result(acknowledge=False)
        pictures = Pictures()
        image = pictures.add(np.zeros((1024, 1024, 3), np.uint8))
        with pytest.raises(RemoteError, match="Nothing else was lost") as caught:
            me.submit(ImageToImage(seed=1, image=image), pictures)
        assert caught.value.code is ErrorCode.DISK_FULL
        assert kept.result().report.steps == 2
        submit(me).result()


def test_pictures_nobody_needs_make_room_before_a_job_is_refused(house: Home) -> None:
    house.settle(spool_quota_bytes=4 << 20)
    house.start()
    with client() as me:
        for shade in range(4):
            pictures = Pictures()
            image = pictures.add(np.full((600, 500, 3), shade, np.uint8))
            mask = pictures.add(np.full((600, 500), shade, np.uint8))
            task = Inpaint(seed=shade, image=image, selection=mask)
            me.submit(task, pictures).result()
        assert me.status().spool_bytes <= 4 << 20


def test_shutdown_ends_the_front_in_order_and_the_next_one_goes_on(front: Home) -> None:
    with client() as me:
        painting = submit(me, "slow")
        until_running(painting)
        me.shutdown()
    assert front.wait() == 0
    assert not folders().connection_file.exists()
    assert not (folders().runtime / "daemon.sock").exists()
    front.go()
    front.start()
    with client() as me:
        assert me.painting(painting.job_id).result().report.steps == 2


def test_a_signal_ends_the_front_in_order(front: Home) -> None:
    with client() as me:
        worker = psutil.Process(worker_pid(me))
    assert front.stop() == 0
    assert not folders().connection_file.exists()
    assert not worker.is_running()


def test_a_second_daemon_for_the_same_home_is_refused(front: Home) -> None:
    assert "is running already" in front.refusal()


def test_a_model_is_loaded_before_it_is_needed_and_given_back(front: Home) -> None:
    del front
    with client() as me:
        me.load("miniature")
        _until(me, ["device"])
        me.unload()
        _until(me, ["disk"])
        with pytest.raises(RemoteError, match="Did you mean miniature") as caught:
            me.load("minature")
    assert caught.value.code is ErrorCode.UNKNOWN_MODEL


def test_the_time_to_start_is_learned_from_jobs_before_and_kept(front: Home) -> None:
    with client() as me:
        submit(me).result()
    front.stop()
    front.start()
    with client() as me, Wire(read_connection(folders().connection_file)) as wire:
        held = submit(me, "slow")
        until_running(held)
        wire.hello("another-client")
        answer = wire.ask(m.Submit(request="s", job=Job(id="how-long-is-it", task=words())))
    assert isinstance(answer, m.Accepted)
    assert answer.position == 0
    assert answer.seconds_until_start is not None


def _until(me: Client, residencies: Sequence[str]) -> None:
    """Wait until the models are where they should be."""
    deadline = time.monotonic() + 30
    while [str(model.residency) for model in me.models()] != residencies:
        assert time.monotonic() < deadline


def test_a_client_that_reads_nothing_for_long_misses_no_end_and_holds_up_nobody(
    front: Home,
) -> None:
    del front
    jobs = [
        Job(id=f"job-number-{n:02}", task=TextToImage(seed=n, width=600, height=600))
        for n in range(50)
    ]
    with Wire(read_connection(folders().connection_file), RCVHWM=1) as deaf, client() as me:
        deaf.hello("deaf-client")
        for job in jobs:
            deaf.say(m.Submit(request=f"s-{job.id}", job=job))
        painting = submit(me)
        painting.result()
        while me.status().jobs["done"] < len(jobs):
            assert me.ping().session == me.welcome.session
        deaf.say(m.Ping(request="still-there"))
        ended: list[str] = []
        while set(ended) < {job.id for job in jobs} and (reply := deaf.hear()) is not None:
            if isinstance(reply.message, m.Done):
                ended.append(reply.message.job)
                assert len(reply.buffers[0]) == 600 * 600 * 3
            elif isinstance(reply.message, m.Error):
                # deaf for so long, on a busy machine, that its connection was given up meanwhile
                deaf.say(m.Hello(request="again", client="deaf-client"))
                for job in jobs:
                    deaf.say(m.Results(request=f"r-{job.id}", job=job.id))
    assert list(dict.fromkeys(ended)) == [job.id for job in jobs]


def test_control_is_answered_before_an_upload_that_came_first_is_written(front: Home) -> None:
    del front
    pixels = np.zeros((4096, 4096, 4), np.uint8)
    image = describe(pixels)
    attachments, buffers = attach([image], [pixels])
    job = Job(id="a-large-upload", task=ImageToImage(seed=1, image=image))
    answers: list[str] = []
    with Wire(read_connection(folders().connection_file)) as wire:
        wire.hello()
        wire.say(m.Submit(request="upload", job=job, attachments=attachments), buffers)
        wire.say(m.Ping(request="ping"))
        while len(answers) < 2 and (reply := wire.hear()) is not None:
            if isinstance(reply.message, m.Answer):
                answers.append(reply.message.request)
    assert answers == ["ping", "upload"]


def test_a_job_cancelled_while_its_pictures_arrive_is_never_run(front: Home) -> None:
    pixels = np.zeros((2048, 2048, 4), np.uint8)
    image = describe(pixels)
    attachments, buffers = attach([image], [pixels])
    job = Job(id="a-large-upload", task=ImageToImage(seed=1, image=image))
    with Wire(read_connection(folders().connection_file)) as wire:
        wire.hello()
        wire.say(m.Submit(request="upload", job=job, attachments=attachments), buffers)
        assert isinstance(wire.ask(m.Cancel(request="c", job=job.id)), m.Ok)
        ping = wire.ask(m.Ping(request="p"))
        assert isinstance(ping, m.Pong)
        listed = wire.ask(m.Jobs(request="j"))
        assert isinstance(listed, m.JobList)
        assert all(status.state is JobState.CANCELLED for status in listed.jobs)
    assert front.runs == []


def test_results_that_nobody_fetched_expire(front: Home) -> None:
    with client() as me:
        old = submit(me)
        old.result(acknowledge=False)
        young = submit(me)
        young.result(acknowledge=False)
    front.stop()
    front.sql("UPDATE jobs SET finished_at = 0 WHERE id = ?", old.job_id)
    front.start()
    with client() as me:
        assert [status.job for status in me.jobs()] == [young.job_id]
    assert len(list((front.spool / "pictures").iterdir())) == 1


def test_a_submit_whose_pictures_never_come_is_dropped(house: Home) -> None:
    house.settle(need_timeout_s=0.1, queued_jobs=1)
    house.start()
    image = describe(np.zeros((8, 8, 3), np.uint8))
    with Wire(read_connection(folders().connection_file)) as wire:
        wire.hello()
        first = Job(id="never-completed", task=ImageToImage(seed=1, image=image))
        assert isinstance(wire.ask(m.Submit(request="s", job=first)), m.Need)
        answer: m.AnyReply = wire.ask(
            m.Submit(request="t", job=Job(id="job-two-again", task=words()))
        )
        while isinstance(answer, m.Error):
            assert answer.code is ErrorCode.QUEUE_FULL
            answer = wire.ask(m.Submit(request="t", job=Job(id="job-two-again", task=words())))
        assert isinstance(answer, m.Accepted)


def test_results_that_nobody_acknowledges_are_bounded(house: Home) -> None:
    house.settle(kept_results=2)
    house.start()
    with client() as me:
        kept = [submit(me) for _ in range(2)]
        for painting in kept:
            painting.result(acknowledge=False)
        with pytest.raises(RemoteError, match="never acknowledged") as caught:
            submit(me)
        assert caught.value.code is ErrorCode.QUEUE_FULL
        kept[0].acknowledge()
        submit(me).result()


DOOMED_CLIENT = """
import sys
from scumble_protocol.client import Client
from scumble_protocol.images import Pictures
from scumble_protocol.jobs import TextToImage
client = Client.connect(client_id="doomed-client")
task = TextToImage(prompt="slow", seed=1, width=16, height=8)
painting = client.submit(task, Pictures())
print(painting.job_id, flush=True)
painting.result()
"""


def test_a_client_that_is_killed_finds_its_result_at_its_next_start(front: Home) -> None:
    doomed = subprocess.Popen([sys.executable, "-c", DOOMED_CLIENT], stdout=subprocess.PIPE)
    assert doomed.stdout is not None
    with doomed, doomed.stdout as said:
        job = said.readline().decode().strip()
        doomed.kill()
    front.go()
    with client("doomed-client") as me:
        assert [status.job for status in me.welcome.jobs] == [job]
        assert me.painting(job).result().layers[0].seed == 1


def test_two_devices_work_on_two_jobs_at_once(house: Home) -> None:
    house.settle(devices=("cuda:0", "cuda:1"))
    house.start()
    with client() as me:
        both = [submit(me, "slow") for _ in range(2)]
        for painting in both:
            until_running(painting)
        workers = me.status().workers
        assert {worker.job for worker in workers} == {painting.job_id for painting in both}
        assert len({worker.pid for worker in workers}) == 2
        os.kill(workers[0].pid, signal.SIGKILL)
        house.go()
        for painting in both:
            painting.result()
    assert sorted(house.runs) == sorted([*(p.job_id for p in both), workers[0].job])


def test_a_result_of_more_pictures_than_a_message_carries_is_a_failure(front: Home) -> None:
    with client() as me:
        with pytest.raises(RemoteError, match="65 pictures") as caught:
            submit(me, "many").result()
        assert caught.value.code is ErrorCode.TOO_LARGE
        submit(me).result()
    assert list((front.spool / "pictures").iterdir()) == []


@pytest.mark.usefixtures("front")
def test_a_running_job_that_is_taken_ends_with_a_result_and_one_that_waits_cannot_be() -> None:
    with client() as here:
        running, waiting = submit(here, "slow"), submit(here, "slow")
        until_running(running)
        with pytest.raises(RemoteError, match="has not begun"):
            here.take(waiting.job_id)
        here.take(running.job_id)
        assert len(running.result().layers) == 1
        here.take(running.job_id)  # over, which is no fault
