import json
from pathlib import Path

import pytest

from scumble_daemon.__main__ import main
from scumble_daemon.config import Settings, settings_file
from scumble_daemon.front import server
from scumble_daemon.front.server import Household
from scumble_protocol.endpoint import HOME_VARIABLE


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep everything in a folder of the test's own."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> object:
    """Return what a command prints for programs."""
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_keys_are_shown_and_changed(capsys: pytest.CaptureFixture[str]) -> None:
    before = shown(capsys, "keys", "show")
    assert isinstance(before, dict)
    assert before["allowed"] == []
    after = shown(capsys, "keys", "allow", "studio", before["client"])
    assert after == before | {"allowed": [{"name": "studio", "key": before["client"]}]}
    assert shown(capsys, "keys", "forget", "studio") == before


def test_a_model_that_is_not_there_is_bad_use(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["models", "info", "nothing-such"]) == 2
    assert "There is no model" in capsys.readouterr().err


def test_models_that_are_not_there_are_not_listed(capsys: pytest.CaptureFixture[str]) -> None:
    listed = shown(capsys, "models", "list")
    assert isinstance(listed, list)
    assert {model["origin"] for model in listed} <= {"bundled"}


def test_a_command_that_does_not_exist_is_bad_use() -> None:
    with pytest.raises(SystemExit) as caught:
        main(["dance"])
    assert caught.value.code == 2


def test_the_doctor_says_what_is_there_and_what_is_wrong(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text("queued_jbos = 1")
    monkeypatch.setattr("scumble_daemon.doctor._PROBE", "print('[\"toaster\"]')")
    assert main(["doctor", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["devices"] == ["toaster"]
    assert report["daemon"] == "not running"
    assert any("queued_jbos" in problem for problem in report["problems"])


def test_a_torch_that_does_not_work_is_a_problem_and_no_crash(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scumble_daemon.doctor._PROBE", "raise SystemExit('no driver')")
    assert main(["doctor"]) == 1
    assert "no driver" in capsys.readouterr().out


def test_a_settings_file_with_a_mistake_keeps_the_daemon_from_starting(
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text("queued_jobs = 0")
    assert main(["run"]) == 1
    assert "queued_jobs" in capsys.readouterr().err


def test_what_is_said_for_one_run_reaches_the_workers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    served: list[tuple[Settings, Household]] = []
    monkeypatch.setattr(server, "serve", lambda *given: served.append(given))
    assert main(["run", "--device", "cpu", "--offload", "model", "--no-compile"]) == 0
    settings, household = served[0]
    assert (settings.devices, settings.offload) == (("cpu",), "model")
    assert household.worker_command[-3:] == ("--offload", "model", "--no-compile")


def test_a_word_that_a_setting_does_not_take_is_bad_use(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["run", "--vae-tiling", "perhaps"])
    assert caught.value.code == 2
    assert "auto" in capsys.readouterr().err
