"""The commands about depths: `depth` paints and keeps them, `depth-map` shows them."""

from pathlib import Path
from typing import Annotated

import typer

from scumble_cli import options as o
from scumble_cli.more import NOTHING_MORE, More, with_more

DepthMap = Annotated[
    Path | None,
    typer.Option(
        "--depth",
        metavar="MAP",
        help="A grey picture of the same size, white is near; without it depths are estimated.",
    ),
]
DepthModel = Annotated[
    str | None,
    typer.Option("--depth-model", help="Which model estimates; by default the painting one."),
]


@with_more
def depth(
    picture: o.Picture,
    prompt: o.Prompt,
    depth_map: DepthMap = None,
    depth_model: DepthModel = None,
    mask: o.Mask = None,
    select: o.Select = None,
    ellipse: o.Ellipse = None,
    soft_edge: o.SoftEdge = 0.0,
    negative: o.Negative = "",
    model: o.Model = "miniature",
    steps: o.Steps = None,
    strength: o.Strength = None,
    guidance: o.Guidance = None,
    seed: o.Seed = None,
    variants: o.Variants = 1,
    lora: o.Loras = None,
    scheduler: o.Scheduler = None,
    feather: o.Feather = None,
    grow: o.Grow = None,
    fill: o.Fill = None,
    context: o.Context = None,
    output: o.Output = None,
    force: o.Force = False,
    as_json: o.AsJson = False,
    more: More = NOTHING_MORE,
) -> None:
    """Paint a picture anew that keeps its depths: all of it, or what is selected.

    Example: scumble depth photo.jpg --prompt "a castle" -o castle.ora
    """
    from scumble_cli.carrying_out import carry_out
    from scumble_cli.depth_errands import keeping_depths
    from scumble_cli.errand import Edges, Wishes
    from scumble_cli.selecting import Selecting

    errand = keeping_depths(
        picture,
        depth_map,
        depth_model,
        Selecting(mask=mask, rectangle=select, ellipse=ellipse, soft_edge_px=soft_edge),
        strength,
        Edges(feather=feather, grow=grow, context=context, fill=fill),
        Wishes(
            prompt=prompt,
            negative=negative,
            model=model,
            steps=steps,
            guidance=guidance,
            seed=seed,
            variants=variants,
            scheduler=scheduler,
            outputs=output,
            force=force,
            more=more,
            loras=lora,
        ),
    )
    carry_out(errand, as_json=as_json)


def depth_map(
    picture: o.Picture,
    model: o.Model = "miniature",
    output: o.Output = None,
    force: o.Force = False,
    as_json: o.AsJson = False,
) -> None:
    """Estimate how near each place of a picture is, as a grey picture: white is near.

    Paint on it and give it to `scumble depth --depth`.

    Example: scumble depth-map photo.jpg -o map.png
    """
    from scumble_cli.carrying_out import carry_out
    from scumble_cli.depth_errands import mapping_depths

    carry_out(mapping_depths(picture, model, output, force=force), as_json=as_json)
