"""OpenRaster (https://www.openraster.org), the native file: what is read and what is written.

Other programs see a plain OpenRaster file with the right merged pixels and layer tree. What the
format has no words for is kept beside it, in ways they ignore without harm:

- A layer under a mask is stored with the mask applied to its alpha; the whole pixels and the
  mask are extra entries below `scumble/`, named by `scumble/manifest.json`.
- A group with a mask, and a layer with others clipped to it, become a group that shows one layer
  with their merged look; what it was made of lies beneath, hidden. `svg:dst-in` and
  `svg:src-atop` would say the same with less, but not every program knows them.
- What models painted for the document, shown or not, is below `scumble/` too.
- Recipes, ids, offsets and the selection are in the manifest.

The manifest holds the SHA-256 of every picture that it speaks of. Where another program has
changed a picture, what the manifest says of it is out of date and ignored, with a notice.
Entries of the archive that are not known here are carried through unchanged.
"""

from scumble_editor.files.openraster.reading import read, read_stream
from scumble_editor.files.openraster.writing import write, write_stream

__all__ = ["read", "read_stream", "write", "write_stream"]
