"""What a file says beyond OpenRaster: the types of `scumble/manifest.json`, checked on reading."""

import hashlib
from typing import Annotated

import msgspec

from scumble_editor.files.limits import TEXT_BYTES

MANIFEST = "scumble/manifest.json"
VERSION = 1
NAMESPACE = "urn:scumble:openraster:1"
"""XML namespace of the attributes `id`, `role` and `clipped` in stack.xml."""

ROLE_CLIP = "clip"
"""A stack that stands for a base layer and those clipped to it."""

ROLE_MASKED = "masked"
"""A stack that stands for a group with a mask."""

ROLE_MERGED = "merged"
"""The layer in such a stack that shows other programs what it looks like."""

ROLE_PARTS = "parts"
"""The hidden stack beside that layer, with what it was made from."""


class PlaneEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Pixels in an entry of their own; x and y are where they lie on the canvas."""

    src: str | None  # None: no pixels at all
    x: int = 0
    y: int = 0


class MaskEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A layer mask, grey pixels and the value outside them."""

    plane: PlaneEntry
    offset: tuple[int, int] = (0, 0)
    default: int = 255
    enabled: bool = True


class NodeEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What belongs to one layer or group. `sha256` is of the picture it was written with."""

    src: str | None = None
    sha256: str | None = None
    offset: tuple[int, int] = (0, 0)
    pixels: PlaneEntry | None = None  # where the picture in `src` is not the layer's own
    mask: MaskEntry | None = None
    recipe: str | None = None
    alpha_locked: bool = False


class PaintedEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One variant of a result; x and y of its `pixels` are where they lie on the canvas."""

    name: str
    pixels: PlaneEntry
    offset: tuple[int, int] = (0, 0)
    mask: MaskEntry | None = None
    recipe: str | None = None


class PaintingEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One finished job of a model. `seconds` is Unix time; no `selection` is everywhere."""

    id: str
    seconds: float
    layers: Annotated[tuple[PaintedEntry, ...], msgspec.Meta(min_length=1)]
    selection: PlaneEntry | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything kept beyond OpenRaster, by the id of the node it belongs to."""

    version: int = VERSION
    nodes: dict[str, NodeEntry] = {}
    selection: PlaneEntry | None = None
    resolution_dpi: tuple[float, float] | None = None
    exif: bytes | None = None
    paintings: tuple[PaintingEntry, ...] = ()


def encode(manifest: Manifest) -> bytes:
    """Return a manifest as JSON."""
    return msgspec.json.encode(manifest)


def decode(data: bytes) -> Manifest | None:
    """Return a manifest from JSON, None where it is damaged or of a later version."""
    if len(data) > TEXT_BYTES:
        return None
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return manifest if manifest.version == VERSION else None


def fingerprint(data: bytes) -> str:
    """Return the SHA-256 of an entry's bytes."""
    return hashlib.sha256(data).hexdigest()
