"""The command `upscale`: a picture made larger, and refined where that is asked for."""

from typing import Annotated

import typer

from scumble_cli import options as o
from scumble_cli.groups import Files, Guiding, How, with_groups
from scumble_cli.more import More
from scumble_cli.numbers import number

Factor = Annotated[
    float | None,
    typer.Option(
        "--factor",
        metavar="X",
        parser=number(1, 64),
        help="How many times as wide and high, up to 64.",
    ),
]
Size = Annotated[
    str | None,
    typer.Option("--size", metavar="WxH", help="Width and height in px, instead of a factor."),
]
Upscaler = Annotated[
    str | None,
    typer.Option("--upscaler", help="A model of the catalogue that enlarges, such as ESRGAN."),
]
Refine = Annotated[
    bool,
    typer.Option(
        "--refine", help="Paint detail into the enlarged picture, tile by tile, with --model."
    ),
]
Words = Annotated[str, typer.Option("--prompt", "-p", help="What the picture shows, in words.")]


@with_groups
def upscale(
    picture: o.Picture,
    how: How,
    guiding: Guiding,
    files: Files,
    more: More,
    factor: Factor = None,
    size: Size = None,
    upscaler: Upscaler = None,
    refine: Refine = False,
    prompt: Words = "",
    strength: o.Strength = None,
    scheduler: o.Scheduler = None,
    as_json: o.AsJson = False,
) -> None:
    """Make a picture larger: by a factor, or to a size. The document grows with its layers.

    Example: scumble upscale photo.jpg --factor 2 -o large.png

    Example: scumble upscale photo.jpg --factor 4 --refine --prompt "a castle" --strength 0.3
    """
    from scumble_cli.carrying_out import carry_out
    from scumble_cli.errand import Wishes
    from scumble_cli.upscale_errands import enlarging

    wishes = Wishes(
        prompt=prompt, how=how, files=files, more=more, scheduler=scheduler, guides=guiding.guides
    )
    errand = enlarging(picture, factor, size, upscaler, strength, wishes, refine=refine)
    carry_out(errand, as_json=as_json)
