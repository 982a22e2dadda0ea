"""The end of the daemon's log, as many lines as are asked for."""

from pathlib import Path

import pytest

from scumble_cli.logs import last_lines, log_file


@pytest.fixture(autouse=True)
def log_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCUMBLE_HOME", str(tmp_path))
    (tmp_path / "log").mkdir()
    return tmp_path / "log"


def test_the_daemons_log_comes_before_that_of_a_start(log_folder: Path) -> None:
    assert log_file() is None
    (log_folder / "daemon-start.log").touch()
    assert log_file() == log_folder / "daemon-start.log"
    (log_folder / "daemon.log").touch()
    assert log_file() == log_folder / "daemon.log"


def test_the_last_lines_are_shown_in_their_order(log_folder: Path) -> None:
    file = log_folder / "daemon.log"
    file.write_bytes(b"one\ntwo\nthree \xff\n")
    assert last_lines(file, 2) == ["two", "three \N{REPLACEMENT CHARACTER}"]
    assert len(last_lines(file, 10)) == 3
