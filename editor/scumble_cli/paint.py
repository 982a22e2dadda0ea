"""The commands that paint: `inpaint`, `img2img` and `text2img`."""

from typing import Annotated

import typer

from scumble_cli import options as o
from scumble_cli.groups import Edge, Files, Guiding, How, Place, with_groups
from scumble_cli.more import More


@with_groups
def inpaint(
    picture: o.Picture,
    prompt: o.Prompt,
    place: Place,
    how: How,
    guiding: Guiding,
    edge: Edge,
    files: Files,
    more: More,
    strength: o.Strength = None,
    scheduler: o.Scheduler = None,
    fill: o.Fill = None,
    as_json: o.AsJson = False,
) -> None:
    """Paint something new inside a selection of a picture.

    The result is a layer with a mask over the picture; nothing outside the selection changes.

    Example: scumble inpaint photo.jpg --ellipse 200,80,190,140 --prompt "a red heart" -o photo.ora
    """
    from scumble_cli.carrying_out import carry_out
    from scumble_cli.errand import Wishes, inpainting

    wishes = Wishes(
        prompt=prompt, how=how, files=files, more=more, scheduler=scheduler, guides=guiding.guides
    )
    errand = inpainting(picture, place.selecting, strength, edge.edges(fill), wishes)
    carry_out(errand, as_json=as_json)


@with_groups
def img2img(
    picture: o.Picture,
    prompt: o.Prompt,
    place: Place,
    how: How,
    guiding: Guiding,
    edge: Edge,
    files: Files,
    more: More,
    strength: o.Strength = None,
    scheduler: o.Scheduler = None,
    fill: o.Fill = None,
    as_json: o.AsJson = False,
) -> None:
    """Paint a picture over at a strength: all of it, or what is selected.

    Example: scumble img2img photo.jpg --strength 0.5 --prompt "a snowy mountain" -o snow.ora
    """
    from scumble_cli.carrying_out import carry_out
    from scumble_cli.errand import Wishes, repainting

    wishes = Wishes(
        prompt=prompt, how=how, files=files, more=more, scheduler=scheduler, guides=guiding.guides
    )
    errand = repainting(picture, place.selecting, strength, edge.edges(fill), wishes)
    carry_out(errand, as_json=as_json)


@with_groups
def text2img(
    prompt: o.Prompt,
    size: Annotated[str, typer.Option("--size", metavar="WxH", help="Width and height in px.")],
    how: How,
    guiding: Guiding,
    files: Files,
    more: More,
    scheduler: o.Scheduler = None,
    as_json: o.AsJson = False,
) -> None:
    """Paint a whole picture from words.

    Example: scumble text2img --size 512x384 --prompt "a castle on a grass hill" -o castle.ora
    """
    from scumble_cli.carrying_out import carry_out
    from scumble_cli.errand import Wishes, from_words

    wishes = Wishes(
        prompt=prompt, how=how, files=files, more=more, scheduler=scheduler, guides=guiding.guides
    )
    carry_out(from_words(size, wishes), as_json=as_json)
