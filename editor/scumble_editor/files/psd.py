"""Reading Photoshop files through psd-tools; what a document cannot hold is said, not dropped."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from psd_tools import PSDImage
from psd_tools.constants import BlendMode as PsdMode
from psd_tools.constants import Resource

from scumble_editor.document.document import Document, Metadata
from scumble_editor.document.layer import AnyNode, Group, Layer, Mask
from scumble_editor.document.modes import BlendMode
from scumble_editor.document.tiles import Tiles
from scumble_editor.document.tracking import part, tracked
from scumble_editor.files import limits
from scumble_editor.files.errors import TooLargeFileError, UnreadableFileError
from scumble_editor.files.opened import Opened
from scumble_editor.files.pictures import MALFORMED, load_gray, load_rgba
from scumble_editor.files.watched import WatchedBytes
from scumble_protocol.geometry import Extent, Point

_MODES = {
    PsdMode.NORMAL: BlendMode.NORMAL,
    PsdMode.PASS_THROUGH: BlendMode.NORMAL,
    PsdMode.MULTIPLY: BlendMode.MULTIPLY,
    PsdMode.SCREEN: BlendMode.SCREEN,
    PsdMode.OVERLAY: BlendMode.OVERLAY,
    PsdMode.DARKEN: BlendMode.DARKEN,
    PsdMode.LIGHTEN: BlendMode.LIGHTEN,
    PsdMode.COLOR_DODGE: BlendMode.COLOR_DODGE,
    PsdMode.COLOR_BURN: BlendMode.COLOR_BURN,
    PsdMode.HARD_LIGHT: BlendMode.HARD_LIGHT,
    PsdMode.SOFT_LIGHT: BlendMode.SOFT_LIGHT,
    PsdMode.DIFFERENCE: BlendMode.DIFFERENCE,
    PsdMode.COLOR: BlendMode.COLOR,
    PsdMode.LUMINOSITY: BlendMode.LUMINOSITY,
    PsdMode.HUE: BlendMode.HUE,
    PsdMode.SATURATION: BlendMode.SATURATION,
    PsdMode.LINEAR_DODGE: BlendMode.PLUS,
}
_HEADER = struct.Struct(">4sH6xHIIHH")
_FILE_BYTES = 4 << 30
_DRAWN = {"type": "text", "shape": "a shape", "smartobject": "a smart object"}


def read(path: Path) -> Opened:
    """Open a Photoshop file; raises FileError."""
    try:
        if path.stat().st_size > _FILE_BYTES:
            raise TooLargeFileError(f"“{path.name}” is larger than {_FILE_BYTES >> 30} GiB.")
        data = path.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise UnreadableFileError(f"“{path.name}” cannot be read: {why}.") from error
    return read_bytes(data, path.name)


def read_bytes(data: bytes, name: str = "Picture") -> Opened:
    """Open the bytes of a Photoshop file; raises FileError."""
    what = f"“{name}”"
    size = _checked_size(data, what)
    try:
        with part(0, 0.3):
            psd = PSDImage.open(WatchedBytes(data), max_alloc_bytes=limits.DOCUMENT_BYTES)
        with part(0.3, 1):
            return _Reader(psd, size, what).read()
    except (AssertionError, *MALFORMED) as error:
        raise UnreadableFileError(f"{what} is damaged and cannot be opened.") from error


def _checked_size(data: bytes, what: str) -> Extent:
    """Return the size that a file's header declares, before anything is unpacked."""
    if len(data) < _HEADER.size:
        raise UnreadableFileError(f"{what} is cut short.")
    signature, version, _channels, height, width, _depth, _mode = _HEADER.unpack_from(data)
    if signature != b"8BPS" or version not in (1, 2):
        raise UnreadableFileError(f"{what} is no Photoshop file.")
    size = Extent(width, height)
    limits.check_extent(size, what)
    return size


class _Reader:
    """One file being read; remembers what could not be kept and how much memory it took."""

    def __init__(self, psd: PSDImage, size: Extent, what: str) -> None:
        self._psd = psd
        self._size = size
        self._what = what
        self._notices: list[str] = []
        self._kept_bytes = 0
        self._count = 0

    def read(self) -> Opened:
        psd = self._psd
        if psd.depth > 8:
            self._notices.append(
                f"{self._what} has {psd.depth} bits a channel; it was reduced to 8."
            )
        if psd.color_mode.name not in ("RGB", "GRAYSCALE"):
            mode = psd.color_mode.name.lower()
            self._notices.append(f"{self._what} was converted from {mode} colour to RGB.")
        layers = self._nodes(psd, 0)
        if not layers:
            layers = (self._merged(),)
        document = Document(
            size=self._size,
            layers=layers,
            active_id=layers[-1].id,
            metadata=self._metadata(),
        )
        return Opened(document, tuple(dict.fromkeys(self._notices)))

    def _merged(self) -> Layer:
        image = self._psd.topil(apply_icc=self._converted)
        if image is None:
            raise UnreadableFileError(f"{self._what} holds no picture.")
        return Layer(name="Background", pixels=self._within(Tiles.of(load_rgba(image, self._what))))

    @property
    def _converted(self) -> bool:
        """Whether colours are brought to sRGB; those of RGB files keep their profile."""
        return bool(self._psd.color_mode.name != "RGB")

    def _nodes(self, parent: Any, depth: int) -> tuple[AnyNode, ...]:
        if depth > limits.DEPTH:
            raise TooLargeFileError(f"{self._what} holds groups within too many groups.")
        return tuple(self._each(parent, depth))

    def _each(self, parent: Any, depth: int) -> Iterator[AnyNode]:
        for item in tracked(tuple(parent)):
            self._count += 1
            if self._count > limits.LAYERS:
                raise TooLargeFileError(f"{self._what} holds too many layers.")
            if item.is_group():
                yield self._group(item, depth)
            else:
                layer = self._layer(item)
                if layer is not None:
                    yield layer

    def _group(self, item: Any, depth: int) -> Group:
        through = item.blend_mode is PsdMode.PASS_THROUGH
        settings = self._settings(item)
        group = Group(**settings, children=self._nodes(item, depth + 1), isolated=not through)
        if through and not group.passes_through:
            self._notices.append(
                f"The group “{group.name}” lets layers through and has settings of its own, which "
                "is not possible here; it may look different."
            )
        return group

    def _layer(self, item: Any) -> Layer | None:
        settings = self._settings(item)
        name = settings["name"]
        if not item.has_pixels():
            if item.kind != "pixel":
                self._notices.append(f"“{name}” ({item.kind}) has no pixels and was left out.")
                return None
            return Layer(**settings)
        if item.kind in _DRAWN:
            self._notices.append(f"“{name}” was {_DRAWN[item.kind]}; it is pixels now.")
        limits.check_extent(Extent(item.width, item.height), f"The layer “{name}”")
        image = item.topil(apply_icc=self._converted)
        if image is None:
            return Layer(**settings)
        rgba = load_rgba(image, f"The layer “{name}”")
        tiles = self._within(Tiles.of(rgba, Point(item.left, item.top)))
        return Layer(**settings, pixels=tiles)

    def _settings(self, item: Any) -> dict[str, Any]:
        name = str(item.name)[:1000]
        mode = _MODES.get(item.blend_mode)
        if mode is None:
            mode_name = item.blend_mode.name.lower().replace("_", " ")
            self._notices.append(f"“{name}” has the mode “{mode_name}”; it was set to normal.")
        if item.has_effects():
            self._notices.append(f"The effects of “{name}” cannot be kept.")
        if item.has_vector_mask():
            self._notices.append(f"The vector mask of “{name}” cannot be kept as one.")
        fill = item.fill_opacity / 255
        locks = item.locks
        return {
            "name": name,
            "opacity": item.opacity / 255 * fill,
            "blend_mode": mode or BlendMode.NORMAL,
            "visible": bool(item.visible),
            "locked": bool(locks is not None and locks.complete),
            "clipped": bool(item.clipping),
            "mask": self._mask(item, name),
        }

    def _mask(self, item: Any, name: str) -> Mask | None:
        if not item.has_mask():
            return None
        mask = item.mask
        outside = min(max(int(mask.background_color), 0), 255)
        tiles = Tiles.of(np.zeros((0, 0), np.uint8), default=outside)
        if mask.width > 0 and mask.height > 0:
            limits.check_extent(Extent(mask.width, mask.height), f"The mask of “{name}”")
            image = mask.topil()
            if image is not None:
                values = load_gray(image, f"The mask of “{name}”")
                tiles = tiles.written(values, Point(mask.left, mask.top))
        return Mask(self._within(tiles), enabled=not mask.disabled)

    def _within(self, tiles: Tiles) -> Tiles:
        self._kept_bytes += tiles.nbytes
        if self._kept_bytes > limits.DOCUMENT_BYTES:
            raise TooLargeFileError(
                f"{self._what} needs more than {limits.DOCUMENT_BYTES >> 30} GiB of memory; "
                "it was not opened."
            )
        return tiles

    def _metadata(self) -> Metadata:
        resources = self._psd.image_resources
        profile = resources.get_data(Resource.ICC_PROFILE)
        resolution = resources.get_data(Resource.RESOLUTION_INFO)
        dpi = None
        if resolution is not None:
            across, down = resolution.horizontal / 65536, resolution.vertical / 65536
            dpi = (across, down) if across >= 1 and down >= 1 else None
        keep = isinstance(profile, bytes) and not self._converted
        return Metadata(resolution_dpi=dpi, icc_profile=profile if keep else None)
