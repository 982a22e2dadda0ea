from dataclasses import replace

import numpy as np

from helpers.finished_jobs import finished_for, selected_document
from scumble_editor.document.composite import composite
from scumble_editor.generation.comparing import hiding, painted_by_models
from scumble_editor.generation.results import with_result
from scumble_editor.generation.settings import Settings


def test_before_is_the_picture_without_the_active_result() -> None:
    document = selected_document()
    once = with_result(document, finished_for(document, Settings(seed=1)))
    twice = with_result(once, finished_for(once, Settings(seed=2)))

    assert painted_by_models(twice) == {twice.active_id}
    assert np.array_equal(composite(hiding(twice, painted_by_models(twice))), composite(once))


def test_before_is_without_any_result_where_another_layer_is_active() -> None:
    document = selected_document()
    painted = with_result(document, finished_for(document, Settings(seed=1)))
    aside = replace(painted, active_id=document.active_id)
    assert np.array_equal(composite(hiding(aside, painted_by_models(aside))), composite(document))


def test_variants_are_hidden_together() -> None:
    document = selected_document()
    painted = with_result(document, finished_for(document, Settings(seed=1, variants=3)))
    assert painted_by_models(painted) == {painted.layers[-1].id}


def test_a_picture_without_results_is_left_alone() -> None:
    document = selected_document()
    assert painted_by_models(document) == frozenset()
    assert hiding(document, ()) is document
