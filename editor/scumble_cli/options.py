"""The options that several commands share, each with its sentence of help and its range."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from scumble_cli.numbers import number, whole

LARGEST_SEED = 2**53 - 1

FillName = Literal["neutral", "blur", "border", "original", "noise"]

_WHERE = "Where"
_HOW = "How it is painted"
_GUIDES = "Pictures that guide"
_EDGE = "The selection's edge"
_RESULT = "The result"


_px = number(0, 4096)

Picture = Annotated[
    Path,
    typer.Argument(help="The picture: PNG, JPEG, WebP, TIFF or OpenRaster. It is not changed."),
]
Prompt = Annotated[str, typer.Option("--prompt", "-p", help="What to paint, in words.")]
Negative = Annotated[str, typer.Option("--negative", help="What to avoid, in words.")]
Model = Annotated[
    str, typer.Option("--model", "-m", help="Which model; see `scumble models list`.")
]
Mask = Annotated[
    Path | None,
    typer.Option(
        "--mask",
        rich_help_panel=_WHERE,
        help="A grey picture of the same size: white may change, grey by that much, black stays.",
    ),
]
Select = Annotated[
    str | None,
    typer.Option("--select", metavar="X,Y,W,H", rich_help_panel=_WHERE, help="A rectangle, in px."),
]
Ellipse = Annotated[
    str | None,
    typer.Option(
        "--ellipse",
        metavar="X,Y,W,H",
        rich_help_panel=_WHERE,
        help="The ellipse that fills a rectangle, in px.",
    ),
]
SoftEdge = Annotated[
    float,
    typer.Option(
        "--soft-edge",
        metavar="PX",
        parser=_px,
        rich_help_panel=_WHERE,
        help="Make the selection itself fade from its edge inwards, over this many px.",
    ),
]
Steps = Annotated[
    int | None,
    typer.Option(
        "--steps", metavar="N", parser=whole(1, 1000), rich_help_panel=_HOW, help="How many steps."
    ),
]
Strength = Annotated[
    float | None,
    typer.Option(
        "--strength",
        metavar="X",
        parser=number(0, 1, above_low=True),
        rich_help_panel=_HOW,
        help="How far from the picture: near 0 keeps it, 1 ignores it.",
    ),
]
Guidance = Annotated[
    float | None,
    typer.Option(
        "--guidance",
        metavar="X",
        parser=number(0, 100),
        rich_help_panel=_HOW,
        help="How strictly the words are followed.",
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed",
        metavar="N",
        parser=whole(0, LARGEST_SEED),
        rich_help_panel=_HOW,
        help="The same seed paints the same again. Without it one is drawn and reported.",
    ),
]
Variants = Annotated[
    int,
    typer.Option(
        "--variants",
        metavar="N",
        parser=whole(1, 16),
        rich_help_panel=_HOW,
        help="How many results, each a layer, with seeds counted up; only the first is visible.",
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        rich_help_panel=_HOW,
        help="By name, such as ddim, euler-a or dpm++2m-karras.",
    ),
]
Loras = Annotated[
    list[str] | None,
    typer.Option(
        "--lora",
        metavar="NAME[:WEIGHT]",
        rich_help_panel=_HOW,
        help="A LoRA of the catalogue and how strongly it is worn; may be given several times.",
    ),
]
Controls = Annotated[
    list[str] | None,
    typer.Option(
        "--control",
        metavar="NAME[:CONDITION[:WEIGHT[:FROM-TO]]]",
        rich_help_panel=_GUIDES,
        help="A ControlNet of the catalogue; the picture as it is (image), its edges (canny), its "
        "depths (depth) or the picture without what is selected (inpaint) is what it sees; FROM "
        "and TO are shares of the steps. May be given several times.",
    ),
]
ControlImages = Annotated[
    list[str] | None,
    typer.Option(
        "--control-image",
        metavar="[NAME=]FILE",
        rich_help_panel=_GUIDES,
        help="What a control looks at instead of the picture; of the same size.",
    ),
]
References = Annotated[
    list[str] | None,
    typer.Option(
        "--reference",
        metavar="FILE[:WEIGHT]",
        rich_help_panel=_GUIDES,
        help="A picture as a prompt, of any size; may be given several times.",
    ),
]
ReferenceModel = Annotated[
    str | None,
    typer.Option(
        "--reference-model",
        rich_help_panel=_GUIDES,
        help="Which IP-Adapter of the catalogue sees the references.",
    ),
]
Feather = Annotated[
    float | None,
    typer.Option(
        "--feather",
        metavar="PX",
        parser=_px,
        rich_help_panel=_EDGE,
        help="Over how many px the result fades out inside the selection's edge.",
    ),
]
Grow = Annotated[
    float | None,
    typer.Option(
        "--grow",
        metavar="PX",
        parser=_px,
        rich_help_panel=_EDGE,
        help="How much larger than the selection the place is that the model paints.",
    ),
]
Fill = Annotated[
    FillName | None,
    typer.Option(
        "--fill",
        rich_help_panel=_EDGE,
        help="What stands in the selection before painting starts.",
    ),
]
Context = Annotated[
    float | None,
    typer.Option(
        "--context",
        metavar="PX",
        parser=_px,
        rich_help_panel=_EDGE,
        help="How much of the picture around the selection the model sees.",
    ),
]
Output = Annotated[
    list[Path] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        rich_help_panel=_RESULT,
        help="Where to write: .ora keeps the layers, .png, .jpg, .webp and .tiff are flat. May be "
        "given several times. Without it an .ora under a free name beside the picture.",
    ),
]
Force = Annotated[
    bool,
    typer.Option(
        "--force",
        rich_help_panel=_RESULT,
        help="Write over a file that is there; its last version is kept as FILE~.",
    ),
]
AsJson = Annotated[
    bool, typer.Option("--json", rich_help_panel=_RESULT, help="Report for programs, as JSON.")
]
