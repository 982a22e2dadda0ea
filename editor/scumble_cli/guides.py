"""Pictures that guide beside words, as they are typed: what ControlNets see, and references."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from scumble_cli.failures import BadUseError
from scumble_cli.pictures import open_document, seen
from scumble_protocol.geometry import Extent
from scumble_protocol.images import Image, Pictures
from scumble_protocol.jobs import Condition, Control, Options, Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Guides:
    """What was typed, such as "edges:canny:0.8:0-0.5", "scribble=drawing.png" and "cat.png:0.6"."""

    controls: list[str] | None
    control_images: list[str] | None
    references: list[str] | None
    reference_model: str | None

    def added_to(self, options: Options, canvas: Extent, pictures: Pictures) -> Options:
        """Return a job's options with these guides; their pictures join those of the job.

        Raises BadUseError where something cannot be.
        """
        controls = [_control(typed) for typed in self.controls or ()]
        for typed in self.control_images or ():
            number, file = _owner(typed, controls)
            image = _as_large_as(canvas, file, pictures)
            controls[number] = msgspec.structs.replace(controls[number], image=image)
        return msgspec.structs.replace(
            options, controls=tuple(controls), references=tuple(self._references(pictures))
        )

    def _references(self, pictures: Pictures) -> Iterator[Reference]:
        for typed in self.references or ():
            file, weight = typed, 1.0
            before, _, number = typed.rpartition(":")
            if before and _is_number(number):
                file, weight = before, float(number)
            image = seen(open_document(Path(file)), pictures)
            yield Reference(image=image, name=self.reference_model, weight=weight)


def _control(typed: str) -> Control:
    """Return a control as it was typed: NAME[:CONDITION[:WEIGHT[:START-END]]]."""
    name, condition, weight, steps = (*typed.split(":"), "", "", "")[:4]
    start, _, end = steps.partition("-")
    try:
        return Control(
            name=name,
            condition=_condition(condition),
            weight=_number(weight, 1),
            start=_number(start, 0),
            end=_number(end, 1),
        )
    except ValueError as error:
        raise BadUseError(
            f"“--control {typed}” is no control: {error}. Nothing was painted; write "
            "NAME:CONDITION:WEIGHT:START-END, such as edges:canny:0.8:0-0.5, with one of "
            f"{', '.join(Condition)}. What stands at the end may be left out."
        ) from error


def _condition(typed: str) -> Condition:
    if typed not in {"", *Condition}:
        raise ValueError(f"“{typed}” is no condition")
    return Condition(typed or Condition.IMAGE)


def _number(typed: str, default: float) -> float:
    if typed and not _is_number(typed):
        raise ValueError(f"“{typed}” is no number")
    return float(typed or default)


def _owner(typed: str, controls: list[Control]) -> tuple[int, Path]:
    """Return which control a picture is for, and its file: [NAME=]FILE."""
    names = [control.name for control in controls]
    name, equals, file = typed.partition("=")
    if equals and name in names:
        return names.index(name), Path(file)
    if len(controls) == 1:
        return 0, Path(typed)
    raise BadUseError(
        f"It is not clear which control “--control-image {typed}” is for. Nothing was painted; "
        f"write NAME=FILE, with the name of a --control ({', '.join(names) or 'there is none'})."
    )


def _as_large_as(canvas: Extent, file: Path, pictures: Pictures) -> Image:
    document = open_document(file)
    if document.size != canvas:
        raise BadUseError(
            f"The picture “{file}” of a control has {document.size.width} × "
            f"{document.size.height} pixels, what is painted {canvas.width} × {canvas.height}. "
            "Nothing was painted; make them the same size."
        )
    return seen(document, pictures)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
