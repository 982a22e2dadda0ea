"""Evaluate the shipped model and write its table, card and contact sheets: `python report.py`."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

import msgspec
import torch

import evaluate_edits
import evaluate_scenes
import evaluate_selections
import judge
import modelcard
import paths
import report_sheets
from judge import Judge
from scumble_daemon.miniature.card import Figure

# name, unit, bar, better, what the table says
LINES: Final[dict[str, tuple[str, str, float, Literal["higher", "lower"]]]] = {
    "vae_psnr": ("autoencoder, PSNR of the whole picture", "dB", 29.0, "higher"),
    "vae_psnr_inside": ("autoencoder, PSNR inside things", "dB", 27.0, "higher"),
    "judge_clean": ("judge, clean scenes named", "%", 96.0, "higher"),
    "judge_after_vae": ("judge, scenes named after the autoencoder", "%", 93.0, "higher"),
    "text_thing": ("text to picture: thing named by the judge", "%", 85.0, "higher"),
    "text_place": ("text to picture: background as asked", "%", 97.0, "higher"),
    "text_colour": ("text to picture: colour as asked", "%", 93.0, "higher"),
    "inpaint_thing": ("inpainting, empty scenes: thing named", "%", 75.0, "higher"),
    "inpaint_background": ("inpainting, empty scenes: background goes on", "ΔE", 8.0, "lower"),
    "photograph_thing": ("inpainting, unseen photographs: thing named", "%", 65.0, "higher"),
    "photograph_seam": ("inpainting, unseen photographs: seam score", "", 1.0, "lower"),
    "diffedit_overlap": ("DiffEdit: overlap of the selection (IoU)", "", 0.70, "higher"),
    "diffedit_target": ("DiffEdit: target named", "%", 55.0, "higher"),
    "depth_follows": ("depth to picture: rank correlation with the map", "", 0.75, "higher"),
    "depth_error": ("depth estimator: invariant error", "", 0.08, "lower"),
}


def _scenes(judged: Judge, count: int, sheets: Path) -> dict[str, float]:
    values = evaluate_scenes.autoencoder(judged, count)
    painted = evaluate_scenes.text_to_picture(-(-count // len(judge.THINGS)))
    report_sheets.text(judged, painted, sheets)
    return values | evaluate_scenes.judge_text_to_picture(judged, painted)


def _selections(judged: Judge, count: int, sheets: Path) -> dict[str, float]:
    filled = evaluate_selections.fill(count, photographs=False)
    report_sheets.selections(judged, filled, sheets / "inpaint_scenes.png")
    return evaluate_selections.in_scenes(judged, filled)


def _photographs(judged: Judge, count: int, sheets: Path) -> dict[str, float]:
    filled = evaluate_selections.fill(count, photographs=True)
    report_sheets.selections(judged, filled, sheets / "inpaint_photographs.png")
    return evaluate_selections.in_photographs(judged, filled)


def _edits(judged: Judge, count: int, sheets: Path) -> dict[str, float]:
    edited = evaluate_edits.edit(count)
    report_sheets.edits(judged, edited, sheets)
    return evaluate_edits.judge_edited(judged, edited)


def _depth(_: Judge, count: int, sheets: Path) -> dict[str, float]:
    guided = evaluate_edits.follow_depth(count)
    report_sheets.depth(guided, sheets)
    return evaluate_edits.judge_guided(guided) | evaluate_edits.depth_error(count)


PARTS: Final[dict[str, Callable[[Judge, int, Path], dict[str, float]]]] = {
    "scenes": _scenes,
    "selections": _selections,
    "photographs": _photographs,
    "edits": _edits,
    "depth": _depth,
}


def table(values: dict[str, float], count: int) -> list[Figure]:
    """The measured values as the card's table, in the order of LINES."""
    return [
        Figure(name, round(values[key], 3), bar, better, unit, count)
        for key, (name, unit, bar, better) in LINES.items()
        if key in values
    ]


def gathered(folder: Path) -> tuple[dict[str, float], int]:
    """What the parts wrote into `folder`, and on how many pictures the least of them looked."""
    values: dict[str, float] = {}
    counts = []
    for part in PARTS:
        path = folder / f"{part}.json"
        if path.exists():
            found = json.loads(path.read_text(encoding="utf-8"))
            values |= found["values"]
            counts.append(found["count"])
    return values, min(counts, default=0)


def ship(figures: list[Figure]) -> None:
    """Write figures and card beside the shipped weights."""
    weights = paths.SHIPPED / "weights"
    content = json.loads(msgspec.json.encode(figures))
    (weights / "figures.json").write_text(
        json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    (weights / "README.md").write_text(modelcard.text(figures), encoding="utf-8")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="pictures for each measure")
    parser.add_argument("--out", type=Path, default=Path("out/miniature"), help="for the sheets")
    parser.add_argument("--part", choices=PARTS, action="append", help="measure these alone")
    parser.add_argument("--gather", action="store_true", help="only gather what parts measured")
    parser.add_argument("--threads", type=int, default=2, help="1 suits a busy machine better")
    parser.add_argument("--keep-card", action="store_true", help="leave the shipped card alone")
    return parser.parse_args()


def main() -> None:
    """Measure, write, and print the table."""
    wish = arguments()
    wish.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(wish.threads)
    judged = judge.load_frozen(paths.JUDGE)
    for part in () if wish.gather else wish.part or PARTS:
        begun_s = time.monotonic()
        values = PARTS[part](judged, wish.count, wish.out)
        content = json.dumps({"count": wish.count, "values": values}, indent=1)
        (wish.out / f"{part}.json").write_text(content, encoding="utf-8")
        print(f"{part}: {time.monotonic() - begun_s:.0f} s", flush=True)
    figures = table(*gathered(wish.out))
    rows = modelcard.rows(figures)
    (wish.out / "table.md").write_text(rows, encoding="utf-8")
    if not wish.keep_card and not wish.part:
        ship(figures)
    print(rows)


if __name__ == "__main__":
    main()
