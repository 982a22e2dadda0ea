"""`scumble models download` and `recommended`, as processes, from a Hub on this machine."""

import json
import os
import signal
import time
from collections.abc import Iterator

import pytest

from helpers import small_models
from helpers.command_line import CommandLine
from helpers.small_hub import SmallHub

NAME = "painter/small"
UNET = "unet/diffusion_pytorch_model.safetensors"


@pytest.fixture
def hub(scumble: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallHub]:
    with SmallHub().open() as opened:
        opened.add_folder(NAME, small_models.folder("sd15"))
        monkeypatch.setenv("HF_ENDPOINT", opened.endpoint)
        monkeypatch.setenv("HF_HOME", str(scumble.home / "hf"))
        yield opened


def test_a_download_is_shown_and_its_model_listed(scumble: CommandLine, hub: SmallHub) -> None:
    done = scumble.run("models", "download", NAME, "--name", "mine")
    assert done.returncode == 0, done.stderr
    assert "use it with --model mine" in done.stdout
    assert " of " in done.stderr
    listed = json.loads(scumble.run("models", "list", "--json").stdout)
    assert "mine" in [model["name"] for model in listed]
    assert hub.fetched()


@pytest.mark.usefixtures("hub")
def test_what_is_not_there_is_bad_use_and_said(scumble: CommandLine) -> None:
    done = scumble.run("models", "download", "nobody/nothing")
    assert done.returncode == 2
    assert done.stderr.strip().endswith("see whether it is written right.")


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is a signal there")
def test_ctrl_c_keeps_what_has_come(scumble: CommandLine, hub: SmallHub) -> None:
    hub.slow.add(UNET)
    with scumble.running("models", "download", NAME) as process:
        deadline = time.monotonic() + 60
        while not any(path.endswith(UNET) for path in hub.fetched()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "What has come is kept" in said
    assert "Traceback" not in said


def test_what_is_worth_having_is_listed_with_size_and_licence(scumble: CommandLine) -> None:
    done = scumble.run("models", "recommended")
    assert "Stable Diffusion XL 1.0" in done.stdout
    assert "~6.9 GB" in done.stdout
    assert "openrail++" in done.stdout
    listed = json.loads(scumble.run("models", "recommended", "--json").stdout)
    assert listed[0]["installed"] == ""
