"""The document on disk and in memory: opening and saving `.ora`, and what a stroke costs.

4096², four layers of photographs. Opening and saving are held against Pillow coding the same
pictures as PNG, and against the Krita that the bridges are tested in, where it can be built.
"""

import io
import tempfile
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.measuring import Row, alternated, duration, ratio_row, seconds
from hosts.stage import Stage, build
from scumble_editor.document.composite import composite
from scumble_editor.document.document import Document
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import AnyNode, Layer
from scumble_editor.document.tiles import Tiles
from scumble_editor.files.documents import open_document, save_document
from scumble_editor.history.history import History
from scumble_editor.tools.paints import Colour
from scumble_editor.tools.strokes import Stroke, Tip
from scumble_protocol.geometry import Extent, Point

SIDE, LAYERS, STROKES = 4096, 4, 40
_SAMPLE = Path(__file__).parents[2] / "editor" / "scumble_editor" / "ui" / "sample.jpg"


def rows() -> list[Row]:
    """Return opening, saving and the memory of strokes."""
    document = photographs()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.ora"
        found = [*_file_rows(document, path), *_krita_rows(path)]
    return [*found, *_stroke_rows(document)]


def photographs() -> Document:
    """Return layers of one photograph, each moved and half of them with soft alpha."""
    photo = Image.open(_SAMPLE).convert("RGBA").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    pixels = np.asarray(photo)
    soft = pixels.copy()
    soft[..., 3] = np.linspace(0, 255, SIDE)
    made = [
        Layer(id=f"{number}", pixels=Tiles.of(np.roll(source, 97 * number, axis=(0, 1))))
        for number, source in enumerate((pixels, soft) * (LAYERS // 2))
    ]
    return Document(size=Extent(SIDE, SIDE), layers=tuple(made), active_id="3")


def _file_rows(document: Document, path: Path) -> list[Row]:
    pictures: list[Pixels] = [
        layer.read(document.bounds) for layer in document.layers if isinstance(layer, Layer)
    ]
    pictures.append(composite(document))
    packed: list[bytes] = []

    def pack() -> None:
        packed.clear()
        for pixels in pictures:
            stream = io.BytesIO()
            Image.fromarray(pixels).save(stream, "PNG", compress_level=1)
            packed.append(stream.getvalue())

    def unpack() -> None:
        for data in packed:
            Image.open(io.BytesIO(data)).load()

    ours, theirs = alternated(lambda: save_document(document, path), pack, 1)
    saved = ratio_row("saving .ora, the merged picture composited too", ours, "Pillow", theirs)
    ours, theirs = alternated(lambda: open_document(path), unpack, 1)
    return [saved, ratio_row("opening .ora", ours, "Pillow, with the merged picture", theirs)]


def _krita_rows(path: Path) -> list[Row]:
    """Hold opening and writing again against the Krita that the bridges are tested in."""
    root, why_not = build()
    if root is None:
        return [Row("Krita", why_not)]
    stage = Stage(root, path.parent)
    small, again = path.with_name("small.ora"), path.with_name("again.ora")
    ground = Layer(pixels=Tiles.of(np.full((64, 64, 4), 255, np.uint8)))
    save_document(Document(size=Extent(64, 64), layers=(ground,)), small)
    command = ["xvfb-run", "-a", "krita", "--nosplash", "--export", "--export-filename", str(again)]
    stage.run([*command, str(small)], timeout_s=600)  # the first start sets up its resources
    start = seconds(lambda: stage.run([*command, str(small)], timeout_s=600))
    theirs = seconds(lambda: stage.run([*command, str(path)], timeout_s=600))
    ours = seconds(lambda: save_document(open_document(path).document, again))
    return [
        Row("Krita's start and a picture of 64 px, there and back", duration(start)),
        ratio_row("opening and writing again", [ours], "Krita, its start included", [theirs]),
    ]


def _with(document: Document, tiles: Tiles) -> tuple[AnyNode, ...]:
    return tuple(Layer(id="3", pixels=tiles) if n.id == "3" else n for n in document.layers)


def _stroke_rows(document: Document) -> list[Row]:
    """Hold the memory that strokes keep against the bytes of the tiles that they changed."""
    history = History(document, "Open", budget_bytes=8 << 30)
    known = {id(tile) for plane in document.planes() for tile in plane.mapping.values()}
    fresh: dict[int, int] = {}
    counted = history.bytes
    tracemalloc.start()  # NumPy tells it of its arrays
    for number in range(STROKES):
        layer = history.document.layer("3")
        y = 40 + number * (SIDE - 80) / STROKES
        stroke = Stroke(layer.pixels, Point(0, 0), document.bounds, Colour((200, 30, 30)))
        tips = [Tip(100 + 8.0 * step, y, 30, 0.8, 1.0) for step in range(100)]
        tiles = stroke.lay(tips)
        fresh |= {id(t): t.nbytes for t in tiles.mapping.values() if id(t) not in known}
        history.record(replace(history.document, layers=_with(history.document, tiles)), "Stroke")
    changed = sum(fresh.values())
    grown = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    counted = history.bytes - counted
    history.close(discard=True)
    return [
        Row(
            f"{STROKES} strokes: memory held more",
            f"{grown / 2**20:.0f} MiB",
            f"tiles changed: {changed / 2**20:.0f} MiB",
            f"{grown / changed:.2f}",
        ),
        Row(
            f"{STROKES} strokes: what the history counts",
            f"{counted / 2**20:.0f} MiB",
            f"tiles changed: {changed / 2**20:.0f} MiB",
            f"{counted / changed:.2f}",
        ),
    ]
