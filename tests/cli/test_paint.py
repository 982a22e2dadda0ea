"""The painting commands, run as processes against a daemon that answers by script."""

import json
import signal
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from helpers import red_paint
from helpers.command_line import CommandLine
from helpers.scripted_daemon import Script, ScriptedDaemon
from scumble_editor.document.layer import Layer
from scumble_editor.files import openraster
from scumble_protocol import messages as m
from scumble_protocol.errors import ErrorCode
from scumble_protocol.geometry import Bounds
from scumble_protocol.jobs import Fill, ImageToImage, Inpaint, Job, JobState, TextToImage

PLACE = Bounds(40, 30, 50, 40)
RED: Script = {m.Submit: partial(red_paint.painted, bounds=PLACE)}
SELECT = ("--select", "40,30,50,40")
HEART = ("--prompt", "a red heart")


def layers_of(file: Path) -> list[Layer]:
    layers = openraster.read(file).document.layers
    assert all(isinstance(layer, Layer) for layer in layers)
    return [layer for layer in layers if isinstance(layer, Layer)]


def rgb_of(file: Path) -> Any:
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB"))


def test_the_result_is_a_masked_layer_over_the_picture(
    scumble: CommandLine, endpoint: str, photo: Path
) -> None:
    scumble.point_to(endpoint)
    with ScriptedDaemon(endpoint, RED) as daemon:
        ran = scumble.run("inpaint", str(photo), *SELECT, *HEART, "-o", "out.ora", "-o", "out.png")
        daemon.wait_for(m.Ack)
    assert ran.returncode == 0, ran.stderr
    background, heart = layers_of(scumble.folder / "out.ora")
    assert np.array_equal(background.read(Bounds(0, 0, 160, 120))[..., :3], rgb_of(photo))
    assert heart.name == "a red heart"
    assert heart.mask is not None
    assert heart.mask.read(PLACE)[20, 20] == 255
    assert heart.mask.read(PLACE.moved(-PLACE.width, 0)).max() == 0
    assert heart.read(PLACE)[20, 20].tolist() == [255, 0, 0, 255]
    flat = rgb_of(scumble.folder / "out.png")
    assert flat[50, 60].tolist() == [255, 0, 0]
    changed = (flat != rgb_of(photo)).any(axis=2)
    changed[PLACE.slices] = False
    assert not changed.any()


def test_it_ends_by_saying_what_was_written_and_what_changed_outside(
    scumble: CommandLine, endpoint: str, photo: Path
) -> None:
    scumble.point_to(endpoint)
    with ScriptedDaemon(endpoint, RED):
        ran = scumble.run("inpaint", str(photo), *SELECT, *HEART, "--seed", "5", "-o", "a.ora")
    wrote, outside = ran.stdout.splitlines()
    assert wrote == "Wrote a.ora (seed 5, seam score 1.10, 1 s on cpu)."
    assert outside == "0 pixels changed outside the mask."
    assert "Painting, step 2 of 4, 8 s left" in ran.stderr
    assert red_paint.NOTICE in ran.stderr


def test_json_counts_pixels_that_really_changed_outside_the_mask(
    scumble: CommandLine, endpoint: str, photo: Path
) -> None:
    scumble.point_to(endpoint)
    with ScriptedDaemon(endpoint, RED):
        ran = scumble.run(
            *("inpaint", str(photo), "--select", "40,30,50,20", *HEART),
            *("--variants", "2", "--seed", "11", "-o", "a.png", "--json"),
        )
    told = json.loads(ran.stdout)
    before, after = rgb_of(photo), rgb_of(scumble.folder / "a.png")
    below = (before != after).any(axis=2)[50:]
    assert told["changed_outside_mask"] == np.count_nonzero(below) > 900
    assert told["files"] == ["a.png"]
    assert [layer["seed"] for layer in told["layers"]] == [11, 12]
    assert told["seed"] == 11
    assert told["seam_score"] == pytest.approx(1.1)
    assert told["report"]["scheduler"] == "DDIMScheduler"


def test_variants_become_layers_of_which_only_the_first_shows(
    scumble: CommandLine, endpoint: str, photo: Path
) -> None:
    scumble.point_to(endpoint)
    with ScriptedDaemon(endpoint, RED):
        asked = ("inpaint", str(photo), *SELECT, *HEART, "--variants", "3", "--seed", "9")
        assert scumble.run(*asked, "-o", "v.ora").returncode == 0
    third, second, first = layers_of(scumble.folder / "v.ora")[1:]
    assert [layer.visible for layer in (first, second, third)] == [True, False, False]
    assert first.name == "a red heart (1 of 3)"
    recipes = [msgspec.json.decode(layer.recipe or "", type=Job) for layer in (first, third)]
    assert [recipe.task.seed for recipe in recipes] == [9, 11]
    assert [recipe.task.variants for recipe in recipes] == [1, 1]


def test_every_option_reaches_the_job(scumble: CommandLine, endpoint: str, photo: Path) -> None:
    scumble.point_to(endpoint)
    with ScriptedDaemon(endpoint, RED) as daemon:
        ran = scumble.run(
            *("inpaint", str(photo), "--ellipse", "40,30,50,40", *HEART, "--negative", "blurry"),
            *("--model", "other", "--steps", "9", "--strength", "0.7", "--guidance", "4.5"),
            *("--seed", "3", "--scheduler", "DDIMScheduler", "--feather", "6", "--grow", "2"),
            *("--fill", "blur", "--context", "30", "-o", "a.ora"),
        )
        assert ran.returncode == 0, ran.stderr
        job = daemon.heard(m.Submit)[0].job
    task = job.task
    assert isinstance(task, Inpaint)
    assert (job.model, task.prompt, task.negative_prompt) == ("other", "a red heart", "blurry")
    assert (task.steps, task.strength, task.guidance_scale, task.seed) == (9, 0.7, 4.5, 3)
    assert task.scheduler == "DDIMScheduler"
    region = task.region
    assert (region.feather, region.grow, region.context, region.fill) == (6, 2, 30, Fill.BLUR)


def test_img2img_needs_no_selection_and_says_nothing_of_an_outside(
    scumble: CommandLine, endpoint: str, photo: Path
) -> None:
    scumble.point_to(endpoint)
    with ScriptedDaemon(endpoint, RED) as daemon:
        ran = scumble.run("img2img", str(photo), *HEART, "--strength", "0.4", "-o", "a.ora")
        task = daemon.heard(m.Submit)[0].job.task
    assert isinstance(task, ImageToImage)
    assert task.selection is None
    assert task.strength == 0.4
    assert len(ran.stdout.splitlines()) == 1


def test_text2img_names_its_file_by_the_prompt(scumble: CommandLine, endpoint: str) -> None:
    scumble.point_to(endpoint)
    whole: Script = {m.Submit: partial(red_paint.painted, bounds=Bounds(0, 0, 96, 64))}
    with ScriptedDaemon(endpoint, whole) as daemon:
        ran = scumble.run("text2img", "--size", "96x64", "--prompt", "A castle, at night!")
        task = daemon.heard(m.Submit)[0].job.task
    assert ran.returncode == 0, ran.stderr
    assert isinstance(task, TextToImage)
    assert (task.width, task.height) == (96, 64)
    document = openraster.read(scumble.folder / "a-castle-at-night.ora").document
    assert (document.size.width, document.size.height) == (96, 64)


def test_without_a_name_files_are_numbered_and_nothing_is_written_over(
    scumble: CommandLine, endpoint: str, photo: Path
) -> None:
    scumble.point_to(endpoint)
    with ScriptedDaemon(endpoint, RED):
        for _ in range(2):
            assert scumble.run("inpaint", str(photo), *SELECT, *HEART).returncode == 0
    names = sorted(file.name for file in scumble.folder.glob("*.ora"))
    assert names == ["photo-inpaint-2.ora", "photo-inpaint.ora"]


def test_a_layered_picture_keeps_its_layers_beneath_the_new_one(
    scumble: CommandLine, endpoint: str, photo: Path
) -> None:
    scumble.point_to(endpoint)
    with ScriptedDaemon(endpoint, RED):
        asked = (*SELECT, *HEART, "--force", "-o", "out.ora")
        assert scumble.run("inpaint", str(photo), *asked).returncode == 0
        ran = scumble.run("inpaint", "out.ora", *asked)
    assert ran.returncode == 0, ran.stderr
    assert len(layers_of(scumble.folder / "out.ora")) == 3


def refusal(code: ErrorCode, submit: m.Submit) -> list[m.Error]:
    return [m.Error(request=submit.request, code=code, sentence="It cannot be so. Do otherwise.")]


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [(ErrorCode.UNKNOWN_MODEL, 2), (ErrorCode.BAD_REQUEST, 2), (ErrorCode.QUEUE_FULL, 1)],
)
def test_a_refused_job_ends_with_the_daemons_sentence(
    scumble: CommandLine, endpoint: str, photo: Path, code: ErrorCode, exit_code: int
) -> None:
    scumble.point_to(endpoint)
    with ScriptedDaemon(endpoint, {m.Submit: partial(refusal, code)}):
        ran = scumble.run("inpaint", str(photo), *SELECT, *HEART)
    assert ran.returncode == exit_code
    assert ran.stderr.splitlines()[-1] == "scumble: It cannot be so. Do otherwise."
    assert list(scumble.folder.glob("*.ora")) == []


def under_way(submit: m.Submit) -> list[m.AnyReply]:
    return [red_paint.accepted(submit), red_paint.halfway(submit.job.id)]


def obeyed(cancel: m.Cancel) -> list[m.AnyReply]:
    return [m.Ok(request=cancel.request), m.Cancelled(job=cancel.job)]


def test_ctrl_c_cancels_the_job_in_the_daemon_too(
    scumble: CommandLine, endpoint: str, photo: Path
) -> None:
    scumble.point_to(endpoint)
    script: Script = {m.Submit: under_way, m.Cancel: obeyed}
    with (
        ScriptedDaemon(endpoint, script) as daemon,
        scumble.running("inpaint", str(photo), *SELECT, *HEART) as command,
    ):
        assert command.stderr is not None
        assert "step 2 of 4" in command.stderr.readline()
        command.send_signal(signal.SIGINT)
        out, err = command.communicate(timeout=60)
        sent, cancelled = daemon.heard(m.Submit), daemon.heard(m.Cancel)
    assert command.returncode == 130
    assert [cancel.job for cancel in cancelled] == [sent[0].job.id]
    assert out == ""
    assert err.splitlines()[-1].startswith("Cancelled.")
    assert list(scumble.folder.glob("*.ora")) == []


def test_a_second_ctrl_c_leaves_without_waiting_for_the_daemon(
    scumble: CommandLine, endpoint: str, photo: Path
) -> None:
    scumble.point_to(endpoint)
    with (
        ScriptedDaemon(endpoint, {m.Submit: under_way}) as daemon,
        scumble.running("inpaint", str(photo), *SELECT, *HEART) as command,
    ):
        assert command.stderr is not None
        assert "step 2 of 4" in command.stderr.readline()
        command.send_signal(signal.SIGINT)
        daemon.wait_for(m.Cancel)
        command.send_signal(signal.SIGINT)
        command.communicate(timeout=60)
    assert command.returncode == 130


def failing(submit: m.Submit) -> list[m.AnyReply]:
    sentence = "Not enough memory. Your picture is unchanged. Try a smaller area."
    code = ErrorCode.OUT_OF_MEMORY
    return [red_paint.accepted(submit), m.Failed(job=submit.job.id, code=code, sentence=sentence)]


def test_a_failed_job_ends_with_its_sentence_and_leaves_no_note(
    scumble: CommandLine, endpoint: str, photo: Path
) -> None:
    scumble.point_to(endpoint)
    with ScriptedDaemon(endpoint, {m.Submit: failing}) as daemon:
        ran = scumble.run("inpaint", str(photo), *SELECT, *HEART)
        daemon.wait_for(m.Ack)
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1].startswith("scumble: Not enough memory.")
    assert list((scumble.home / "data" / "command-line").glob("*.json")) == []


def test_what_cannot_be_written_waits_for_jobs_results(
    scumble: CommandLine, endpoint: str, photo: Path
) -> None:
    scumble.point_to(endpoint)
    out = scumble.folder / "out"
    out.mkdir()
    submits: list[m.Submit] = []

    def painted_without_a_folder(submit: m.Submit) -> Any:
        submits.append(submit)
        out.rmdir()
        return red_paint.painted(submit, PLACE)

    def listed(request: m.Jobs) -> list[m.AnyReply]:
        status = m.JobStatus(
            job=submits[0].job.id,
            task="inpaint",
            model="miniature",
            prompt="a red heart",
            state=JobState.DONE,
        )
        return [m.JobList(request=request.request, jobs=(status,))]

    script: Script = {
        m.Submit: painted_without_a_folder,
        m.Jobs: listed,
        m.Results: lambda r: [m.Ok(request=r.request), red_paint.done(submits[0], PLACE)],
    }
    with ScriptedDaemon(endpoint, script) as daemon:
        ran = scumble.run("inpaint", str(photo), *SELECT, *HEART, "-o", "out/a.ora")
        assert ran.returncode == 1
        assert "scumble jobs results" in ran.stderr
        assert daemon.heard(m.Ack) == []
        out.mkdir()
        collected = scumble.run("jobs", "results")
        daemon.wait_for(m.Ack)
    assert collected.returncode == 0, collected.stderr
    assert len(layers_of(out / "a.ora")) == 2
