"""The commands of DiffEdit: change what is there, find the place alone, invert alone."""

from typing import Annotated

import typer

from scumble_cli import options as o
from scumble_cli.groups import Edge, Files, How, Place, with_groups
from scumble_cli.more import More
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


@with_groups
def diffedit(
    picture: o.Picture,
    target: Target,
    place: Place,
    how: How,
    edge: Edge,
    files: Files,
    more: More,
    source: Source = "",
    reverse: Reverse = False,
    strength: Depth = 0.8,
    maps: Maps = 10,
    encode_strength: EncodeStrength = 0.5,
    threshold: Threshold = None,
    as_json: o.AsJson = False,
) -> None:
    """Change what two descriptions disagree on, and leave the rest: the place is found by itself.

    Example: scumble diffedit pets.jpg --source "a cat" --target "a dog" -o dog.ora
    """
    from scumble_cli.carrying_out import carry_out
    from scumble_cli.diffedit_errands import Finding, editing
    from scumble_cli.errand import Wishes

    errand = editing(
        picture,
        source,
        reverse,
        place.selecting,
        strength,
        Finding(maps=maps, encode_strength=encode_strength, threshold=threshold),
        edge.edges(),
        Wishes(prompt=target, how=how, files=files, more=more),
    )
    carry_out(errand, as_json=as_json)


@with_groups
def diffedit_select(
    picture: o.Picture,
    target: Target,
    files: Files,
    more: More,
    source: Source = "",
    reverse: Reverse = False,
    maps: Maps = 10,
    encode_strength: EncodeStrength = 0.5,
    threshold: Threshold = None,
    negative: o.Negative = "",
    model: o.Model = "miniature",
    steps: o.Steps = None,
    seed: o.Seed = None,
    as_json: o.AsJson = False,
) -> None:
    """Find where two descriptions disagree about a picture, as a soft mask.

    Give it to any painting command as --mask.

    Example: scumble diffedit-select pets.jpg --source "a cat" --target "a dog" -o mask.png
    """
    from scumble_cli.carrying_out import carry_out
    from scumble_cli.diffedit_errands import Finding, finding_place
    from scumble_cli.errand import Wishes

    how = How(negative=negative, model=model, steps=steps, seed=seed)
    errand = finding_place(
        picture,
        source,
        reverse,
        Finding(maps=maps, encode_strength=encode_strength, threshold=threshold),
        Wishes(prompt=target, how=how, files=files, more=more),
    )
    carry_out(errand, as_json=as_json)


@with_groups
def diffedit_invert(
    picture: o.Picture,
    files: Files,
    more: More,
    source: Source = "",
    mask: o.Mask = None,
    strength: Depth = 0.8,
    negative: o.Negative = "",
    model: o.Model = "miniature",
    steps: o.Steps = None,
    guidance: o.Guidance = None,
    seed: o.Seed = None,
    as_json: o.AsJson = False,
) -> None:
    """Take a picture back towards noise and show every step as a layer, the noisiest on top.

    The daemon keeps the way, and a `scumble diffedit` with the same picture, source, mask, steps,
    strength and seed starts from it.

    Example: scumble diffedit-invert pets.jpg --source "a cat" --seed 1 -o inverted.ora
    """
    from scumble_cli.carrying_out import carry_out
    from scumble_cli.diffedit_errands import inverting
    from scumble_cli.errand import Wishes

    how = How(negative=negative, model=model, steps=steps, guidance=guidance, seed=seed)
    wishes = Wishes(prompt=source, how=how, files=files, more=more)
    carry_out(inverting(picture, Place(mask=mask).selecting, strength, wishes), as_json=as_json)
