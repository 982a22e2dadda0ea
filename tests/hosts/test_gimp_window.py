"""GIMP with its windows: the dialog by keyboard, undo and redo, Repeat, Cancel while it paints."""

import itertools

import numpy as np
import pytest

from hosts.gimp_runs import VALUES, Gimp
from hosts.stage import Stage
from hosts.waiting import running_job, was_cancelled

_numbers = itertools.count()


@pytest.fixture
def gimp(stage: Stage) -> Gimp:
    return Gimp(stage, stage.scratch / f"gimp-window-{next(_numbers)}")


def test_the_dialog_paints_one_undo_removes_all_and_redo_brings_it_back(gimp: Gimp) -> None:
    values = {**VALUES, "prompt": "", "variants": 2}
    seen = gimp.finish(gimp.start_window("window", values))
    assert seen.report["status"] == "success", seen.report
    (group, _) = seen.report["after"]["layers"]
    assert [child["name"] for child in group["children"]] == [
        "a red heart (7)",
        "a red heart (8)",
    ]
    assert seen.report["undone"]["layers"] == seen.report["before"]["layers"]
    np.testing.assert_array_equal(seen.composite("undone"), seen.composite("before"))
    assert seen.report["redone"]["layers"] == seen.report["after"]["layers"]
    np.testing.assert_array_equal(seen.composite("redone"), seen.composite("after"))


def test_repeat_paints_with_the_values_of_the_last_dialog(gimp: Gimp) -> None:
    seen = gimp.finish(gimp.start_window("window", {**VALUES, "prompt": "", "seed": 11}))
    layers = seen.report["repeated"]["layers"]
    assert [layer["name"] for layer in layers[:2]] == ["a red heart (11) #1", "a red heart (11)"]


def test_one_undo_makes_an_upscaled_image_small_again(gimp: Gimp) -> None:
    seen = gimp.finish(gimp.start_window("window_upscale", {**VALUES, "factor": 2.0}))
    assert seen.report["status"] == "success", seen.report
    assert seen.report["after"]["size"] == [480, 320]
    assert len(seen.report["after"]["layers"]) == 2
    assert seen.report["undone"]["size"] == [240, 160]
    assert seen.report["undone"]["layers"] == seen.report["before"]["layers"]
    np.testing.assert_array_equal(seen.composite("undone"), seen.composite("before"))


def test_cancel_in_the_bar_stops_the_job(stage: Stage, gimp: Gimp) -> None:
    run = gimp.start_window("window_cancel", {**VALUES, "steps": 1000, "variants": 8})
    job = running_job(stage, "gimp")
    (gimp.folder / "running").touch()
    run.communicate(timeout=300)  # GIMP ends the plug-in, and the script that called it too
    assert was_cancelled(stage, "gimp", job)
