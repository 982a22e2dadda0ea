"""Measures of DiffEdit and of depth: find the thing, change the thing, follow the map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

import judge
import measures
import shipped
import train_depth
import vocabulary
from backgrounds import Floats
from evaluate_scenes import SEED, fresh, share
from judge import Judge
from latents import batches
from measures import Flags, Picture
from painter import painter
from scenes import Scene
from scumble_protocol.jobs import DiffEdit, DiffEditSelect
from shipped import Pictures


@dataclass(frozen=True, slots=True)
class Edited:
    """Scenes in which one thing was to become another."""

    scenes: list[Scene]
    targets: list[str]
    found: Flags  # [N, S, S], what DiffEdit selected
    results: Pictures


def _pairs(count: int) -> tuple[list[Scene], list[str]]:
    """Scenes and what each one's thing is to become: another family."""
    drawn = fresh(count, 9)
    rng = np.random.default_rng([SEED, 10])
    targets = []
    for scene in drawn:
        own = vocabulary.family(scene.things[0])
        others = [thing for thing in vocabulary.things() if vocabulary.family(thing) != own]
        targets.append(others[int(rng.integers(len(others)))])
    return drawn, targets


def _edit(scene: Scene, target: str, seed: int) -> tuple[Flags, Picture]:
    """Find the thing by what words change, and change it: two jobs of the daemon's."""
    worker = painter()
    image = worker.store(scene.picture)
    source = vocabulary.caption(scene.things, scene.backdrop)
    wanted = vocabulary.caption([target], scene.backdrop)
    select = DiffEditSelect(source_prompt=source, prompt=wanted, seed=seed, image=image)
    change = DiffEdit(source_prompt=source, prompt=wanted, seed=seed, image=image)
    result, _ = worker.painted(change, scene.picture)
    return worker.grey(select) > 127, result


def edit(count: int) -> Edited:
    """Change one thing into another in fresh scenes."""
    drawn, targets = _pairs(count)
    made = [_edit(s, t, SEED + i) for i, (s, t) in enumerate(zip(drawn, targets, strict=True))]
    return Edited(drawn, targets, np.stack([m for m, _ in made]), np.stack([r for _, r in made]))


def true_masks(drawn: list[Scene], cells: int) -> NDArray[np.bool_]:
    """The scenes' masks on a grid of `cells` a side: a cell counts when half of it is covered."""
    masks = torch.from_numpy(np.stack([scene.mask for scene in drawn]))[:, None]
    covered: NDArray[np.bool_] = (functional.adaptive_avg_pool2d(masks, cells) > 0.5)[:, 0].numpy()
    return covered


def judge_edited(judged: Judge, edited: Edited) -> dict[str, float]:
    """Overlap of the selection with the thing, and how many targets the judge then names."""
    truth = true_masks(edited.scenes, edited.found.shape[-1])
    overlaps = [measures.overlap(*pair) for pair in zip(edited.found, truth, strict=True)]
    said = judge.verdicts(judged, edited.results)
    return {
        "diffedit_overlap": float(np.mean(overlaps)),
        "diffedit_target": share(
            [v.thing == target for v, target in zip(said, edited.targets, strict=True)]
        ),
    }


@dataclass(frozen=True, slots=True)
class Guided:
    """Pictures painted along the depth of other scenes."""

    scenes: list[Scene]
    results: Pictures


def follow_depth(count: int) -> Guided:
    """Paint scenes anew from caption and true depth alone: from noise, over a grey picture."""
    drawn = fresh(count, 7)
    paint = shipped.pipeline("depth")
    grey = np.full_like(drawn[0].picture, 127)
    painted = []
    for start in range(0, count, shipped.BATCH):
        part = drawn[start : start + shipped.BATCH]
        painted += paint(
            prompt=[vocabulary.caption(scene.things, scene.backdrop) for scene in part],
            image=shipped.images(np.stack([grey] * len(part))),
            depth_map=torch.from_numpy(np.stack([scene.depth for scene in part])),
            strength=1.0,
            num_inference_steps=shipped.STEPS,
            guidance_scale=shipped.GUIDANCE,
            generator=shipped.chances(SEED + start, len(part)),
        ).images
    return Guided(drawn, shipped.arrays(painted))


def estimated(pictures: Pictures) -> Floats:
    """Depth [N, S, S] of pictures by the shipped estimator."""
    model = shipped.pipeline("depth").depth_estimator
    with torch.inference_mode():
        parts = [train_depth.predicted(model, part) for part in batches(pictures, 25)]
    return torch.cat(parts).numpy()


def judge_guided(guided: Guided) -> dict[str, float]:
    """Rank correlation of the results' depth with the maps they were to follow."""
    depths = estimated(guided.results)
    pairs = zip(depths, guided.scenes, strict=True)
    return {
        "depth_follows": float(
            np.mean([measures.rank_correlation(depth, scene.depth) for depth, scene in pairs])
        )
    }


def depth_error(count: int) -> dict[str, float]:
    """The estimator's scale-and-shift-invariant error on fresh scenes."""
    drawn = fresh(count, 8, photograph_share=0.15)
    depths = estimated(np.stack([scene.picture for scene in drawn]))
    truth = np.stack([scene.depth for scene in drawn])
    errors = train_depth.invariant_error(torch.from_numpy(depths), torch.from_numpy(truth))
    return {"depth_error": float(errors.mean())}
