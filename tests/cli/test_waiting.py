"""Notes of jobs outlive the command that wrote them."""

import stat
from pathlib import Path

import pytest

from scumble_cli import waiting
from scumble_protocol.jobs import Job, TextToImage


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCUMBLE_HOME", str(tmp_path))
    return tmp_path


def note_of(job_id: str) -> waiting.Note:
    task = TextToImage(prompt="a castle", seed=1, width=64, height=64)
    return waiting.Note(job=Job(id=job_id, task=task), picture=None, outputs=("/tmp/a.ora",))


def test_a_note_is_found_until_it_is_forgotten() -> None:
    waiting.keep(note_of("job-of-test"))
    assert waiting.find("job-of-test") == note_of("job-of-test")
    waiting.forget("job-of-test")
    assert waiting.find("job-of-test") is None
    waiting.forget("job-of-test")


def test_a_damaged_note_is_none(home: Path) -> None:
    waiting.keep(note_of("job-of-test"))
    (home / "data" / "command-line" / "job-of-test.json").write_text("{")
    assert waiting.find("job-of-test") is None


def test_the_command_line_keeps_one_id_and_keeps_it_private(home: Path) -> None:
    assert waiting.client_id() == waiting.client_id()
    assert stat.S_IMODE((home / "data" / "command-line").stat().st_mode) == 0o700
