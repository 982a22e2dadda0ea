"""Chains with small models: the bare pipelines one after another, in latents where they can."""

from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from PIL import Image as PillowImage

from helpers import small_additions, small_models
from helpers.workshop import Workshop
from scumble_daemon import work
from scumble_daemon.region.arrays import Bytes
from scumble_protocol.jobs import Chain, Condition, Control, Lora, Options, Stage

SIDE = small_models.SIDE
of_diffusers: Any = diffusers
SETTINGS: dict[str, Any] = {"num_inference_steps": 8, "guidance_scale": 5.0}


def bare(auto: str, kind: str) -> Any:
    cls = getattr(of_diffusers, auto)
    pipeline = cls.from_pretrained(small_models.folder(kind), local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def generator() -> torch.Generator:
    return torch.Generator("cpu").manual_seed(6)


def task(*stages: Stage, **options: Any) -> Chain:
    given: dict[str, Any] = {"prompt": "a castle", "seed": 6, "steps": 8, "guidance_scale": 5.0}
    if "image" not in options:
        given |= {"width": SIDE, "height": SIDE}
    return Chain(stages=stages, **(given | options))


@pytest.mark.parametrize(
    ("kind", "refiner"), [("sd15", "sd15"), ("sdxl", "sdxl"), ("sdxl", "sdxl-refiner")]
)
def test_words_then_painting_over_stay_in_latents(
    workshop: Workshop, kind: str, refiner: str
) -> None:
    base = bare("AutoPipelineForText2Image", kind)
    over = bare("AutoPipelineForImage2Image", refiner)
    latents = base(
        prompt="a castle", width=SIDE, height=SIDE, output_type="latent", generator=generator(),
        **SETTINGS,
    ).images  # fmt: skip
    theirs = over(
        prompt="a ruin", image=latents, strength=0.5, generator=generator(), **SETTINGS
    ).images[0]

    workshop.add(refiner)
    second = Stage(prompt="a ruin", model=refiner, strength=0.5)
    result = workshop.paint(kind, task(Stage(), second))
    ours, mask = workshop.layer(result)
    assert mask is None
    assert np.array_equal(ours, np.asarray(theirs))
    assert [one.steps for one in result.report.passes] == [8, 4]


def test_a_kept_stage_is_the_picture_that_it_alone_would_have_given(workshop: Workshop) -> None:
    result = workshop.paint("sd15", task(Stage(keep=True), Stage(strength=0.5), variants=2))
    alone = workshop.paint("sd15", task(Stage(), variants=2))
    assert [layer.seed for layer in result.layers] == [6, 7, 6, 7]
    assert [one.image for one in result.layers[2:]] == [one.image for one in alone.layers]
    without = workshop.paint("sd15", task(Stage(), Stage(strength=0.5), variants=2))
    assert result.layers[:2] == without.layers


def test_words_then_a_selection_then_all_of_it(workshop: Workshop) -> None:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[16:48, 16:48] = 255
    base = bare("AutoPipelineForText2Image", "sd15")
    inpaint = of_diffusers.AutoPipelineForInpainting.from_pipe(base)
    over = of_diffusers.AutoPipelineForImage2Image.from_pipe(base)
    for pipeline in (inpaint, over):
        pipeline.set_progress_bar_config(disable=True)
    first = base(
        prompt="a castle", width=SIDE, height=SIDE, generator=generator(), output_type="np",
        **SETTINGS,
    ).images  # fmt: skip
    second = inpaint(
        prompt="a door", image=first, mask_image=PillowImage.fromarray(mask), strength=1.0,
        width=SIDE, height=SIDE, output_type="latent", generator=generator(), **SETTINGS,
    ).images  # fmt: skip
    third = over(
        prompt="a ruin", image=second, strength=0.5, generator=generator(), **SETTINGS
    ).images[0]

    stages = (
        Stage(),
        Stage(prompt="a door", selection=workshop.pictures.add(mask), strength=1.0),
        Stage(prompt="a ruin", strength=0.5),
    )
    ours, _ = workshop.layer(workshop.paint("sd15", task(*stages)))
    assert np.array_equal(ours, np.asarray(third))


@pytest.mark.parametrize(
    ("first", "second"),
    [("sdxl-inpaint", "sdxl-refiner"), ("sd15-inpaint", "sd15")],
)
def test_a_selection_then_a_refiner_stay_in_latents(
    workshop: Workshop, first: str, second: str
) -> None:
    picture: Bytes = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[16:48, 16:48] = 255
    painted = bare("AutoPipelineForInpainting", first)(
        prompt="a castle", image=PillowImage.fromarray(picture), strength=0.8,
        mask_image=PillowImage.fromarray(mask), width=SIDE, height=SIDE, output_type="latent",
        generator=generator(), **SETTINGS,
    ).images  # fmt: skip
    theirs = bare("AutoPipelineForImage2Image", second)(
        prompt="a ruin", image=painted, strength=0.5, generator=generator(), **SETTINGS
    ).images[0]

    workshop.add(second)
    stages = (
        Stage(selection=workshop.pictures.add(mask), strength=0.8),
        Stage(prompt="a ruin", model=second, strength=0.5),
    )
    result = workshop.paint(first, task(*stages, image=workshop.pictures.add(picture)))
    assert np.array_equal(workshop.layer(result)[0], np.asarray(theirs))


def test_words_then_a_selection_by_a_model_made_for_it(workshop: Workshop) -> None:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[16:48, 16:48] = 255
    picture = bare("AutoPipelineForText2Image", "sd15")(
        prompt="a castle", width=SIDE, height=SIDE, generator=generator(), output_type="np",
        **SETTINGS,
    ).images  # fmt: skip
    theirs = bare("AutoPipelineForInpainting", "sd15-inpaint")(
        prompt="a door", image=picture, mask_image=PillowImage.fromarray(mask), strength=1.0,
        width=SIDE, height=SIDE, generator=generator(), **SETTINGS,
    ).images[0]  # fmt: skip

    model = workshop.add("sd15-inpaint")
    door = Stage(prompt="a door", model=model, selection=workshop.pictures.add(mask), strength=1.0)
    ours, _ = workshop.layer(workshop.paint("sd15", task(Stage(), door)))
    assert np.array_equal(ours, np.asarray(theirs))


def test_where_every_stage_has_a_selection_only_they_are_covered(workshop: Workshop) -> None:
    canvas: Bytes = np.random.default_rng(1).integers(0, 256, (100, 80, 4), np.uint8)
    masks = [np.zeros((100, 80), np.uint8) for _ in range(2)]
    masks[0][10:40, 10:40] = 255
    masks[1][50:90, 30:70] = 128
    stages = [Stage(selection=workshop.pictures.add(mask), strength=1.0) for mask in masks]
    result = workshop.paint("sd15", task(*stages, image=workshop.pictures.add(canvas)))
    pixels, cover = workshop.layer(result)
    assert pixels.shape == (100, 80, 3)
    assert cover is not None
    assert np.array_equal(cover, np.maximum(*masks))


def test_a_stage_that_its_model_cannot_paint_is_told(workshop: Workshop) -> None:
    end = workshop.run("sdxl-refiner", task(Stage()))
    assert isinstance(end, work.Broken)
    assert "cannot do text2image" in end.sentence


def test_a_controlnet_of_one_stage_leaves_the_next_to_itself(workshop: Workshop) -> None:
    picture: Bytes = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[16:48, 16:48] = 255
    net = of_diffusers.ControlNetModel.from_pretrained(small_models.folder("controlnet-sd15"))
    inpaint = of_diffusers.StableDiffusionControlNetInpaintPipeline.from_pretrained(
        small_models.folder("sd15"), controlnet=net, local_files_only=True
    )
    inpaint.set_progress_bar_config(disable=True)
    condition = picture.astype(np.float32) / 255
    condition[mask > 127] = -1
    first = inpaint(
        prompt="a castle", image=PillowImage.fromarray(picture),
        mask_image=PillowImage.fromarray(mask), strength=0.8, width=SIDE, height=SIDE,
        control_image=torch.from_numpy(condition).permute(2, 0, 1)[None], output_type="latent",
        controlnet_conditioning_scale=1.0, generator=generator(), **SETTINGS,
    ).images  # fmt: skip
    theirs = bare("AutoPipelineForImage2Image", "sd15")(
        prompt="a ruin", image=first, strength=0.5, generator=generator(), **SETTINGS
    ).images[0]

    control = Control(name=workshop.add("controlnet-sd15"), condition=Condition.INPAINT)
    stages = (
        Stage(
            selection=workshop.pictures.add(mask),
            strength=0.8,
            options=Options(controls=(control,)),
        ),
        Stage(prompt="a ruin", strength=0.5),
    )
    result = workshop.paint("sd15", task(*stages, image=workshop.pictures.add(picture)))
    assert np.array_equal(workshop.layer(result)[0], np.asarray(theirs))


def test_a_stage_wears_its_own_loras_and_what_they_want(workshop: Workshop, tmp_path: Path) -> None:
    for name in ("style", "lcm-lora-sdv1-5"):
        file = small_additions.lora(tmp_path / f"{name}.safetensors", kohya=False)
        workshop.catalogue.add(str(file))
    style, few = (Options(loras=(Lora(name=name),)) for name in ("style", "lcm-lora-sdv1-5"))

    def painted(first: Stage, **own: Any) -> Any:
        return workshop.paint("sd15", task(first, Stage(strength=0.5, options=Options()), **own))

    styled = painted(Stage(keep=True, options=style))
    plain = painted(Stage(keep=True))
    alone = workshop.paint("sd15", task(Stage(), options=style))
    assert styled.layers[1].image == alone.layers[0].image != plain.layers[1].image
    joined = Options(loras=style.loras, fuse_loras=True)
    fused = painted(Stage(keep=True, options=joined)).layers[1].image
    assert fused == workshop.paint("sd15", task(Stage(), options=joined)).layers[0].image
    assert painted(Stage(keep=True)).layers == plain.layers
    usual = painted(Stage(), options=few, steps=None, guidance_scale=None)
    assert [one.steps for one in usual.report.passes] == [4, 10]
