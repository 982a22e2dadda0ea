"""Measures of the shipped model that need no selection: autoencoder, judge, text to picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

import judge
import scenes
import shipped
import vocabulary
from judge import Judge
from latents import as_arrays, as_tensor, batches
from shipped import Pictures
from train_vae import psnr
from vocabulary import Backdrop

SEED = 20_000


@dataclass(frozen=True, slots=True)
class Painted:
    """Text-to-picture results beside what was asked."""

    prompts: list[str]
    things: list[str]
    places: list[Backdrop]
    pictures: Pictures


def fresh(count: int, seed: int, photograph_share: float = 0.0) -> list[scenes.Scene]:
    """Scenes of one thing each, unseen in training."""
    rng = np.random.default_rng([SEED, seed])
    return [scenes.draw(rng, count=1, photograph_share=photograph_share) for _ in range(count)]


def through_vae(pictures: Pictures) -> Pictures:
    """Encode and decode uint8 pictures [N, S, S, 3]."""
    vae = shipped.pipeline("text").vae
    with torch.inference_mode():
        latents = [vae.encode(part).latent_dist.mode() for part in batches(pictures, 16)]
        parts = [vae.decode(latent).sample for latent in latents]
    return as_arrays(torch.cat(parts))


def autoencoder(judged: Judge, count: int) -> dict[str, float]:
    """PSNR on scenes, and how many the judge names before and after the autoencoder."""
    drawn = fresh(count, 1, photograph_share=0.15)
    pictures = np.stack([scene.picture for scene in drawn])
    masks = torch.from_numpy(np.stack([scene.mask for scene in drawn]))[:, None]
    back = through_vae(pictures)
    whole, inside = psnr(as_tensor(back), as_tensor(pictures), masks)
    named = [scene.things[0] for scene in drawn]
    return {
        "vae_psnr": whole,
        "vae_psnr_inside": inside,
        "judge_clean": _right(judged, pictures, named),
        "judge_after_vae": _right(judged, back, named),
    }


def _right(judged: Judge, pictures: Pictures, named: list[str]) -> float:
    said = judge.verdicts(judged, pictures)
    return share([verdict.thing == name for verdict, name in zip(said, named, strict=True)])


def share(hits: list[bool] | NDArray[np.bool_]) -> float:
    """How many of these are true, in percent."""
    return 100 * float(np.mean(hits))


def text_to_picture(times: int, *, guidance: float = shipped.GUIDANCE) -> Painted:
    """Paint every thing of the vocabulary so many times, each on a drawn backdrop."""
    rng = np.random.default_rng([SEED, 2])
    places = vocabulary.backdrops()
    things = vocabulary.things() * times
    chosen = [places[int(rng.integers(len(places)))] for _ in things]
    prompts = [vocabulary.caption([t], place) for t, place in zip(things, chosen, strict=True)]
    return Painted(prompts, things, chosen, shipped.paint(prompts, SEED, guidance=guidance))


def judge_text_to_picture(judged: Judge, painted: Painted) -> dict[str, float]:
    """Things, backdrops and colours that came as asked, in percent."""
    said = judge.verdicts(judged, painted.pictures)
    asked = list(zip(said, painted.things, painted.places, strict=True))
    coloured = [(v.thing, t) for v, t, _ in asked if vocabulary.family(t) in vocabulary.COLOURED]
    return {
        "text_thing": share([verdict.thing == thing for verdict, thing, _ in asked]),
        "text_place": share(
            [(v.place, v.light) == (b.place, b.light or "none") for v, _, b in asked]
        ),
        "text_colour": share([got.split()[0] == thing.split()[0] for got, thing in coloured]),
    }
