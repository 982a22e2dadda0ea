"""Measures of painting into a selection: empty scenes and photographs kept from training."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

import backgrounds
import judge
import measures
import scenes
import vocabulary
from backgrounds import Floats
from evaluate_edits import estimated
from evaluate_scenes import SEED, share
from judge import Judge
from painter import painter
from scumble_daemon.region.arrays import Bytes
from scumble_protocol.jobs import Inpaint
from shipped import Pictures

NEARER = 0.12  # of inverse depth: what stands out this far is the thing that was painted
SMALLEST, LARGEST = 0.42, 0.85  # side of a selection, as a share of the picture's


@dataclass(frozen=True, slots=True)
class Filled:
    """Selections with what was painted into them."""

    things: list[str]
    before: Pictures
    masks: Floats  # [N, S, S]
    after: Pictures  # laid over `before`
    seams: list[float]


def _rectangle(rng: np.random.Generator, side: int) -> Floats:
    wide, high = (int(side * rng.uniform(SMALLEST, LARGEST)) for _ in range(2))
    left, top = int(rng.integers(0, side - wide)), int(rng.integers(0, side - high))
    mask = np.zeros((side, side), np.float32)
    mask[top : top + high, left : left + wide] = 1
    return mask


def fill(count: int, *, photographs: bool) -> Filled:
    """Paint things into rectangles, of empty scenes or of photographs kept from training."""
    rng = np.random.default_rng([SEED, 4 if photographs else 3])
    names = vocabulary.things()
    things = [names[int(i)] for i in rng.permutation(np.arange(count) % len(names))]
    before, masks, prompts = [], [], []
    for index, thing in enumerate(things):
        if photographs:
            ground = backgrounds.photograph(rng, scenes.SIDE_PX, held_out=True)
        else:
            ground = backgrounds.paint(rng, scenes.SIDE_PX, backgrounds.draw_backdrop(rng))
        said = None if photographs or index % 2 else ground.backdrop
        before.append(np.clip(ground.picture, 0, 255).astype(np.uint8))
        masks.append(_rectangle(rng, scenes.SIDE_PX))
        prompts.append(vocabulary.caption([thing], said))
    pictures, selected = np.stack(before), np.stack(masks)
    laid = [
        _painted(*three, SEED + 500_000 + index)
        for index, three in enumerate(zip(prompts, pictures, selected, strict=True))
    ]
    seams = [1.0 if score is None else score for _, score in laid]
    return Filled(things, pictures, selected, np.stack([p for p, _ in laid]), seams)


def _painted(
    prompt: str, picture: Bytes, selected: Floats, seed: int
) -> tuple[Bytes, float | None]:
    """One job of the daemon's, laid over its picture, and its seam score."""
    worker = painter()
    task = Inpaint(
        prompt=prompt,
        seed=seed,
        image=worker.store(picture),
        selection=worker.store((selected * 255).astype(np.uint8)),
    )
    return worker.painted(task, picture)


def background_difference(filled: Filled) -> float:
    """Mean ΔE inside the selections, outside what our depth estimator sees standing there.

    The estimator never saw a painted picture; three pixels around the thing are left out as well.
    """
    nearer = estimated(filled.after) - estimated(filled.before) > NEARER
    brush = np.ones((7, 7), np.uint8)
    differences = []
    for before, after, mask, thing in zip(
        filled.before, filled.after, filled.masks, nearer, strict=True
    ):
        covered = cv2.dilate(thing.astype(np.uint8), brush) > 0
        rest = (mask > 0.5) & ~covered
        if rest.sum() > 100:
            differences.append(float(measures.difference(before, after)[rest].mean()))
    return float(np.mean(differences))


def judge_filled(judged: Judge, filled: Filled) -> float:
    """How many things the judge names as asked, in percent."""
    said = judge.verdicts(judged, filled.after)
    return share([v.thing == thing for v, thing in zip(said, filled.things, strict=True)])


def in_scenes(judged: Judge, filled: Filled) -> dict[str, float]:
    """The table's lines on empty scenes."""
    return {
        "inpaint_thing": judge_filled(judged, filled),
        "inpaint_background": background_difference(filled),
    }


def in_photographs(judged: Judge, filled: Filled) -> dict[str, float]:
    """The table's lines on photographs."""
    return {
        "photograph_thing": judge_filled(judged, filled),
        "photograph_seam": float(np.mean(filled.seams)),
    }
