"""The commands that a host offers, as data: what each needs, asks for, sends and gives."""

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from scumble_host.fields import (
    DEPTH_LAYER,
    DETAIL,
    FACTOR,
    FILL,
    GUIDANCE,
    MAPS,
    MODEL,
    NEGATIVE,
    PROMPT,
    REGION,
    SEED,
    SOURCE_PROMPT,
    STEPS,
    TARGET_PROMPT,
    THRESHOLD,
    UPSCALER,
    VARIANTS,
    Field,
    Value,
    distance,
    edge,
    strength,
)


class Selecting(enum.Enum):
    """What a command does with the selection."""

    NEEDED = "needed"
    OPTIONAL = "optional"
    IGNORED = "ignored"


class Giving(enum.Enum):
    """What a command's result becomes in the document."""

    LAYERS = "layers"
    SELECTION = "selection"
    DEPTH = "depth"
    SCALED = "scaled"  # the canvas takes the result's size


@dataclass(frozen=True)
class Command:
    """One thing a painter can ask for.

    name: as in scripts; `task` is the wire's name of what it asks the daemon for.
    sends_picture: the canvas as it is seen goes along.
    sends_size: the canvas' size goes along instead, to be painted from nothing.
    needs_words: an empty prompt says nothing that could be done.
    """

    name: str
    task: str
    title: str
    blurb: str
    fields: tuple[Field, ...]
    selecting: Selecting = Selecting.IGNORED
    giving: Giving = Giving.LAYERS
    sends_picture: bool = True
    sends_size: bool = False
    expands: bool = False
    needs_words: bool = False

    def defaults(self) -> dict[str, Value]:
        """Return what its form shows at first."""
        return {field.name: field.default for field in self.fields}


_HOW = (VARIANTS, MODEL, STEPS, GUIDANCE, SEED)
_REGION_OF_PICTURE = tuple(replace(f, default="original") if f is FILL else f for f in REGION)

INPAINT = Command(
    "inpaint",
    "inpaint",
    "_Inpaint Selection",
    "New paint inside the selection, as a layer with a mask",
    (PROMPT, NEGATIVE, strength(1.0), *_HOW, *REGION),
    selecting=Selecting.NEEDED,
)
REFINE = Command(
    "refine",
    "img2img",
    "_Refine",
    "Paint over the picture, or over what is selected, as a layer",
    (
        PROMPT,
        NEGATIVE,
        strength(0.6),
        *_HOW,
        *_REGION_OF_PICTURE,
    ),
    selecting=Selecting.OPTIONAL,
)
GENERATE = Command(
    "generate",
    "text2image",
    "_Generate Layer",
    "A whole new picture from words, as a layer",
    (PROMPT, NEGATIVE, *_HOW),
    sends_picture=False,
    sends_size=True,
    needs_words=True,
)
EXPAND = Command(
    "expand-canvas",
    "inpaint",
    "_Expand Canvas",
    "Make the canvas larger and paint what is new, as a layer with a mask",
    (
        PROMPT,
        NEGATIVE,
        edge("left", "Left"),
        edge("top", "Top"),
        edge("right", "Right"),
        edge("bottom", "Bottom"),
        *_HOW,
        replace(FILL, default="border"),
        distance("feather", "Feather", "Over how far the result fades out"),
        distance("context", "Context", "How much of the picture around it the model sees"),
    ),
    expands=True,
)
DEPTH_TO_IMAGE = Command(
    "depth",
    "depth2img",
    "_Depth to Image",
    "Paint over the picture or the selection while its depth stays, as a layer",
    (PROMPT, NEGATIVE, strength(0.8), DEPTH_LAYER, *_HOW, *_REGION_OF_PICTURE),
    selecting=Selecting.OPTIONAL,
)
ESTIMATE_DEPTH = Command(
    "estimate-depth",
    "depth",
    "Es_timate Depth",
    "A grey layer that says how near everything is",
    (MODEL,),
    giving=Giving.DEPTH,
)
DIFFEDIT = Command(
    "diffedit",
    "diffedit",
    "Diff_Edit",
    "Find what the words describe and change it into something else, as a layer with a mask",
    (
        SOURCE_PROMPT,
        TARGET_PROMPT,
        replace(strength(0.8), path="inpaint_strength"),
        *_HOW,
        MAPS,
        THRESHOLD,
        *_REGION_OF_PICTURE,
    ),
    selecting=Selecting.OPTIONAL,
    needs_words=True,
)
DIFFEDIT_SELECT = Command(
    "diffedit-select",
    "diffedit-select",
    "_Select by Words",
    "Select what would have to change to turn one description into another",
    (SOURCE_PROMPT, TARGET_PROMPT, MODEL, STEPS, GUIDANCE, SEED, MAPS, THRESHOLD),
    giving=Giving.SELECTION,
    needs_words=True,
)
UPSCALE = Command(
    "upscale",
    "upscale",
    "_Upscale",
    "Make the whole image larger, with detail painted into it if you like, as a layer",
    (FACTOR, PROMPT, DETAIL, MODEL, STEPS, GUIDANCE, SEED, UPSCALER),
    giving=Giving.SCALED,
)

COMMANDS = (
    INPAINT,
    REFINE,
    GENERATE,
    EXPAND,
    DEPTH_TO_IMAGE,
    ESTIMATE_DEPTH,
    DIFFEDIT,
    DIFFEDIT_SELECT,
    UPSCALE,
)


def offered(tasks: Collection[str]) -> tuple[Command, ...]:
    """Return the commands whose task is among those that a daemon, or the bridge, knows."""
    return tuple(command for command in COMMANDS if command.task in tasks)


def command_named(name: str) -> Command:
    """Return the command of that name. Raises KeyError where there is none."""
    named: Mapping[str, Command] = {command.name: command for command in COMMANDS}
    return named[name]
