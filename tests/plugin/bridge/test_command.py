"""`scumble bridge` as a person types it."""

import subprocess
import sys
from pathlib import Path


def _scumble(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = {"HOME": str(home), "PATH": "/nowhere", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-m", "scumble_cli", "bridge", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_install_status_and_uninstall_go_through_the_command_line(tmp_path: Path) -> None:
    (tmp_path / ".local/share/krita").mkdir(parents=True)
    installed = _scumble(tmp_path, "install", "krita")
    assert installed.returncode == 0, installed.stderr
    assert "scumble bridge uninstall krita" in installed.stdout
    assert "plug-in 0.1.0 in" in _scumble(tmp_path, "status").stdout
    assert "was removed" in _scumble(tmp_path, "uninstall").stdout


def test_without_a_host_the_command_fails_with_a_sentence(tmp_path: Path) -> None:
    said = _scumble(tmp_path, "install", "gimp")
    assert said.returncode == 1
    assert "Start the program once" in said.stderr
    assert said.stdout == ""
