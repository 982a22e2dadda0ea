"""What a painter can choose for a task: one table of fields, from which every form is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Union

Value = Union[str, int, float, bool]  # noqa: UP007 - evaluated by Python 3.10 too

LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Field:
    """One value of a task.

    name: as in scripts, words joined by hyphens.
    path: where it goes in the task's message, such as ``region.feather``.
    unset: this value is not sent, which leaves the choice to Scumble.
    folded: shown only where a painter asks for more.
    label: an underscore stands before the letter that goes to it; GIMP's own buttons have C, H, L,
        O, R and S already.
    """

    name: str
    label: str
    help: str
    default: Value
    path: str
    low: float = 0
    high: float = 0
    choices: tuple[tuple[str, str], ...] = ()  # what is sent, what is shown
    unset: Value | None = None
    folded: bool = False
    several_lines: bool = False


PROMPT = Field("prompt", "_Prompt", "What to paint, in words.", "", "prompt", several_lines=True)
NEGATIVE = Field(
    "negative-prompt", "A_void", "What to avoid, in words.", "", "negative_prompt", folded=False
)
SOURCE_PROMPT = Field(
    "source-prompt",
    "What is there _now",
    "What the picture shows now, in words.",
    "",
    "source_prompt",
    several_lines=True,
)
TARGET_PROMPT = Field(
    "prompt",
    "What it shall _be",
    "What it shall show, in words.",
    "",
    "prompt",
    several_lines=True,
)
MAPS = Field(
    "maps",
    "Maps",
    "How many noises are averaged to find what differs.",
    10,
    "num_maps_per_mask",
    low=1,
    high=64,
    folded=True,
)
THRESHOLD = Field(
    "threshold",
    "Threshold",
    "How many times the mean difference is selected fully; less selects more, -1 finds it itself.",
    -1.0,
    "mask_thresholding_ratio",
    low=-1,
    high=100,
    unset=-1.0,
    folded=True,
)
DEPTH_LAYER = Field(
    "depth-layer",
    "_Depth from the selected layer",
    "Take the selected layer for the depth (white is near) instead of estimating it. Hide that "
    "layer first, or it is seen as part of the picture.",
    False,
    "depth_layer",
)
FACTOR = Field(
    "factor", "_Factor", "How many times as wide and high.", 2.0, "factor", low=1, high=8
)
DETAIL = Field(
    "detail",
    "_Detail",
    "How much the model paints into the enlarged picture, tile by tile: 0 only enlarges, 0.3 suits "
    "models that know what it shows.",
    0.0,
    "refine",
    low=0,
    high=1,
    unset=0.0,
)
UPSCALER = Field(
    "upscaler",
    "_Upscaler",
    "A model made for enlarging, such as ESRGAN; empty does without.",
    "",
    "upscaler",
    unset="",
    folded=True,
)
VARIANTS = Field(
    "variants", "V_ariants", "How many results, each a layer.", 1, "variants", low=1, high=8
)
MODEL = Field(
    "model", "_Model", "Which model paints; empty leaves it to Scumble.", "", "model", unset=""
)
SEED = Field(
    "seed",
    "Seed",
    "The same seed paints the same again; -1 draws one.",
    -1,
    "seed",
    low=-1,
    high=LARGEST_SEED,
    folded=True,
    unset=-1,
)
STEPS = Field(
    "steps",
    "Steps",
    "How many steps; 0 is the model's own number.",
    0,
    "steps",
    low=0,
    high=1000,
    unset=0,
    folded=True,
)
GUIDANCE = Field(
    "guidance",
    "Guidance",
    "How strictly the words are followed; -1 is the model's own.",
    -1.0,
    "guidance_scale",
    low=-1,
    high=30,
    unset=-1.0,
    folded=True,
)
FILL = Field(
    "fill",
    "Fill",
    "What stands in the selection before painting starts.",
    "neutral",
    "region.fill",
    choices=(
        ("neutral", "Neutral"),
        ("blur", "Blurred picture"),
        ("border", "Drawn in from the border"),
        ("original", "The picture itself"),
        ("noise", "Noise"),
    ),
    folded=True,
)
DIRECTION = Field(
    "direction",
    "Fade out",
    "On which side of the selection's edge the result fades out.",
    "inside",
    "region.direction",
    choices=(("inside", "Inside"), ("centred", "Across the edge"), ("outside", "Outside")),
    folded=True,
)
SOFT = Field(
    "soft",
    "Grey changes less",
    "A half selected pixel may change by half.",
    True,
    "region.soft",
    folded=True,
)
MATCH_COLOUR = Field(
    "match-colour",
    "Match colours",
    "Take over the colours around the selection.",
    True,
    "region.match_colour",
    folded=True,
)


def strength(default: float) -> Field:
    """Return the field for how far from the picture the result may go."""
    return Field(
        "strength",
        "S_trength",
        "How far from the picture: near 0 keeps it, 1 ignores it.",
        default,
        "strength",
        low=0.01,
        high=1.0,
    )


def distance(name: str, label: str, help_: str) -> Field:
    """Return a field for a number of pixels on the canvas that Scumble works out where it is -1."""
    path = f"region.{name}"
    text = f"{help_}, in pixels; -1 works it out."
    return Field(name, label, text, -1.0, path, low=-1, high=4096, unset=-1.0, folded=True)


def edge(name: str, label: str) -> Field:
    """Return a field for how far the canvas grows on one side."""
    text = f"How many pixels are added at the {name}."
    return Field(name, label, text, 0, f"expand.{name}", low=0, high=8192)


REGION = (
    FILL,
    distance("feather", "Feather", "Over how far the result fades out"),
    distance("grow", "Grow", "How much larger than the selection the painted place is"),
    distance("context", "Context", "How much of the picture around it the model sees"),
    DIRECTION,
    SOFT,
    MATCH_COLOUR,
)


def nested(fields: tuple[Field, ...], values: Mapping[str, Value]) -> dict[str, Any]:
    """Return a form's values as the message has them; what is unset is left out."""
    whole: dict[str, Any] = {}
    for field in fields:
        value = values.get(field.name, field.default)
        if field.unset is not None and value == field.unset:
            continue
        *parents, last = field.path.split(".")
        place = whole
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
    return whole


def values_from(fields: tuple[Field, ...], message: Mapping[str, Any]) -> dict[str, Value]:
    """Return a form's values from a message that `nested` made; what is missing is unset."""
    values: dict[str, Value] = {}
    for field in fields:
        place: Any = message
        for name in field.path.split("."):
            place = place.get(name) if isinstance(place, Mapping) else None
        left_out = field.default if field.unset is None else field.unset
        values[field.name] = left_out if place is None else place
    return values
