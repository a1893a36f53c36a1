"""A page with its viewer's name across it, so that a picture of the screen tells who took it."""

import io

from anyascii import anyascii
from PIL import Image, ImageDraw, ImageFont


def mark(page: bytes, text: str) -> bytes:
    """The JPEG ``page`` with ``text`` written slanted all over it."""
    image = Image.open(io.BytesIO(page), formats=["JPEG"]).convert("RGBA")
    size = max(14, min(image.size) // 32)
    font = ImageFont.load_default(size)
    plain = anyascii(text)
    width = int(font.getlength(plain)) + size * 3
    diagonal = int((image.width**2 + image.height**2) ** 0.5)
    layer = Image.new("RGBA", (diagonal, diagonal), (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    for row, top in enumerate(range(0, diagonal, size * 6)):
        for left in range(-(row % 2) * width // 2, diagonal, width):
            draw.text((left + 1, top + 1), plain, font=font, fill=(255, 255, 255, 60))
            draw.text((left, top), plain, font=font, fill=(60, 60, 70, 80))
    layer = layer.rotate(24, resample=Image.Resampling.BILINEAR)
    left, top = (diagonal - image.width) // 2, (diagonal - image.height) // 2
    image.alpha_composite(layer.crop((left, top, left + image.width, top + image.height)))
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=82)
    return out.getvalue()
