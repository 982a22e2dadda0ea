"""The command line against the real front, whose worker paints noise without a model."""

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helpers.command_line import CommandLine
from helpers.homes import PATIENCE_S, Home, home
from scumble_editor.files import openraster
from scumble_protocol.endpoint import folders, read_connection
from scumble_protocol.launch import running_daemon

SELECT = ("--select", "40,30,50,40")


@pytest.fixture
def front(scumble: CommandLine) -> Iterator[Home]:
    with home(scumble.home) as here:
        here.start()
        yield here


def jobs(scumble: CommandLine) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(scumble.run("jobs", "list", "--json").stdout)
    return listed


def until_done(scumble: CommandLine, count: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while [job["state"] for job in jobs(scumble)] != ["done"] * count:
        assert time.monotonic() < deadline


def painting(photo: Path, prompt: str, *more: str) -> tuple[str, ...]:
    return ("inpaint", str(photo), *SELECT, "--prompt", prompt, *more)


@pytest.mark.usefixtures("front")
def test_ctrl_c_leaves_nothing_in_the_daemon(scumble: CommandLine, photo: Path) -> None:
    with scumble.running(*painting(photo, "slow")) as command:
        assert command.stderr is not None
        while "step 1 of 2" not in command.stderr.readline():
            assert command.poll() is None
        command.send_signal(signal.SIGINT)
        _, err = command.communicate(timeout=PATIENCE_S)
    assert command.returncode == 130
    assert "Cancelled. Nothing was written" in err
    assert jobs(scumble) == []


def test_results_of_killed_commands_wait_and_are_collected(
    scumble: CommandLine, front: Home, photo: Path
) -> None:
    for name in ("one.ora", "two.png"):
        with scumble.running(*painting(photo, "slow", "-o", name)) as command:
            assert command.stderr is not None
            command.stderr.readline()
            command.kill()
    assert len(jobs(scumble)) == 2
    front.go()
    until_done(scumble, 2)
    (scumble.folder / "one.ora").write_bytes(b"a file that came in the meantime")
    told = json.loads(scumble.run("jobs", "results", "--json").stdout)
    files = sorted(Path(file) for outcome in told for file in outcome["files"])
    assert files == [scumble.folder / "one-2.ora", scumble.folder / "two.png"]
    assert len(openraster.read(files[0]).document.layers) == 2
    assert jobs(scumble) == []
    assert scumble.run("jobs", "results").stderr == "No results are waiting.\n"


def test_a_layer_is_kept_where_the_picture_has_gone(
    scumble: CommandLine, front: Home, photo: Path
) -> None:
    with scumble.running(*painting(photo, "slow", "-o", "one.ora")) as command:
        assert command.stderr is not None
        command.stderr.readline()
        command.kill()
    front.go()
    until_done(scumble, 1)
    photo.unlink()
    ran = scumble.run("jobs", "results")
    assert "The new layers are written without it" in ran.stderr
    assert len(openraster.read(scumble.folder / "one.ora").document.layers) == 1


@pytest.mark.usefixtures("front")
def test_a_job_is_cancelled_by_the_beginning_of_its_id(scumble: CommandLine, photo: Path) -> None:
    with scumble.running(*painting(photo, "slow")) as command:
        assert command.stderr is not None
        command.stderr.readline()
        job = jobs(scumble)[0]
        assert (job["task"], job["prompt"]) == ("inpaint", "slow")
        assert job["job"] in scumble.run("jobs", "list").stdout
        assert scumble.run("jobs", "cancel", job["job"][:8]).returncode == 0
        _, err = command.communicate(timeout=PATIENCE_S)
    assert command.returncode == 130
    assert err.splitlines()[-1].startswith("scumble: The job was cancelled.")


@pytest.mark.slow
@pytest.mark.usefixtures("front")
def test_stopping_the_daemon_tells_of_its_jobs_and_a_waiting_command_starts_no_other(
    scumble: CommandLine, photo: Path
) -> None:
    with scumble.running(*painting(photo, "slow")) as command:
        assert command.stderr is not None
        while "step 1 of 2" not in command.stderr.readline():
            assert command.poll() is None
        stopped = scumble.run("daemon", "stop")
        assert "Jobs that are not done: 1 under way. They are kept" in stopped.stderr
        _, err = command.communicate(timeout=PATIENCE_S)
    assert command.returncode == 1
    assert "has not been heard for 15 s" in err
    assert "scumble daemon start" in err
    assert running_daemon() is None


@pytest.mark.usefixtures("front")
def test_an_id_that_no_job_has_is_bad_use(scumble: CommandLine) -> None:
    ran = scumble.run("jobs", "cancel", "nowhere")
    assert ran.returncode == 2
    assert ran.stderr.startswith("scumble: No job has an id that begins with “nowhere”.")


@pytest.mark.usefixtures("front")
def test_status_tells_of_front_workers_queue_and_memory(scumble: CommandLine) -> None:
    told = json.loads(scumble.run("daemon", "status", "--json").stdout)
    assert told["pid"] == read_connection(folders().connection_file).pid
    assert {"pid", "device", "model", "state"} <= set(told["workers"][0])
    assert told["queue"]["queued"] == 0
    assert told["memory"]["front_bytes"] > 0
    shown = scumble.run("daemon", "status").stdout
    assert f"process {told['pid']}" in shown


@pytest.mark.usefixtures("front")
def test_the_log_is_shown_from_its_end(scumble: CommandLine) -> None:
    lines = scumble.run("daemon", "logs", "--lines", "2").stdout.splitlines()
    assert len(lines) == 2
    assert "INFO" in lines[-1]


def test_the_daemon_is_started_once_and_stopped_once(scumble: CommandLine) -> None:
    assert scumble.run("daemon", "status").returncode == 1
    assert scumble.run("daemon", "logs").stderr == "The daemon has written no log yet.\n"
    try:
        started = scumble.run("daemon", "start", "--device", "cpu")
        assert started.returncode == 0, started.stderr
        assert "runs in the background" in started.stdout
        again = scumble.run("daemon", "start")
        assert again.returncode == 0
        assert "is running already" in again.stderr
    finally:
        stopped = scumble.run("daemon", "stop")
    assert "has ended" in stopped.stdout
    assert scumble.run("daemon", "stop").stderr.startswith("No daemon is running.")
    assert scumble.run("daemon", "status").returncode == 1


def test_a_daemon_that_cannot_start_says_why(scumble: CommandLine) -> None:
    ran = scumble.run("daemon", "start", "--device", "abacus")
    assert ran.returncode == 1
    assert "A device is auto, cpu, cuda" in ran.stderr
