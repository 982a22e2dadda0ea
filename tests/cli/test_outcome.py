"""Layers get names and recipes of their own, and changes are counted where none may be."""

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scumble_cli.outcome import LONGEST_LAYER_NAME, changed_outside, layer_name, recipe
from scumble_protocol.jobs import Job, TextToImage


def job(prompt: str, variants: int = 3) -> Job:
    task = TextToImage(prompt=prompt, seed=5, variants=variants, width=64, height=64)
    return Job(id="job-of-test", task=task)


def test_a_layer_is_called_by_its_prompt() -> None:
    assert layer_name(job("a  red\nheart"), 0, 1) == "a red heart"
    assert layer_name(job("a red heart"), 1, 3) == "a red heart (2 of 3)"
    assert layer_name(job("  "), 0, 1) == "Painted"


@given(st.text())
def test_a_layers_name_is_short_and_on_one_line(prompt: str) -> None:
    name = layer_name(job(prompt), 0, 1)
    assert 0 < len(name) <= LONGEST_LAYER_NAME
    assert len(name.splitlines()) == 1


def test_a_recipe_is_a_whole_job_that_paints_one_variant() -> None:
    again = msgspec.json.decode(recipe(job("a castle"), seed=7), type=Job)
    assert again == msgspec.structs.replace(
        job("a castle"), task=msgspec.structs.replace(job("a castle").task, seed=7, variants=1)
    )


def test_only_changes_outside_the_selection_count() -> None:
    before = np.zeros((4, 5, 4), np.uint8)
    after, selection = before.copy(), np.zeros((4, 5), np.uint8)
    after[0, 0, 3] = after[1, 1, 0] = after[2, 2] = 1
    assert changed_outside(before, after, selection) == 3
    selection[1, 1] = 1
    assert changed_outside(before, after, selection) == 2
