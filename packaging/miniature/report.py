"""Evaluate the shipped model and write its table, card and contact sheets: `python report.py`."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Final, Literal

import msgspec
import numpy as np
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


def measure(judged: Judge, count: int, sheets: Path) -> dict[str, float]:
    """Take every measure of the table on `count` pictures each; writes the sheets on the way."""
    values = evaluate_scenes.autoencoder(judged, count)
    painted = evaluate_scenes.text_to_picture(-(-count // len(judge.THINGS)))
    values |= evaluate_scenes.judge_text_to_picture(judged, painted)
    report_sheets.text(judged, painted, sheets)
    values |= evaluate_edits.depth_error(count)
    filled = evaluate_selections.fill(count, photographs=False)
    values |= evaluate_selections.in_scenes(judged, filled)
    report_sheets.selections(judged, filled, sheets / "inpaint_scenes.png")
    filled = evaluate_selections.fill(count, photographs=True)
    values |= evaluate_selections.in_photographs(judged, filled)
    report_sheets.selections(judged, filled, sheets / "inpaint_photographs.png")
    guided = evaluate_edits.follow_depth(count)
    values |= evaluate_edits.judge_guided(guided)
    report_sheets.depth(guided, sheets)
    edited = evaluate_edits.edit(count)
    values |= evaluate_edits.judge_edited(judged, edited)
    report_sheets.edits(judged, edited, sheets)
    return values


def table(values: dict[str, float], count: int) -> list[Figure]:
    """The measured values as the card's table, in the order of LINES."""
    return [
        Figure(name, round(values[key], 3), bar, better, unit, count)
        for key, (name, unit, bar, better) in LINES.items()
        if key in values
    ]


def main() -> None:
    """Measure, write, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="pictures for each measure")
    parser.add_argument("--out", type=Path, default=Path("out/miniature"), help="for the sheets")
    parser.add_argument("--keep-card", action="store_true", help="leave the shipped card alone")
    wish = parser.parse_args()
    wish.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(2)
    begun_s = time.monotonic()
    judged = judge.load_frozen(paths.JUDGE)
    figures = table(measure(judged, wish.count, wish.out), wish.count)
    rows = modelcard.rows(figures)
    (wish.out / "table.md").write_text(rows, encoding="utf-8")
    if not wish.keep_card:
        weights = paths.SHIPPED / "weights"
        content = json.loads(msgspec.json.encode(figures))
        (weights / "figures.json").write_text(json.dumps(content, indent=1, ensure_ascii=False))
        (weights / "README.md").write_text(modelcard.text(figures), encoding="utf-8")
    print(rows)
    print(f"{time.monotonic() - begun_s:.0f} s; contact sheets in {wish.out}")


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    main()
