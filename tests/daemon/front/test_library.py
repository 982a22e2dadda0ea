"""What the front says of the models there are."""

import asyncio
from pathlib import Path

import pytest

from scumble_daemon.front.library import Library
from scumble_daemon.models.catalog import Catalogue, Entry
from scumble_daemon.models.families import FAMILIES
from scumble_daemon.models.schedulers import SCHEDULERS, UnknownSchedulerError, scheduler_choice
from scumble_protocol.messages import ModelInfo, Residency


class Shelf(Catalogue):
    """A catalogue with one model of every family."""

    def entries(self) -> tuple[Entry, ...]:
        """Return them."""
        return tuple(
            Entry(
                name=family.name,
                family=family.name,
                tasks=family.tasks,
                native_side=family.native_side,
                size_bytes=1,
                origin="folder",
                location="",
            )
            for family in FAMILIES.values()
        )


def models_of(catalogue: Catalogue) -> dict[str, ModelInfo]:
    models = asyncio.run(Library(catalogue).models(lambda _: Residency.DISK))
    return {model.name: model for model in models}


def test_every_model_names_just_the_schedulers_that_drive_it(tmp_path: Path) -> None:
    for name, model in models_of(Shelf(tmp_path)).items():
        flow = FAMILIES[name].flow
        for scheduler in model.schedulers:
            scheduler_choice(scheduler, flow=flow)
        for other in SCHEDULERS.keys() - set(model.schedulers):
            if model.schedulers:
                with pytest.raises(UnknownSchedulerError):
                    scheduler_choice(other, flow=flow)
        paints = bool({"text2image", "img2img", "inpaint", "depth2img"} & set(model.tasks))
        assert bool(model.schedulers) == paints


def test_the_bundled_model_says_what_it_understands_and_which_schedulers_drive_it(
    tmp_path: Path,
) -> None:
    miniature = models_of(Catalogue(tmp_path))["miniature"]
    assert "ddim" in miniature.schedulers
    assert "flow-euler" not in miniature.schedulers
    assert miniature.words
