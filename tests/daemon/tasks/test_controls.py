"""ControlNets on small models: the bare pipelines' pixels, every condition, and refusals."""

from pathlib import Path
from typing import Any

import cv2
import diffusers
import numpy as np
import pytest
import torch
from PIL import Image as PillowImage

from helpers import small_models
from helpers.workshop import Workshop
from scumble_daemon import work
from scumble_daemon.region.arrays import Bytes
from scumble_daemon.region.composite import LayerPixels, flattened
from scumble_daemon.tasks.depths import estimated, spread
from scumble_protocol.jobs import (
    AnyTask,
    Chain,
    Condition,
    Control,
    DiffEditSelect,
    Fill,
    ImageToImage,
    Inpaint,
    Options,
    Region,
    Stage,
    TextToImage,
)

SIDE = small_models.SIDE
PROMPT, NEGATIVE = "a red balloon", "blurred"
WORDS: dict[str, Any] = {"prompt": PROMPT, "negative_prompt": NEGATIVE, "guidance_scale": 5.0}
PLAIN = Region(feather=0, grow=0, soft=False, match_colour=False, fill=Fill.ORIGINAL)
of_diffusers: Any = diffusers


@pytest.fixture
def picture() -> Bytes:
    return np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


@pytest.fixture
def drawing() -> Bytes:
    drawn = np.zeros((SIDE, SIDE), np.uint8)
    cv2.circle(drawn, (30, 34), 18, 255, 2)
    return drawn


@pytest.fixture
def mask() -> Bytes:
    drawn = np.zeros((SIDE, SIDE), np.uint8)
    drawn[13:50, 9:44] = 255
    return drawn


def bare(kind: str, end: str, nets: int = 1, **options: Any) -> Bytes:
    """Call the pipeline as anybody would."""
    net = of_diffusers.ControlNetModel.from_pretrained(
        small_models.folder("controlnet-sdxl" if "sdxl" in kind else "controlnet-sd15")
    )
    start = "StableDiffusionXLControlNet" if "sdxl" in kind else "StableDiffusionControlNet"
    pipeline = getattr(of_diffusers, start + end).from_pretrained(
        small_models.folder(kind),
        local_files_only=True,
        controlnet=net if nets == 1 else [net] * nets,
    )
    pipeline.set_progress_bar_config(disable=True)
    generator = torch.Generator("cpu").manual_seed(21)
    return np.asarray(pipeline(**WORDS, generator=generator, **options).images[0])


def pillow(pixels: Bytes) -> Any:
    return PillowImage.fromarray(pixels).convert("RGB")


def control(kind: str, **more: Any) -> Control:
    return Control(name="controlnet-sdxl" if "sdxl" in kind else "controlnet-sd15", **more)


def painted(workshop: Workshop, kind: str, task: AnyTask) -> Bytes:
    for control_of_task in task.options.controls:
        workshop.add(control_of_task.name)
    return workshop.layer(workshop.paint(kind, task))[0]


@pytest.mark.parametrize("kind", ["sd15", "sdxl"])
def test_words_and_a_drawing_make_the_bare_pipelines_picture(
    workshop: Workshop, kind: str, drawing: Bytes
) -> None:
    shown = control(kind, image=workshop.pictures.add(drawing), weight=0.7, start=0.2, end=0.8)
    size: dict[str, Any] = {"width": SIDE, "height": SIDE}
    plain = TextToImage(steps=5, seed=21, **WORDS, **size)
    asked = TextToImage(steps=5, seed=21, **WORDS, **size, options=Options(controls=(shown,)))
    before = painted(workshop, kind, plain)
    ours = painted(workshop, kind, asked)
    theirs = bare(
        kind,
        "Pipeline",
        image=pillow(drawing),
        num_inference_steps=5,
        controlnet_conditioning_scale=0.7,
        control_guidance_start=0.2,
        control_guidance_end=0.8,
        **size,
    )
    assert np.array_equal(ours, theirs)
    assert not np.array_equal(ours, before)
    assert np.array_equal(painted(workshop, kind, plain), before)


@pytest.mark.parametrize("kind", ["sd15", "sdxl"])
def test_edges_and_a_drawing_together_guide_img2img(
    workshop: Workshop, kind: str, picture: Bytes, drawing: Bytes
) -> None:
    both = (
        control(kind, condition=Condition.CANNY, weight=0.5),
        control(kind, image=workshop.pictures.add(drawing), weight=0.9, start=0.1, end=0.6),
    )
    task = ImageToImage(
        **WORDS,
        steps=10,
        seed=21,
        strength=0.6,
        image=workshop.pictures.add(picture),
        options=Options(controls=both),
    )
    theirs = bare(
        kind,
        "Img2ImgPipeline",
        nets=2,
        image=pillow(picture),
        control_image=[pillow(cv2.Canny(picture, 100, 200).astype(np.uint8)), pillow(drawing)],
        num_inference_steps=10,
        strength=0.6,
        controlnet_conditioning_scale=[0.5, 0.9],
        control_guidance_start=[0.0, 0.1],
        control_guidance_end=[1.0, 0.6],
    )
    assert np.array_equal(painted(workshop, kind, task), theirs)


@pytest.mark.parametrize("kind", ["sd15", "sd15-inpaint", "sdxl"])
def test_inpainting_shows_the_picture_without_what_is_selected(
    workshop: Workshop, kind: str, picture: Bytes, mask: Bytes
) -> None:
    task = Inpaint(
        **WORDS,
        steps=10,
        seed=21,
        strength=0.8,
        image=workshop.pictures.add(picture),
        selection=workshop.pictures.add(mask),
        region=PLAIN,
        options=Options(controls=(control(kind, condition=Condition.INPAINT),)),
    )
    condition = picture.astype(np.float32) / 255
    condition[mask > 127] = -1  # as the guide about ControlNets makes it
    theirs = bare(
        kind,
        "InpaintPipeline",
        image=pillow(picture),
        mask_image=PillowImage.fromarray(mask),
        control_image=torch.from_numpy(condition).permute(2, 0, 1)[None],
        height=SIDE,
        width=SIDE,
        num_inference_steps=10,
        strength=0.8,
        controlnet_conditioning_scale=1.0,
    )
    for control_of_task in task.options.controls:
        workshop.add(control_of_task.name)
    result = workshop.paint(kind, task)
    ours, shown = workshop.layer(result)
    assert shown is not None
    bounds = result.layers[0].bounds
    assert np.array_equal(ours, theirs[bounds.slices])
    whole = flattened(picture, LayerPixels(bounds, ours, shown))
    assert np.array_equal(whole[mask == 0], picture[mask == 0])


@pytest.mark.filterwarnings("ignore:In CPU autocast:UserWarning")
def test_depths_are_estimated_for_a_control(workshop: Workshop, picture: Bytes) -> None:
    workshop.add("depth-estimator")
    task = ImageToImage(
        **WORDS,
        steps=10,
        seed=21,
        image=workshop.pictures.add(picture),
        options=Options(controls=(control("sd15", condition=Condition.DEPTH),)),
    )
    ours = painted(workshop, "sd15", task)
    depths = spread(estimated(workshop.loaded("depth-estimator"), picture))
    enlarged = cv2.resize(depths, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    theirs = bare(
        "sd15",
        "Img2ImgPipeline",
        image=pillow(picture),
        control_image=torch.from_numpy(enlarged)[None, None].repeat(1, 3, 1, 1),
        num_inference_steps=10,
        strength=0.6,
        controlnet_conditioning_scale=1.0,
    )
    assert np.array_equal(ours, theirs)


def test_a_condition_is_cut_out_with_its_crop(workshop: Workshop) -> None:
    """What lies far from the selection is neither seen by the model nor by its ControlNet."""
    generator = np.random.default_rng(2)
    canvas = generator.integers(0, 256, (4 * SIDE, 4 * SIDE, 3), np.uint8)
    selection = np.zeros(canvas.shape[:2], np.uint8)
    selection[8:40, 8:40] = 255
    drawing = generator.integers(0, 256, canvas.shape[:2], np.uint8)

    def layer(drawn: Bytes) -> Bytes:
        shown = control("sd15", image=workshop.pictures.add(drawn))
        task = Inpaint(
            **WORDS,
            steps=4,
            seed=21,
            image=workshop.pictures.add(canvas),
            selection=workshop.pictures.add(selection),
            region=Region(context=8, feather=0, grow=0),
            options=Options(controls=(shown,)),
        )
        return painted(workshop, "sd15", task)

    far, near = drawing.copy(), drawing.copy()
    far[-SIDE:, -SIDE:] = 0
    near[8:40, 8:40] = 0
    assert np.array_equal(layer(far), layer(drawing))
    assert not np.array_equal(layer(near), layer(drawing))


def test_the_stages_of_a_chain_are_guided_in_latents_and_in_selections(
    workshop: Workshop, picture: Bytes, mask: Bytes
) -> None:
    selection = workshop.pictures.add(mask)

    def layer(*controls: Control) -> Bytes:
        stages = (Stage(strength=0.8), Stage(strength=0.6), Stage(selection=selection))
        task = Chain(
            **WORDS,
            steps=5,
            seed=21,
            image=workshop.pictures.add(picture),
            stages=stages,
            options=Options(controls=controls),
        )
        return painted(workshop, "sd15", task)

    guided = layer(control("sd15", condition=Condition.CANNY))
    assert not np.array_equal(guided, layer())
    assert np.array_equal(layer(control("sd15", condition=Condition.CANNY, weight=0.0)), layer())


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (Control(name="sd15"), "is no ControlNet"),
        (Control(name="controlnet-sdxl", condition=Condition.CANNY), "made for other models"),
        (Control(name="controlnet-sd15", condition=Condition.INPAINT), "select something"),
        (Control(name="controlnet-sd15", condition=Condition.DEPTH), "add one such as DPT"),
        (Control(name="nobody"), "no model “nobody”"),
    ],
)
def test_a_control_that_cannot_be_is_refused_and_leaves_no_trace(
    workshop: Workshop, picture: Bytes, wanted: Control, sentence: str
) -> None:
    for kind in ("sd15", "controlnet-sd15", "controlnet-sdxl"):
        workshop.add(kind)
    plain = ImageToImage(seed=1, steps=4, image=workshop.pictures.add(picture))
    before = painted(workshop, "sd15", plain)
    task = ImageToImage(
        seed=1, steps=4, image=plain.image, options=Options(controls=(wanted,)), strength=0.6
    )
    end = workshop.run("sd15", task)
    assert isinstance(end, work.Broken)
    assert sentence in end.sentence
    assert np.array_equal(painted(workshop, "sd15", plain), before)


def test_words_alone_leave_a_control_nothing_to_look_at(workshop: Workshop) -> None:
    workshop.add("controlnet-sd15")
    controls = (Control(name="controlnet-sd15", condition=Condition.CANNY),)
    task = TextToImage(seed=1, width=SIDE, height=SIDE, options=Options(controls=controls))
    end = workshop.run("sd15", task)
    assert isinstance(end, work.Broken)
    assert "picture of its own" in end.sentence


def test_a_task_that_heeds_no_control_says_so(workshop: Workshop, picture: Bytes) -> None:
    workshop.add("controlnet-sd15")
    controls = (Control(name="controlnet-sd15", condition=Condition.CANNY),)
    task = DiffEditSelect(
        prompt="a dog",
        source_prompt="a cat",
        seed=1,
        steps=4,
        num_maps_per_mask=1,
        image=workshop.pictures.add(picture),
        options=Options(controls=controls),
    )
    (sentence,) = workshop.paint("sd15", task).report.notices
    assert "ControlNet" in sentence


def test_only_controlnets_for_stable_diffusion_are_added(
    workshop: Workshop, tmp_path: Path
) -> None:
    assert workshop.catalogue.get(workshop.add("controlnet-sdxl")).family == "controlnet-sdxl"
    other = tmp_path / "a-unet"
    small_models.build("sd15").unet.save_pretrained(other)
    with pytest.raises(Exception, match="UNet2DConditionModel, which has no use here by itself"):
        workshop.catalogue.add(str(other))


def test_a_controlnet_of_one_file_is_read_with_the_config_beside_it(
    workshop: Workshop, tmp_path: Path, drawing: Bytes
) -> None:
    folder = small_models.folder("controlnet-sd15")
    file = tmp_path / "scribble.safetensors"
    file.write_bytes((folder / "diffusion_pytorch_model.safetensors").read_bytes())
    file.with_suffix("").mkdir()
    (file.with_suffix("") / "config.json").write_bytes((folder / "config.json").read_bytes())
    assert workshop.catalogue.add(str(file)).family == "controlnet-sd15"

    def layer(name: str) -> Bytes:
        controls = (Control(name=name, image=workshop.pictures.add(drawing)),)
        size: dict[str, Any] = {"width": SIDE, "height": SIDE}
        task = TextToImage(**WORDS, **size, steps=4, seed=21, options=Options(controls=controls))
        return workshop.layer(workshop.paint("sd15", task))[0]

    assert np.array_equal(layer("scribble"), layer(workshop.add("controlnet-sd15")))
