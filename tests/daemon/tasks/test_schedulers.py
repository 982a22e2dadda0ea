"""Every scheduler by name gives the bare pipeline's pixels, and few-step models find their own."""

import json
import shutil
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch

from helpers import small_additions, small_models
from helpers.workshop import Workshop
from scumble_daemon import work
from scumble_daemon.models.families import FAMILIES
from scumble_daemon.models.schedulers import SCHEDULERS
from scumble_daemon.region.arrays import Bytes
from scumble_protocol.jobs import Lora, Options, Report, TextToImage

of_diffusers: Any = diffusers
SIDE = small_models.SIDE
NONE = Options()
WORDS: dict[str, Any] = {"prompt": "a red balloon", "guidance_scale": 5.0}


def bare(name: str) -> Bytes:
    choice = SCHEDULERS[name]
    folder = small_models.folder("sd15")
    pipeline = of_diffusers.StableDiffusionPipeline.from_pretrained(folder, local_files_only=True)
    cls = getattr(of_diffusers, choice.class_name)
    pipeline.scheduler = cls.from_config(pipeline.scheduler.config, **choice.options)
    pipeline.set_progress_bar_config(disable=True)
    generator = torch.Generator("cpu").manual_seed(9)
    size = {"width": SIDE, "height": SIDE}
    return np.asarray(
        pipeline(**WORDS, **size, num_inference_steps=5, generator=generator).images[0]
    )


@pytest.mark.filterwarnings("ignore:__array_wrap__:DeprecationWarning")  # DEIS by SciPy's sums
@pytest.mark.parametrize("name", [name for name, one in SCHEDULERS.items() if not one.flow])
def test_a_scheduler_by_name_is_that_of_diffusers(workshop: Workshop, name: str) -> None:
    task = TextToImage(**WORDS, width=SIDE, height=SIDE, steps=5, seed=9, scheduler=name)
    result = workshop.paint("sd15", task)
    assert np.array_equal(workshop.layer(result)[0], bare(name))
    assert result.report.scheduler == SCHEDULERS[name].class_name


def test_a_scheduler_of_the_other_kind_is_refused_with_those_that_fit(workshop: Workshop) -> None:
    for kind, wrong, right in (("sd15", "flow-euler", "ddim"), ("flux", "ddim", "flow-euler")):
        task = TextToImage(width=SIDE, height=SIDE, seed=9, scheduler=wrong)
        end = workshop.run(kind, task)
        assert isinstance(end, work.Broken)
        assert right in end.sentence


def report(workshop: Workshop, kind: str, options: Options = NONE, **own: Any) -> Report:
    task = TextToImage(prompt="a cat", width=SIDE, height=SIDE, seed=9, options=options, **own)
    return workshop.paint(kind, task).report


def settings(made: Report) -> tuple[str, int, float]:
    return made.scheduler, made.steps, made.guidance_scale


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sd15-LCM", ("LCMScheduler", 4, 1.0)),
        ("sd15_tcd", ("TCDScheduler", 4, 1.0)),
        ("sd15-lightning-2step", ("EulerDiscreteScheduler", 2, 1.0)),
        ("Hyper-SD15-8steps-CFG", ("DDIMScheduler", 8, 5.0)),
        ("sd15-turbo", ("DDIMScheduler", 4, 1.0)),  # with the checkpoint's own
    ],
)
def test_a_model_for_few_steps_paints_as_it_wants(
    workshop: Workshop, tmp_path: Path, name: str, expected: tuple[str, int, float]
) -> None:
    shutil.copytree(small_models.folder("sd15"), tmp_path / name)
    entry = workshop.catalogue.add(str(tmp_path / name))
    assert f"{expected[1]} steps" in entry.description
    assert settings(report(workshop, name)) == expected
    asked = report(workshop, name, steps=3, guidance_scale=2.0, scheduler="euler")
    assert settings(asked) == ("EulerDiscreteScheduler", 3, 2.0)


def test_a_consistency_model_is_told_its_guidance(workshop: Workshop, tmp_path: Path) -> None:
    folder = tmp_path / "consistent"
    pipeline = small_models.build("sd15")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        config = dict(pipeline.unet.config) | {"time_cond_proj_dim": 8, "_use_default_values": []}
        unet = of_diffusers.UNet2DConditionModel.from_config(config)
    pipeline.unet = unet
    pipeline.save_pretrained(folder)
    index = json.loads((folder / "model_index.json").read_text())
    index["_class_name"] = "LatentConsistencyModelPipeline"
    (folder / "model_index.json").write_text(json.dumps(index))
    assert workshop.catalogue.add(str(folder)).family == "sd15"
    task = TextToImage(prompt="a cat", width=SIDE, height=SIDE, seed=9)
    result = workshop.paint("consistent", task)
    assert settings(result.report) == ("LCMScheduler", 4, 8.5)

    theirs = of_diffusers.StableDiffusionPipeline.from_pretrained(folder, local_files_only=True)
    theirs.scheduler = of_diffusers.LCMScheduler.from_config(theirs.scheduler.config)
    theirs.set_progress_bar_config(disable=True)
    made = theirs(
        prompt="a cat",
        width=SIDE,
        height=SIDE,
        num_inference_steps=4,
        guidance_scale=8.5,
        generator=torch.Generator("cpu").manual_seed(9),
    )
    assert np.array_equal(workshop.layer(result)[0], np.asarray(made.images[0]))


def test_a_lora_for_few_steps_settles_what_a_job_leaves_open(
    workshop: Workshop, tmp_path: Path
) -> None:
    for name in ("lcm-lora-sdv1-5", "style"):
        file = small_additions.lora(tmp_path / f"{name}.safetensors", kohya=False)
        workshop.catalogue.add(str(file))
    few, plain = (Options(loras=(Lora(name=name),)) for name in ("lcm-lora-sdv1-5", "style"))
    made = report(workshop, "sd15", few)
    assert settings(made) == ("LCMScheduler", 4, 1.0)
    assert any("LoRA for few steps" in notice for notice in made.notices)
    family = FAMILIES["sd15"]
    usual = ("DDIMScheduler", family.steps, family.guidance_scale)
    assert settings(report(workshop, "sd15", plain)) == usual
    assert settings(report(workshop, "sd15", few, steps=6)) == ("LCMScheduler", 6, 1.0)


def test_an_eta_that_has_no_say_is_told(workshop: Workshop) -> None:
    eta = Options(eta=0.5)
    assert not report(workshop, "sd15", eta, steps=2, scheduler="ddim").notices
    (told,) = report(workshop, "sd15", eta, steps=2, scheduler="euler").notices
    assert "EulerDiscreteScheduler knows no eta" in told
