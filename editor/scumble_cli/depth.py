"""The commands about depths: `depth` paints and keeps them, `depth-map` shows them."""

from pathlib import Path
from typing import Annotated

import typer

from scumble_cli import options as o
from scumble_cli.groups import Edge, Files, How, Place, with_groups
from scumble_cli.more import More

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


@with_groups
def depth(
    picture: o.Picture,
    prompt: o.Prompt,
    place: Place,
    how: How,
    edge: Edge,
    files: Files,
    more: More,
    depth_map: DepthMap = None,
    depth_model: DepthModel = None,
    strength: o.Strength = None,
    scheduler: o.Scheduler = None,
    fill: o.Fill = None,
    as_json: o.AsJson = False,
) -> None:
    """Paint a picture anew that keeps its depths: all of it, or what is selected.

    Example: scumble depth photo.jpg --prompt "a castle" -o castle.ora
    """
    from scumble_cli.carrying_out import carry_out
    from scumble_cli.depth_errands import keeping_depths
    from scumble_cli.errand import Wishes

    errand = keeping_depths(
        picture,
        depth_map,
        depth_model,
        place.selecting,
        strength,
        edge.edges(fill),
        Wishes(prompt=prompt, how=how, files=files, more=more, scheduler=scheduler),
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
