"""Jobs from files and from layers, run again against a daemon that answers by script."""

import json
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
from PIL import Image

from helpers import red_paint
from helpers.command_line import CommandLine
from helpers.scripted_daemon import Script, ScriptedDaemon
from scumble_protocol import messages as m
from scumble_protocol.geometry import Bounds
from scumble_protocol.jobs import Inpaint, Lora

PLACE = Bounds(40, 30, 50, 40)
RED: Script = {m.Submit: partial(red_paint.painted, bounds=PLACE)}


def submitted(daemon: ScriptedDaemon) -> m.Submit:
    return daemon.heard(m.Submit)[-1]


def test_the_recipe_of_a_layer_is_run_again_from_its_file_alone(
    scumble: CommandLine, endpoint: str, photo: Path
) -> None:
    scumble.point_to(endpoint)
    with ScriptedDaemon(endpoint, RED) as daemon:
        asked = ("inpaint", str(photo), "--select", "40,30,50,40", "--prompt", "a red heart")
        first = scumble.run(*asked, "--seed", "5", "-o", "out.ora")
        assert first.returncode == 0, first.stderr
        before = submitted(daemon).job
        photo.unlink()
        again = scumble.run("run", "out.ora", "-o", "again.ora", "--json")
        assert again.returncode == 0, again.stderr
        after = submitted(daemon).job
        reseeded = scumble.run("run", "out.ora", "--seed", "6", "-o", "other.ora")
        assert reseeded.returncode == 0, reseeded.stderr
    assert after.task == before.task
    assert after.id != before.id
    assert json.loads(again.stdout)["changed_outside_mask"] == 0


def test_a_job_written_by_hand_names_files(
    scumble: CommandLine, endpoint: str, photo: Path
) -> None:
    mask = np.zeros((120, 160), np.uint8)
    mask[PLACE.slices] = 255
    Image.fromarray(mask).save(scumble.folder / "mask.png")
    task = {"task": "inpaint", "prompt": "a heart", "image": photo.name, "selection": "mask.png"}
    (scumble.folder / "job.json").write_text(json.dumps({"model": "miniature", "task": task}))
    scumble.point_to(endpoint)
    with ScriptedDaemon(endpoint, RED) as daemon:
        ran = scumble.run("run", "job.json", "-o", "out.png")
        assert ran.returncode == 0, ran.stderr
        sent = submitted(daemon).job.task
    assert isinstance(sent, Inpaint)
    assert (sent.image.width, sent.selection.mode) == (160, "gray8")


def test_a_stored_job_finds_its_pictures_among_the_files_given(
    scumble: CommandLine, endpoint: str, photo: Path
) -> None:
    scumble.point_to(endpoint)
    with ScriptedDaemon(endpoint, RED) as daemon:
        asked = ("img2img", str(photo), "--prompt", "a red heart", "-o", "first.png")
        assert scumble.run(*asked).returncode == 0
        job = submitted(daemon).job
        (scumble.folder / "job.json").write_bytes(msgspec.json.encode(job))
        ran = scumble.run("run", "job.json", "--picture", str(photo), "-o", "out.ora")
        assert ran.returncode == 0, ran.stderr
        assert submitted(daemon).job.task == job.task


def test_what_is_no_job_is_refused(scumble: CommandLine) -> None:
    (scumble.folder / "none.json").write_text('{"model": "miniature"}')
    (scumble.folder / "odd.json").write_text('{"task": "sculpt"}')
    for name, words in (("none.json", "no task"), ("odd.json", "sculpt"), ("gone.json", "no file")):
        ran = scumble.run("run", name)
        assert ran.returncode == 2
        assert words in ran.stderr


def test_loras_are_named_with_their_weights(
    scumble: CommandLine, endpoint: str, photo: Path
) -> None:
    scumble.point_to(endpoint)
    asked = ("img2img", str(photo), "--prompt", "a heart", "-o", "out.png", "--force")
    with ScriptedDaemon(endpoint, RED) as daemon:
        ran = scumble.run(*asked, "--lora", "ink:-0.5", "--lora", "watercolour")
        assert ran.returncode == 0, ran.stderr
        sent = submitted(daemon).job.task.options.loras
    assert sent == (Lora(name="ink", weight=-0.5), Lora(name="watercolour"))
    refused = scumble.run(*asked, "--lora", "ink:strong")
    assert refused.returncode == 2
    assert "no weight" in refused.stderr
