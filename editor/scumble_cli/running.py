"""The command `run`: any job as it lies in a file, or the recipe of a layer, painted again."""

from pathlib import Path
from typing import Annotated

import typer

from scumble_cli import options as o

JobFile = Annotated[
    Path, typer.Argument(help="A job as JSON, or an OpenRaster file with a recipe on a layer.")
]
Given = Annotated[
    list[Path] | None,
    typer.Option("--picture", metavar="FILE", help="A picture the recipe needs; may be repeated."),
]
LayerName = Annotated[
    str | None, typer.Option("--layer", help="Whose recipe; the uppermost one's by default.")
]


def run(
    file: JobFile,
    picture: Given = None,
    layer: LayerName = None,
    seed: o.Seed = None,
    output: o.Output = None,
    force: o.Force = False,
    as_json: o.AsJson = False,
) -> None:
    """Run a job again as it was stored: every layer that was painted carries its recipe.

    Pictures are found by their content: in the OpenRaster file, among those given, or in the
    daemon. A job written by hand may name files: "image": "photo.png", "selection": "mask.png".

    Example: scumble run photo-inpaint.ora --seed 7 -o again.ora
    """
    from scumble_cli.carrying_out import carry_out
    from scumble_cli.recipes import rerunning

    errand = rerunning(file, layer, picture or [], seed, output, force=force)
    carry_out(errand, as_json=as_json)


def chain(
    file: Annotated[Path, typer.Argument(help="The chain as JSON.")],
    picture: Given = None,
    seed: o.Seed = None,
    output: o.Output = None,
    force: o.Force = False,
    as_json: o.AsJson = False,
) -> None:
    """Run several stages as one job: what one paints, the next paints over.

    Example of FILE: {"prompt": "a castle", "width": 512, "height": 512, "stages":
    [{}, {"prompt": "a door", "selection": "mask.png", "strength": 1}, {"strength": 0.3}]}
    A stage may have a model, steps and options of its own.

    Example: scumble chain castle.json -o castle.ora
    """
    from scumble_cli.carrying_out import carry_out
    from scumble_cli.recipes import rerunning

    errand = rerunning(file, None, picture or [], seed, output, force=force, usual_task="chain")
    carry_out(errand, as_json=as_json)
