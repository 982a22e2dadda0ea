"""Pictures as prompts on small models: the bare pipelines' pixels, and no trace afterwards."""

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
from scumble_daemon.models.performance import ATTENTION_SLICING
from scumble_daemon.region.arrays import Bytes
from scumble_protocol.jobs import (
    AnyTask,
    DiffEditSelect,
    Fill,
    ImageToImage,
    Inpaint,
    Options,
    Reference,
    Region,
    TextToImage,
)

SIDE = small_models.SIDE
WORDS: dict[str, Any] = {"prompt": "a cat", "negative_prompt": "grey", "guidance_scale": 5.0}
PLAIN = Region(feather=0, grow=0, soft=False, match_colour=False, fill=Fill.ORIGINAL)
of_diffusers: Any = diffusers


@pytest.fixture
def pictures() -> list[Bytes]:
    generator = np.random.default_rng(1)
    shapes = ((SIDE, SIDE, 3), (50, 90, 3), (70, 40, 3))  # references may have any size
    return [generator.integers(0, 256, shape, np.uint8) for shape in shapes]


@pytest.fixture
def mask() -> Bytes:
    drawn = np.zeros((SIDE, SIDE), np.uint8)
    drawn[13:50, 9:44] = 255
    return drawn


def adapter(workshop: Workshop, folder: Path, kind: str) -> Path:
    file = small_additions.ip_adapter(folder / "seer.safetensors", kind)
    workshop.catalogue.add(str(file))
    return file


def bare(file: Path, kind: str, end: str, weights: list[float], **options: Any) -> Bytes:
    """Call the pipeline as anybody would."""
    start = "StableDiffusionXL" if "sdxl" in kind else "StableDiffusion"
    cls = getattr(of_diffusers, start + end)
    pipeline = cls.from_pretrained(small_models.folder(kind), local_files_only=True)
    pipeline.load_ip_adapter(
        file.parent, subfolder="", weight_name=[file.name] * len(weights), local_files_only=True
    )
    pipeline.set_ip_adapter_scale(weights)
    pipeline.set_progress_bar_config(disable=True)
    generator = torch.Generator("cpu").manual_seed(31)
    return np.asarray(pipeline(**WORDS, generator=generator, **options).images[0])


def painted(workshop: Workshop, kind: str, task: AnyTask) -> Bytes:
    return workshop.layer(workshop.paint(kind, task))[0]


@pytest.mark.parametrize("kind", ["sd15", "sdxl"])
def test_several_references_with_weights_are_the_bare_pipelines_and_leave_no_trace(
    workshop: Workshop, tmp_path: Path, pictures: list[Bytes], kind: str
) -> None:
    file = adapter(workshop, tmp_path, kind)
    seen = tuple(
        Reference(name="seer", image=workshop.pictures.add(picture), weight=weight)
        for picture, weight in zip(pictures[1:], (0.7, 0.4), strict=True)
    )
    plain = TextToImage(steps=4, seed=31, width=SIDE, height=SIDE, **WORDS)
    asked = TextToImage(
        steps=4, seed=31, width=SIDE, height=SIDE, **WORDS, options=Options(references=seen)
    )
    before = painted(workshop, kind, plain)
    attention = dict(workshop.loaded(kind).part("unet").attn_processors)
    ours = painted(workshop, kind, asked)
    theirs = bare(
        file,
        kind,
        "Pipeline",
        [0.7, 0.4],
        ip_adapter_image=[PillowImage.fromarray(picture) for picture in pictures[1:]],
        num_inference_steps=4,
        width=SIDE,
        height=SIDE,
    )
    assert np.array_equal(ours, theirs)
    assert not np.array_equal(ours, before)
    assert np.array_equal(painted(workshop, kind, plain), before)
    unet = workshop.loaded(kind).part("unet")
    assert unet.encoder_hid_proj is None
    assert unet.config.encoder_hid_dim_type is None
    assert all(unet.attn_processors[name] is one for name, one in attention.items())


def test_img2img_sees_a_reference(
    workshop: Workshop, tmp_path: Path, pictures: list[Bytes]
) -> None:
    file = adapter(workshop, tmp_path, "sd15")
    seen = Reference(name="seer", image=workshop.pictures.add(pictures[1]))
    task = ImageToImage(
        **WORDS,
        steps=10,
        seed=31,
        strength=0.6,
        image=workshop.pictures.add(pictures[0]),
        options=Options(references=(seen,)),
    )
    theirs = bare(
        file,
        "sd15",
        "Img2ImgPipeline",
        [1.0],
        image=PillowImage.fromarray(pictures[0]),
        ip_adapter_image=PillowImage.fromarray(pictures[1]),
        num_inference_steps=10,
        strength=0.6,
    )
    assert np.array_equal(painted(workshop, "sd15", task), theirs)


@pytest.mark.parametrize("kind", ["sd15", "sd15-inpaint"])
def test_a_selection_sees_a_reference(
    workshop: Workshop, tmp_path: Path, pictures: list[Bytes], mask: Bytes, kind: str
) -> None:
    file = adapter(workshop, tmp_path, kind)
    seen = Reference(name="seer", image=workshop.pictures.add(pictures[1]), weight=0.5)
    task = Inpaint(
        **WORDS,
        steps=10,
        seed=31,
        strength=0.8,
        image=workshop.pictures.add(pictures[0]),
        selection=workshop.pictures.add(mask),
        region=PLAIN,
        options=Options(references=(seen,)),
    )
    result = workshop.paint(kind, task)
    theirs = bare(
        file,
        kind,
        "InpaintPipeline",
        [0.5],
        image=PillowImage.fromarray(pictures[0]),
        mask_image=PillowImage.fromarray(mask),
        ip_adapter_image=PillowImage.fromarray(pictures[1]),
        num_inference_steps=10,
        strength=0.8,
        height=SIDE,
        width=SIDE,
    )
    assert np.array_equal(workshop.layer(result)[0], theirs[result.layers[0].bounds.slices])


def test_sliced_attention_is_sliced_again_afterwards(
    workshop: Workshop, tmp_path: Path, pictures: list[Bytes]
) -> None:
    adapter(workshop, tmp_path, "sd15")
    seen = Reference(name="seer", image=workshop.pictures.add(pictures[1]))
    task = TextToImage(seed=1, steps=2, width=SIDE, height=SIDE)
    whole = TextToImage(
        seed=1, steps=2, width=SIDE, height=SIDE, options=Options(references=(seen,))
    )
    painted(workshop, "sd15", whole)
    model = workshop.loaded("sd15")
    model.switch(ATTENTION_SLICING, on=True)
    before = painted(workshop, "sd15", task)
    painted(workshop, "sd15", whole)
    attention = model.part("unet").attn_processors.values()
    assert {type(one).__name__ for one in attention} == {"SlicedAttnProcessor"}
    assert np.array_equal(painted(workshop, "sd15", task), before)


@pytest.mark.parametrize(
    ("kind", "name", "sentence"),
    [
        ("sdxl", "seer", "made for other models"),
        ("sd15", "sd15", "is no IP-Adapter"),
        ("sd15", "nobody", "no model “nobody”"),
    ],
)
def test_a_reference_that_cannot_be_is_refused_and_leaves_no_trace(
    workshop: Workshop,
    tmp_path: Path,
    pictures: list[Bytes],
    kind: str,
    name: str,
    sentence: str,
) -> None:
    adapter(workshop, tmp_path, "sd15")
    plain = TextToImage(seed=1, steps=2, width=SIDE, height=SIDE)
    before = painted(workshop, kind, plain)
    seen = Reference(name=name, image=workshop.pictures.add(pictures[1]))
    task = TextToImage(
        seed=1, steps=2, width=SIDE, height=SIDE, options=Options(references=(seen,))
    )
    end = workshop.run(kind, task)
    assert isinstance(end, work.Broken)
    assert sentence in end.sentence
    assert np.array_equal(painted(workshop, kind, plain), before)


def test_a_task_that_sees_no_reference_says_so(
    workshop: Workshop, tmp_path: Path, pictures: list[Bytes]
) -> None:
    adapter(workshop, tmp_path, "sd15")
    seen = Reference(name="seer", image=workshop.pictures.add(pictures[1]))
    task = DiffEditSelect(
        prompt="a dog",
        source_prompt="a cat",
        seed=1,
        steps=4,
        num_maps_per_mask=1,
        image=workshop.pictures.add(pictures[0]),
        options=Options(references=(seen,)),
    )
    (sentence,) = workshop.paint("sd15", task).report.notices
    assert "sees no references" in sentence


def test_an_adapter_without_its_encoder_is_not_added(workshop: Workshop, tmp_path: Path) -> None:
    file = small_additions.ip_adapter(tmp_path / "seer.safetensors")
    alone = tmp_path / "alone" / "seer.safetensors"
    alone.parent.mkdir()
    alone.write_bytes(file.read_bytes())
    with pytest.raises(Exception, match="in a folder image_encoder beside it"):
        workshop.catalogue.add(str(alone))
    other = small_models.of_transformers.CLIPVisionConfig(
        hidden_size=16, projection_dim=20, num_hidden_layers=1, num_attention_heads=2, image_size=32
    )
    cls = small_models.of_transformers.CLIPVisionModelWithProjection
    cls(other).save_pretrained(alone.parent / "image_encoder")
    with pytest.raises(Exception, match="was not made for the image encoder"):
        workshop.catalogue.add(str(alone))
