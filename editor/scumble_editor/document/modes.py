"""How a layer meets what lies beneath it: OpenRaster's baseline of blend modes, by its names."""

from enum import Enum


class BlendMode(Enum):
    """A blend mode; the value is the `composite-op` of an OpenRaster file.

    The first fifteen mix colours and cover as source-over does; the last five are
    operators of Porter and Duff, which also change what is covered.
    """

    NORMAL = "svg:src-over"
    MULTIPLY = "svg:multiply"
    SCREEN = "svg:screen"
    OVERLAY = "svg:overlay"
    DARKEN = "svg:darken"
    LIGHTEN = "svg:lighten"
    COLOR_DODGE = "svg:color-dodge"
    COLOR_BURN = "svg:color-burn"
    HARD_LIGHT = "svg:hard-light"
    SOFT_LIGHT = "svg:soft-light"
    DIFFERENCE = "svg:difference"
    COLOR = "svg:color"
    LUMINOSITY = "svg:luminosity"
    HUE = "svg:hue"
    SATURATION = "svg:saturation"
    PLUS = "svg:plus"
    DST_IN = "svg:dst-in"
    DST_OUT = "svg:dst-out"
    SRC_ATOP = "svg:src-atop"
    DST_ATOP = "svg:dst-atop"

    @property
    def title(self) -> str:
        """The name in a menu."""
        return _TITLES.get(self, self.name.replace("_", " ").capitalize())

    @property
    def clears(self) -> bool:
        """Whether pixels that the layer does not cover change too, to transparent."""
        return self in (BlendMode.DST_IN, BlendMode.DST_ATOP)


_TITLES = {
    BlendMode.PLUS: "Addition",
    BlendMode.DST_IN: "Keep where covered",
    BlendMode.DST_OUT: "Erase where covered",
    BlendMode.SRC_ATOP: "Paint atop",
    BlendMode.DST_ATOP: "Put behind, keep where covered",
    BlendMode.COLOR_DODGE: "Colour dodge",
    BlendMode.COLOR_BURN: "Colour burn",
    BlendMode.COLOR: "Colour",
}
