"""What a host may ask the bridge for, as typed messages, read strictly."""

from typing import Annotated, Any, Literal

import msgspec

from scumble_protocol.errors import ProtocolError
from scumble_protocol.images import Side
from scumble_protocol.jobs import JobId, Name
from scumble_protocol.messages import RequestId

Layout = Literal["rgba8", "bgra8", "gray8"]
Role = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z_]{0,31}$")]
Edge = Annotated[int, msgspec.Meta(ge=0, le=32_768)]


class Asked(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What a host sends; the answer carries the same `request`."""

    request: RequestId


class Hello(Asked, frozen=True, kw_only=True, tag="hello"):
    """The first message: which host this is, and how it has its pixels."""

    host: Literal["gimp", "krita"]
    name: Annotated[str, msgspec.Meta(max_length=100)]  # such as "GIMP 3.0.4"
    layout: Literal["rgba8", "bgra8"]
    masks: bool = True  # whether layers can have masks there; otherwise results come cut out
    plugin: str  # the version the plug-in was installed from
    pipe: int


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A buffer's meaning: which field of the task it is, and how its pixels lie."""

    role: Role
    layout: Layout
    width: Side
    height: Side
    buffer: Annotated[int, msgspec.Meta(ge=0, le=63)]

    @property
    def channels(self) -> int:
        """Bytes a pixel."""
        return 1 if self.layout == "gray8" else 4


class Edges(msgspec.Struct, frozen=True, kw_only=True):
    """How many pixels a canvas grows on each side."""

    left: Edge = 0
    top: Edge = 0
    right: Edge = 0
    bottom: Edge = 0


class Submit(Asked, frozen=True, kw_only=True, tag="submit"):
    """Do this job. With `expand` the picture grows first and what is new is selected."""

    job: JobId
    task: Name
    fields: dict[str, Any]
    pictures: Annotated[tuple[Picture, ...], msgspec.Meta(max_length=16)] = ()
    model: Name | None = None
    expand: Edges | None = None


class Cancel(Asked, frozen=True, kw_only=True, tag="cancel"):
    """Stop this job."""

    job: JobId


class Acknowledge(Asked, frozen=True, kw_only=True, tag="acknowledge"):
    """The result is in the document; the daemon may forget it."""

    job: JobId


class Collect(Asked, frozen=True, kw_only=True, tag="collect"):
    """Follow a job of an earlier run of this host."""

    job: JobId


class Reorder(Asked, frozen=True, kw_only=True, tag="reorder"):
    """Put a queued job elsewhere in the queue; 0 is next."""

    job: JobId
    position: Annotated[int, msgspec.Meta(ge=0, le=100_000)]


AnyAsked = Hello | Submit | Cancel | Acknowledge | Collect | Reorder


def read_asked(header: dict[str, Any]) -> AnyAsked:
    """Return a host's message. Raises ProtocolError where it is none, naming the field."""
    try:
        asked: AnyAsked = msgspec.convert(header, AnyAsked)
    except msgspec.ValidationError as error:
        raise ProtocolError(
            f"The plug-in asked for something the bridge does not understand: {error}. Nothing was "
            "changed; run `scumble bridge install` to bring both to one version.",
            request=str(header.get("request", ""))[:64],
        ) from error
    return asked
