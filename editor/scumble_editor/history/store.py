"""Documents in an SQLite file, each value written once however many steps share it.

A step names nodes, nodes name planes, planes name tiles, all by row; whatever was written or
loaded before is recognised by identity. Tiles are zlib-packed. Not safe for threads by itself:
the journal guards it with a lock.
"""

import sqlite3
import weakref
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec
import numpy as np

from scumble_editor.document.document import Document, Metadata
from scumble_editor.document.formats import PixelFormat, Pixels
from scumble_editor.document.layer import AnyNode, Layer, Mask
from scumble_editor.document.paintings import Painting
from scumble_editor.document.selection import Selection
from scumble_editor.document.tiles import TILE, Tiles, freeze
from scumble_editor.history import records
from scumble_editor.history.errors import JournalError
from scumble_editor.history.records import (
    DocumentRecord,
    LayerRecord,
    MaskRecord,
    MetadataRecord,
    NodeRecord,
    PaintingRecord,
)

VERSION = 1
_APPLICATION_ID = 0x5C0B1E01
_SCHEMA = f"""
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {VERSION};
CREATE TABLE tiles (id INTEGER PRIMARY KEY, pixels BLOB NOT NULL);
CREATE TABLE planes (
    id INTEGER PRIMARY KEY, channels INTEGER NOT NULL, dtype TEXT NOT NULL,
    default_value REAL NOT NULL, tiles BLOB NOT NULL);
CREATE TABLE nodes (id INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE metadata (id INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE steps (
    id INTEGER PRIMARY KEY, parent INTEGER, label TEXT NOT NULL, seconds REAL NOT NULL,
    document BLOB NOT NULL);
CREATE TABLE state (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
"""
_LATER = "CREATE TABLE IF NOT EXISTS paintings (id TEXT PRIMARY KEY, record BLOB NOT NULL);"
"""What journals of the first version lack; others read them all the same."""

_PLACE = np.dtype([("column", "<i4"), ("row", "<i4"), ("tile", "<i8")])

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """One state of the history: what made it, after which other step, and when (Unix time)."""

    id: int
    parent: int | None
    label: str
    seconds: float


class _Known(Generic[T]):
    """Which living values are in which rows, both ways, without keeping any of them alive."""

    def __init__(self) -> None:
        self._rows: dict[int, tuple[weakref.ref[Any], int]] = {}
        self._values: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()

    def row(self, value: T) -> int | None:
        known = self._rows.get(id(value))
        return known[1] if known is not None and known[0]() is value else None

    def value(self, row: int) -> T | None:
        return self._values.get(row)

    def remember(self, value: T, row: int) -> None:
        self._rows[id(value)] = (weakref.ref(value), row)
        self._values[row] = value
        if len(self._rows) > 2 * len(self._values) + 1024:
            self._rows = {key: known for key, known in self._rows.items() if known[0]() is not None}

    def forget(self, rows: set[int]) -> None:
        self._rows = {key: known for key, known in self._rows.items() if known[1] not in rows}
        for row in rows:
            self._values.pop(row, None)


class Store:
    """One SQLite file of steps. While it is open no other process can open it."""

    def __init__(self, path: Path, *, create: bool) -> None:
        """Open a file or make it; raises JournalError, also where another process has it open."""
        self.path = path
        self._tiles: _Known[Pixels] = _Known()
        self._planes: _Known[Tiles] = _Known()
        self._nodes: _Known[AnyNode] = _Known()
        self._metadata: _Known[Metadata] = _Known()
        try:
            self._database = _connected(path, create=create)
        except sqlite3.Error as error:
            raise JournalError(f"The journal “{path.name}” cannot be opened: {error}.") from error

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @property
    def nbytes(self) -> int:
        """Bytes of the file that are in use, whatever SQLite has set free left out."""
        pragma = self._pragma
        return (pragma("page_count") - pragma("freelist_count")) * pragma("page_size")

    def steps(self) -> list[Step]:
        """Return all steps in the order they were made."""
        rows = self._database.execute("SELECT id, parent, label, seconds FROM steps ORDER BY id")
        return [Step(*row) for row in rows]

    def state(self, name: str) -> Any:
        """Return a remembered value, None where there is none."""
        row = self._database.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def set_state(self, name: str, value: str | float | None) -> None:
        """Remember a value by name."""
        with self._database:
            self._database.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (name, value))

    def unwritten(self, planes: Iterable[Tiles]) -> list[Pixels]:
        """Return the tiles of planes that are in no row yet."""
        fresh: dict[int, Pixels] = {}
        for plane in planes:
            if self._planes.row(plane) is None:
                for tile in plane.mapping.values():
                    if self._tiles.row(tile) is None:
                        fresh[id(tile)] = tile
        return list(fresh.values())

    def write_tiles(self, tiles: Sequence[Pixels], packed: Sequence[bytes]) -> None:
        """Write tiles with what `pack` made of each. Tiles that no step names do no harm."""
        with self._database:
            for tile, data in zip(tiles, packed, strict=True):
                row = self._insert("INSERT INTO tiles (pixels) VALUES (?)", data)
                self._tiles.remember(tile, row)

    def write_step(self, step: Step, document: Document) -> None:
        """Write a step, whole or not at all, and make it the current one.

        All its tiles must have been written. A step with the same id is replaced.
        """
        with self._database:
            selection = document.selection
            record = DocumentRecord(
                size=document.size,
                layers=tuple(self._node_row(node) for node in document.layers),
                active_id=document.active_id,
                selection=None if selection is None else self._plane_row(selection.pixels),
                metadata=self._metadata_row(document.metadata),
            )
            self._database.execute(
                "INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?)",
                (step.id, step.parent, step.label, step.seconds, msgspec.msgpack.encode(record)),
            )
            self._database.execute("INSERT OR REPLACE INTO state VALUES ('current', ?)", (step.id,))

    def write_painting(self, painting: Painting) -> None:
        """Write a painting, whole or not at all. All its tiles must have been written."""
        with self._database:
            selection = painting.selection
            record = PaintingRecord(
                seconds=painting.seconds,
                layers=tuple(self._node_row(layer) for layer in painting.layers),
                selection=None if selection is None else self._plane_row(selection.pixels),
            )
            self._database.execute(
                "INSERT OR REPLACE INTO paintings VALUES (?, ?)",
                (painting.id, msgspec.msgpack.encode(record)),
            )

    def paintings(self) -> list[Painting]:
        """Return all paintings, the oldest first; one that is damaged is left out."""
        found = []
        for painting_id, data in self._database.execute("SELECT id, record FROM paintings"):
            try:
                record = msgspec.msgpack.decode(data, type=PaintingRecord)
                nodes = [self._node(row) for row in record.layers]
                plane = None if record.selection is None else self._plane(record.selection)
            except (sqlite3.Error, msgspec.DecodeError, zlib.error, ValueError):
                continue
            found.append(
                Painting(
                    id=painting_id,
                    seconds=record.seconds,
                    layers=tuple(node for node in nodes if isinstance(node, Layer)),
                    selection=None if plane is None else Selection(plane),
                )
            )
        return sorted(found, key=lambda painting: painting.seconds)

    def delete_painting(self, painting_id: str) -> None:
        """Forget a painting; its rows are collected when steps are deleted."""
        with self._database:
            self._database.execute("DELETE FROM paintings WHERE id = ?", (painting_id,))

    def load(self, step_id: int) -> Document:
        """Return the document of a step, sharing whatever is still alive; raises JournalError."""
        try:
            data = self._blob("SELECT document FROM steps WHERE id = ?", step_id)
            record = msgspec.msgpack.decode(data, type=DocumentRecord)
            selection = record.selection
            return Document(
                size=record.size,
                layers=tuple(self._node(row) for row in record.layers),
                active_id=record.active_id,
                selection=None if selection is None else Selection(self._plane(selection)),
                metadata=self._loaded_metadata(record.metadata),
            )
        except (sqlite3.Error, msgspec.DecodeError, zlib.error, ValueError) as error:
            raise JournalError(
                f"Step {step_id} of the journal “{self.path.name}” is damaged; "
                "the document shown is unchanged."
            ) from error

    def delete(self, step_ids: list[int], new_root: int | None) -> None:
        """Forget steps and every value that no other step needs; one may become the first."""
        with self._database:
            self._database.executemany("DELETE FROM steps WHERE id = ?", [(i,) for i in step_ids])
            if new_root is not None:
                self._database.execute("UPDATE steps SET parent = NULL WHERE id = ?", (new_root,))
            self._collect()

    def _collect(self) -> None:
        """Delete rows that no step leads to; what is known by row is found again when written."""
        nodes: set[int] = set()
        planes: set[int] = set()
        metadata: set[int] = set()
        for (data,) in self._database.execute("SELECT document FROM steps"):
            record = msgspec.msgpack.decode(data, type=DocumentRecord)
            metadata.add(record.metadata)
            if record.selection is not None:
                planes.add(record.selection)
            self._reach(record.layers, nodes, planes)
        for (data,) in self._database.execute("SELECT record FROM paintings"):
            painting = msgspec.msgpack.decode(data, type=PaintingRecord)
            if painting.selection is not None:
                planes.add(painting.selection)
            self._reach(painting.layers, nodes, planes)
        tiles: set[int] = set()
        for row, places in self._database.execute("SELECT id, tiles FROM planes").fetchall():
            if row in planes:
                tiles.update(np.frombuffer(places, _PLACE)["tile"].tolist())
        live = {"nodes": nodes, "planes": planes, "metadata": metadata, "tiles": tiles}
        knowns: dict[str, _Known[Any]] = {
            "nodes": self._nodes,
            "planes": self._planes,
            "metadata": self._metadata,
            "tiles": self._tiles,
        }
        for table, rows in live.items():
            present = self._database.execute(f"SELECT id FROM {table}").fetchall()  # noqa: S608
            dead = [row for row in present if row[0] not in rows]
            self._database.executemany(f"DELETE FROM {table} WHERE id = ?", dead)  # noqa: S608
            knowns[table].forget({row[0] for row in dead})

    def _reach(self, rows: tuple[int, ...], nodes: set[int], planes: set[int]) -> None:
        """Add every row that some nodes lead to."""
        for row in rows:
            if row in nodes:
                continue
            nodes.add(row)
            record = self._node_record(row)
            if record.mask is not None:
                planes.add(record.mask.plane)
            if isinstance(record, LayerRecord):
                planes.add(record.plane)
            else:
                self._reach(record.children, nodes, planes)

    def _node_row(self, node: AnyNode) -> int:
        row = self._nodes.row(node)
        if row is not None:
            return row
        mask = None
        if node.mask is not None:
            plane = self._plane_row(node.mask.pixels)
            mask = MaskRecord(plane, node.mask.offset, node.mask.enabled)
        record: NodeRecord
        if isinstance(node, Layer):
            record = records.layer_record(node, self._plane_row(node.pixels), mask)
        else:
            children = tuple(self._node_row(child) for child in node.children)
            record = records.group_record(node, children, mask)
        row = self._insert("INSERT INTO nodes (record) VALUES (?)", msgspec.msgpack.encode(record))
        self._nodes.remember(node, row)
        return row

    def _metadata_row(self, metadata: Metadata) -> int:
        row = self._metadata.row(metadata)
        if row is None:
            data = msgspec.msgpack.encode(records.metadata_record(metadata))
            row = self._insert("INSERT INTO metadata (record) VALUES (?)", data)
            self._metadata.remember(metadata, row)
        return row

    def _plane_row(self, plane: Tiles) -> int:
        row = self._planes.row(plane)
        if row is not None:
            return row
        places = np.zeros(len(plane), _PLACE)
        for index, (key, tile) in enumerate(plane.mapping.items()):
            places[index] = (*key, self._tiles.row(tile))
        form = plane.format
        row = self._insert(
            "INSERT INTO planes (channels, dtype, default_value, tiles) VALUES (?, ?, ?, ?)",
            form.channels,
            form.dtype,
            plane.default,
            places.tobytes(),
        )
        self._planes.remember(plane, row)
        return row

    def _node_record(self, row: int) -> NodeRecord:
        data = self._blob("SELECT record FROM nodes WHERE id = ?", row)
        record: NodeRecord = msgspec.msgpack.decode(data, type=NodeRecord)
        return record

    def _node(self, row: int) -> AnyNode:
        known = self._nodes.value(row)
        if known is not None:
            return known
        record = self._node_record(row)
        mask = None
        if record.mask is not None:
            pixels = self._plane(record.mask.plane)
            mask = Mask(pixels, record.mask.offset, record.mask.enabled)
        node: AnyNode
        if isinstance(record, LayerRecord):
            node = records.layer_of(record, self._plane(record.plane), mask)
        else:
            children = tuple(self._node(child) for child in record.children)
            node = records.group_of(record, children, mask)
        self._nodes.remember(node, row)
        return node

    def _loaded_metadata(self, row: int) -> Metadata:
        known = self._metadata.value(row)
        if known is not None:
            return known
        data = self._blob("SELECT record FROM metadata WHERE id = ?", row)
        metadata = records.metadata_of(msgspec.msgpack.decode(data, type=MetadataRecord))
        self._metadata.remember(metadata, row)
        return metadata

    def _plane(self, row: int) -> Tiles:
        known = self._planes.value(row)
        if known is not None:
            return known
        found = self._database.execute(
            "SELECT channels, dtype, default_value, tiles FROM planes WHERE id = ?", (row,)
        ).fetchone()
        if found is None:
            raise ValueError(f"no plane {row}")
        form = PixelFormat(found[0], found[1])
        places = np.frombuffer(found[3], _PLACE)
        tiles = {
            (int(place["column"]), int(place["row"])): self._tile(int(place["tile"]), form)
            for place in places
        }
        plane = Tiles(form, tiles, found[2])
        self._planes.remember(plane, row)
        return plane

    def _tile(self, row: int, form: PixelFormat) -> Pixels:
        known = self._tiles.value(row)
        if known is not None:
            return known
        packed = self._blob("SELECT pixels FROM tiles WHERE id = ?", row)
        size = TILE * TILE * form.bytes_per_pixel
        data = zlib.decompressobj().decompress(packed, size)
        pixels = np.frombuffer(data, form.dtype).reshape(form.shape(TILE, TILE)).copy()
        tile = freeze(pixels, form)
        self._tiles.remember(tile, row)
        return tile

    def _insert(self, statement: str, *values: object) -> int:
        return _row_of(self._database.execute(statement, values))

    def _blob(self, query: str, row: int) -> bytes:
        found = self._database.execute(query, (row,)).fetchone()
        if found is None or not isinstance(found[0], bytes):
            raise ValueError(f"row {row} is missing")
        return found[0]

    def _pragma(self, name: str) -> int:
        return int(self._database.execute(f"PRAGMA {name}").fetchone()[0])


def pack(tile: Pixels) -> bytes:
    """Return the bytes that stand for a tile in the file."""
    return zlib.compress(tile.tobytes(), 1)


def _row_of(cursor: sqlite3.Cursor) -> int:
    row = cursor.lastrowid
    if row is None:
        raise JournalError("The journal gave a row no number.")
    return row


def _connected(path: Path, *, create: bool) -> sqlite3.Connection:
    """Return a connection that keeps every other process out while it lives."""
    mode = "rwc" if create else "rw"
    database = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}", uri=True, timeout=0.1, check_same_thread=False
    )
    try:
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        if create:
            database.executescript(_SCHEMA)
        database.execute("BEGIN EXCLUSIVE")
        database.commit()
        found = [
            int(database.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("application_id", "user_version")
        ]
        if found != [_APPLICATION_ID, VERSION]:
            raise sqlite3.DatabaseError("it is no journal of this version")
        database.execute(_LATER)
    except sqlite3.Error:
        database.close()
        raise
    return database
