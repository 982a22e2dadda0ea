"""Counts the bytes of distinct tiles in many documents, at the cost of what differs."""

from scumble_editor.document.document import Document
from scumble_editor.document.tiles import Tiles


class Ledger:
    """Bytes of all tiles held by a set of documents, each array counted once.

    Planes and tiles are told apart by identity, so whoever adds a document must keep it alive
    until it is removed.
    """

    def __init__(self) -> None:
        self.bytes = 0
        self._planes: dict[int, int] = {}
        self._tiles: dict[int, int] = {}

    def add(self, document: Document) -> None:
        """Count a document."""
        for plane in document.planes():
            holders = self._planes.get(id(plane), 0)
            self._planes[id(plane)] = holders + 1
            if holders == 0:
                self._add_tiles(plane)

    def remove(self, document: Document) -> None:
        """Stop counting a document that was added."""
        for plane in document.planes():
            self._planes[id(plane)] -= 1
            if self._planes[id(plane)] == 0:
                del self._planes[id(plane)]
                self._remove_tiles(plane)

    def _add_tiles(self, plane: Tiles) -> None:
        for tile in plane.mapping.values():
            holders = self._tiles.get(id(tile), 0)
            self._tiles[id(tile)] = holders + 1
            if holders == 0:
                self.bytes += tile.nbytes

    def _remove_tiles(self, plane: Tiles) -> None:
        for tile in plane.mapping.values():
            self._tiles[id(tile)] -= 1
            if self._tiles[id(tile)] == 0:
                del self._tiles[id(tile)]
                self.bytes -= tile.nbytes
