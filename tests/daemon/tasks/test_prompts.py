"""Long prompts are read to their end, with weights and learnt words, as Compel reads them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from compel import CompelForSD, CompelForSDXL

from helpers import small_additions, small_models
from helpers.workshop import Workshop
from scumble_daemon.region.arrays import Bytes
from scumble_protocol.jobs import Options, TextToImage

of_diffusers: Any = small_models.of_diffusers
SIDE = small_models.SIDE
LONG = "a red balloon over the old harbour, boats, fog, morning light"
"""More letters than the 24 tokens that the small models read at once."""
NONE = Options()


def painted(workshop: Workshop, kind: str, options: Options = NONE, **words: Any) -> Bytes:
    given: dict[str, Any] = {"width": SIDE, "height": SIDE, "steps": 3, "guidance_scale": 5.0}
    task = TextToImage(**given, **words, seed=9, options=options)
    return workshop.layer(workshop.paint(kind, task))[0]


def told(workshop: Workshop, kind: str, options: Options = NONE, **words: Any) -> str:
    task = TextToImage(**words, width=SIDE, height=SIDE, steps=2, seed=9, options=options)
    return " ".join(workshop.paint(kind, task).report.notices)


@pytest.mark.parametrize(
    ("kind", "name", "wrapper"),
    [
        ("sd15", "StableDiffusionPipeline", CompelForSD),
        ("sdxl", "StableDiffusionXLPipeline", CompelForSDXL),
    ],
)
@pytest.mark.parametrize(("prompt", "negative"), [(LONG, "grey"), ("a cat", LONG)])
def test_a_long_prompt_is_read_to_its_end(
    workshop: Workshop, kind: str, name: str, wrapper: Any, prompt: str, negative: str
) -> None:
    ours = painted(workshop, kind, prompt=prompt, negative_prompt=negative)
    cls = getattr(of_diffusers, name)
    pipeline = cls.from_pretrained(small_models.folder(kind), local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    with torch.inference_mode():
        given = wrapper(pipeline)(prompt, negative_prompt=negative)
    assert given.embeds.shape == given.negative_embeds.shape
    assert given.embeds.shape[1] > 24
    embeds = {"prompt_embeds": given.embeds, "negative_prompt_embeds": given.negative_embeds}
    if kind == "sdxl":
        embeds["pooled_prompt_embeds"] = given.pooled_embeds
        embeds["negative_pooled_prompt_embeds"] = given.negative_pooled_embeds
    theirs = pipeline(
        **embeds,
        width=SIDE,
        height=SIDE,
        num_inference_steps=3,
        guidance_scale=5.0,
        generator=torch.Generator("cpu").manual_seed(9),
    )
    assert np.array_equal(ours, np.asarray(theirs.images[0]))
    longer = painted(workshop, kind, prompt=prompt + "s", negative_prompt=negative + "s")
    assert not np.array_equal(ours, longer)


def test_what_is_cut_off_is_told(workshop: Workshop) -> None:
    assert not told(workshop, "sd15", prompt=LONG)
    assert "too long" in told(workshop, "sd15", Options(weighting=False), prompt=LONG)
    assert "clip skip" in told(workshop, "sd15", Options(clip_skip=1), prompt=LONG)
    assert "clip skip" in told(workshop, "sd15", Options(clip_skip=1), prompt="a (red:1.2) cat")


def test_a_learnt_word_of_several_vectors_can_be_weighted(
    workshop: Workshop, tmp_path: Path
) -> None:
    file = small_additions.embedding(tmp_path / "tender.safetensors", a1111=True)
    workshop.catalogue.add(str(file))
    known = Options(embeddings=("tender",))
    plain = painted(workshop, "sd15", known, prompt="a tender cat")
    weighted = painted(workshop, "sd15", known, prompt="a (tender:1.0) cat")
    assert np.abs(plain.astype(int) - weighted).max() <= 1  # the same words, read another way
    stronger = painted(workshop, "sd15", known, prompt="a (tender:1.5) cat")
    assert not np.array_equal(stronger, plain)
