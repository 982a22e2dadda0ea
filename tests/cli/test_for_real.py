"""From a selection to a layer with nothing in between made up: real daemon, real model, tiny."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from helpers.command_line import CommandLine
from helpers.small_models import folder
from scumble_editor.document.layer import Layer
from scumble_editor.files import openraster
from scumble_protocol.jobs import Inpaint, Job

pytestmark = pytest.mark.slow


@pytest.fixture
def studio(scumble: CommandLine) -> Iterator[CommandLine]:
    """A home with a tiny model in its catalogue, and no daemon yet."""
    (scumble.home / "config").mkdir()
    (scumble.home / "config" / "daemon.toml").write_text('devices = ["cpu"]\n')
    added = scumble.run("models", "add", str(folder("sd15")), "--name", "tiny")
    assert added.returncode == 0, added.stderr
    yield scumble
    scumble.run("daemon", "stop")


def rgb_of(file: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB"))


def test_a_selection_becomes_a_layer_and_the_same_seed_paints_it_again(
    studio: CommandLine, photo: Path
) -> None:
    asked = (
        *("inpaint", str(photo), "--ellipse", "40,30,60,50", "--soft-edge", "6"),
        *("--prompt", "a red heart", "--model", "tiny", "--steps", "4", "--seed", "77"),
    )
    first = studio.run(*asked, "-o", "a.ora", "-o", "a.png", "--json")
    assert first.returncode == 0, first.stderr
    assert "No daemon is running; starting one." in first.stderr
    told = json.loads(first.stdout)
    assert told["changed_outside_mask"] == 0
    assert told["seed"] == 77
    assert told["report"]["model"] == "tiny"
    assert told["seam_score"] is not None

    before, after = rgb_of(photo), rgb_of(studio.folder / "a.png")
    changed = (before != after).any(axis=2)
    assert changed[30:80, 40:100].mean() > 0.3
    changed[30:80, 40:100] = False
    assert not changed.any()

    layer = openraster.read(studio.folder / "a.ora").document.layers[-1]
    assert isinstance(layer, Layer)
    assert layer.mask is not None
    recipe = msgspec.json.decode(layer.recipe or "", type=Job)
    assert isinstance(recipe.task, Inpaint)
    assert (recipe.model, recipe.task.seed, recipe.task.steps) == ("tiny", 77, 4)

    second = studio.run(*asked, "-o", "b.png")
    assert second.returncode == 0, second.stderr
    assert second.stdout.splitlines()[-1] == "0 pixels changed outside the mask."
    assert np.array_equal(rgb_of(studio.folder / "b.png"), after)

    status = json.loads(studio.run("daemon", "status", "--json").stdout)
    assert status["workers"][0]["model"] == "tiny"


def test_models_come_and_go(studio: CommandLine) -> None:
    listed = {model["name"] for model in json.loads(studio.run("models", "list", "--json").stdout)}
    assert "tiny" in listed
    assert "Stable Diffusion 1" in studio.run("models", "info", "tiny").stdout
    assert studio.run("models", "remove", "tiny").returncode == 0
    gone = studio.run("models", "info", "tiny")
    assert gone.returncode == 2
    assert "There is no model “tiny”" in gone.stderr


def test_a_pickled_checkpoint_is_refused(studio: CommandLine) -> None:
    (studio.folder / "bad.ckpt").write_bytes(b"\x80\x04.")
    ran = studio.run("models", "add", "bad.ckpt")
    assert ran.returncode == 1
    assert "pickled" in ran.stderr


def test_doctor_finds_everything_in_its_place(studio: CommandLine) -> None:
    ran = studio.run("doctor", "--json")
    told = json.loads(ran.stdout)
    assert told["problems"] == []
    assert ran.returncode == 0
    found = {finding["what"]: finding["found"] for finding in told["findings"]}
    assert "cpu" in found["devices"]
    assert str(studio.home) in found["logs"]


def test_doctor_says_what_is_wrong_and_fails(studio: CommandLine) -> None:
    (studio.home / "config" / "daemon.toml").write_text("devices = 5\n")
    ran = studio.run("doctor")
    assert ran.returncode == 1
    assert "Problem: The settings in" in ran.stdout


def test_a_daemon_killed_at_work_is_started_again_and_the_job_is_done(
    studio: CommandLine, photo: Path
) -> None:
    asked = ("inpaint", str(photo), "--select", "40,30,60,50", "--prompt", "a red heart")
    with studio.running(*asked, "--model", "tiny", "--steps", "40", "-o", "a.png") as command:
        assert command.stderr is not None
        while "Painting" not in (line := command.stderr.readline()):
            assert line, "the command ended before it painted"
        connection = json.loads((studio.home / "run" / "daemon.json").read_text())
        os.kill(connection["pid"], signal.SIGKILL)
        out, err = command.communicate(timeout=240)
    assert command.returncode == 0, err
    assert "No daemon is running; starting one." in err
    assert "0 pixels changed outside the mask." in out
    assert (studio.folder / "a.png").exists()
