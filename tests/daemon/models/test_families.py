"""The table of families."""

from dataclasses import replace
from typing import get_args

import pytest

from scumble_daemon.models.families import (
    CAPTIONER,
    CONTROLNETS,
    EMBEDDING,
    EVERY_TASK,
    FAMILIES,
    INPAINT,
    IP_ADAPTERS,
    LORA,
    TEXT2IMAGE,
    VAE,
)
from scumble_protocol.geometry import Extent
from scumble_protocol.jobs import AnyTask


def test_published_ranges_are_those_of_the_design() -> None:
    sd15 = FAMILIES["sd15"].native_range(512)
    assert (sd15.min_side, sd15.max_side) == (512, 768)
    assert (sd15.min_pixels, sd15.max_pixels) == (512 * 512, 512 * 768)
    sdxl = FAMILIES["sdxl"].native_range(1024)
    assert (sdxl.min_side, sdxl.max_side, sdxl.max_pixels) == (640, 1280, 1024 * 1024)


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("share", [1 / 16, 1 / 4, 1, 2])
def test_every_family_has_a_range_that_holds_its_own_square(name: str, share: float) -> None:
    family = FAMILIES[name]
    side = max(round(family.native_side * share / family.multiple), 1) * family.multiple
    native = family.native_range(side)
    least, most = native.scales(Extent(side, side))
    assert least <= 1.01
    assert most >= 0.99
    assert native.min_side % family.multiple == 0


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_does_known_tasks(name: str) -> None:
    assert FAMILIES[name].name == name
    assert set(FAMILIES[name].tasks) <= set(EVERY_TASK)
    helpers = {CAPTIONER, LORA, EMBEDDING, VAE, *CONTROLNETS.values(), *IP_ADAPTERS.values()}
    assert FAMILIES[name].tasks or name in helpers


def test_every_task_of_the_protocol_is_some_familys() -> None:
    tags = {str(task.__struct_config__.tag) for task in get_args(AnyTask)}
    assert {task for family in FAMILIES.values() for task in family.tasks} == tags
    assert set(EVERY_TASK) == tags


def test_a_family_may_want_another_guidance_in_selections() -> None:
    plain = FAMILIES["sd15"]
    gentle = replace(plain, inpaint_guidance_scale=2.5)

    assert plain.guidance_for(INPAINT) == plain.guidance_scale
    assert gentle.guidance_for(INPAINT) == 2.5
    assert gentle.guidance_for(TEXT2IMAGE) == plain.guidance_scale
