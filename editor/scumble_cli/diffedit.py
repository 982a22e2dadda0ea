"""The commands of DiffEdit: change what is there, find the place alone, invert alone."""

from typing import Annotated

import typer

from scumble_cli import options as o
from scumble_cli.more import NOTHING_MORE, More, with_more
from scumble_cli.numbers import number, whole

Source = Annotated[
    str,
    typer.Option("--source", help="What the picture shows now; without it a captioner is asked."),
]
Target = Annotated[str, typer.Option("--target", help="What it shall show.")]
Reverse = Annotated[bool, typer.Option("--reverse", help="Change source and target over.")]
Maps = Annotated[
    int,
    typer.Option(
        "--maps",
        metavar="N",
        parser=whole(1, 64),
        help="How many noises the place is averaged over.",
    ),
]
EncodeStrength = Annotated[
    float,
    typer.Option(
        "--encode-strength",
        metavar="X",
        parser=number(0.01, 1),
        help="How much noise finds the place.",
    ),
]
Threshold = Annotated[
    float | None,
    typer.Option(
        "--threshold",
        metavar="X",
        parser=number(1, 100),
        help="How many times the mean disagreement is all white; found by itself if left out.",
    ),
]
Depth = Annotated[
    float,
    typer.Option(
        "--strength", metavar="X", parser=number(0.01, 1), help="How far towards noise, and back."
    ),
]


@with_more
def diffedit(
    picture: o.Picture,
    target: Target,
    source: Source = "",
    reverse: Reverse = False,
    mask: o.Mask = None,
    select: o.Select = None,
    ellipse: o.Ellipse = None,
    soft_edge: o.SoftEdge = 0.0,
    strength: Depth = 0.8,
    maps: Maps = 10,
    encode_strength: EncodeStrength = 0.5,
    threshold: Threshold = None,
    negative: o.Negative = "",
    model: o.Model = "miniature",
    steps: o.Steps = None,
    guidance: o.Guidance = None,
    seed: o.Seed = None,
    variants: o.Variants = 1,
    lora: o.Loras = None,
    feather: o.Feather = None,
    grow: o.Grow = None,
    context: o.Context = None,
    output: o.Output = None,
    force: o.Force = False,
    as_json: o.AsJson = False,
    more: More = NOTHING_MORE,
) -> None:
    """Change what two descriptions disagree on, and leave the rest: the place is found by itself.

    Example: scumble diffedit pets.jpg --source "a cat" --target "a dog" -o dog.ora
    """
    from scumble_cli.carrying_out import carry_out
    from scumble_cli.diffedit_errands import Finding, editing
    from scumble_cli.errand import Edges, Wishes
    from scumble_cli.selecting import Selecting

    errand = editing(
        picture,
        source,
        reverse,
        Selecting(mask=mask, rectangle=select, ellipse=ellipse, soft_edge_px=soft_edge),
        strength,
        Finding(maps=maps, encode_strength=encode_strength, threshold=threshold),
        Edges(feather=feather, grow=grow, context=context, fill=None),
        Wishes(
            prompt=target,
            negative=negative,
            model=model,
            steps=steps,
            guidance=guidance,
            seed=seed,
            variants=variants,
            scheduler=None,
            outputs=output,
            force=force,
            more=more,
            loras=lora,
        ),
    )
    carry_out(errand, as_json=as_json)


@with_more
def diffedit_select(
    picture: o.Picture,
    target: Target,
    source: Source = "",
    reverse: Reverse = False,
    maps: Maps = 10,
    encode_strength: EncodeStrength = 0.5,
    threshold: Threshold = None,
    negative: o.Negative = "",
    model: o.Model = "miniature",
    steps: o.Steps = None,
    seed: o.Seed = None,
    output: o.Output = None,
    force: o.Force = False,
    as_json: o.AsJson = False,
    more: More = NOTHING_MORE,
) -> None:
    """Find where two descriptions disagree about a picture, as a soft mask.

    Give it to any painting command as --mask.

    Example: scumble diffedit-select pets.jpg --source "a cat" --target "a dog" -o mask.png
    """
    from scumble_cli.carrying_out import carry_out
    from scumble_cli.diffedit_errands import Finding, finding_place
    from scumble_cli.errand import Wishes

    errand = finding_place(
        picture,
        source,
        reverse,
        Finding(maps=maps, encode_strength=encode_strength, threshold=threshold),
        Wishes(
            prompt=target,
            negative=negative,
            model=model,
            steps=steps,
            guidance=None,
            seed=seed,
            variants=1,
            scheduler=None,
            outputs=output,
            force=force,
            more=more,
        ),
    )
    carry_out(errand, as_json=as_json)


@with_more
def diffedit_invert(
    picture: o.Picture,
    source: Source = "",
    mask: o.Mask = None,
    strength: Depth = 0.8,
    negative: o.Negative = "",
    model: o.Model = "miniature",
    steps: o.Steps = None,
    guidance: o.Guidance = None,
    seed: o.Seed = None,
    output: o.Output = None,
    force: o.Force = False,
    as_json: o.AsJson = False,
    more: More = NOTHING_MORE,
) -> None:
    """Take a picture back towards noise and show every step as a layer, the noisiest on top.

    The daemon keeps the way, and a `scumble diffedit` with the same picture, source, mask, steps,
    strength and seed starts from it.

    Example: scumble diffedit-invert pets.jpg --source "a cat" --seed 1 -o inverted.ora
    """
    from scumble_cli.carrying_out import carry_out
    from scumble_cli.diffedit_errands import inverting
    from scumble_cli.errand import Wishes
    from scumble_cli.selecting import Selecting

    wishes = Wishes(
        prompt=source,
        negative=negative,
        model=model,
        steps=steps,
        guidance=guidance,
        seed=seed,
        variants=1,
        scheduler=None,
        outputs=output,
        force=force,
        more=more,
    )
    carry_out(inverting(picture, Selecting(mask=mask), strength, wishes), as_json=as_json)
