"""A plan made by the front is what the job then says it did."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.homes import client
from helpers.workshop import Workshop
from scumble_daemon.front.estimates import Estimates
from scumble_daemon.front.planning import planned
from scumble_daemon.models.catalog import Entry
from scumble_daemon.models.families import FAMILIES
from scumble_daemon.region.islands import plan_selection
from scumble_protocol import messages as m
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.images import Pictures
from scumble_protocol.jobs import ImageToImage, Inpaint, Job, Region, TextToImage

SD15 = Entry(
    name="a-model",
    family="sd15",
    tasks=("inpaint",),
    native_side=512,
    size_bytes=1,
    origin="folder",
    location="",
)


def asked(parts: tuple[Bounds, ...] = (), **changes: Any) -> m.Plan:
    """Return a question about a canvas of 2000 × 1500."""
    plan = m.Plan(
        request="r1", model="a-model", task="inpaint", width=2000, height=1500, parts=parts
    )
    return msgspec.structs.replace(plan, **changes)


@settings(max_examples=25, deadline=None)  # each reads three million pixels
@given(
    x=st.integers(0, 1900),
    y=st.integers(0, 1400),
    width=st.integers(1, 2000),
    height=st.integers(1, 1500),
    strength=st.floats(0.05, 1),
    feather=st.none() | st.floats(0, 200),
    context=st.none() | st.floats(0, 500),
)
def test_the_front_plans_what_the_worker_plans(
    x: int,
    y: int,
    width: int,
    height: int,
    strength: float,
    feather: float | None,
    context: float | None,
) -> None:
    part = Bounds(x, y, min(width, 2000 - x), min(height, 1500 - y))
    region = Region(feather=feather, context=context)
    selection = np.zeros((1500, 2000), np.float32)
    selection[part.slices] = 1
    native = FAMILIES["sd15"].native_range(512)

    ((_, there),) = plan_selection(selection, strength, region, native)
    (here,) = planned(asked((part,), strength=strength, region=region), SD15, Estimates()).islands

    assert (here.mask, here.context) == (there.mask, there.context)
    assert (here.feather, here.grow, here.blend) == (
        there.margins.feather_px,
        there.margins.grow_px,
        there.margins.blend_px,
    )
    assert (here.reach, here.lift) == (there.reach_px, there.lift)
    assert [(one.bounds, one.extent, one.strength) for one in here.passes] == [
        (one.bounds, one.extent, one.strength) for one in there.passes
    ]


def test_parts_far_apart_are_islands_of_their_own_and_near_ones_are_not() -> None:
    far = (Bounds(20, 20, 60, 60), Bounds(1700, 1300, 60, 60))
    near = (Bounds(400, 400, 60, 60), Bounds(470, 400, 60, 60))

    assert len(planned(asked(far, strength=0.6), SD15, Estimates()).islands) == 2
    (one,) = planned(asked(near, strength=0.6), SD15, Estimates()).islands
    assert one.selection == Bounds(400, 400, 130, 60)


def test_a_large_selection_is_painted_small_and_then_refined() -> None:
    (island,) = planned(asked((Bounds(300, 200, 1100, 1100),)), SD15, Estimates()).islands

    first, second = island.passes
    assert first.extent.area < second.extent.area
    assert second.bounds == island.mask


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (asked(), "Nothing is selected"),
        (asked((Bounds(1990, 0, 20, 20),)), "outside the canvas"),
        (asked((Bounds(0, 0, 9, 9),), task="diffedit"), "no plan"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_a_reason(question: m.Plan, said: str) -> None:
    with pytest.raises(RemoteError, match=said) as refused:
        planned(question, SD15, Estimates())
    assert refused.value.code is ErrorCode.BAD_REQUEST


def test_a_plan_is_what_the_job_says_it_did_and_is_estimated_from_that(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    canvas = np.zeros((120, 160, 3), np.uint8)
    selection = np.zeros((120, 160), np.uint8)
    part = Bounds(40, 30, 30, 20)
    selection[part.slices] = 255
    picture, mask = workshop.pictures.add(canvas), workshop.pictures.add(selection)
    tasks = (
        Inpaint(seed=1, steps=6, image=picture, selection=mask),
        Inpaint(seed=1, steps=6, image=picture, selection=mask, strength=0.9),
        ImageToImage(seed=1, steps=10, image=picture, selection=mask, strength=0.5),
        ImageToImage(seed=1, steps=10, image=picture, strength=0.5),
        TextToImage(seed=1, steps=5, width=160, height=120),
    )
    entry = workshop.catalogue.get(workshop.add("sd15"))
    estimates = Estimates()
    for task in tasks:
        report = workshop.paint("sd15", task).report
        question = m.Plan(
            request="r1",
            model="sd15",
            task=str(task.__struct_config__.tag),
            width=160,
            height=120,
            parts=(part,) if getattr(task, "selection", None) else (),
            strength=getattr(task, "strength", 1.0),
            steps=task.steps,
        )
        plan = planned(question, entry, estimates)
        assert [(p.extent, p.steps, p.strength) for i in plan.islands for p in i.passes] == [
            (p.extent, p.steps, p.strength) for p in report.passes
        ]
        estimates.learn(Job(id="job-00000001", model="sd15", task=task), 6.0, report)
        assert planned(question, entry, estimates).seconds is not None
    twice = planned(msgspec.structs.replace(question, variants=2), entry, estimates)
    once = planned(question, entry, estimates)
    assert once.seconds is not None
    assert twice.seconds == pytest.approx(2 * once.seconds)


@pytest.mark.usefixtures("front")
def test_the_daemon_answers_while_its_worker_is_busy_and_refuses_unknown_models() -> None:
    with client() as here:
        here.submit(TextToImage(prompt="slow", seed=1, width=16, height=8), Pictures())
        plan = here.plan("inpaint", Extent(640, 480), (Bounds(100, 100, 50, 50),))
        assert plan.islands[0].selection == Bounds(100, 100, 50, 50)
        assert plan.seconds is None
        with pytest.raises(RemoteError) as refused:
            here.plan("img2img", Extent(64, 64), model="no-such-model")
        assert refused.value.code is ErrorCode.UNKNOWN_MODEL
