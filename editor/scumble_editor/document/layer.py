"""What a document is made of: layers of pixels, groups of layers, and the masks that both wear."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Self
from uuid import uuid4

from scumble_editor.document.errors import DocumentError
from scumble_editor.document.formats import GRAY8, Pixels
from scumble_editor.document.modes import BlendMode
from scumble_editor.document.tiles import Tiles
from scumble_protocol.geometry import Bounds, Point


def new_id() -> str:
    """Return an id that no other layer has."""
    return uuid4().hex


@dataclass(frozen=True, slots=True)
class Mask:
    """A layer mask: white where its layer shows, black where it is hidden, grey in between.

    `pixels` are gray8 tiles whose default is the value outside everything painted; `offset`
    moves them on the canvas. A mask that is not `enabled` is kept but has no effect.
    """

    pixels: Tiles = field(default_factory=lambda: Tiles(GRAY8, default=GRAY8.white))
    offset: Point = Point(0, 0)  # noqa: RUF009  # frozen
    enabled: bool = True

    @classmethod
    def of(cls, coverage: Pixels, at: Point = Point(0, 0), outside: float = 0) -> Self:  # noqa: B008
        """Return a mask from gray [H, W] at a place of the canvas, one value everywhere else."""
        return cls(Tiles.of(coverage, at, default=outside))

    def read(self, bounds: Bounds) -> Pixels:
        """Return the values over a rectangle of the canvas: [H, W]."""
        return self.pixels.read(bounds.relative_to(self.offset))

    def peek(self, bounds: Bounds) -> Pixels | None:
        """Return the values over a rectangle of the canvas, perhaps read-only.

        None where all have the default of the mask's tiles.
        """
        return self.pixels.peek(bounds.relative_to(self.offset))

    def moved(self, dx: int, dy: int) -> Self:
        """Return the mask moved on the canvas."""
        return replace(self, offset=Point(self.offset.x + dx, self.offset.y + dy))


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Node:
    """What layers and groups share. Children are listed from the bottom of the stack to its top.

    `clipped` shows a node only where the nearest one beneath it that is not clipped has paint.
    """

    id: str = field(default_factory=new_id)
    name: str = "Layer"
    opacity: float = 1.0  # 0 hides, 1 shows in full
    blend_mode: BlendMode = BlendMode.NORMAL
    visible: bool = True
    locked: bool = False
    clipped: bool = False
    mask: Mask | None = None

    def __post_init__(self) -> None:
        if not 0.0 <= self.opacity <= 1.0:
            raise DocumentError(f"An opacity lies between 0 and 1; {self.opacity:g} does not.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer(Node):
    """Pixels with a place on the canvas.

    `pixels` are tiles of straight-alpha sRGB; their origin lies at `offset` on the canvas, so
    moving a layer copies nothing. `recipe` is the JSON text of the job that painted it.
    """

    pixels: Tiles = field(default_factory=Tiles)
    offset: Point = Point(0, 0)  # noqa: RUF009  # frozen
    alpha_locked: bool = False
    recipe: str | None = None

    def read(self, bounds: Bounds) -> Pixels:
        """Return the layer's own pixels over a rectangle of the canvas, mask not applied."""
        return self.pixels.read(bounds.relative_to(self.offset))

    def peek(self, bounds: Bounds) -> Pixels | None:
        """Return the pixels over a rectangle of the canvas, perhaps read-only; None if empty."""
        return self.pixels.peek(bounds.relative_to(self.offset))

    def written(self, pixels: Pixels, at: Point) -> Self:
        """Return the layer with pixels put at a place of the canvas."""
        place = Point(at.x - self.offset.x, at.y - self.offset.y)
        return replace(self, pixels=self.pixels.written(pixels, place))

    def content_bounds(self) -> Bounds | None:
        """Return the rectangle of the canvas that holds every painted pixel; None if empty."""
        inside = self.pixels.content_bounds()
        return None if inside is None else inside.moved(self.offset.x, self.offset.y)

    def moved(self, dx: int, dy: int) -> Self:
        """Return the layer moved on the canvas together with its mask."""
        return replace(
            self,
            offset=Point(self.offset.x + dx, self.offset.y + dy),
            mask=None if self.mask is None else self.mask.moved(dx, dy),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Node):
    """Layers and groups that are shown, moved and blended together.

    The children of an isolated group are blended with each other first. Those of any other are
    blended straight onto what lies beneath, as long as the group itself asks for nothing more
    (full opacity, normal mode, no mask, not clipped), which is OpenRaster's rule too.
    """

    name: str = "Group"
    children: "tuple[Layer | Group, ...]" = ()
    isolated: bool = True

    @property
    def passes_through(self) -> bool:
        """Whether the children meet what lies beneath the group one by one."""
        plain = self.opacity == 1.0 and self.blend_mode is BlendMode.NORMAL
        return plain and not self.isolated and self.mask is None and not self.clipped

    def moved(self, dx: int, dy: int) -> Self:
        """Return the group with everything in it moved on the canvas."""
        return replace(
            self,
            children=tuple(child.moved(dx, dy) for child in self.children),
            mask=None if self.mask is None else self.mask.moved(dx, dy),
        )


AnyNode = Layer | Group


def walk(nodes: tuple[AnyNode, ...]) -> Iterator[AnyNode]:
    """Yield every node of a stack from the bottom up, each group before what it holds."""
    for node in nodes:
        yield node
        if isinstance(node, Group):
            yield from walk(node.children)


def painted_bounds(nodes: Iterable[AnyNode]) -> Bounds | None:
    """Return the rectangle of the canvas that holds the paint of all nodes; None if none."""
    found: Bounds | None = None
    for node in walk(tuple(nodes)):
        area = node.content_bounds() if isinstance(node, Layer) else None
        if area is not None:
            found = area if found is None else found.union(area)
    return found
