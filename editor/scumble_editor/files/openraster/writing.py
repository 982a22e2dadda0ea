"""Writing OpenRaster: the layer tree as other programs understand it, and our own beside it."""

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

import numpy as np
from msgspec import structs
from PIL import Image

from scumble_editor.document.composite import clip_runs, composite, composite_nodes
from scumble_editor.document.document import Document
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import AnyNode, Group, Layer, Mask
from scumble_editor.document.modes import BlendMode
from scumble_editor.files.atomic import replacing
from scumble_editor.files.openraster import manifest as kept
from scumble_editor.files.openraster.manifest import MaskEntry, NodeEntry, PlaneEntry
from scumble_editor.files.pictures import encode_png
from scumble_protocol.geometry import Bounds

MIMETYPE = "image/openraster"
THUMBNAIL_PX = 256

ET.register_namespace("scumble", kept.NAMESPACE)


def write(document: Document, path: Path) -> None:
    """Save a document as OpenRaster, keeping the last version as `NAME~`; raises FileError."""
    with replacing(path) as stream:
        write_stream(document, stream)


def write_stream(document: Document, stream: IO[bytes]) -> None:
    """Write a document as an OpenRaster archive."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", MIMETYPE, zipfile.ZIP_STORED)
        writer = _Writer(document, archive)
        writer.write()


class _Writer:
    """One archive being written: pictures go in as they are made, the manifest last."""

    def __init__(self, document: Document, archive: zipfile.ZipFile) -> None:
        self._document = document
        self._archive = archive
        self._nodes: dict[str, NodeEntry] = {}
        self._count = 0

    def write(self) -> None:
        document = self._document
        root = ET.Element("image", _canvas_attributes(document))
        stack = ET.SubElement(root, "stack")
        self._add_children(stack, document.layers)
        text = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
        self._archive.writestr("stack.xml", text)
        self._write_merged()
        selection = document.selection
        manifest = kept.Manifest(
            nodes=self._nodes,
            selection=None
            if selection is None
            else self._plane("scumble/selection", selection.bounds, selection.read),
            resolution_dpi=document.metadata.resolution_dpi,
            exif=document.metadata.exif,
        )
        self._archive.writestr(kept.MANIFEST, kept.encode(manifest))
        for name, data in document.metadata.entries.items():
            self._archive.writestr(name, data)

    def _add_children(self, parent: Element, nodes: Sequence[AnyNode]) -> None:
        for base, clipped in reversed(list(clip_runs(nodes))):
            if clipped:
                self._add_clip_run(parent, base, clipped)
            else:
                self._add_node(parent, base)

    def _add_node(self, parent: Element, node: AnyNode, *, opaque: bool = False) -> Element:
        if isinstance(node, Layer):
            element = self._add_layer(parent, node, opaque=opaque)
        else:
            element = self._add_group(parent, node)
        if node.clipped:
            element.set(_own("clipped"), "true")
        if node.id == self._document.active_id:
            element.set("selected", "true")
        return element

    def _add_layer(self, parent: Element, layer: Layer, *, opaque: bool) -> Element:
        bounds = layer.content_bounds() or Bounds(0, 0, 1, 1)
        own = layer.read(bounds)
        shown = _masked(own, layer.mask, bounds)
        if opaque:
            shown = shown.copy()
            shown[..., 3] = np.where(shown[..., 3] > 0, 255, 0)
        src, sha256 = self._picture("data/layer", shown)
        differs = shown is not own
        self._nodes[layer.id] = NodeEntry(
            src=src,
            sha256=sha256,
            offset=(layer.offset.x, layer.offset.y),
            pixels=self._plane("scumble/pixels", bounds, layer.read) if differs else None,
            mask=self._mask(layer.mask),
            recipe=layer.recipe,
            alpha_locked=layer.alpha_locked,
        )
        place = {"src": src, "x": str(bounds.x), "y": str(bounds.y)}
        return ET.SubElement(parent, "layer", {**_attributes(layer), **place})

    def _add_group(self, parent: Element, group: Group) -> Element:
        isolation = {"isolation": "isolate" if group.isolated else "auto"}
        stack = ET.SubElement(parent, "stack", {**_attributes(group), **isolation})
        entry = NodeEntry(mask=self._mask(group.mask))
        if group.mask is not None and group.mask.enabled:
            coverage = group.mask.read(self._document.bounds)
            entry = structs.replace(entry, **self._add_shape(stack, coverage))
        self._nodes[group.id] = entry
        self._add_children(stack, group.children)
        return stack

    def _add_clip_run(self, parent: Element, base: AnyNode, clipped: Sequence[AnyNode]) -> None:
        """Add a base and what is clipped to it as one isolated stack; see the package."""
        around = ET.SubElement(
            parent,
            "stack",
            {**_attributes(base), "isolation": "isolate", _own("role"): kept.ROLE_CLIP},
        )
        del around.attrib[_own("id")]
        atop = (BlendMode.NORMAL, BlendMode.SRC_ATOP)
        plain = all(node.blend_mode in atop for node in clipped)
        inner = replace(base, opacity=1.0, blend_mode=BlendMode.NORMAL, visible=True)
        if not plain:
            alpha = composite_nodes([inner], self._document.bounds)[..., 3]
            self._add_shape(around, alpha)
        for node in reversed(clipped):
            element = self._add_node(around, replace(node, clipped=False))
            if plain:
                element.set("composite-op", BlendMode.SRC_ATOP.value)
                element.set(_own("mode"), node.blend_mode.value)
        self._add_node(around, inner, opaque=not plain)

    def _add_shape(self, parent: Element, coverage: Pixels) -> dict[str, str]:
        """Add a layer over the whole canvas that cuts its stack to a coverage: uint8 [H, W]."""
        shape = np.zeros((*coverage.shape, 4), np.uint8)
        shape[..., 3] = coverage
        src, sha256 = self._picture("data/shape", shape)
        layer = Layer(name="Mask", blend_mode=BlendMode.DST_IN, locked=True)
        attributes = {**_attributes(layer), "src": src, "x": "0", "y": "0"}
        attributes[_own("role")] = kept.ROLE_SHAPE
        ET.SubElement(parent, "layer", attributes)
        self._nodes[layer.id] = NodeEntry(src=src, sha256=sha256)
        return {"src": src, "sha256": sha256}

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
        src, _ = self._picture(prefix, read(bounds))
        return PlaneEntry(src=src, x=bounds.x, y=bounds.y)

    def _picture(self, prefix: str, pixels: Pixels) -> tuple[str, str]:
        name = f"{prefix}{self._count:04}.png"
        self._count += 1
        profile = self._document.metadata.icc_profile if pixels.ndim == 3 else None
        data = encode_png(pixels, profile)
        self._archive.writestr(name, data, zipfile.ZIP_STORED)
        return name, kept.fingerprint(data)

    def _write_merged(self) -> None:
        merged = composite(self._document)
        profile = self._document.metadata.icc_profile
        data = encode_png(merged, profile)
        self._archive.writestr("mergedimage.png", data, zipfile.ZIP_STORED)
        image = Image.fromarray(merged)
        image.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
        small = encode_png(np.asarray(image))
        self._archive.writestr("Thumbnails/thumbnail.png", small, zipfile.ZIP_STORED)


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


def _own(name: str) -> str:
    return f"{{{kept.NAMESPACE}}}{name}"


def _masked(rgba: Pixels, mask: Mask | None, bounds: Bounds) -> Pixels:
    """Return rgba with a mask applied to its alpha, the same array where there is none."""
    if mask is None or not mask.enabled:
        return rgba
    shown = rgba.copy()
    product = rgba[..., 3].astype(np.uint16) * mask.read(bounds)
    shown[..., 3] = (product + 127) // 255
    return shown
