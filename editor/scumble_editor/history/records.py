"""How documents are written down: nodes and metadata as records that name each other by row."""

from types import MappingProxyType

import msgspec

from scumble_editor.document.document import Metadata
from scumble_editor.document.layer import AnyNode, Group, Layer, Mask
from scumble_editor.document.modes import BlendMode
from scumble_editor.document.tiles import Tiles
from scumble_protocol.geometry import Extent, Point


class MaskRecord(msgspec.Struct, frozen=True, array_like=True):
    """A layer mask; `plane` is the row of its pixels."""

    plane: int
    offset: Point
    enabled: bool


class LayerRecord(msgspec.Struct, frozen=True, kw_only=True, tag="layer"):
    """A layer; `plane` is the row of its pixels."""

    id: str
    name: str
    opacity: float
    blend_mode: BlendMode
    visible: bool
    locked: bool
    clipped: bool
    mask: MaskRecord | None
    plane: int
    offset: Point
    alpha_locked: bool
    recipe: str | None


class GroupRecord(msgspec.Struct, frozen=True, kw_only=True, tag="group"):
    """A group; `children` are rows of nodes, bottom first."""

    id: str
    name: str
    opacity: float
    blend_mode: BlendMode
    visible: bool
    locked: bool
    clipped: bool
    mask: MaskRecord | None
    children: tuple[int, ...]
    isolated: bool


class MetadataRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says of a picture besides its pixels."""

    resolution_dpi: tuple[float, float] | None
    icc_profile: bytes | None
    exif: bytes | None
    entries: dict[str, bytes]


class DocumentRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A document; `layers`, `selection` and `metadata` are rows."""

    size: Extent
    layers: tuple[int, ...]
    active_id: str | None
    selection: int | None
    metadata: int


class PaintingRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A finished job; `layers` and `selection` are rows."""

    seconds: float
    layers: tuple[int, ...]
    selection: int | None


NodeRecord = LayerRecord | GroupRecord


def layer_record(layer: Layer, plane: int, mask: MaskRecord | None) -> LayerRecord:
    """Return the record of a layer whose pixels are in a row."""
    return LayerRecord(
        id=layer.id,
        name=layer.name,
        opacity=layer.opacity,
        blend_mode=layer.blend_mode,
        visible=layer.visible,
        locked=layer.locked,
        clipped=layer.clipped,
        mask=mask,
        plane=plane,
        offset=layer.offset,
        alpha_locked=layer.alpha_locked,
        recipe=layer.recipe,
    )


def group_record(group: Group, children: tuple[int, ...], mask: MaskRecord | None) -> GroupRecord:
    """Return the record of a group whose children are in rows."""
    return GroupRecord(
        id=group.id,
        name=group.name,
        opacity=group.opacity,
        blend_mode=group.blend_mode,
        visible=group.visible,
        locked=group.locked,
        clipped=group.clipped,
        mask=mask,
        children=children,
        isolated=group.isolated,
    )


def layer_of(record: LayerRecord, pixels: Tiles, mask: Mask | None) -> Layer:
    """Return the layer that a record describes."""
    return Layer(
        id=record.id,
        name=record.name,
        opacity=record.opacity,
        blend_mode=record.blend_mode,
        visible=record.visible,
        locked=record.locked,
        clipped=record.clipped,
        mask=mask,
        pixels=pixels,
        offset=record.offset,
        alpha_locked=record.alpha_locked,
        recipe=record.recipe,
    )


def group_of(record: GroupRecord, children: tuple[AnyNode, ...], mask: Mask | None) -> Group:
    """Return the group that a record describes."""
    return Group(
        id=record.id,
        name=record.name,
        opacity=record.opacity,
        blend_mode=record.blend_mode,
        visible=record.visible,
        locked=record.locked,
        clipped=record.clipped,
        mask=mask,
        children=children,
        isolated=record.isolated,
    )


def metadata_record(metadata: Metadata) -> MetadataRecord:
    """Return the record of metadata."""
    return MetadataRecord(
        resolution_dpi=metadata.resolution_dpi,
        icc_profile=metadata.icc_profile,
        exif=metadata.exif,
        entries=dict(metadata.entries),
    )


def metadata_of(record: MetadataRecord) -> Metadata:
    """Return the metadata that a record describes."""
    return Metadata(
        resolution_dpi=record.resolution_dpi,
        icc_profile=record.icc_profile,
        exif=record.exif,
        entries=MappingProxyType(record.entries),
    )
