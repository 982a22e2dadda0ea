"""Previews show where a run is going, not the noise it still has."""

from typing import Any

import numpy as np
import pytest
import torch
from diffusers import AutoencoderTiny

from helpers import small_models
from helpers.workshop import Workshop
from scumble_daemon import work
from scumble_daemon.tasks.glimpses import _prediction, straight_on
from scumble_protocol.jobs import Fill, Inpaint, Region, TextToImage

SIDE = small_models.SIDE


@pytest.mark.parametrize(
    ("name", "tells"),
    [
        ("ddim", True),
        ("euler", True),
        ("euler-a", True),
        ("lms", True),
        ("lcm", True),
        ("dpm++2m", True),
        ("dpm++2m-sde-karras", True),
        ("unipc", True),
        ("pndm", False),
    ],
)
def test_the_end_is_predicted_from_the_first_step(
    workshop: Workshop, name: str, tells: bool
) -> None:
    """Told the exact noise at once, every scheduler that predicts names the clean latents."""
    scheduler = workshop.loaded("sd15").pipeline("text2image", name).scheduler
    scheduler.set_timesteps(5)
    clean, noise = torch.full((1, 4, 2, 2), 0.7), torch.full((1, 4, 2, 2), -0.3)
    when = scheduler.timesteps[0]
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(0)
    noised = scheduler.add_noise(clean, noise, when.reshape(1))
    scheduler.scale_model_input(noised, when)
    found = _prediction(scheduler, scheduler.step(noise, when, noised, return_dict=False))
    assert (found is not None) == tells
    if found is not None and name != "lcm":  # whose prediction is mixed with its own input
        assert torch.allclose(found, clean, atol=1e-3)


def test_flow_matching_is_expected_to_go_straight_on(workshop: Workshop) -> None:
    scheduler = workshop.loaded("sd3").pipeline("text2image").scheduler
    scheduler.set_timesteps(5)
    scheduler.set_begin_index(0)
    clean, noise = torch.full((1, 16, 2, 2), 0.7), torch.full((1, 16, 2, 2), -0.3)
    sample = scheduler.scale_noise(clean, scheduler.timesteps[:1], noise)
    scheduler.step(noise - clean, scheduler.timesteps[0], sample)
    assert torch.allclose(straight_on(scheduler, noise - clean, sample), clean, atol=1e-5)


@pytest.mark.parametrize(("kind", "side"), [("sd3", 256), ("flux", 512), ("kandinsky22", 64)])
def test_other_families_are_shown_too(workshop: Workshop, kind: str, side: int) -> None:
    task = TextToImage(prompt="a cat", steps=3, seed=1, width=side, height=side)
    workshop.paint(kind, task)
    glimpse = next(word for word in workshop.said if isinstance(word, work.Glimpse))
    assert (glimpse.image.width, glimpse.image.height) == (side // 8, side // 8)


def test_where_nothing_may_change_yet_the_original_is_shown(workshop: Workshop) -> None:
    canvas = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[:, SIDE // 2 :] = 200
    firsts = []
    for seed in (1, 2):
        task = Inpaint(
            image=workshop.pictures.add(canvas),
            selection=workshop.pictures.add(mask),
            steps=4,
            seed=seed,
            region=Region(feather=0, grow=0, fill=Fill.ORIGINAL),
        )
        workshop.said.clear()
        workshop.paint("sd15", task)
        glimpse = next(word for word in workshop.said if isinstance(word, work.Glimpse))
        shape = (glimpse.image.height, glimpse.image.width, 3)
        firsts.append(np.frombuffer(glimpse.pixels, np.uint8).reshape(shape))
    half = firsts[0].shape[1] // 2
    assert np.array_equal(firsts[0][:, :half], firsts[1][:, :half])


def test_a_tiny_vae_decodes_its_own_previews(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_class: Any = AutoencoderTiny
    with torch.random.fork_rng(devices=[]):
        tiny = tiny_class(
            encoder_block_out_channels=(8, 8, 8, 8),
            decoder_block_out_channels=(8, 8, 8, 8),
            num_encoder_blocks=(1, 1, 1, 1),
            num_decoder_blocks=(1, 1, 1, 1),
        ).eval()
    model = workshop.loaded("sd15")
    monkeypatch.setattr(model.pipeline("text2image"), "vae", tiny)
    workshop.paint("sd15", TextToImage(steps=3, seed=1, width=SIDE, height=SIDE))
    glimpse = next(word for word in workshop.said if isinstance(word, work.Glimpse))
    assert (glimpse.image.width, glimpse.image.height) == (SIDE, SIDE)


def test_a_preview_says_how_much_of_it_will_be_seen(workshop: Workshop) -> None:
    canvas = np.random.default_rng(1).integers(0, 256, (96, 96, 3), np.uint8)
    mask = np.zeros((96, 96), np.uint8)
    mask[40:60, 30:70] = 255
    image, selection = workshop.pictures.add(canvas), workshop.pictures.add(mask)

    workshop.paint("sd15", Inpaint(seed=1, steps=3, image=image, selection=selection))

    shown = next(word for word in workshop.said if isinstance(word, work.Glimpse))
    assert shown.mask is not None
    cover = np.frombuffer(shown.mask_pixels, np.uint8).reshape(shown.mask.height, shown.mask.width)
    bounds = shown.bounds
    assert cover.max() == 255
    assert not cover[mask[bounds.slices] == 0].any()  # it is of the same size here


def test_a_preview_of_a_whole_canvas_has_no_mask(workshop: Workshop) -> None:
    workshop.paint("sd15", TextToImage(seed=1, steps=3, width=64, height=64))
    shown = next(word for word in workshop.said if isinstance(word, work.Glimpse))
    assert shown.mask is None
