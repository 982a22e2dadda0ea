"""A daemon on another machine is reached by its address and key, and by nothing less."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.command_line import CommandLine
from helpers.homes import Home, home


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[tuple[Home, str]]:
    """A home whose daemon listens on the network too, and where."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with home(tmp_path / "studio") as here:
        here.settle(listen=(f"tcp://0.0.0.0:{port}",))
        yield here, f"tcp://127.0.0.1:{port}"


def keys_of(commands: CommandLine, *arguments: str) -> dict[str, str]:
    shown: dict[str, str] = json.loads(commands.run("daemon", "keys", *arguments, "--json").stdout)
    return shown


def test_a_client_that_was_let_in_paints_from_elsewhere(
    scumble: CommandLine, studio: tuple[Home, str], photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, address = studio
    there = CommandLine(house.folder, scumble.folder)
    keys_of(there, "allow", "laptop", keys_of(scumble, "show")["client"])
    house.start()
    monkeypatch.setenv("SCUMBLE_DAEMON", address)
    monkeypatch.setenv("SCUMBLE_DAEMON_KEY", keys_of(there, "show")["daemon"])
    ran = scumble.run("img2img", str(photo), "--prompt", "noise", "-o", "a.png")
    assert ran.returncode == 0, ran.stderr
    assert (scumble.folder / "a.png").exists()
    assert "miniature" in scumble.run("models", "list").stdout
    assert scumble.run("models", "remove", "miniature").returncode == 2


@pytest.mark.parametrize(
    ("address", "key", "why"),
    [
        ("studio", "", "no address of a daemon"),
        ("tcp://studio", "", "no address of a daemon"),
        ("tcp://studio:7801", "short", "no public key"),
    ],
)
def test_an_address_or_key_that_is_none_is_bad_use(
    scumble: CommandLine, monkeypatch: pytest.MonkeyPatch, address: str, key: str, why: str
) -> None:
    monkeypatch.setenv("SCUMBLE_DAEMON", address)
    monkeypatch.setenv("SCUMBLE_DAEMON_KEY", key)
    ran = scumble.run("jobs", "list")
    assert ran.returncode == 2
    assert why in ran.stderr
