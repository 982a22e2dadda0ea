"""The command `upscale`: a picture made larger, and refined where that is asked for."""

from typing import Annotated

import typer

from scumble_cli import options as o
from scumble_cli.more import NOTHING_MORE, More, with_more
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


@with_more
def upscale(
    picture: o.Picture,
    factor: Factor = None,
    size: Size = None,
    upscaler: Upscaler = None,
    refine: Refine = False,
    prompt: Words = "",
    negative: o.Negative = "",
    model: o.Model = "miniature",
    steps: o.Steps = None,
    strength: o.Strength = None,
    guidance: o.Guidance = None,
    seed: o.Seed = None,
    variants: o.Variants = 1,
    lora: o.Loras = None,
    control: o.Controls = None,
    control_image: o.ControlImages = None,
    reference: o.References = None,
    reference_model: o.ReferenceModel = None,
    scheduler: o.Scheduler = None,
    output: o.Output = None,
    force: o.Force = False,
    as_json: o.AsJson = False,
    more: More = NOTHING_MORE,
) -> None:
    """Make a picture larger: by a factor, or to a size. The document grows with its layers.

    Example: scumble upscale photo.jpg --factor 2 -o large.png

    Example: scumble upscale photo.jpg --factor 4 --refine --prompt "a castle" --strength 0.3
    """
    from scumble_cli.carrying_out import carry_out
    from scumble_cli.errand import Wishes
    from scumble_cli.guides import Guides
    from scumble_cli.upscale_errands import enlarging

    wishes = Wishes(
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
        guides=Guides(
            controls=control,
            control_images=control_image,
            references=reference,
            reference_model=reference_model,
        ),
    )
    errand = enlarging(picture, factor, size, upscaler, strength, wishes, refine=refine)
    carry_out(errand, as_json=as_json)
