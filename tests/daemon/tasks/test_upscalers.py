"""Models that only enlarge: told from their files, applied tile by tile, as often as it takes."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from helpers.workshop import Workshop
from scumble_daemon import work
from scumble_daemon.models.cache import ModelCache
from scumble_daemon.models.catalog import Entry
from scumble_daemon.models.devices import Device
from scumble_daemon.models.families import FAMILIES
from scumble_daemon.models.loaded import Loaded
from scumble_daemon.models.loader import load
from scumble_daemon.models.upscalers import NEEDED, Upscaler, Upscaling
from scumble_daemon.region.arrays import Bytes
from scumble_daemon.worker.runner import Runner
from scumble_protocol.jobs import Upscale

READABLE = all(find_spec(name) for name in NEEDED)


@pytest.fixture
def picture() -> Bytes:
    noise = np.random.default_rng(1).integers(0, 256, (20, 30, 3), np.uint8)
    return np.asarray(cv2.resize(noise, (300, 200)), np.uint8)


def esrgan(file: Path, seed: int = 0) -> Path:
    """Write the weights of a small ESRGAN that enlarges twice, by the names of its architecture."""
    generator = torch.Generator().manual_seed(seed)
    wide, grown = 8, 32

    def drawn(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator) / 8

    layers = {"conv_first": (wide, 12), "conv_body": (wide, wide), "conv_last": (3, wide)}
    layers |= dict.fromkeys(("conv_up1", "conv_up2", "conv_hr"), (wide, wide))
    for dense in (1, 2, 3):
        for number in range(1, 6):
            into = wide if number == 5 else grown
            layers[f"body.0.rdb{dense}.conv{number}"] = (into, wide + grown * (number - 1))
    weights = {}
    for name, (into, out_of) in layers.items():
        weights[f"{name}.weight"] = drawn(into, out_of, 3, 3)
        weights[f"{name}.bias"] = drawn(into)
    save_file(weights, file)
    return file


class Doubling(torch.nn.Module):
    """Repeats every pixel twice along both axes."""

    def __init__(self) -> None:
        super().__init__()
        self.strength = torch.nn.Parameter(torch.ones(()))

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        repeated = picture.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
        return repeated * self.strength


@pytest.fixture
def doubling(tmp_path: Path) -> Workshop:
    """A workshop whose model “double” repeats pixels, so that it is known what comes out."""
    made = Workshop(tmp_path)

    def loaded(entry: Entry, device: Device) -> Loaded:
        if entry.family != "upscaler":
            return load(entry, device)
        cls: Any = Upscaling
        net = Doubling()
        base = cls(Upscaler(net, 2, net))
        return Loaded(entry, FAMILIES["upscaler"], entry.native_side, base)

    made.cache = ModelCache(made.device, loaded)
    made.runner = Runner(
        made.device, made.catalogue, made.cache, made.pictures, made.recall, made.said.append
    )
    made.catalogue.add(str(esrgan(tmp_path / "double.safetensors")))
    return made


@pytest.mark.parametrize("times", [2, 4])
def test_a_model_is_applied_in_tiles_as_often_as_it_takes(
    doubling: Workshop, picture: Bytes, times: int
) -> None:
    task = Upscale(
        seed=1,
        image=doubling.pictures.add(picture),
        width=times * 300,
        height=times * 200,
        upscaler="double",
    )
    made, _ = doubling.layer(doubling.paint("sd15", task))
    assert np.array_equal(made, picture.repeat(times, axis=0).repeat(times, axis=1))


def test_it_may_be_the_models_own_job_which_refines_nothing(
    doubling: Workshop, picture: Bytes
) -> None:
    image = doubling.pictures.add(picture)
    task = Upscale(seed=1, image=image, width=450, height=300)
    made, _ = doubling.layer(doubling.paint("double", task))
    assert made.shape == (300, 450, 3)
    end = doubling.run("double", Upscale(seed=1, image=image, width=450, height=300, refine=0.3))
    assert isinstance(end, work.Broken)
    assert "only enlarges" in end.sentence


def test_what_is_no_upscaler_is_refused(doubling: Workshop, picture: Bytes) -> None:
    image = doubling.pictures.add(picture)
    task = Upscale(seed=1, image=image, width=450, height=300, upscaler=doubling.add("sd15"))
    end = doubling.run("sd15", task)
    assert isinstance(end, work.Broken)
    assert "no model that enlarges" in end.sentence


@pytest.mark.skipif(READABLE, reason="all that it takes is installed")
def test_without_spandrel_it_is_said_what_to_install(
    workshop: Workshop, tmp_path: Path, picture: Bytes
) -> None:
    entry = workshop.catalogue.add(str(esrgan(tmp_path / "small.safetensors")))
    assert entry.family == "upscaler"
    image = workshop.pictures.add(picture)
    task = Upscale(seed=1, image=image, width=600, height=400, upscaler="small")
    end = workshop.run("sd15", task)
    assert isinstance(end, work.Broken)
    assert "scumble[upscale]" in end.sentence


@pytest.mark.skipif(not READABLE, reason="spandrel and torchvision are optional")
def test_spandrel_reads_an_esrgan(workshop: Workshop, tmp_path: Path, picture: Bytes) -> None:
    workshop.catalogue.add(str(esrgan(tmp_path / "small.safetensors")))
    image = workshop.pictures.add(picture)
    task = Upscale(seed=1, image=image, width=600, height=400, upscaler="small")
    made, _ = workshop.layer(workshop.paint("sd15", task))
    assert made.shape == (400, 600, 3)
    assert workshop.loaded("small").part("upscaler").scale == 2
