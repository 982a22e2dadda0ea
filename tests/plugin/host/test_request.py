"""What a host refuses before it reads a pixel, and what it sends to the bridge."""

import pytest

from scumble_host.commands import (
    COMMANDS,
    DIFFEDIT,
    DIFFEDIT_SELECT,
    ESTIMATE_DEPTH,
    EXPAND,
    GENERATE,
    INPAINT,
    REFINE,
    UPSCALE,
    Command,
    offered,
)
from scumble_host.events import Done
from scumble_host.fields import Value, nested, values_from
from scumble_host.request import Canvas, Limits, RefusedError, check, new_id, submission
from scumble_host.speech import done_text

CANVAS = Canvas(2, 1, pixels=b"12345678", layout="bgra8", selection=b"\x00\xff")


def test_inpainting_without_a_selection_is_refused() -> None:
    with pytest.raises(RefusedError, match="Nothing is selected"):
        check(INPAINT, (100, 100), selected=False, values={})


def test_refining_without_a_selection_is_allowed() -> None:
    check(REFINE, (100, 100), selected=False, values={})


@pytest.mark.parametrize("command", [GENERATE, DIFFEDIT, DIFFEDIT_SELECT], ids=lambda c: c.name)
def test_what_words_alone_describe_is_refused_without_any(command: Command) -> None:
    with pytest.raises(RefusedError, match=r"is empty.*Nothing was changed"):
        check(command, (100, 100), selected=True, values={"prompt": "  "})
    check(command, (100, 100), selected=True, values={"prompt": "a heart"})


def test_paint_without_words_is_given_and_said() -> None:
    check(INPAINT, (100, 100), selected=True, values={"prompt": ""})
    done = Done("job", (), (100, 100), ("Mind the gap.",), 1.0)
    told = done_text(INPAINT, {"prompt": ""}, done)
    assert told == "Mind the gap. No words were given, so the model painted what seemed to fit."
    assert done_text(INPAINT, {"prompt": "a heart"}, done) == "Mind the gap."
    for silent in (EXPAND, UPSCALE, ESTIMATE_DEPTH):
        assert done_text(silent, {}, done) == "Mind the gap."


def test_a_canvas_larger_than_the_daemon_takes_is_refused_with_both_sizes() -> None:
    limits = Limits(side=1000, pixels=500_000)
    with pytest.raises(RefusedError, match="1001 × 10"):
        check(INPAINT, (1001, 10), selected=True, values={}, limits=limits)
    with pytest.raises(RefusedError):
        check(INPAINT, (900, 900), selected=True, values={}, limits=limits)
    check(INPAINT, (1000, 500), selected=True, values={}, limits=limits)


def test_expanding_by_nothing_is_refused_and_counts_towards_the_limit() -> None:
    limits = Limits(side=1000, pixels=10**6)
    with pytest.raises(RefusedError, match="stay as it is"):
        check(EXPAND, (100, 100), selected=False, values={}, limits=limits)
    with pytest.raises(RefusedError, match="1100"):
        check(EXPAND, (600, 100), selected=False, values={"left": 500}, limits=limits)


def test_a_submission_names_each_buffer_and_leaves_out_what_is_unset() -> None:
    values: dict[str, Value] = {
        "prompt": "a heart",
        "seed": 7,
        "steps": 0,
        "feather": 3.5,
        "model": "",
    }
    header, buffers = submission(INPAINT, values, CANVAS, "a-job-id")
    assert buffers == (b"12345678", b"\x00\xff")
    assert [(p["role"], p["layout"], p["buffer"]) for p in header["pictures"]] == [
        ("image", "bgra8", 0),
        ("selection", "gray8", 1),
    ]
    assert header["fields"]["seed"] == 7
    assert header["fields"]["region"]["feather"] == 3.5
    assert "steps" not in header["fields"]
    assert "grow" not in header["fields"]["region"]
    assert header["model"] is None
    assert header["expand"] is None


def test_a_seed_is_drawn_where_none_is_given() -> None:
    seeds = {submission(INPAINT, {}, CANVAS, new_id())[0]["fields"]["seed"] for _ in range(20)}
    assert len(seeds) > 1
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_painting_from_nothing_sends_the_size_and_no_picture() -> None:
    header, buffers = submission(GENERATE, {}, Canvas(64, 32), "a-job-id")
    assert buffers == ()
    assert (header["fields"]["width"], header["fields"]["height"]) == (64, 32)


def test_upscaling_sends_the_picture_and_the_size_it_shall_have() -> None:
    values: dict[str, Value] = {"factor": 2.5, "detail": 0.0, "upscaler": "esrgan", "seed": 7}
    header, buffers = submission(UPSCALE, values, CANVAS, "a-job-id")
    assert buffers == (b"12345678",)
    fields = header["fields"]
    assert (fields["width"], fields["height"], fields["upscaler"]) == (5, 2, "esrgan")
    assert not {"factor", "refine"} & fields.keys()
    detailed, _ = submission(UPSCALE, {"detail": 0.3}, CANVAS, "a-job-id")
    assert detailed["fields"]["refine"] == 0.3


def test_upscaling_counts_towards_the_limit() -> None:
    limits = Limits(side=1000, pixels=10**6)
    check(UPSCALE, (500, 400), selected=False, values={"factor": 2.0}, limits=limits)
    with pytest.raises(RefusedError, match=r"1500 × 1200.*a smaller factor"):
        check(UPSCALE, (500, 400), selected=False, values={"factor": 3.0}, limits=limits)


def test_only_commands_whose_task_is_known_are_offered() -> None:
    names = [command.name for command in offered(["inpaint", "depth2img"])]
    assert names == ["inpaint", "expand-canvas", "depth"]
    assert offered([]) == ()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_form_can_be_filled_again_from_what_it_sent(command: Command) -> None:
    values = command.defaults()
    assert values_from(command.fields, nested(command.fields, values)) == values


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_default_lies_within_its_own_limits(command: Command) -> None:
    for field in command.fields:
        if field.choices:
            assert field.default in [sent for sent, _ in field.choices]
        elif isinstance(field.default, int | float) and not isinstance(field.default, bool):
            assert field.low <= field.default <= field.high


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_no_letter_leads_to_two_fields_or_to_a_button_of_gimps(command: Command) -> None:
    labels = [field.label for field in command.fields]
    letters = [label[label.index("_") + 1].lower() for label in labels if "_" in label]
    assert len(set(letters)) == len(letters)
    assert not set(letters) & set("chlors")
