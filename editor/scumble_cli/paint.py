"""The commands that paint: `inpaint`, `img2img` and `text2img`."""

from typing import Annotated

import typer

from scumble_cli import options as o
from scumble_cli.more import NOTHING_MORE, More, with_more


@with_more
def inpaint(
    picture: o.Picture,
    prompt: o.Prompt,
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
    control: o.Controls = None,
    control_image: o.ControlImages = None,
    reference: o.References = None,
    reference_model: o.ReferenceModel = None,
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
    """Paint something new inside a selection of a picture.

    The result is a layer with a mask over the picture; nothing outside the selection changes.

    Example: scumble inpaint photo.jpg --ellipse 200,80,190,140 --prompt "a red heart" -o photo.ora
    """
    from scumble_cli.carrying_out import carry_out
    from scumble_cli.errand import Edges, Wishes, inpainting
    from scumble_cli.guides import Guides
    from scumble_cli.selecting import Selecting

    errand = inpainting(
        picture,
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
            guides=Guides(
                controls=control,
                control_images=control_image,
                references=reference,
                reference_model=reference_model,
            ),
        ),
    )
    carry_out(errand, as_json=as_json)


@with_more
def img2img(
    picture: o.Picture,
    prompt: o.Prompt,
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
    control: o.Controls = None,
    control_image: o.ControlImages = None,
    reference: o.References = None,
    reference_model: o.ReferenceModel = None,
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
    """Paint a picture over at a strength: all of it, or what is selected.

    Example: scumble img2img photo.jpg --strength 0.5 --prompt "a snowy mountain" -o snow.ora
    """
    from scumble_cli.carrying_out import carry_out
    from scumble_cli.errand import Edges, Wishes, repainting
    from scumble_cli.guides import Guides
    from scumble_cli.selecting import Selecting

    errand = repainting(
        picture,
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
            guides=Guides(
                controls=control,
                control_images=control_image,
                references=reference,
                reference_model=reference_model,
            ),
        ),
    )
    carry_out(errand, as_json=as_json)


@with_more
def text2img(
    prompt: o.Prompt,
    size: Annotated[str, typer.Option("--size", metavar="WxH", help="Width and height in px.")],
    negative: o.Negative = "",
    model: o.Model = "miniature",
    steps: o.Steps = None,
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
    """Paint a whole picture from words.

    Example: scumble text2img --size 512x384 --prompt "a castle on a grass hill" -o castle.ora
    """
    from scumble_cli.carrying_out import carry_out
    from scumble_cli.errand import Wishes, from_words
    from scumble_cli.guides import Guides

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
    carry_out(from_words(size, wishes), as_json=as_json)
