"""Scumble's docker and actions in the real Krita 5.2, against a real daemon."""

import io
import itertools
import json
import time
import zipfile
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from helpers.strangers import daemon_of_version_2
from hosts.gimp_runs import VALUES, picture
from hosts.krita_runs import Krita, Seen
from hosts.stage import Stage
from scumble_editor.files import openraster
from scumble_protocol.images import Pixels
from scumble_protocol.jobs import JobState

HEART = "a red heart (7)"
_numbers = itertools.count()


@pytest.fixture
def krita(stage: Stage) -> Krita:
    return Krita(stage, stage.scratch / f"krita-{next(_numbers)}")


@pytest.fixture(scope="module")
def inpainted(stage: Stage) -> Seen:
    return Krita(stage, stage.scratch / "krita-inpainted").run("inpaint")


def test_painting_adds_a_layer_with_a_transparency_mask_above_the_active_one(
    inpainted: Seen,
) -> None:
    assert inpainted.names("after") == ["Background", "plain", HEART]
    layer = inpainted.tree("after")[-1]
    assert layer["type"] == "paintlayer"
    assert [child["type"] for child in layer["children"]] == ["transparencymask"]
    assert inpainted.report["active"] == HEART


def test_actions_have_their_shortcuts(inpainted: Seen) -> None:
    keys = set(inpainted.report["shortcut"].split("+"))
    assert keys == {"Ctrl", "Alt", "Shift", "P"}


def test_nothing_outside_the_selection_changes_in_krita(inpainted: Seen) -> None:
    changed = (inpainted.native("before") != inpainted.native("after")).any(axis=2)
    assert changed.any()
    assert not changed[inpainted.selection() == 0].any()


def test_one_undo_takes_the_whole_result_away_and_the_next_one_what_was_before(
    inpainted: Seen,
) -> None:
    assert inpainted.names("undone") == ["Background", "plain"]
    np.testing.assert_array_equal(inpainted.native("undone"), inpainted.native("before"))
    assert inpainted.names("undone twice") == ["Background"]


def test_redo_brings_the_result_back_with_its_mask(inpainted: Seen) -> None:
    assert inpainted.tree("redone") == inpainted.tree("after")
    np.testing.assert_array_equal(inpainted.native("redone"), inpainted.native("after"))


def test_saved_kra_holds_layer_mask_recipe_and_pixels(inpainted: Seen) -> None:
    with zipfile.ZipFile(inpainted.folder / "after.kra") as kra:
        nodes = ET.fromstring(kra.read("maindoc.xml")).iter()  # noqa: S314 - Krita's own
        kinds = {node.get("name"): node.get("nodetype") for node in nodes if node.get("nodetype")}
        merged = np.asarray(Image.open(io.BytesIO(kra.read("mergedimage.png"))).convert("RGB"))
        (history,) = [name for name in kra.namelist() if name.endswith("scumble/history.json")]
        entries = json.loads(kra.read(history))
    assert kinds[HEART] == "paintlayer"
    assert kinds["Mask"] == "transparencymask"
    assert json.loads(entries[-1]["recipe"])["task"]["prompt"] == "a red heart"
    outside = inpainted.selection() == 0
    np.testing.assert_array_equal(merged[outside], picture()[outside])
    np.testing.assert_array_equal(merged, _rgb(inpainted.native("after")))


def test_saved_openraster_is_read_by_scumble_with_the_same_tree(inpainted: Seen) -> None:
    opened = openraster.read(inpainted.folder / "after.ora")
    assert [layer.name for layer in opened.document.layers] == ["Background", "plain", HEART]


def test_the_history_keeps_prompt_seed_recipe_and_thumbnail(inpainted: Seen) -> None:
    (entry,) = inpainted.report["history"]
    assert (entry["prompt"], entry["seed"], entry["command"]) == ("a red heart", 7, "inpaint")
    assert entry["thumbnail"]


def test_variants_come_as_a_group_with_the_first_visible_in_one_undo(krita: Krita) -> None:
    seen = krita.run("variants")
    group = seen.tree("after")[-1]
    assert group["type"] == "grouplayer"
    shown = {child["name"]: child["visible"] for child in group["children"]}
    assert shown == {HEART: True, "a red heart (8)": False, "a red heart (9)": False}
    assert seen.names("undone") == ["Background"]


def test_with_a_mask_active_the_result_goes_above_its_layer_in_the_group(krita: Krita) -> None:
    group = krita.run("in_group").tree("after")[-1]
    assert [child["name"] for child in group["children"]] == ["inner", HEART]


def test_the_refine_action_paints_over_the_whole_picture(krita: Krita) -> None:
    seen = krita.run("refine")
    assert seen.names("after") == ["Background", HEART]


def test_upscaling_enlarges_the_image_and_adds_a_layer_and_undo_takes_both_back(
    krita: Krita,
) -> None:
    seen = krita.run("upscale", {**VALUES, "factor": 2.0})
    assert seen.report["after"]["size"] == [480, 320]
    assert seen.names("after") == ["Background", HEART]
    assert seen.native("after")[..., 3].min() == 255
    assert seen.report["undone"]["size"] == [240, 160]
    assert seen.tree("undone") == seen.tree("before")
    np.testing.assert_array_equal(seen.native("undone"), seen.native("before"))


def test_every_other_command_gives_its_layer(krita: Krita) -> None:
    seen = krita.run("every_other_command", {**VALUES, "model": "miniature"})
    commands = ["Generate Layer", "DiffEdit", "Depth to Image", "Expand Canvas"]
    assert [len(seen.names(title)) for title in commands] == [2, 3, 4, 5]
    looks = [seen.native(title) for title in commands]
    assert all((before != after).any() for before, after in itertools.pairwise(looks[:3]))
    assert seen.report["Expand Canvas"]["size"] == [240 + 32, 160 + 16]
    np.testing.assert_array_equal(looks[3][:128, 64:], looks[2][:128, 32:])
    assert looks[3][..., 3].min() == 255


def test_words_that_are_missing_or_were_never_learnt_are_told_in_a_sentence(krita: Krita) -> None:
    seen = krita.run("without_words", {**VALUES, "model": "miniature"})
    assert seen.names("refused") == ["Background"]
    assert len(seen.names("after")) == 3
    for sentence in ("“Prompt” is empty", "No words were given", "never learnt “zeppelin”"):
        assert any(sentence in said for said in seen.report["said"]), seen.report["said"]


def test_the_depth_action_adds_a_grey_layer(krita: Krita) -> None:
    seen = krita.run("estimate_depth", {})
    assert seen.names("after") == ["Background", "Depth"]
    depth = np.fromfile(krita.folder / "depth.native", np.uint8).reshape(160, 240, 4)
    assert (depth[..., 0] == depth[..., 2]).all()
    assert len(np.unique(depth[..., 0])) > 10


def test_the_action_selects_by_words(krita: Krita) -> None:
    seen = krita.run("select_by_words", {**VALUES, "model": "miniature"})
    assert seen.report["selected"]
    assert seen.names("after") == ["Background"]


def test_without_a_selection_nothing_is_painted_and_it_is_said(krita: Krita) -> None:
    seen = krita.run("nothing_selected")
    assert "Nothing is selected" in seen.report["said"][0]
    assert seen.tree("before") == seen.tree("after")


def test_cancel_stops_the_job_and_leaves_the_picture(krita: Krita) -> None:
    seen = krita.run("cancel")
    assert seen.tree("before") == seen.tree("after")
    assert any("Cancelled" in sentence for sentence in seen.report["said"])


def test_two_jobs_queue_and_both_arrive(krita: Krita) -> None:
    seen = krita.run("two_at_once")
    assert seen.report["queued"] == 2
    assert seen.names("after") == ["Background", "a red heart (1)", "a red heart (2)"]


def test_a_killed_daemon_is_started_again_and_krita_gets_its_result(
    stage: Stage, krita: Krita
) -> None:
    run = krita.start("long_job")
    deadline = time.monotonic() + 120
    while not (krita.folder / "running").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    stage.end_daemon(kill=True)
    seen = krita.finish(run)
    assert len(seen.names("after")) == 2
    assert any("started again" in sentence for sentence in seen.report["said"])


@pytest.mark.parametrize(
    "space",
    [
        ["GRAYA", "U8", "Gray-D50-elle-V2-srgbtrc.icc"],
        ["RGBA", "U16", "sRGB-elle-V2-srgbtrc.icc"],
        ["RGBA", "F32", "sRGB-elle-V2-g10.icc"],
        ["RGBA", "U8", "ClayRGB-elle-V2-g22.icc"],
    ],
    ids=lambda space: "-".join(space[:2]),
)
def test_other_colour_spaces_stay_what_they_are(krita: Krita, space: list[str]) -> None:
    seen = krita.run("other_space", SPACE=json.dumps(space))
    assert seen.report["after"]["space"] == space
    assert seen.names("after") == ["Background", HEART]
    changed = (seen.native("before") != seen.native("after")).any(axis=2)
    assert changed.any()
    assert not changed[seen.selection() == 0].any()


def test_an_enormous_picture_is_refused_with_a_sentence(krita: Krita) -> None:
    seen = krita.run("enormous")
    assert len(seen.names("after")) == 1
    assert any("17000" in sentence for sentence in seen.report["said"])


def test_a_missing_bridge_is_said_in_a_sentence(stage: Stage, krita: Krita) -> None:
    record = stage.home / ".local/share/krita/pykrita/scumble_krita/scumble-bridge.json"
    kept = record.read_text()
    record.write_text(kept.replace(str(stage.python), "/nowhere/python"))
    try:
        select_first = krita.run("refuse_without_bridge")
    finally:
        record.write_text(kept)
    assert any("/nowhere/python" in sentence for sentence in select_first.report["said"])
    assert select_first.tree("before") == select_first.tree("after")


def test_a_daemon_of_another_version_is_said_with_both_versions(stage: Stage, krita: Krita) -> None:
    home = stage.scratch / "other-krita"
    with daemon_of_version_2(home / "run"):
        seen = krita.run("refuse_by_daemon", SCUMBLE_HOME=str(home))
    assert any("protocol 2" in sentence for sentence in seen.report["said"])
    assert seen.tree("before") == seen.tree("after")


@pytest.mark.usefixtures("inpainted")
def test_results_in_the_document_are_forgotten_by_the_daemon(stage: Stage) -> None:
    with stage.client("krita") as client:
        assert [job for job in client.jobs() if job.state is JobState.DONE] == []


def _rgb(native: Pixels) -> Pixels:
    return np.ascontiguousarray(native[..., 2::-1])
