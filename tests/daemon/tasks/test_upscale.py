"""Upscaling on small models: exact sizes, tiles that leave no seams, the same seeds the same."""

import threading
from typing import Any

import cv2
import diffusers
import numpy as np
import pytest
import torch

from helpers import small_models
from helpers.workshop import Workshop
from scumble_daemon import work
from scumble_daemon.region.arrays import Bytes
from scumble_daemon.worker.cancel import CancelToken
from scumble_protocol.errors import ErrorCode
from scumble_protocol.geometry import Bounds
from scumble_protocol.jobs import Upscale

SIDE = small_models.SIDE
of_diffusers: Any = diffusers


@pytest.fixture
def picture() -> Bytes:
    noise = np.random.default_rng(1).integers(0, 256, (12, 12, 3), np.uint8)
    return np.asarray(cv2.resize(noise, (SIDE, SIDE)), np.uint8)


def task(workshop: Workshop, picture: Bytes, width: int, height: int, **more: Any) -> Upscale:
    given: dict[str, Any] = {"seed": 5, "steps": 8, "guidance_scale": 5.0}
    image = workshop.pictures.add(picture)
    return Upscale(image=image, width=width, height=height, **(given | more))


def test_a_picture_is_enlarged_to_the_exact_size(workshop: Workshop, picture: Bytes) -> None:
    result = workshop.paint("sd15", task(workshop, picture, 150, 131, variants=3))
    (layer,) = result.layers
    made, mask = workshop.layer(result)
    assert made.shape == (131, 150, 3)
    assert layer.bounds == Bounds(0, 0, 150, 131)
    assert mask is None
    assert not result.report.passes
    linear = cv2.resize(picture, (150, 131), interpolation=cv2.INTER_LINEAR)
    assert np.abs(made.astype(int) - linear.astype(int)).mean() < 8


def test_what_was_transparent_stays_so(workshop: Workshop, picture: Bytes) -> None:
    alpha = np.zeros((SIDE, SIDE, 1), np.uint8)
    alpha[:, SIDE // 2 :] = 255
    _, mask = workshop.layer(
        workshop.paint("sd15", task(workshop, np.dstack([picture, alpha]), 2 * SIDE, 2 * SIDE))
    )
    assert mask is not None
    assert mask.shape == (2 * SIDE, 2 * SIDE)
    assert (mask[:, : SIDE - 8] == 0).all()
    assert (mask[:, SIDE + 8 :] == 255).all()


def test_one_tile_is_refined_as_the_bare_pipeline_refines_it(
    workshop: Workshop, picture: Bytes
) -> None:
    asked = task(workshop, picture, SIDE, SIDE, refine=0.5, prompt="a cat")
    ours, _ = workshop.layer(workshop.paint("sd15", asked))
    cls = of_diffusers.StableDiffusionImg2ImgPipeline
    pipeline = cls.from_pretrained(small_models.folder("sd15"), local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    theirs = pipeline(
        prompt="a cat",
        image=picture[None].astype(np.float32) / 255,
        strength=0.5,
        num_inference_steps=8,
        guidance_scale=5.0,
        generator=torch.Generator("cpu").manual_seed(5),
    ).images[0]
    assert np.array_equal(ours, np.asarray(theirs))


def test_tiles_are_refined_with_progress_over_all_and_the_same_seeds_paint_the_same(
    workshop: Workshop, picture: Bytes
) -> None:
    asked = task(workshop, picture, 2 * SIDE, 3 * SIDE, refine=0.5, tile_overlap=16, variants=2)
    result = workshop.paint("sd15", asked)
    fractions = [w.fraction for w in workshop.said if isinstance(w, work.Stepped) and w.fraction]
    assert fractions == sorted(fractions)
    assert len(fractions) > 2 * 12
    assert fractions[-1] <= 1
    made, other = (workshop.layer(result, number)[0] for number in range(2))
    assert made.shape == (3 * SIDE, 2 * SIDE, 3)
    assert not np.array_equal(made, other)
    again = workshop.paint("sd15", asked)
    assert [layer.image for layer in again.layers] == [layer.image for layer in result.layers]


def test_words_are_followed_gently_in_tiles(workshop: Workshop, picture: Bytes) -> None:
    def guidance(side: int, **more: Any) -> float:
        asked = task(workshop, picture, side, side, refine=0.5, steps=4, **more)
        return workshop.paint("sd15", asked).report.guidance_scale

    assert guidance(SIDE, guidance_scale=None) == 7.0
    assert guidance(2 * SIDE, guidance_scale=None) == 2.5
    assert guidance(2 * SIDE, guidance_scale=6.0) == 6.0


def test_cancelling_stops_between_the_steps_of_a_tile(workshop: Workshop, picture: Bytes) -> None:
    token = CancelToken()
    seen = threading.Event()

    def on_word(word: work.AnyWord) -> None:
        if isinstance(word, work.Stepped) and word.step and (word.fraction or 0) > 0.3:
            seen.set()
            token.cancel()

    workshop.on_word = on_word
    asked = task(workshop, picture, 3 * SIDE, 3 * SIDE, refine=0.5)
    end = workshop.run("sd15", asked, token)
    assert seen.is_set()
    assert isinstance(end, work.Stopped)


def test_a_job_that_is_taken_gives_the_tiles_it_has(workshop: Workshop, picture: Bytes) -> None:
    token = CancelToken()

    def on_word(word: work.AnyWord) -> None:
        if isinstance(word, work.Stepped) and word.step and (word.fraction or 0) > 0.3:
            token.take()

    side = 3 * SIDE
    plain, _ = workshop.layer(workshop.paint("sd15", task(workshop, picture, side, side)))
    workshop.on_word = on_word
    asked = task(workshop, picture, side, side, refine=0.5, variants=2)
    end = workshop.run("sd15", asked, token)
    assert isinstance(end, work.Finished)
    assert "tiles were refined" in end.result.report.notices[-1]
    (layer,) = end.result.layers
    made = workshop.pictures.pixels(layer.image)
    assert not np.array_equal(made[:SIDE, :SIDE], plain[:SIDE, :SIDE])
    assert np.array_equal(made[-SIDE // 2 :], plain[-SIDE // 2 :])


def test_a_smaller_size_is_refused(workshop: Workshop, picture: Bytes) -> None:
    end = workshop.run("sd15", task(workshop, picture, SIDE - 1, SIDE))
    assert isinstance(end, work.Broken)
    assert "ask for a larger size" in end.sentence


def test_what_does_not_fit_into_memory_is_refused_before_it_is_taken(
    workshop: Workshop, picture: Bytes
) -> None:
    end = workshop.run("sd15", task(workshop, picture, 32768, 32768 * 16))
    assert isinstance(end, work.Broken)
    assert end.code is ErrorCode.OUT_OF_MEMORY
    assert "32768 × 524288 pixels needs 800.0 GiB" in end.sentence
