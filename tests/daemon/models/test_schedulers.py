"""Schedulers by name."""

from typing import Any

import diffusers
import pytest

from scumble_daemon.models.schedulers import (
    SCHEDULERS,
    UnknownSchedulerError,
    scheduler_choice,
)
from scumble_protocol.errors import ErrorCode


@pytest.mark.parametrize("name", SCHEDULERS)
def test_every_name_makes_a_scheduler_of_diffusers(name: str) -> None:
    choice = SCHEDULERS[name]
    of_diffusers: Any = diffusers
    made = getattr(of_diffusers, choice.class_name)(**choice.options)
    assert hasattr(made, "scale_noise") == choice.flow
    made.set_timesteps(5)
    assert len(made.timesteps) >= 5


def test_an_unknown_name_brings_near_ones() -> None:
    with pytest.raises(UnknownSchedulerError, match="euler-a") as caught:
        scheduler_choice("euler_a", flow=False)
    assert caught.value.code is ErrorCode.BAD_REQUEST


@pytest.mark.parametrize(("name", "flow"), [("ddim", True), ("flow-euler", False)])
def test_a_scheduler_that_cannot_drive_the_model_is_refused(name: str, flow: bool) -> None:
    with pytest.raises(UnknownSchedulerError, match="does not go with"):
        scheduler_choice(name, flow=flow)
