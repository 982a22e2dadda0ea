"""The text of the shipped model card, with the evaluation's own table in it."""

from __future__ import annotations

import vocabulary
from scumble_daemon.miniature.card import Figure

HEAD = """---
license: cc0-1.0
library_name: diffusers
pipeline_tag: text-to-image
---

# Miniature

A small text-conditional latent diffusion model in Stable Diffusion's own layout, trained by this
project on pictures it draws itself. It comes with Scumble, so that everything works on a fresh
machine with no download. It paints simple things, 128 pixels a side, and knows few words.
"""

MAKING = """
## How it was made

`packaging/miniature` in Scumble's repository draws captioned scenes: procedural backgrounds (and
now and then a crop of a photograph), with Noto Emoji and coloured shapes on them. On these the
program trained an autoencoder, a text encoder with a UNet, and a depth estimator, all from scratch,
on two CPU cores. The UNet was trained on ten channels, from which its three forms are cut: 4
channels for text to picture, picture to picture and DiffEdit, 9 for inpainting, 5 for depth. The
recipe's README says how to do it again.

## Rights

- The weights, and the pictures you paint with them: CC0 1.0, no rights reserved.
- Noto Emoji, whose glyphs are part of the training scenes: © Google and Arjen Nienhuis, SIL Open
  Font License 1.1. The font itself is not part of the model.
- The photographs in the training scenes are in the public domain or CC0;
  `packaging/miniature/photographs` names each and its author. The autoencoder and the first
  scenes of this generation also saw one picture of the moon that scikit-image ships without
  naming its licence; it has been taken out since.
"""


def _format(value: float, unit: str) -> str:
    if unit == "%":
        return f"{value:.1f} %"
    return f"{value:.1f} {unit}" if unit else f"{value:.2f}"


def rows(figures: list[Figure]) -> str:
    """The table, in Markdown."""
    lines = ["| measure | value | bar | met |", "|---|---|---|---|"]
    for figure in figures:
        sign = "≥" if figure.better == "higher" else "≤"
        value, bar = _format(figure.value, figure.unit), _format(figure.bar, figure.unit)
        met = "yes" if figure.met else "no"
        lines.append(f"| {figure.name} | {value} | {sign} {bar} | {met} |")
    return "\n".join(lines) + "\n"


def _words() -> str:
    plain, coloured = ", ".join(vocabulary.PLAIN), ", ".join(vocabulary.COLOURED)
    places = {backdrop.place: backdrop for backdrop in vocabulary.backdrops()}
    named = [place for name, place in places.items() if name not in ("plain", "sky")]
    said = [f"{place.preposition()} {place.words(sky=False)}" for place in named]
    return f"""
## What it knows

- things: {plain};
- things that need a colour: {coloured}; colours: {", ".join(vocabulary.COLOURS)};
- places: {"; ".join(said)}; on a plain background:
  {", ".join((*vocabulary.COLOURS, *vocabulary.GREYS))};
- the sky over them, or alone: {", ".join(vocabulary.LIGHT_WORDS.values())}; and: in a photograph.

A prompt is best worded as the captions were: “a red balloon”, “a cat on a wooden table”, “a castle
on a grass hill under a night sky”. One thing, at most two, and a third of the picture or more in
size. 20 steps and a guidance of 4 suit it.
"""


def text(figures: list[Figure]) -> str:
    """The whole card."""
    count = figures[0].count if figures else 0
    judged = f"""
## How good it is

Measured by `make miniature-report` on {count} fresh pictures each. The judge is a separate network,
trained on clean scenes, that names one of {len(vocabulary.things())} things (colours count) and the
place; it saw no picture of this model. Pictures from photographs use two that were kept from all
training. Selections and edits are jobs of the daemon's, as painters get them. Of 24 pictures from
text (`eyes.png` of the report), shown without a word, fresh eyes named all 24 at first sight.

{rows(figures)}"""
    return HEAD + _words() + judged + MAKING
