"""What a painter asks a model for, as one frozen value that styles and histories can keep."""

import secrets
from typing import Annotated

import msgspec

from scumble_editor.generation.actions import ABOUT, PaintAction
from scumble_protocol.tasks import (
    Condition,
    Direction,
    Distance,
    Fill,
    Guidance,
    Name,
    Options,
    Region,
    Seed,
    Share,
    Steps,
    Strength,
    Text,
    Variants,
)

LARGEST_DRAWN_SEED = 2**32 - 1  # short enough to be typed again

Side = Annotated[int, msgspec.Meta(ge=0, le=8192)]
Weight = Annotated[float, msgspec.Meta(ge=0, le=2)]
Factor = Annotated[float, msgspec.Meta(ge=1, le=8)]


class Sides(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """By how many px a canvas grows at each side."""

    left: Side = 0
    top: Side = 0
    right: Side = 0
    bottom: Side = 0

    @property
    def any(self) -> bool:
        """Whether the canvas grows at all."""
        return any((self.left, self.top, self.right, self.bottom))


class Guide(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A ControlNet and the layer it looks at; None shows it what is painted on."""

    name: Name
    condition: Condition = Condition.IMAGE
    layer: str | None = None
    weight: Weight = 1.0
    start: Share = 0.0  # of the steps
    end: Share = 1.0  # of the steps


class Likeness(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A picture as a prompt: the layer that it is on, and the model that looks at it."""

    name: Name
    layer: str
    weight: Weight = 1.0


class Settings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One wish, complete but for the picture. None leaves a value to the action or the model."""

    action: PaintAction = PaintAction.FILL
    prompt: Text = ""
    negative_prompt: Text = ""
    source_prompt: Text = ""  # what is there now, where one thing is changed for another
    model: Name = "miniature"
    strength: Strength | None = None
    variants: Variants = 1
    seed: Seed | None = None  # None draws one for every job
    steps: Steps | None = None
    guidance_scale: Guidance | None = None
    scheduler: Name | None = None
    feather: Distance | None = None  # px on the canvas
    grow: Distance | None = None  # px on the canvas
    context: Distance | None = None  # px around the selection that the model sees
    fill: Fill | None = None
    direction: Direction = Direction.INSIDE
    soft: bool = True
    match_colour: bool = True
    options: Options = Options()
    controls: tuple[Guide, ...] = ()
    references: tuple[Likeness, ...] = ()
    factor: Factor = 2.0  # how much larger an enlarged picture is
    upscaler: Name | None = None  # a model made for enlarging; None is Lanczos' windows
    refine: Strength | None = None  # of an enlarged picture; None leaves it as it is
    sides: Sides = Sides()  # where the canvas is expanded
    strength_layer: str | None = None  # id of a layer whose greys say how much may change
    depth_layer: str | None = None  # id of a layer whose greys are the depth; white is near

    @property
    def strength_used(self) -> float:
        """How much may change: what was chosen, or the action's own."""
        chosen = self.strength or ABOUT[self.action].strength
        return 1.0 if chosen is None else chosen

    def region(self, usual_fill: Fill) -> Region:
        """Return how the selection is cut out and laid back."""
        return Region(
            feather=self.feather,
            grow=self.grow,
            context=self.context,
            fill=self.fill or usual_fill,
            direction=self.direction,
            soft=self.soft,
            match_colour=self.match_colour,
        )


def drawn_seed() -> int:
    """Return a seed nobody chose."""
    return secrets.randbelow(LARGEST_DRAWN_SEED)
