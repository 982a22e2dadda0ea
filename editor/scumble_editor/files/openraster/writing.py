"""Writing OpenRaster: the layer tree as other programs understand it, and our own beside it."""

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

import cv2
import numpy as np
from msgspec import structs

from scumble_editor.document.composite import clip_runs, composite, composite_nodes
from scumble_editor.document.document import Document
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import AnyNode, Group, Layer, Mask, painted_bounds
from scumble_editor.document.modes import BlendMode
from scumble_editor.document.paintings import Painting
from scumble_editor.document.pixel_math import premultiplied, straight
from scumble_editor.document.tiles import Tiles
from scumble_editor.document.tracking import part, tracked
from scumble_editor.files.atomic import replacing
from scumble_editor.files.openraster import manifest as kept
from scumble_editor.files.openraster.gallery import write_gallery
from scumble_editor.files.openraster.manifest import MaskEntry, NodeEntry, PlaneEntry
from scumble_editor.files.openraster.packed import Packed
from scumble_editor.files.openraster.packing import Packer
from scumble_editor.files.png import Picture
from scumble_protocol.geometry import Bounds, Extent

MIMETYPE = "image/openraster"
THUMBNAIL_PX = 256

_PACKED = Packed()

ET.register_namespace("scumble", kept.NAMESPACE)


def write(document: Document, path: Path, paintings: Sequence[Painting] = ()) -> None:
    """Save a document as OpenRaster, with what models painted for it; raises FileError.

    The last version is kept as `NAME~`.
    """
    with replacing(path) as stream:
        write_stream(document, stream, paintings)


def write_stream(document: Document, stream: IO[bytes], paintings: Sequence[Painting] = ()) -> None:
    """Write a document as an OpenRaster archive."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", MIMETYPE, zipfile.ZIP_STORED)
        with Packer(archive, document.metadata.icc_profile) as packer:
            _Writer(document, archive, packer).write(paintings)


class _Writer:
    """One archive being written: pictures go in as they are made, the manifest last."""

    def __init__(self, document: Document, archive: zipfile.ZipFile, packer: Packer) -> None:
        self._document = document
        self._archive = archive
        self._packer = packer
        self._nodes: dict[str, NodeEntry] = {}
        self._count = 0

    def write(self, paintings: Sequence[Painting]) -> None:
        document = self._document
        root = ET.Element("image", _canvas_attributes(document))
        stack = ET.SubElement(root, "stack")
        self._add_children(stack, document.layers)
        text = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
        self._archive.writestr("stack.xml", text)
        miniature = _Miniature(document)
        self._packer.put("mergedimage.png", Picture(document.bounds, miniature.read))
        selection = document.selection
        plane = None
        if selection is not None:
            plane = self._plane("scumble/selection", selection.bounds, selection.read)
        gallery = write_gallery(paintings, self._result)
        with part(0, 0.99):
            self._packer.finish()
        small = miniature.finished()
        self._packer.put(
            "Thumbnails/thumbnail.png", Picture(Extent.of(small).bounds, _cutter(small))
        )
        self._packer.finish()
        manifest = kept.Manifest(
            nodes={node_id: self._stamped(entry) for node_id, entry in self._nodes.items()},
            selection=plane,
            resolution_dpi=document.metadata.resolution_dpi,
            exif=document.metadata.exif,
            paintings=gallery,
        )
        self._archive.writestr(kept.MANIFEST, kept.encode(manifest))
        for name, data in document.metadata.entries.items():
            self._archive.writestr(name, data)

    def _stamped(self, entry: NodeEntry) -> NodeEntry:
        """Return what the manifest says of a node, with the fingerprint of its picture."""
        if entry.src is None:
            return entry
        return structs.replace(entry, sha256=self._packer.fingerprints[entry.src])

    def _add_children(self, parent: Element, nodes: Sequence[AnyNode]) -> None:
        for base, clipped in tracked(list(clip_runs(nodes))[::-1]):
            if clipped:
                self._add_clip_run(parent, base, clipped)
            else:
                self._add_node(parent, base)

    def _add_node(self, parent: Element, node: AnyNode) -> Element:
        if isinstance(node, Layer):
            element = self._add_layer(parent, node)
        else:
            element = self._add_group(parent, node)
        if node.clipped:
            element.set(_own("clipped"), "true")
        if node.id == self._document.active_id:
            element.set("selected", "true")
        return element

    def _add_layer(self, parent: Element, layer: Layer) -> Element:
        bounds = layer.content_bounds() or Bounds(0, 0, 1, 1)
        mask = layer.mask
        differs = mask is not None and mask.enabled
        src = self._picture("data/layer", bounds, _masked(layer, mask) if differs else layer.read)
        self._nodes[layer.id] = NodeEntry(
            src=src,
            offset=(layer.offset.x, layer.offset.y),
            pixels=self._plane("scumble/pixels", bounds, layer.read) if differs else None,
            mask=self._mask(layer.mask),
            recipe=layer.recipe,
            alpha_locked=layer.alpha_locked,
        )
        return ET.SubElement(parent, "layer", {**_attributes(layer), **_place(src, bounds)})

    def _add_group(self, parent: Element, group: Group) -> Element:
        self._nodes[group.id] = NodeEntry(mask=self._mask(group.mask))
        stack = ET.SubElement(parent, "stack", _attributes(group))
        inner = stack
        if group.mask is not None and group.mask.enabled:
            stack.set("isolation", "isolate")
            stack.set(_own("role"), kept.ROLE_MASKED)
            plain = replace(group, opacity=1.0, blend_mode=BlendMode.NORMAL, visible=True)
            inner = self._add_stand_in(stack, group.name, [replace(plain, clipped=False)])
        inner.set("isolation", "isolate" if group.isolated else "auto")
        self._add_children(inner, group.children)
        return stack

    def _add_clip_run(self, parent: Element, base: AnyNode, clipped: Sequence[AnyNode]) -> None:
        """Add a base and what is clipped to it, merged for others; see the package."""
        stack = ET.SubElement(parent, "stack", _attributes(base))
        stack.set("isolation", "isolate")
        stack.set(_own("role"), kept.ROLE_CLIP)
        del stack.attrib[_own("id")]
        inner = replace(base, opacity=1.0, blend_mode=BlendMode.NORMAL, visible=True)
        parts = self._add_stand_in(stack, base.name, [inner, *clipped])
        for node in (*reversed(clipped), inner):
            self._add_node(parts, replace(node, clipped=False))

    def _add_stand_in(self, stack: Element, name: str, shown: Sequence[AnyNode]) -> Element:
        """Add what nodes look like as one layer, and beneath it a hidden stack for them.

        Returns the hidden stack, which is still empty.
        """
        area = painted_bounds(shown)
        area = None if area is None else area.intersection(self._document.bounds)
        bounds = area or Bounds(0, 0, 1, 1)
        src = self._picture("data/merged", bounds, lambda area: composite_nodes(shown, area))
        merged, parts = Layer(name=name), Group(name=f"{name} (parts)", visible=False)
        self._nodes[merged.id] = NodeEntry(src=src)
        layer = ET.SubElement(stack, "layer", {**_attributes(merged), **_place(src, bounds)})
        layer.set(_own("role"), kept.ROLE_MERGED)
        hidden = ET.SubElement(stack, "stack", _attributes(parts))
        hidden.set(_own("role"), kept.ROLE_PARTS)
        return hidden

    def _mask(self, mask: Mask | None) -> MaskEntry | None:
        if mask is None:
            return None
        inside = mask.pixels.content_bounds()
        if inside is not None:
            inside = inside.moved(mask.offset.x, mask.offset.y)
        return MaskEntry(
            plane=self._plane("scumble/mask", inside, mask.read),
            offset=(mask.offset.x, mask.offset.y),
            default=int(mask.pixels.default),
            enabled=mask.enabled,
        )

    def _plane(
        self, prefix: str, bounds: Bounds | None, read: Callable[[Bounds], Pixels]
    ) -> PlaneEntry:
        if bounds is None:
            return PlaneEntry(src=None)
        src = self._picture(prefix, bounds, read)
        return PlaneEntry(src=src, x=bounds.x, y=bounds.y)

    def _result(
        self, tiles: Tiles, bounds: Bounds | None, read: Callable[[Bounds], Pixels]
    ) -> PlaneEntry:
        """Add pixels of the gallery, which seldom change: they are packed once."""
        if bounds is None:
            return PlaneEntry(src=None)
        name = f"scumble/painted{self._count:04}.png"
        self._count += 1
        profile = self._document.metadata.icc_profile
        known = _PACKED.find(tiles, bounds, profile)
        if known is not None:
            self._packer.put_again(name, known)
        else:
            packed = self._packer.put_for_good(name, Picture(bounds, read))
            _PACKED.keep(tiles, bounds, profile, packed)
        return PlaneEntry(src=name, x=bounds.x, y=bounds.y)

    def _picture(self, prefix: str, bounds: Bounds, read: Callable[[Bounds], Pixels]) -> str:
        name = f"{prefix}{self._count:04}.png"
        self._count += 1
        self._packer.put(name, Picture(bounds, read))
        return name


class _Miniature:
    """The merged picture, read band by band, of which a small one is kept meanwhile."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._side = -(-document.size.longest_side // THUMBNAIL_PX)
        self._rows: list[Pixels] = []

    def read(self, area: Bounds) -> Pixels:
        """Return what a band of the canvas shows."""
        merged = composite(self._document, area)
        size = (-(-area.width // self._side), -(-area.height // self._side))
        small = cv2.resize(premultiplied(merged), size, interpolation=cv2.INTER_AREA)
        self._rows.append(np.asarray(small))
        return merged

    def finished(self) -> Pixels:
        """Return the small picture: rgba uint8 [H, W, 4], straight alpha."""
        whole = np.concatenate(self._rows)
        size = self._document.size.scaled(1 / self._side)
        small = cv2.resize(whole, (size.width, size.height), interpolation=cv2.INTER_AREA)
        return straight(np.asarray(small))


def _cutter(pixels: Pixels) -> Callable[[Bounds], Pixels]:
    """Return a function that reads a part of an array."""
    return lambda area: pixels[area.slices]


def _canvas_attributes(document: Document) -> dict[str, str]:
    attributes = {
        "version": "0.0.5",
        "w": str(document.size.width),
        "h": str(document.size.height),
    }
    if document.metadata.resolution_dpi is not None:
        across, down = document.metadata.resolution_dpi
        attributes |= {"xres": str(round(across)), "yres": str(round(down))}
    return attributes


def _attributes(node: AnyNode) -> dict[str, str]:
    attributes = {
        "name": "".join(sign if sign.isprintable() else " " for sign in node.name),
        "opacity": repr(float(node.opacity)),
        "visibility": "visible" if node.visible else "hidden",
        "composite-op": node.blend_mode.value,
        _own("id"): node.id,
    }
    if node.locked:
        attributes["edit-locked"] = "true"
    return attributes


def _place(src: str, bounds: Bounds) -> dict[str, str]:
    return {"src": src, "x": str(bounds.x), "y": str(bounds.y)}


def _own(name: str) -> str:
    return f"{{{kept.NAMESPACE}}}{name}"


def _masked(layer: Layer, mask: Mask | None) -> Callable[[Bounds], Pixels]:
    """Return a function that reads a layer's pixels with a mask applied to their alpha."""

    def read(area: Bounds) -> Pixels:
        shown = layer.read(area)
        if mask is not None:
            product = shown[..., 3].astype(np.uint16) * mask.read(area)
            shown[..., 3] = (product + 127) // 255
        return shown

    return read
