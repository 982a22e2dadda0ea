"""Scumble's commands in the real GIMP 3.0, against a real daemon."""

import itertools
import json
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from helpers.strangers import daemon_of_version_2
from hosts.gimp_runs import VALUES, Gimp, Seen, picture
from hosts.stage import Stage
from hosts.waiting import running_job, was_cancelled
from scumble_editor.files import openraster
from scumble_host.commands import COMMANDS
from scumble_protocol.jobs import JobState

MINIATURE = {**VALUES, "model": "miniature"}

_numbers = itertools.count()


@pytest.fixture
def gimp(stage: Stage) -> Gimp:
    return Gimp(stage, stage.scratch / f"gimp-{next(_numbers)}")


@pytest.fixture(scope="module")
def inpainted(stage: Stage) -> Seen:
    return Gimp(stage, stage.scratch / "inpainted").run("inpaint")


def test_every_offered_command_is_a_procedure_under_filters_scumble(gimp: Gimp) -> None:
    procedures = gimp.run("list_procedures").report
    assert set(procedures) == {f"scumble-{command.name}" for command in COMMANDS}
    for command in COMMANDS:
        procedure = procedures[f"scumble-{command.name}"]
        assert procedure["menus"] == ["<Image>/Filters/Scumble"]
        assert procedure["arguments"][3:] == [field.name for field in command.fields]


def test_inpainting_adds_one_named_layer_with_a_mask_above(inpainted: Seen) -> None:
    assert inpainted.report["status"] == "success"
    layers = inpainted.report["after"]["layers"]
    assert [layer["name"] for layer in layers] == ["a red heart (7)", "Background"]
    assert layers[0]["mask"]
    assert layers[0]["visible"]


def test_the_recipe_of_a_layer_is_the_job(inpainted: Seen) -> None:
    recipe = json.loads(inpainted.report["after"]["layers"][0]["recipe"])
    assert recipe["model"] == "tiny"
    assert recipe["task"]["task"] == "inpaint"
    assert recipe["task"]["seed"] == 7
    assert recipe["task"]["prompt"] == "a red heart"


def test_nothing_outside_the_selection_changes_in_gimp(inpainted: Seen) -> None:
    before, after = inpainted.composite("before"), inpainted.composite("after")
    changed = (before != after).any(axis=2)
    assert changed.any()
    assert not changed[inpainted.selection() == 0].any()


def test_mask_is_zero_outside_the_selection_and_soft_inside(inpainted: Seen) -> None:
    x, y, width, height = inpainted.bounds("a red heart (7)")
    mask = inpainted.mask("a red heart (7)")
    selection = inpainted.selection()[y : y + height, x : x + width]
    assert not mask[selection == 0].any()
    assert len(np.unique(mask)) > 10


def test_saved_xcf_read_again_holds_the_same_layer_mask_and_recipe(
    inpainted: Seen, gimp: Gimp
) -> None:
    (gimp.folder / "after.xcf").write_bytes((inpainted.folder / "after.xcf").read_bytes())
    again = gimp.run("reread")
    assert again.report["reread"]["layers"] == inpainted.report["after"]["layers"]
    name = "a red heart (7)"
    np.testing.assert_array_equal(again.layer(name), inpainted.layer(name))
    np.testing.assert_array_equal(again.mask(name), inpainted.mask(name))


def test_saved_openraster_is_read_by_scumble_with_the_layer_in_place(inpainted: Seen) -> None:
    opened = openraster.read(inpainted.folder / "after.ora")
    names = [layer.name for layer in opened.document.layers]
    assert names == ["Background", "a red heart (7)"]


def test_variants_come_as_a_group_with_the_first_visible(gimp: Gimp) -> None:
    seen = gimp.run("inpaint", {**VALUES, "variants": 2})
    group = seen.report["after"]["layers"][0]
    assert [child["visible"] for child in group["children"]] == [True, False]
    assert [child["name"] for child in group["children"]] == [
        "a red heart (7)",
        "a red heart (8)",
    ]


def test_the_result_goes_above_the_selected_layer_in_its_group(gimp: Gimp) -> None:
    layers = gimp.run("inpaint_in_group").report["after"]["layers"]
    group = next(layer for layer in layers if layer["name"] == "drawing")
    assert [child["name"] for child in group["children"]] == ["a red heart (7)", "inner"]


def test_refining_without_a_selection_covers_the_whole_picture(gimp: Gimp) -> None:
    seen = gimp.run("refine")
    layer = seen.report["after"]["layers"][0]
    assert layer["bounds"] == [0, 0, 240, 160]


def test_generating_gives_a_layer_of_the_canvas_size(gimp: Gimp) -> None:
    seen = gimp.run("generate", {**VALUES, "model": "tiny-whole"})
    assert seen.report["status"] == "success", seen.report
    assert seen.report["after"]["layers"][0]["bounds"] == [0, 0, 240, 160]


def test_expanding_keeps_the_old_picture_and_paints_what_is_new(gimp: Gimp) -> None:
    seen = gimp.run("expand")
    assert seen.report["after"]["size"] == [240 + 32, 160 + 16]
    after = seen.composite("after")
    kept = after[:128, 64:]
    np.testing.assert_array_equal(kept[..., :3], picture()[:128, 32:])
    assert (after[..., 3] == 255).all()


def test_upscaling_enlarges_the_image_and_adds_a_layer_of_that_size(gimp: Gimp) -> None:
    seen = gimp.run("upscale", {**MINIATURE, "factor": 1.5, "detail": 0.3})
    assert seen.report["status"] == "success", seen.report
    assert seen.report["after"]["size"] == [360, 240]
    bounds = [layer["bounds"] for layer in seen.report["after"]["layers"]]
    assert bounds == [[0, 0, 360, 240], [0, 0, 360, 240]]
    enlarged = np.asarray(Image.fromarray(picture()).resize((360, 240), Image.Resampling.BICUBIC))
    difference = seen.layer("a red heart (7)")[..., :3].astype(int) - enlarged
    assert 0 < np.abs(difference).mean() < 40


def test_depth_is_a_grey_layer_and_painting_takes_it_from_there(gimp: Gimp) -> None:
    seen = gimp.run("depth", MINIATURE)
    assert seen.report["estimated"]["layers"][0]["name"] == "Depth"
    depth = seen.layer("Depth")
    assert depth.shape == (160, 240, 4)
    assert (depth[..., 0] == depth[..., 2]).all()
    assert seen.report["status"] == "success", seen.report
    recipe = json.loads(seen.report["after"]["layers"][0]["recipe"])
    assert recipe["task"]["task"] == "depth2img"
    assert recipe["task"]["depth_map"]["mode"] == "gray8"


def test_words_select_and_change(gimp: Gimp) -> None:
    seen = gimp.run("by_words", MINIATURE)
    assert seen.report["selected"] == "success", seen.report
    assert seen.selection().any()
    assert [layer["name"] for layer in seen.report["before"]["layers"]] == ["Background"]
    assert seen.report["status"] == "success", seen.report
    recipe = json.loads(seen.report["after"]["layers"][0]["recipe"])
    assert recipe["task"]["source_prompt"] == "a blue circle"


def test_the_bundled_model_paints_a_red_heart(gimp: Gimp) -> None:
    seen = gimp.run("inpaint", {**MINIATURE, "steps": 12})
    assert seen.report["status"] == "success", seen.report
    changed = (seen.composite("before") != seen.composite("after")).any(axis=2)
    red, green, blue = seen.composite("after")[changed][:, :3].mean(axis=0)
    assert red > green
    assert red > blue


def test_without_a_selection_inpainting_is_refused_with_a_sentence(gimp: Gimp) -> None:
    seen = gimp.run("nothing_selected")
    assert seen.report["status"] == "execution-error"
    assert "Nothing is selected" in seen.report["sentence"]
    assert seen.report["after"] == seen.report["before"]


def test_words_that_are_missing_or_were_never_learnt_are_told_in_a_sentence(gimp: Gimp) -> None:
    seen = gimp.run("without_words", MINIATURE)
    status, sentence = seen.report["refused"]
    assert status == "execution-error"
    assert "“Prompt” is empty" in sentence
    assert "No words were given" in seen.terminal
    assert "Miniature never learnt “zeppelin”" in seen.terminal
    assert len(seen.report["after"]["layers"]) == len(seen.report["before"]["layers"]) + 2


def test_script_fu_calls_the_same_procedures(gimp: Gimp) -> None:
    gimp.script_fu(
        f"""(let* ((image (car (gimp-file-load RUN-NONINTERACTIVE "{gimp.folder}/in.png"))))
          (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 60 50 80 70)
          (scumble-inpaint #:run-mode RUN-NONINTERACTIVE #:image image
            #:drawables (car (gimp-image-get-layers image))
            #:prompt "a red heart" #:model "tiny" #:steps 4 #:seed 7)
          (gimp-file-save RUN-NONINTERACTIVE image "{gimp.folder}/after.xcf"))"""
    )
    layers = gimp.run("reread").report["reread"]["layers"]
    assert [layer["name"] for layer in layers] == ["a red heart (7)", "Background"]


def test_a_grey_image_stays_grey_and_changes_only_inside(gimp: Gimp) -> None:
    seen = gimp.run("grey")
    assert seen.report["status"] == "success", seen.report
    before, after = seen.composite("before"), seen.composite("after")
    assert (after[..., 0] == after[..., 1]).all()
    changed = (before != after).any(axis=2)
    assert changed.any()
    assert not changed[seen.selection() == 0].any()


def test_a_deep_image_keeps_its_precision_and_its_profile(gimp: Gimp) -> None:
    seen = gimp.run("deep")
    assert seen.report["status"] == "success", seen.report
    assert seen.report["after"]["precision"] == "u16-non-linear"
    assert "Adobe" in seen.report["profile"]
    before, after = seen.composite("before"), seen.composite("after")
    changed = (before != after).any(axis=2)
    assert changed.any()
    assert not changed[seen.selection() == 0].any()


def test_deep_and_shallow_images_get_the_same_paint(inpainted: Seen, gimp: Gimp) -> None:
    deep = gimp.run("deep")
    name = "a red heart (7)"
    difference = deep.layer(name).astype(int) - inpainted.layer(name).astype(int)
    assert np.abs(difference).mean() < 3


def test_an_indexed_image_is_refused_with_a_sentence(gimp: Gimp) -> None:
    seen = gimp.run("indexed")
    assert seen.report["status"] != "success"
    assert len(seen.report["after"]["layers"]) == 1


def test_an_enormous_image_is_refused_with_a_sentence(gimp: Gimp) -> None:
    seen = gimp.run("enormous")
    assert seen.report["status"] == "execution-error"
    assert "17000" in seen.report["sentence"]
    assert seen.report["layers"] == ["wide"]


def test_a_missing_bridge_is_said_in_a_sentence(stage: Stage, gimp: Gimp) -> None:
    record = _record(stage)
    kept = record.read_text()
    record.write_text(kept.replace(str(stage.python), "/nowhere/python"))
    try:
        seen = gimp.run("inpaint")
    finally:
        record.write_text(kept)
    assert seen.report["status"] == "execution-error"
    assert "/nowhere/python" in seen.report["sentence"]
    assert "scumble bridge install" in seen.report["sentence"]
    assert seen.report["after"] == seen.report["before"]


def test_a_bridge_of_another_version_is_said_in_a_sentence(stage: Stage, gimp: Gimp) -> None:
    package = _record(stage).parent / "scumble_host" / "__init__.py"
    kept = package.read_text()
    package.write_text(kept.replace('VERSION = "', 'VERSION = "99.'))
    try:
        seen = gimp.run("inpaint")
    finally:
        package.write_text(kept)
    assert seen.report["status"] == "execution-error"
    assert "99." in seen.report["sentence"]
    assert "scumble bridge install gimp" in seen.report["sentence"]


def test_a_daemon_of_another_version_is_said_with_both_versions(stage: Stage, gimp: Gimp) -> None:
    home = stage.scratch / "other"
    with daemon_of_version_2(home / "run"):
        seen = gimp.run("inpaint", SCUMBLE_HOME=str(home))
    assert seen.report["status"] == "execution-error"
    assert "protocol 2" in seen.report["sentence"]
    assert seen.report["after"] == seen.report["before"]


LONG = {**VALUES, "steps": 1000, "variants": 8}


def test_cancel_kills_the_plug_in_and_the_daemon_cancels_the_job(stage: Stage, gimp: Gimp) -> None:
    run = gimp.start("inpaint", LONG)
    job = running_job(stage, "gimp")
    (plug_in,) = _plug_ins()
    plug_in.kill()  # which is all that GIMP's Cancel does
    seen = gimp.finish(run)
    assert was_cancelled(stage, "gimp", job)
    assert seen.report["after"]["layers"] == seen.report["before"]["layers"]


def test_a_killed_daemon_is_started_again_and_the_job_goes_on(stage: Stage, gimp: Gimp) -> None:
    run = gimp.start("inpaint", {**LONG, "steps": 400, "variants": 2})
    running_job(stage, "gimp")
    assert stage.daemon is not None
    killed = stage.daemon.pid
    stage.end_daemon(kill=True)
    seen = gimp.finish(run)
    assert seen.report["status"] == "success", seen.report
    assert len(seen.report["after"]["layers"][0]["children"]) == 2
    assert stage.daemon.pid != killed


def test_results_that_are_in_the_image_are_forgotten_by_the_daemon(
    stage: Stage, gimp: Gimp
) -> None:
    gimp.run("inpaint")
    with stage.client("gimp") as client:
        assert [job for job in client.jobs() if job.state is JobState.DONE] == []


def _plug_ins() -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter()
        if any(word.endswith("plug-ins/scumble/scumble.py") for word in _words(process))
    ]


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _record(stage: Stage) -> Path:
    return stage.home / ".config/GIMP/3.0/plug-ins/scumble/scumble-bridge.json"
