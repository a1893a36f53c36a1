"""Colours of a brand for the staff's web: a scale from one hex colour, and contrast.

OKLab after Björn Ottosson (2020), contrast after WCAG 2.2 (relative luminance, 1.4.3).
"""

import math
import re

_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")

# Lightness of the steps, and the share of the brand colour's chroma each carries.
_STEPS: dict[str, tuple[float, float]] = {
    "50": (0.977, 0.07),
    "100": (0.946, 0.15),
    "200": (0.900, 0.28),
    "300": (0.823, 0.50),
    "400": (0.714, 0.80),
    "500": (0.627, 1.00),
    "600": (0.540, 1.00),
    "700": (0.480, 0.92),
    "800": (0.420, 0.78),
    "900": (0.365, 0.62),
    "950": (0.280, 0.50),
}
READABLE_CONTRAST = 4.5


def is_hex(colour: str) -> bool:
    """Whether ``colour`` is written as ``#rrggbb``."""
    return bool(_HEX.match(colour))


def _channels(colour: str) -> tuple[float, float, float]:
    """Linear light of red, green and blue, 0 to 1."""
    values = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values
    )
    return red, green, blue


def chroma_and_hue(colour: str) -> tuple[float, float]:
    """OKLCH chroma and hue (degrees) of ``#rrggbb``."""
    red, green, blue = _channels(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def scale_of(colour: str) -> dict[str, str]:
    """The eleven steps unfold paints with, made from one brand colour ``#rrggbb``."""
    chroma, hue = chroma_and_hue(colour)
    return {
        step: f"oklch({lightness:.3f} {chroma * share:.4f} {hue:.1f})"
        for step, (lightness, share) in _STEPS.items()
    }


def contrast(first: str, second: str) -> float:
    """WCAG contrast ratio of two ``#rrggbb`` colours, 1 to 21."""
    luminances = []
    for colour in (first, second):
        red, green, blue = _channels(colour)
        luminances.append(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    return (max(luminances) + 0.05) / (min(luminances) + 0.05)
