"""Between a document's colours and 8-bit sRGB, by Krita's own conversion."""

from dataclasses import dataclass

import krita

from scumble_host.pipe import Buffer
from scumble_host.request import RefusedError
from scumble_krita.qt import QtCore

SRGB = "sRGB-elle-V2-srgbtrc.icc"
_NOT_SRGB = ("g10", "linear", "scrgb", "esrgb")  # in the names of profiles that say sRGB too


@dataclass(frozen=True)
class Space:
    """A colour space by Krita's names for it."""

    model: str
    depth: str
    profile: str

    @classmethod
    def of(cls, document: "krita.Document") -> "Space":
        """Return a document's."""
        return cls(document.colorModel(), document.colorDepth(), document.colorProfile())

    @property
    def is_screen(self) -> bool:
        """Whether pixels are 8-bit sRGB already, in the order blue, green, red, alpha."""
        name = self.profile.lower()
        srgb = "srgb" in name and not any(word in name for word in _NOT_SRGB)
        return (self.model, self.depth) == ("RGBA", "U8") and srgb


SCREEN = Space("RGBA", "U8", SRGB)


def converted(pixels: Buffer, size: tuple[int, int], before: Space, after: Space) -> Buffer:
    """Return pixels of one colour space in another, as rows from the top.

    A document that nobody sees does it. Raises RefusedError where Krita cannot.
    """
    if before == after or (before.is_screen and after.is_screen):
        return pixels
    width, height = size
    document = krita.Krita.instance().createDocument(
        width, height, "Scumble", before.model, before.depth, before.profile, 72.0
    )
    try:
        layer = document.rootNode().childNodes()[0]
        layer.setPixelData(QtCore.QByteArray(bytes(pixels)), 0, 0, width, height)
        done = document.setColorSpace(after.model, after.depth, after.profile)
        if not done:
            raise RefusedError(
                f"Krita could not convert {before.model} {before.depth} ({before.profile}) to "
                f"{after.model} {after.depth}. Nothing was changed; convert the image under "
                "Image ▸ Convert Image Color Space first."
            )
        return bytes(layer.pixelData(0, 0, width, height).data())
    finally:
        document.close()
