"""Depth-to-image with small models: the bare pipeline's pixels, given and flat maps, selections."""

from typing import Any

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
from scumble_protocol.jobs import Depth, DepthToImage, Fill, Region

SIDE = small_models.SIDE
PROMPT, NEGATIVE = "a red balloon", "blurred"
of_diffusers: Any = diffusers


@pytest.fixture
def picture() -> Bytes:
    return np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


@pytest.fixture
def slope() -> Bytes:
    """A depth map that is near at the bottom."""
    return np.repeat(np.linspace(0, 255, SIDE).astype(np.uint8)[:, None], SIDE, axis=1)


def bare(picture: Bytes, **options: Any) -> Bytes:
    cls = of_diffusers.StableDiffusionDepth2ImgPipeline
    pipeline = cls.from_pretrained(small_models.folder("sd2-depth"), local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    given = pipeline(
        prompt=PROMPT,
        negative_prompt=NEGATIVE,
        image=PillowImage.fromarray(picture),
        num_inference_steps=10,
        guidance_scale=5.0,
        generator=torch.Generator("cpu").manual_seed(4),
        **options,
    )
    return np.asarray(given.images[0])


def task(workshop: Workshop, picture: Bytes, **options: Any) -> DepthToImage:
    given: dict[str, Any] = {
        "prompt": PROMPT,
        "negative_prompt": NEGATIVE,
        "steps": 10,
        "guidance_scale": 5.0,
        "seed": 4,
    }
    return DepthToImage(image=workshop.pictures.add(picture), **(given | options))


@pytest.mark.filterwarnings("ignore:In CPU autocast:UserWarning")
@pytest.mark.parametrize("strength", [0.6, 0.8])
def test_with_its_own_estimate_it_is_the_bare_pipeline(
    workshop: Workshop, picture: Bytes, strength: float
) -> None:
    job = task(workshop, picture, strength=strength)
    ours, mask = workshop.layer(workshop.paint("sd2-depth", job))
    assert mask is None
    assert np.array_equal(ours, bare(picture, strength=strength))


def test_with_a_given_map_it_is_the_bare_pipeline(
    workshop: Workshop, picture: Bytes, slope: Bytes
) -> None:
    job = task(workshop, picture, depth_map=workshop.pictures.add(slope))
    ours, _ = workshop.layer(workshop.paint("sd2-depth", job))
    given = torch.from_numpy(slope.astype(np.float32) / 255)[None]
    assert np.array_equal(ours, bare(picture, depth_map=given, strength=0.8))
    theirs, _ = workshop.layer(workshop.paint("sd2-depth", task(workshop, picture)))
    assert not np.array_equal(ours, theirs)


@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
def test_a_flat_map_paints_a_picture_where_the_bare_pipeline_paints_none(
    workshop: Workshop, picture: Bytes
) -> None:
    flat = np.full((SIDE, SIDE), 77, np.uint8)
    job = task(workshop, picture, depth_map=workshop.pictures.add(flat))
    ours, _ = workshop.layer(workshop.paint("sd2-depth", job))
    given = torch.full((1, SIDE, SIDE), 77 / 255)
    assert bare(picture, depth_map=given, strength=0.8).max() == 0
    assert ours.std() > 1


def test_inside_a_selection_only_that_changes(workshop: Workshop, picture: Bytes) -> None:
    selection = np.zeros((SIDE, SIDE), np.uint8)
    selection[10:40, 20:50] = 255
    job = task(workshop, picture, selection=workshop.pictures.add(selection))
    result = workshop.paint("sd2-depth", job)
    pixels, mask = workshop.layer(result)
    assert mask is not None
    layer = LayerPixels(result.layers[0].bounds, pixels, mask)
    changed = (flattened(picture, layer) != picture).any(axis=2)
    assert changed[15:35, 25:45].mean() > 0.9
    assert not changed[selection == 0].any()


def test_outside_the_selection_the_latents_are_the_pictures_own(
    workshop: Workshop, picture: Bytes
) -> None:
    """So the model sees what is really there, and the seam is a seam with the picture."""
    selection = np.zeros((SIDE, SIDE), np.uint8)
    selection[:, 32:] = 255
    region = Region(feather=0, grow=0, soft=False, match_colour=False, fill=Fill.ORIGINAL)
    seen: list[torch.Tensor] = []
    vae = workshop.loaded("sd2-depth").components["vae"]
    decode = type(vae).decode

    def listen(self: Any, z: torch.Tensor, *arguments: Any, **options: Any) -> Any:
        seen.append(z.clone())
        return decode(self, z, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(vae), "decode", listen)
        for seed in (1, 2):
            named = workshop.pictures.add(selection)
            job = task(workshop, picture, selection=named, region=region, seed=seed)
            workshop.paint("sd2-depth", job)
    one, other = seen
    assert torch.equal(one[..., :4], other[..., :4])
    assert not torch.equal(one[..., 4:], other[..., 4:])


def test_a_large_canvas_is_painted_in_two_passes_with_its_depths(workshop: Workshop) -> None:
    rng = np.random.default_rng(2)
    canvas = rng.integers(0, 256, (260, 300, 3), np.uint8)
    slope = np.repeat(np.linspace(0, 255, 260).astype(np.uint8)[:, None], 300, axis=1)
    selection = np.zeros((260, 300), np.uint8)
    selection[40:230, 50:260] = 255
    job = task(
        workshop,
        canvas,
        steps=4,
        selection=workshop.pictures.add(selection),
        depth_map=workshop.pictures.add(slope),
        strength=1.0,
    )
    result = workshop.paint("sd2-depth", job)
    assert len(result.report.passes) == 2
    _, mask = workshop.layer(result)
    assert mask is not None
    assert mask.max() == 255


@pytest.mark.parametrize("kind", ["depth-estimator", "sd2-depth"])
def test_depth_is_a_grey_layer_of_the_whole_canvas(workshop: Workshop, kind: str) -> None:
    canvas = np.random.default_rng(3).integers(0, 256, (90, 130, 4), np.uint8)
    result = workshop.paint(kind, Depth(image=workshop.pictures.add(canvas)))
    grey, mask = workshop.layer(result)
    assert mask is None
    assert grey.shape == (90, 130)
    assert grey.min() < 10
    assert grey.max() > 245


def test_another_model_may_estimate_the_depths(workshop: Workshop, picture: Bytes) -> None:
    workshop.add("depth-estimator")
    job = task(workshop, picture, depth_model="depth-estimator")
    ours, _ = workshop.layer(workshop.paint("sd2-depth", job))
    estimated = workshop.loaded("depth-estimator").depth_parts()[0]
    own = workshop.loaded("sd2-depth").depth_parts()[0]
    assert estimated is not own
    workshop.add("sd15")
    end = workshop.run("sd2-depth", task(workshop, picture, depth_model="sd15"))
    assert isinstance(end, work.Broken)
    assert "cannot estimate depth" in end.sentence
    assert ours.shape == picture.shape


def test_a_plain_checkpoint_is_told_not_to_do_it(workshop: Workshop, picture: Bytes) -> None:
    end = workshop.run("sd15", task(workshop, picture))
    assert isinstance(end, work.Broken)
    assert "cannot do depth2img" in end.sentence
