"""Options that belong together, declared once as a dataclass and given to commands as one value."""

import inspect
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, get_type_hints

from scumble_cli import options as o

if TYPE_CHECKING:
    from scumble_cli.errand import Edges
    from scumble_cli.guides import Guides
    from scumble_cli.selecting import Selecting


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is painted."""

    mask: o.Mask = None
    select: o.Select = None
    ellipse: o.Ellipse = None
    soft_edge: o.SoftEdge = 0.0

    @property
    def selecting(self) -> "Selecting":
        """What was typed, to be read on a canvas."""
        from scumble_cli.selecting import Selecting

        return Selecting(
            mask=self.mask,
            rectangle=self.select,
            ellipse=self.ellipse,
            soft_edge_px=self.soft_edge,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How something is painted, whatever the task."""

    negative: o.Negative = ""
    model: o.Model = "miniature"
    steps: o.Steps = None
    guidance: o.Guidance = None
    seed: o.Seed = None
    variants: o.Variants = 1
    lora: o.Loras = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guiding:
    """Pictures that guide beside words."""

    control: o.Controls = None
    control_image: o.ControlImages = None
    reference: o.References = None
    reference_model: o.ReferenceModel = None

    @property
    def guides(self) -> "Guides":
        """What was typed, to be read for a job."""
        from scumble_cli.guides import Guides

        return Guides(
            controls=self.control,
            control_images=self.control_image,
            references=self.reference,
            reference_model=self.reference_model,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """How the edge of a selection is treated."""

    feather: o.Feather = None
    grow: o.Grow = None
    context: o.Context = None

    def edges(self, fill: str | None = None) -> "Edges":
        """Return them with what stands in the selection before painting starts."""
        from scumble_cli.errand import Edges

        return Edges(feather=self.feather, grow=self.grow, context=self.context, fill=fill)


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Where the result goes."""

    output: o.Output = None
    force: o.Force = False


def with_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command every option of the groups among its parameters; it takes each as one value.

    A parameter whose type is a dataclass is a group: its fields, annotated as options are, stand
    in the parameter's place on the command line.
    """
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint)}
    shown: list[inspect.Parameter] = []
    for name, parameter in inspect.signature(command).parameters.items():
        if name in groups:
            shown += _options(groups[name])
        else:
            shown.append(
                parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[name])
            )

    @wraps(command)
    def taking(**given: Any) -> None:
        values = {
            name: group(**{field.name: given.pop(field.name) for field in fields(group)})
            for name, group in groups.items()
        }
        command(**given, **values)

    taking.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    taking.__annotations__ = {one.name: one.annotation for one in shown}
    return taking


def _options(group: Any) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if field.default is MISSING else field.default,
            annotation=hints[field.name],
        )
        for field in fields(group)
    ]
