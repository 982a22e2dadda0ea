"""Reading OpenRaster: the tree in stack.xml, and what the manifest still truly says of it."""

import io
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

import numpy as np

from scumble_editor.document.document import Document, Metadata
from scumble_editor.document.formats import GRAY8, RGBA8, PixelFormat, Pixels
from scumble_editor.document.layer import AnyNode, Group, Layer, Mask, new_id
from scumble_editor.document.modes import BlendMode
from scumble_editor.document.selection import Selection
from scumble_editor.document.tiles import Tiles
from scumble_editor.document.tracking import tracked
from scumble_editor.files import limits
from scumble_editor.files.errors import FileError, TooLargeFileError, UnreadableFileError
from scumble_editor.files.opened import Opened
from scumble_editor.files.openraster import manifest as kept
from scumble_editor.files.openraster.archive import Archive
from scumble_editor.files.openraster.gallery import read_gallery
from scumble_editor.files.openraster.manifest import Manifest, MaskEntry, NodeEntry, PlaneEntry
from scumble_editor.files.openraster.stack import FARTHEST_PX, Entry, parse
from scumble_editor.files.pictures import decode_png, open_picture
from scumble_protocol.geometry import Extent, Point

_REBUILT = ("mimetype", "stack.xml", "mergedimage.png", "Thumbnails/thumbnail.png", kept.MANIFEST)
_LONGEST_ID = 64
_LONGEST_NAME = 1000


def read(path: Path) -> Opened:
    """Open an OpenRaster file; raises FileError."""
    try:
        with path.open("rb") as stream:
            return read_stream(stream, path.name)
    except OSError as error:
        why = error.strerror or str(error)
        raise UnreadableFileError(f"“{path.name}” cannot be read: {why}.") from error


def read_stream(stream: IO[bytes], name: str = "Picture") -> Opened:
    """Open an OpenRaster archive; raises FileError."""
    return _Reader(Archive(stream, f"“{name}”"), f"“{name}”").read()


class _Reader:
    """One archive being read. Remembers which entries it used and what it could not keep."""

    def __init__(self, archive: Archive, what: str) -> None:
        self._archive = archive
        self._what = what
        self._used = set(_REBUILT)
        self._notices: list[str] = []
        self._kept_bytes = 0
        self._decoded_pixels = 0
        self._ids: set[str] = set()
        self._active: str | None = None
        self._manifest = self._read_manifest()

    def read(self) -> Opened:
        if "mimetype" in self._archive.names:
            kind = self._archive.read("mimetype", limits.TEXT_BYTES).strip()
            if kind != b"image/openraster":
                raise UnreadableFileError(f"{self._what} is no OpenRaster file.")
        text = self._archive.read("stack.xml", limits.TEXT_BYTES)
        image = parse(text, self._what)
        size = Extent(image.integer("w"), image.integer("h"))
        limits.check_extent(size, self._what)
        stacks = [child for child in image.children if child.tag == "stack"]
        layers = self._children(stacks[0]) if stacks else ()
        document = Document(
            size=size,
            layers=layers,
            active_id=self._active or (layers[-1].id if layers else None),
            selection=self._selection(),
            metadata=self._metadata(image),
        )
        found = self._manifest.paintings
        paintings, lost = read_gallery(found, self._plane, self._mask, self._what)
        return Opened(document, tuple(dict.fromkeys((*self._notices, *lost))), paintings)

    def _children(self, stack: Entry) -> tuple[AnyNode, ...]:
        nodes: list[AnyNode] = []
        for entry in tracked(tuple(reversed(stack.children))):
            if entry.tag == "layer":
                nodes.append(self._layer(entry))
            elif entry.tag == "stack" and entry.own("role") == kept.ROLE_CLIP:
                nodes.extend(self._clip_run(entry))
            elif entry.tag == "stack":
                nodes.append(self._group(entry))
            else:
                self._notices.append(f"A “{entry.tag[:40]}” in {self._what} was left out.")
        return tuple(nodes)

    def _layer(self, entry: Entry) -> Layer:
        src = entry.attributes.get("src", "")
        self._used.add(src)
        data = self._archive.read(src)
        extras = self._extras(entry, data)
        settings = self._settings(entry)
        try:
            return self._built(entry, data, extras, settings)
        except UnreadableFileError:
            if extras == NodeEntry():
                raise
            self._notices.append(
                f"What {self._what} keeps beside “{settings['name']}” is damaged; the layer was "
                "opened as other programs see it."
            )
            return self._built(entry, data, NodeEntry(), settings)

    def _built(
        self, entry: Entry, data: bytes, extras: NodeEntry, settings: dict[str, Any]
    ) -> Layer:
        offset = Point(*extras.offset)
        if extras.pixels is None:
            pixels, at = self._decoded(data), Point(entry.integer("x"), entry.integer("y"))
            tiles = self._placed(rgba_of(pixels), at, offset, 0)
        else:
            tiles = self._plane(extras.pixels, offset, RGBA8, 0)
        return Layer(
            **settings,
            pixels=tiles,
            offset=offset,
            mask=self._mask(extras.mask),
            recipe=extras.recipe,
            alpha_locked=extras.alpha_locked,
        )

    def _group(self, entry: Entry) -> Group:
        settings = self._settings(entry)
        mask_entry = self._manifest.nodes.get(entry.own("id") or "", NodeEntry()).mask
        parts = entry
        if mask_entry is not None and mask_entry.enabled:
            found = self._parts(entry) if entry.own("role") == kept.ROLE_MASKED else None
            if found is None:
                self._notices.append(_stale(settings["name"]))
                mask_entry = None
            parts = found or entry
        try:
            mask = self._mask(mask_entry)
        except UnreadableFileError:
            self._notices.append(f"The mask of “{settings['name']}” is damaged; it was left out.")
            mask = None
        isolated = parts.attributes.get("isolation", "auto") == "isolate"
        return Group(**settings, children=self._children(parts), isolated=isolated, mask=mask)

    def _clip_run(self, entry: Entry) -> list[AnyNode]:
        """Take the stack around a base and its clipped layers apart, where it is still one."""
        parts = self._parts(entry)
        if parts is None or not parts.children:
            return [self._group(entry)]
        base, *clipped = self._children(parts)
        around = self._settings(entry)
        kept_settings = ("opacity", "blend_mode", "visible", "clipped")
        base = replace(base, **{name: around[name] for name in kept_settings})
        return [base, *(replace(node, clipped=True) for node in clipped)]

    def _parts(self, entry: Entry) -> Entry | None:
        """Return the hidden stack that a merged layer stands for, None if that was changed."""
        roles = {child.own("role"): child for child in entry.children}
        merged, parts = roles.get(kept.ROLE_MERGED), roles.get(kept.ROLE_PARTS)
        if merged is None or parts is None or len(entry.children) != len(roles):
            return None
        if not self._is_fresh(merged):
            return None
        self._used.add(merged.attributes.get("src", ""))
        return parts

    def _is_fresh(self, entry: Entry) -> bool:
        """Tell whether an element's picture is the one that the manifest speaks of."""
        known = self._manifest.nodes.get(entry.own("id") or "")
        src = entry.attributes.get("src", "")
        if known is None or known.src != src:
            return False
        return known.sha256 == kept.fingerprint(self._archive.read(src))

    def _extras(self, entry: Entry, data: bytes) -> NodeEntry:
        """Return what the manifest says of a layer, nothing where its picture has changed."""
        known = self._manifest.nodes.get(entry.own("id") or "", NodeEntry())
        if known.sha256 == kept.fingerprint(data) or known == NodeEntry():
            return known
        self._notices.append(_stale(_name(entry)))
        return NodeEntry()

    def _settings(self, entry: Entry) -> dict[str, Any]:
        """Return the fields that layers and groups share, and remember the active one."""
        node_id = entry.own("id") or new_id()
        if node_id in self._ids or not 1 <= len(node_id) <= _LONGEST_ID:
            node_id = new_id()
        self._ids.add(node_id)
        if entry.attributes.get("selected") == "true":
            self._active = node_id
        name = _name(entry)
        mode = entry.blend_mode()
        if mode is None:
            self._notices.append(
                f"“{name}” has a blend mode that is not known here "
                f"({entry.attributes.get('composite-op', '')[:40]}); it was set to normal."
            )
        return {
            "id": node_id,
            "name": name,
            "opacity": min(max(entry.number("opacity", 1.0), 0.0), 1.0),
            "blend_mode": mode or BlendMode.NORMAL,
            "visible": entry.attributes.get("visibility", "visible") != "hidden",
            "locked": entry.attributes.get("edit-locked") == "true",
            "clipped": entry.own("clipped") == "true",
        }

    def _mask(self, entry: MaskEntry | None) -> Mask | None:
        if entry is None:
            return None
        offset = Point(*entry.offset)
        default = min(max(entry.default, 0), 255)
        return Mask(self._plane(entry.plane, offset, GRAY8, default), offset, entry.enabled)

    def _selection(self) -> Selection | None:
        plane = self._manifest.selection
        if plane is None:
            return None
        try:
            return Selection(self._plane(plane, Point(0, 0), GRAY8, 0))
        except UnreadableFileError:
            self._notices.append(f"The selection kept in {self._what} is damaged.")
            return None

    def _plane(self, entry: PlaneEntry, offset: Point, form: PixelFormat, default: float) -> Tiles:
        if entry.src is None:
            return Tiles(form, default=default)
        pixels = self._decoded(self._archive.read(entry.src))
        if PixelFormat.of(pixels) != form:
            raise UnreadableFileError(f"A picture in {self._what} has other channels than it says.")
        return self._placed(pixels, Point(entry.x, entry.y), offset, default)

    def _placed(self, pixels: Pixels, at: Point, offset: Point, default: float) -> Tiles:
        if max(map(abs, (at.x, at.y, offset.x, offset.y))) > FARTHEST_PX:
            raise UnreadableFileError(f"A picture in {self._what} lies beyond all reach.")
        tiles = Tiles.of(pixels, Point(at.x - offset.x, at.y - offset.y), default)
        self._kept_bytes += tiles.nbytes
        if self._kept_bytes > limits.DOCUMENT_BYTES:
            raise TooLargeFileError(
                f"{self._what} needs more than {limits.DOCUMENT_BYTES >> 30} GiB of memory; "
                "it was not opened."
            )
        return tiles

    def _decoded(self, data: bytes) -> Pixels:
        pixels = decode_png(data, f"A layer of {self._what}")
        self._decoded_pixels += pixels.shape[0] * pixels.shape[1]
        if self._decoded_pixels > limits.DECODED_PIXELS:
            raise TooLargeFileError(f"{self._what} unpacks to far too many pixels.")
        return pixels

    def _metadata(self, image: Entry) -> Metadata:
        across, down = image.number("xres", 0), image.number("yres", 0)
        resolution = (across, down) if across > 0 and down > 0 else None
        exact = self._manifest.resolution_dpi
        if exact is not None and resolution == tuple(map(round, exact)):
            resolution = exact
        return Metadata(
            resolution_dpi=resolution,
            icc_profile=self._profile(),
            exif=self._manifest.exif,
            entries=MappingProxyType(self._unknown_entries()),
        )

    def _profile(self) -> bytes | None:
        """Return the colour profile of the merged picture, whose pixels are not read."""
        if "mergedimage.png" not in self._archive.names:
            return None
        try:
            data = self._archive.read("mergedimage.png")
            profile = open_picture(io.BytesIO(data), ("PNG",), self._what).info.get("icc_profile")
        except FileError:
            return None
        return profile if isinstance(profile, bytes) else None

    def _unknown_entries(self) -> dict[str, bytes]:
        names = [
            name
            for name in self._archive.names
            if name not in self._used and not name.startswith("scumble/")
        ]
        if sum(self._archive.size(name) for name in names) > limits.KEPT_BYTES:
            self._notices.append(f"Unknown parts of {self._what} are too large to be carried on.")
            return {}
        return {name: self._archive.read(name) for name in names}

    def _read_manifest(self) -> Manifest:
        if kept.MANIFEST not in self._archive.names:
            return Manifest()
        found = kept.decode(self._archive.read(kept.MANIFEST, limits.TEXT_BYTES))
        if found is None:
            self._notices.append(
                f"What {self._what} keeps for Scumble alone is damaged or from a later version; "
                "it was opened as other programs see it."
            )
        return found or Manifest()


def rgba_of(pixels: Pixels) -> Pixels:
    """Return gray: uint8 [H, W] or rgba [H, W, 4] as rgba."""
    if pixels.ndim == 3:
        return pixels
    rgba = np.full((*pixels.shape, 4), 255, np.uint8)
    rgba[..., :3] = pixels[..., None]
    return rgba


def _name(entry: Entry) -> str:
    default = "Group" if entry.tag == "stack" else "Layer"
    return entry.attributes.get("name", default)[:_LONGEST_NAME]


def _stale(name: str) -> str:
    return (
        f"“{name}” was changed by another program since it was saved here; its mask and recipe "
        "no longer fit and were left out."
    )
