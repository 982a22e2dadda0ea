"""The pictures of single things: Noto Emoji glyphs, recoloured glyphs, and shapes drawn here."""

from __future__ import annotations

import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import paths
import vocabulary

FONT_PACKAGE = "fonts-noto-color-emoji"  # Debian; SIL Open Font License 1.1
FONT_NAME = "NotoColorEmoji.ttf"
SIDE_PX = 160


class FontMissingError(RuntimeError):
    """Noto Color Emoji is neither installed nor to be had from Debian."""


def font_path() -> Path:
    """Where Noto Color Emoji is; fetched from Debian into the cache when it is not installed."""
    installed = Path("/usr/share/fonts/truetype/noto") / FONT_NAME
    if installed.exists():
        return installed
    kept = paths.cache() / "font"
    if not any(kept.rglob(FONT_NAME)):
        _fetch_font(kept)
    return next(kept.rglob(FONT_NAME))


def _fetch_font(destination: Path) -> None:
    """Unpack Debian's font package into `destination` without installing it."""
    apt_get = shutil.which("apt-get")
    if apt_get is None:
        raise FontMissingError(f"Install {FONT_NAME} (Debian: {FONT_PACKAGE}) and run this again.")
    with tempfile.TemporaryDirectory() as folder:
        command = [apt_get, "download", FONT_PACKAGE]
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True)
            package = next(Path(folder).glob("*.deb"))
            unpack = [shutil.which("dpkg") or "dpkg", "-x", str(package), str(destination)]
            subprocess.run(unpack, check=True)
        except (subprocess.CalledProcessError, StopIteration) as error:
            raise FontMissingError(
                f"{FONT_PACKAGE} could not be fetched; install it and run this again."
            ) from error


def _fitted(picture: Image.Image) -> Image.Image:
    """Cut away the empty border and stand the picture on the floor of a square."""
    picture = picture.crop(picture.getbbox())
    side = max(picture.size)
    square = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    square.paste(picture, ((side - picture.width) // 2, side - picture.height))
    return square.resize((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)


@functools.cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_path()), 109)  # the one size of the font's bitmaps


def _glyph(character: str) -> Image.Image:
    canvas = Image.new("RGBA", (160, 160), (0, 0, 0, 0))
    ImageDraw.Draw(canvas).text((10, 10), character, font=_font(), embedded_color=True)
    return _fitted(canvas)


def _recoloured(picture: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    """Replace the hue of the saturated parts, keeping light and shade."""
    hsv = np.asarray(picture.convert("RGB").convert("HSV")).astype(np.float32)
    target = np.asarray(Image.new("RGB", (1, 1), colour).convert("HSV"))[0, 0].astype(np.float32)
    vivid = hsv[..., 1] > 60
    hsv[..., 0] = np.where(vivid, target[0], hsv[..., 0])
    hsv[..., 1] = np.where(vivid, np.minimum(255, hsv[..., 1] * target[1] / 190), hsv[..., 1])
    hsv[..., 2] = np.where(vivid, np.clip(hsv[..., 2] * target[2] / 215, 0, 255), hsv[..., 2])
    rgb = np.asarray(Image.fromarray(hsv.astype(np.uint8), "HSV").convert("RGB"))
    alpha = np.asarray(picture)[..., 3:]
    return Image.fromarray(np.concatenate([rgb, alpha], axis=2))


def _blend(
    colour: tuple[int, int, int], other: tuple[int, int, int], share: float
) -> tuple[int, int, int, int]:
    red, green, blue = (round(c + (o - c) * share) for c, o in zip(colour, other, strict=True))
    return red, green, blue, 255


WHITE = (255, 255, 255)
BLACK = (0, 0, 0)


def _ball(colour: tuple[int, int, int]) -> Image.Image:
    """A toy ball: coloured, with one white band across and a highlight."""
    side = SIDE_PX * 2
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / (side - 1) * 2 - 1
    inside = x**2 + y**2 <= 0.98
    z = np.sqrt(np.clip(1 - x**2 - y**2, 0, 1))
    shade = np.clip(0.62 + 0.42 * (-0.45 * x - 0.55 * y + 0.7 * z), 0, 1.1)[..., None]
    band = np.abs(0.35 * x + 0.8 * y + 0.35 * z - 0.12) < 0.17
    surface = np.where(band[..., None], np.array([250, 250, 245], np.float32), np.array(colour))
    gleam = np.exp(-((x + 0.38) ** 2 + (y + 0.45) ** 2) / 0.03)[..., None]
    rgb = np.clip(surface * shade + 170 * gleam, 0, 255).astype(np.uint8)
    alpha = (inside * 255).astype(np.uint8)[..., None]
    return Image.fromarray(np.concatenate([rgb, alpha], axis=2))


def _cube(colour: tuple[int, int, int]) -> Image.Image:
    """A cube seen from above: a light top, a plain left side, a dark right side."""
    side = SIDE_PX * 2
    picture = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    top, left = (0.5, 0.02), (0.05, 0.26)
    middle, right = (0.5, 0.5), (0.95, 0.26)
    bottom, low_left, low_right = (0.5, 0.98), (0.05, 0.74), (0.95, 0.74)

    def face(corners: tuple[tuple[float, float], ...], fill: tuple[int, int, int, int]) -> None:
        draw.polygon([(x * side, y * side) for x, y in corners], fill=fill)

    face((top, right, middle, left), _blend(colour, WHITE, 0.5))
    face((left, middle, bottom, low_left), _blend(colour, WHITE, 0.0))
    face((right, middle, bottom, low_right), _blend(colour, BLACK, 0.45))
    return picture


def _star(colour: tuple[int, int, int]) -> Image.Image:
    """A fat five-pointed star with a dark rim."""
    side = SIDE_PX * 2
    picture = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    angles = -np.pi / 2 + np.arange(10) * np.pi / 5

    def outline(scale: float) -> list[tuple[float, float]]:
        radii = np.where(np.arange(10) % 2 == 0, 0.52, 0.25) * side * scale
        return [
            (side / 2 + r * np.cos(a), side * 0.54 + r * np.sin(a))
            for r, a in zip(radii, angles, strict=True)
        ]

    draw = ImageDraw.Draw(picture)
    draw.polygon(outline(1.0), fill=_blend(colour, BLACK, 0.4))
    draw.polygon(outline(0.86), fill=_blend(colour, WHITE, 0.0))
    draw.polygon(outline(0.45), fill=_blend(colour, WHITE, 0.35))
    return picture


PAINTERS = {"ball": _ball, "cube": _cube, "star": _star}


@functools.cache
def sprite(thing: str) -> Image.Image:
    """The picture of a thing of the vocabulary: RGBA, SIDE_PX square, straight alpha, sRGB.

    Raises FontMissingError where the thing is a glyph and its font cannot be had.
    """
    colour, _, name = thing.rpartition(" ")
    if name in PAINTERS:
        return _fitted(PAINTERS[name](vocabulary.COLOURS[colour]))
    glyph = _glyph(vocabulary.EMOJI[name])
    return _recoloured(glyph, vocabulary.COLOURS[colour]) if colour else glyph
