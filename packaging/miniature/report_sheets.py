"""The report's contact sheets, each picture with what was asked and what the judge said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

import judge
from backgrounds import Floats
from evaluate_edits import Edited, Guided, estimated
from evaluate_scenes import Painted
from evaluate_selections import Filled
from judge import Judge
from sheets import grey, sheet
from shipped import Pictures

EYES = 24  # pictures shown to a fresh pair of eyes


def _labels(judged: Judge, pictures: Pictures, asked: list[str]) -> list[str]:
    """What was asked; and what the judge said in brackets where it differs."""
    said = [verdict.thing for verdict in judge.verdicts(judged, pictures)]
    return [a if a == s else f"{a} [{s}]" for a, s in zip(asked, said, strict=True)]


def _pictures(pictures: Pictures) -> list[Image.Image]:
    return [Image.fromarray(picture) for picture in pictures]


def text(judged: Judge, painted: Painted, folder: Path) -> None:
    """Everything that was painted from text; and a sheet without words for a fresh pair of eyes."""
    labels = _labels(judged, painted.pictures, painted.things)
    sheet(_pictures(painted.pictures), labels, columns=14).save(folder / "text.png")
    rng = np.random.default_rng(12)
    names = sorted({thing.split()[-1] for thing in painted.things})
    chosen = rng.permutation(len(names))[:EYES]
    rows = [
        int(rng.choice([i for i, t in enumerate(painted.things) if t.split()[-1] == names[n]]))
        for n in chosen
    ]
    numbers = [str(number) for number in range(1, len(rows) + 1)]
    sheet(_pictures(painted.pictures[rows]), numbers, columns=6).save(folder / "eyes.png")
    key = [f"{number} {painted.prompts[row]}" for number, row in zip(numbers, rows, strict=True)]
    (folder / "eyes_key.txt").write_text("\n".join(key) + "\n", encoding="utf-8")


def _framed(picture: Image.Image, mask: Floats) -> Image.Image:
    """A picture with its selection outlined."""
    rows, columns = np.nonzero(mask > 0.5)
    box = (int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max()))
    framed = picture.copy()
    ImageDraw.Draw(framed).rectangle(box, outline=(255, 0, 0))
    return framed


def selections(judged: Judge, filled: Filled, path: Path) -> None:
    """Before and after, side by side, for the first selections."""
    count = min(42, len(filled.things))
    labels = _labels(judged, filled.after[:count], filled.things[:count])
    before = [_framed(p, m) for p, m in zip(_pictures(filled.before), filled.masks, strict=True)]
    after = _pictures(filled.after)
    pairs = [picture for i in range(count) for picture in (before[i], after[i])]
    sheet(pairs, [text for label in labels for text in ("", label)], columns=12).save(path)


def depth(guided: Guided, folder: Path) -> None:
    """The map, what was painted along it, and the depth the estimator sees in that."""
    count = min(20, len(guided.scenes))
    seen = estimated(guided.results[:count])
    triples: list[Image.Image] = []
    labels: list[str] = []
    for scene, result, map_seen in zip(guided.scenes, guided.results, seen, strict=False):
        triples += [grey(scene.depth), Image.fromarray(result), grey(map_seen)]
        labels += ["", scene.things[0], ""]
    sheet(triples, labels, columns=12).save(folder / "depth.png")


def edits(judged: Judge, edited: Edited, folder: Path) -> None:
    """The scene, DiffEdit's selection, and the result."""
    count = min(20, len(edited.scenes))
    labels = _labels(judged, edited.results[:count], edited.targets[:count])
    side = edited.results.shape[1]
    triples: list[Image.Image] = []
    words: list[str] = []
    for index in range(count):
        found = Image.fromarray((edited.found[index] * 255).astype(np.uint8)).convert("RGB")
        picture = Image.fromarray(edited.scenes[index].picture)
        triples += [
            picture,
            found.resize((side, side), Image.Resampling.NEAREST),
            Image.fromarray(edited.results[index]),
        ]
        words += [edited.scenes[index].things[0], "", labels[index]]
    sheet(triples, words, columns=12).save(folder / "diffedit.png")
