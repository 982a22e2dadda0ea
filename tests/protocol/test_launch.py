"""A daemon started in the background, by a program that goes on."""

import time
from pathlib import Path

import psutil

from helpers.homes import PATIENCE_S, client, home
from scumble_protocol.launch import ensure_daemon, running_daemon, start_daemon


def test_a_daemon_that_ends_leaves_nothing_behind_in_the_program_that_started_it(
    tmp_path: Path,
) -> None:
    said: list[str] = []
    with home(tmp_path):
        started = start_daemon(("--device", "cpu"))
        assert ensure_daemon(said.append) == started
        with client() as me:
            me.shutdown()
        deadline = time.monotonic() + PATIENCE_S
        while psutil.pid_exists(started.pid) and time.monotonic() < deadline:
            time.sleep(0.02)

        assert not psutil.pid_exists(started.pid)
        assert running_daemon() is None
    assert said == []
