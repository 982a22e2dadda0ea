"""Folders of a user: one home for everything if asked, and never a stranger's for sockets."""

import tempfile
from pathlib import Path

import platformdirs
import pytest

from scumble_protocol.endpoint import folders


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
