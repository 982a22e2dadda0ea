"""What a person asked for: a picture, a task, and the files that the result goes to."""

import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import msgspec

from scumble_cli.failures import BadUseError
from scumble_cli.groups import Files, How
from scumble_cli.guides import Guides
from scumble_cli.more import More
from scumble_cli.options import LARGEST_SEED
from scumble_cli.outputs import chosen_outputs, name_of_words
from scumble_cli.pictures import open_document, seen
from scumble_cli.selecting import Selecting
from scumble_editor.document.document import Document
from scumble_protocol.geometry import Extent
from scumble_protocol.images import MAX_SIDE, Pictures, Pixels
from scumble_protocol.jobs import (
    AnyTask,
    Fill,
    ImageToImage,
    Inpaint,
    Lora,
    Options,
    Region,
    TextToImage,
)

_LARGEST_DRAWN_SEED = 2**32 - 1  # short enough to be typed again


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Errand:
    """One job before it is sent.

    Attributes:
        document: what is painted on; None where the picture is made from nothing.
        picture: the file the document came from.
        selection: uint8 [H, W], 255 where it may change; None where everything may.
        pictures: the pixels that the task names.
        outputs: where the result is written.
    """

    task: AnyTask
    model: str
    outputs: tuple[Path, ...]
    pictures: Pictures
    document: Document | None = None
    picture: Path | None = None
    selection: Pixels | None = None


class TaskFields(TypedDict):
    """The fields of the protocol's `Task`, to be passed on by name."""

    prompt: str
    negative_prompt: str
    steps: int | None
    guidance_scale: float | None
    scheduler: str | None
    seed: int
    variants: int
    options: Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What every command that paints takes: what to paint, how, and where to."""

    prompt: str
    how: How
    files: Files
    more: More
    scheduler: str | None = None
    guides: Guides | None = None

    @property
    def model(self) -> str:
        """The model that paints."""
        return self.how.model

    def task_fields(self, canvas: Extent, pictures: Pictures) -> TaskFields:
        """Return the fields that every task has; pictures that guide join those of the job."""
        how = self.how
        options = self.more.added_to(Options(loras=tuple(map(_lora, how.lora or ()))))
        if self.guides is not None:
            options = self.guides.added_to(options, canvas, pictures)
        return {
            "prompt": self.prompt,
            "negative_prompt": how.negative,
            "steps": how.steps,
            "guidance_scale": how.guidance,
            "scheduler": self.scheduler,
            "seed": _seed_or_drawn(how.seed, how.variants),
            "variants": how.variants,
            "options": options,
        }

    def outputs_like(self, default: Path) -> tuple[Path, ...]:
        """Return the files to write, one under a free name like `default` if none was given."""
        return chosen_outputs(self.files.output, default, force=self.files.force)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """How a selection is cut out, painted and laid back; None leaves it to the daemon."""

    feather: float | None  # px
    grow: float | None  # px
    context: float | None  # px
    fill: str | None

    def region(self, usual_fill: Fill) -> Region:
        """Return the region of a task."""
        fill = usual_fill if self.fill is None else Fill(self.fill)
        return Region(feather=self.feather, grow=self.grow, context=self.context, fill=fill)


def inpainting(
    picture: Path, selecting: Selecting, strength: float | None, edges: Edges, wishes: Wishes
) -> Errand:
    """Return the errand of `scumble inpaint`. Raises BadUseError where something cannot be."""
    outputs = wishes.outputs_like(picture.with_name(f"{picture.stem}-inpaint.ora"))
    document = open_document(picture)
    selection = selecting.coverage(document.size)
    if selection is None:
        raise BadUseError(
            "Inpainting needs a place to paint. Nothing was painted; give --mask FILE, "
            "--select X,Y,W,H or --ellipse X,Y,W,H."
        )
    pictures = Pictures()
    task = Inpaint(
        image=seen(document, pictures),
        selection=pictures.add(selection),
        strength=1.0 if strength is None else strength,
        region=edges.region(Fill.NEUTRAL),
        **wishes.task_fields(document.size, pictures),
    )
    return Errand(
        task=checked(task),
        model=wishes.model,
        outputs=outputs,
        pictures=pictures,
        document=document,
        picture=picture,
        selection=selection,
    )


def repainting(
    picture: Path, selecting: Selecting, strength: float | None, edges: Edges, wishes: Wishes
) -> Errand:
    """Return the errand of `scumble img2img`. Raises BadUseError where something cannot be."""
    outputs = wishes.outputs_like(picture.with_name(f"{picture.stem}-img2img.ora"))
    document = open_document(picture)
    selection = selecting.coverage(document.size)
    pictures = Pictures()
    task = ImageToImage(
        image=seen(document, pictures),
        selection=None if selection is None else pictures.add(selection),
        strength=0.6 if strength is None else strength,
        region=edges.region(Fill.ORIGINAL),
        **wishes.task_fields(document.size, pictures),
    )
    return Errand(
        task=checked(task),
        model=wishes.model,
        outputs=outputs,
        pictures=pictures,
        document=document,
        picture=picture,
        selection=selection,
    )


def from_words(size: str, wishes: Wishes) -> Errand:
    """Return the errand of `scumble text2img`. Raises BadUseError where something cannot be.

    size: as typed, such as "512x384".
    """
    outputs = wishes.outputs_like(Path(f"{name_of_words(wishes.prompt)}.ora"))
    canvas, pictures = size_typed(size), Pictures()
    task = TextToImage(
        width=canvas.width, height=canvas.height, **wishes.task_fields(canvas, pictures)
    )
    return Errand(task=checked(task), model=wishes.model, outputs=outputs, pictures=pictures)


def size_typed(size: str) -> Extent:
    """Return a size as it was typed, such as "512x384". Raises BadUseError where it is none."""
    width, _, height = size.lower().replace("×", "x").partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise BadUseError(
            f"“--size {size}” is no size. Nothing was painted; write width and height in px, "
            "such as --size 512x384."
        )
    if max(int(width), int(height)) > MAX_SIDE:
        raise BadUseError(
            f"“--size {size}” is too large. Nothing was painted; sizes go up to {MAX_SIDE} a side."
        )
    return Extent(int(width), int(height))


def _lora(typed: str) -> Lora:
    """Return a LoRA as it was typed: a name, or a name and a weight."""
    name, colon, weight = typed.rpartition(":")
    try:
        return Lora(name=name, weight=float(weight)) if colon else Lora(name=typed)
    except ValueError as error:
        raise BadUseError(
            f"“--lora {typed}” has no weight after the colon. Nothing was painted; write a number, "
            "such as --lora watercolour:0.8."
        ) from error


def _seed_or_drawn(seed: int | None, variants: int) -> int:
    if seed is None:
        return secrets.randbelow(_LARGEST_DRAWN_SEED)
    if seed + variants - 1 > LARGEST_SEED:
        raise BadUseError(
            f"The seed {seed} leaves no room for {variants} variants: seeds go up to "
            f"{LARGEST_SEED}. Nothing was painted; choose a smaller one."
        )
    return seed


def checked(task: AnyTask) -> AnyTask:
    """Return a task whose every value lies within the protocol's limits, or raise BadUseError."""
    try:
        within: AnyTask = msgspec.convert(msgspec.to_builtins(task), type=AnyTask)
    except msgspec.ValidationError as error:
        raise BadUseError(
            f"No daemon takes this: {_plain(str(error))}. Nothing was painted; choose another."
        ) from error
    return within


def _plain(complaint: str) -> str:
    """Return what msgspec says of a value, for a person where it is one of the usual complaints."""
    match = re.fullmatch(r"Expected `\w+` (?:of length )?<= (\d+) - at `\$\.(\w+)`", complaint)
    if match is None:
        return complaint
    unit = " characters" if "length" in complaint else ""
    return f"{match[2].replace('_', ' ')} may be {match[1]}{unit} at most"
