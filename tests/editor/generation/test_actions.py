import msgspec
import pytest

from helpers.stages import blank, filled
from scumble_editor.document.edits.selection import select, select_all
from scumble_editor.document.selection import Selection
from scumble_editor.generation.actions import (
    ABOUT,
    PaintAction,
    default_action,
    is_blank,
    lacking,
)
from scumble_protocol.geometry import Bounds
from scumble_protocol.messages import Submit


def selected() -> Selection:
    return Selection.of_rectangle(Bounds(10, 10, 40, 30))


def test_a_selection_is_filled_and_without_one_the_whole_canvas_is_painted() -> None:
    assert default_action(filled()) is PaintAction.WHOLE
    assert default_action(select(filled(), selected())) is PaintAction.FILL


def test_every_action_is_explained_and_names_tasks_that_the_protocol_knows() -> None:
    schema = msgspec.json.encode(msgspec.json.schema(Submit)).decode()
    assert list(ABOUT) == list(PaintAction)
    for about in ABOUT.values():
        assert about.title
        assert about.explains.endswith(".")
        for task in about.tasks:
            assert f'"{task}"' in schema


@pytest.mark.parametrize("action", [a for a in PaintAction if ABOUT[a].place])
def test_actions_that_need_a_place_say_so(action: PaintAction) -> None:
    assert "Select a place" in lacking(filled(), action)
    assert lacking(select(filled(), selected()), action) == ""


def test_a_background_needs_something_that_stays() -> None:
    everything = select_all(filled())
    assert "not everything" in lacking(everything, PaintAction.BACKGROUND)


def test_what_changes_a_picture_needs_one() -> None:
    assert is_blank(blank())
    assert not is_blank(filled())
    for action in (PaintAction.DEPTH, PaintAction.EDIT):
        assert "needs a picture" in lacking(blank(), action)
        assert lacking(filled(), action) == ""
