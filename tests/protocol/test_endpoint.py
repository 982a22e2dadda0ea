"""Folders of a user: one home for everything if asked, and never a stranger's for sockets."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import platformdirs
import pytest

from scumble_protocol.endpoint import Connection, folders, is_alive


def test_one_variable_moves_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCUMBLE_HOME", str(tmp_path))
    places = folders()
    assert {places.runtime, places.config, places.data, places.log} == {
        tmp_path / name for name in ("run", "config", "data", "log")
    }


def test_a_session_without_a_runtime_folder_keeps_sockets_with_the_users_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCUMBLE_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    beneath_tmp = Path(tempfile.gettempdir()) / "runtime-1000" / "scumble"
    monkeypatch.setattr(platformdirs, "user_runtime_path", lambda _: beneath_tmp)
    assert folders().runtime == tmp_path / "scumble" / "run"


def test_a_killed_daemon_is_not_alive_even_before_its_starter_notices() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    connection = Connection(endpoint="ipc:///nowhere", pid=process.pid)
    assert is_alive(connection)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, but not yet buried
    assert not is_alive(connection)
    process.communicate()
    assert not is_alive(connection)
    assert not is_alive(Connection(endpoint="ipc:///nowhere"))
