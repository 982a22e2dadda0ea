"""Any sequence of edits, undone and redone, gives bit-identical documents and honest numbers."""

from collections.abc import Callable

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from helpers.fingerprints import document_hash
from helpers.pictures import gray_noise, noise
from scumble_editor.document.composite import composite
from scumble_editor.document.difference import changed_tiles
from scumble_editor.document.document import Document
from scumble_editor.document.edits import adjustments, canvas, layers, masks, pixels, selection
from scumble_editor.document.edits.results import Result, add_results
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.layer import Layer
from scumble_editor.document.modes import BlendMode
from scumble_editor.document.selection import Combine, Selection
from scumble_editor.document.tiles import TILE, distinct_bytes, tile_bounds
from scumble_editor.history.history import History
from scumble_protocol.geometry import Bounds, Extent, Point

SIDE = st.integers(1, 400)
PLACE = st.builds(Point, st.integers(-200, 500), st.integers(-200, 500))
AREA = st.builds(Bounds, st.integers(-50, 400), st.integers(-50, 400), SIDE, SIDE)
SEED = st.integers(0, 5)
Edit = Callable[[Document], Document]


def node_of(document: Document, index: int) -> str:
    ids = [node.id for node in document.walk()]
    return ids[index % len(ids)] if ids else ""


def a_layer(seed: int, at: Point) -> Layer:
    return Layer(name=f"{seed}").written(noise(60, 60, seed), at)


NODE = st.integers(0, 20)
EDITS = st.one_of(
    st.builds(lambda s, p: lambda d: layers.add_layer(d, a_layer(s, p)), SEED, PLACE),
    st.builds(lambda n: lambda d: layers.delete(d, node_of(d, n)), NODE),
    st.builds(lambda n: lambda d: layers.duplicate(d, node_of(d, n)), NODE),
    st.builds(lambda n: lambda d: layers.merge_down(d, node_of(d, n)), NODE),
    st.builds(lambda n, k: lambda d: layers.raise_or_lower(d, node_of(d, n), k), NODE, SEED),
    st.builds(lambda n, m: lambda d: layers.group(d, [node_of(d, n), node_of(d, m)]), NODE, NODE),
    st.builds(lambda n: lambda d: layers.ungroup(d, node_of(d, n)), NODE),
    st.builds(lambda n, p: lambda d: layers.move(d, node_of(d, n), p.x, p.y), NODE, PLACE),
    st.builds(lambda n, o: lambda d: layers.set_opacity(d, node_of(d, n), o / 5), NODE, SEED),
    st.builds(
        lambda n, m: lambda d: layers.set_blend_mode(d, node_of(d, n), m),
        NODE,
        st.sampled_from(BlendMode),
    ),
    st.builds(lambda n, v: lambda d: layers.set_visible(d, node_of(d, n), v), NODE, st.booleans()),
    st.builds(lambda n, v: lambda d: layers.set_clipped(d, node_of(d, n), v), NODE, st.booleans()),
    st.builds(
        lambda n, s, p: lambda d: pixels.paint(
            d, node_of(d, n), gray_noise(50, 50, s), p, (s, 9, 200)
        ),
        NODE,
        SEED,
        PLACE,
    ),
    st.builds(
        lambda n, s, p: lambda d: pixels.erase(d, node_of(d, n), gray_noise(50, 50, s), p),
        NODE,
        SEED,
        PLACE,
    ),
    st.builds(lambda n: lambda d: pixels.fill(d, node_of(d, n), (7, 8, 9)), NODE),
    st.builds(lambda n: lambda d: pixels.clear(d, node_of(d, n)), NODE),
    st.builds(lambda n: lambda d: pixels.float_selection(d, node_of(d, n)), NODE),
    st.builds(lambda n: lambda d: masks.add_mask(d, node_of(d, n)), NODE),
    st.builds(lambda n: lambda d: masks.invert_mask(d, node_of(d, n)), NODE),
    st.builds(lambda n: lambda d: masks.apply_mask(d, node_of(d, n)), NODE),
    st.builds(
        lambda n, s, p: lambda d: masks.paint_mask(d, node_of(d, n), gray_noise(40, 40, s), p, 0),
        NODE,
        SEED,
        PLACE,
    ),
    st.builds(
        lambda a, how: lambda d: selection.select(d, Selection.of_rectangle(a), how),
        AREA,
        st.sampled_from(Combine),
    ),
    st.builds(lambda k: lambda d: selection.grow(d, k), SEED),
    st.builds(lambda k: lambda d: selection.feather(d, k), SEED),
    st.just(selection.invert),
    st.just(selection.deselect),
    st.builds(lambda a: lambda d: canvas.crop(d, a), AREA),
    st.builds(lambda k: lambda d: canvas.rotate(d, k), SEED),
    st.builds(lambda across: lambda d: canvas.flip(d, across=across), st.booleans()),
    st.builds(lambda n: lambda d: adjustments.invert_colours(d, node_of(d, n)), NODE),
    st.builds(lambda n: lambda d: adjustments.blur(d, node_of(d, n), 1.5), NODE),
    st.builds(
        lambda s, p: lambda d: add_results(
            d, [Result(pixels=noise(50, 50, s), at=p, mask=gray_noise(50, 50, s), recipe="{}")] * 2
        ),
        SEED,
        PLACE,
    ),
)  # fmt: skip


def start() -> Document:
    ground = Layer(name="Ground").written(noise(300, 280, opaque=True), Point(0, 0))
    return Document(size=Extent(300, 280), layers=(ground,), active_id=ground.id)


def tried(document: Document, edit: Edit) -> Document:
    try:
        return edit(document)
    except DocumentError:
        return document


class HistoryMachine(RuleBasedStateMachine):
    """Records, undoes, redoes and jumps at random, beside a plain list of what was shown."""

    @initialize(budget_tiles=st.sampled_from([8, 10_000]))
    def begin(self, budget_tiles: int) -> None:
        self.history = History(start(), budget_bytes=budget_tiles * TILE * TILE * 4)
        self.shown = {1: document_hash(self.history.document)}

    @rule(edit=EDITS)
    def edit(self, edit: Edit) -> None:
        before = self.history.document
        fingerprint = document_hash(before)
        self.history.record(tried(before, edit), "Edit")
        assert document_hash(before) == fingerprint, "an edit changed the document it was given"
        self.shown[self.history.current.id] = document_hash(self.history.document)

    @rule(edits=st.lists(EDITS, min_size=1, max_size=4))
    def gesture(self, edits: list[Edit]) -> None:
        steps = len(self.history.steps)
        with self.history.gesture("Gesture"):
            for edit in edits:
                self.history.record(tried(self.history.document, edit), "Part")
        assert len(self.history.steps) <= steps + 1
        self.shown[self.history.current.id] = document_hash(self.history.document)

    @rule()
    def undo(self) -> None:
        parent = self.history.current.parent
        document = self.history.undo()
        assert document_hash(document) == self.shown[parent or self.history.current.id]

    @rule()
    def redo(self) -> None:
        document_hash_now = document_hash(self.history.redo())
        assert document_hash_now == self.shown[self.history.current.id]

    @precondition(lambda self: len(self.history.steps) > 2)
    @rule(index=st.integers(0, 100))
    def jump(self, index: int) -> None:
        step = self.history.steps[index % len(self.history.steps)]
        assert document_hash(self.history.jump(step.id)) == self.shown[step.id]

    @rule()
    def settle(self) -> None:
        self.history.settle()

    @invariant()
    def bytes_are_those_of_distinct_tiles(self) -> None:
        if hasattr(self, "history"):
            held = [
                tile
                for step in self.history.steps
                if self.history.in_memory(step.id)
                for plane in self.history.document_of(step.id).planes()
                for tile in plane.mapping.values()
            ]
            assert self.history.bytes == distinct_bytes(held)
            assert all(not tile.flags.writeable for tile in held)

    def teardown(self) -> None:
        if hasattr(self, "history"):
            self.history.close()


TestHistory = HistoryMachine.TestCase
TestHistory.settings = settings(
    max_examples=30,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(edits=st.lists(EDITS, min_size=1, max_size=6), last=EDITS)
def test_only_the_tiles_said_to_differ_look_different(edits: list[Edit], last: Edit) -> None:
    before = start()
    for edit in edits:
        before = tried(before, edit)
    after = tried(before, last)
    if after.size != before.size or after.size.longest_side > 800:
        return
    differing = (composite(after) != composite(before)).any(axis=2)
    allowed = np.zeros_like(differing)
    for key in changed_tiles(before, after):
        place = tile_bounds(key).intersection(after.bounds)
        assert place is not None
        allowed[place.slices] = True
    assert not (differing & ~allowed).any()


def test_what_is_read_is_a_copy() -> None:
    document = start()
    whole = composite(document)
    layer = document.layers[0]
    assert isinstance(layer, Layer)
    layer.read(document.bounds)[...] = 0
    composite(document)[...] = 0
    assert np.array_equal(composite(document), whole)
