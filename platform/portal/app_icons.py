"""The icon of the firm's app: its initial on its main colour, for home screens that take no SVG.

Full to the edge, with the letter inside the inner four fifths, so that a launcher may cut any shape
out of it (the safe zone of a maskable icon, W3C Web Application Manifest).
"""

import io
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIZES = (180, 192, 512)
_FONT = Path(__file__).parent / "static" / "portal" / "vendor" / "inter" / "inter-latin.woff2"
_BOLD = 700
_SHARE = 0.5  # of the icon's height that the letter's em takes


@lru_cache(maxsize=256)
def png(name: str, ground: str, ink: str, size: int) -> bytes:
    """A square PNG of ``size`` pixels."""
    image = Image.new("RGB", (size, size), ground)
    initial = name[:1].upper()
    font = ImageFont.truetype(_FONT, round(size * _SHARE))
    font.set_variation_by_axes([_BOLD])
    if font.getmask(initial).getbbox() is None or not initial.isascii():
        _mark(ImageDraw.Draw(image), size, ink)
    else:
        ImageDraw.Draw(image).text((size / 2, size / 2), initial, fill=ink, font=font, anchor="mm")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _mark(draw: ImageDraw.ImageDraw, size: int, ink: str) -> None:
    """Three rising bars, where the font has no letter for the name."""
    unit = size / 16
    for index, height in enumerate((3, 5, 7)):
        left = (4 + index * 3) * unit
        draw.rounded_rectangle(
            (left, (11.5 - height) * unit, left + 2 * unit, 11.5 * unit), unit / 2, fill=ink
        )
