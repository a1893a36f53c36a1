"""How readable a brand's colours are on each other, with numbers (WCAG 2.2: 1.4.3 and 1.4.11)."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import colours
from tenants import brands

SCHEMES = ("light", "dark")
TEXT, MARK, ENHANCED = 4.5, 3.0, 7.0
# Quiet text is mixed from text and panel, as the tokens of the portal do.
_QUIET_SHARE = 0.64


@dataclass(frozen=True)
class Pair:
    """Two colours that meet: their ratio to 1, and what it must be at least."""

    scheme: str
    what: str
    ink: str
    ground: str
    ratio: float
    needed: float

    @property
    def is_enough(self) -> bool:
        return self.ratio >= self.needed

    @property
    def shown(self) -> str:
        """The ratio as it is told: cut, so that what falls short never looks sufficient."""
        return f"{int(self.ratio * 10) / 10:.1f}"

    @property
    def level(self) -> str:
        """AAA, AA or what is missing, as WCAG names it."""
        if not self.is_enough:
            return _("too low")
        return "AAA" if self.needed == TEXT and self.ratio >= ENHANCED else "AA"

    @property
    def scheme_name(self) -> str:
        return _("Light") if self.scheme == "light" else _("Dark")

    @property
    def sentence(self) -> str:
        return _(
            "%(scheme)s: %(what)s has a contrast of %(ratio)s to 1; readable from %(needed)s."
        ) % {
            "scheme": self.scheme_name,
            "what": self.what,
            "ratio": self.shown,
            "needed": f"{self.needed:g}",
        }


# Name of the ink, of its ground, what it is, what it takes.
_PAIRS: tuple[tuple[str, str, Any, float], ...] = (
    ("on_primary", "primary", gettext_lazy("text on buttons"), TEXT),
    ("text", "background", gettext_lazy("text on the background"), TEXT),
    ("text", "surface", gettext_lazy("text on panels"), TEXT),
    ("quiet", "surface", gettext_lazy("quiet text on panels"), TEXT),
    ("primary", "surface", gettext_lazy("links on panels"), TEXT),
    ("primary", "background", gettext_lazy("links on the background"), TEXT),
    ("accent", "surface", gettext_lazy("marks and lines on panels"), MARK),
)


def pairs_of(table: dict[str, dict[str, str]]) -> list[Pair]:
    """All pairs that meet on pages, light and dark; ``table`` as brands keep it."""
    found = []
    for scheme in SCHEMES:
        full = brands.COLOURS[scheme] | {
            name: value for name, value in table.get(scheme, {}).items() if colours.is_hex(value)
        }
        full["quiet"] = mixed(full["text"], full["surface"], _QUIET_SHARE)
        found += [
            Pair(scheme, str(what), full[ink], full[ground],
                 colours.contrast(full[ink], full[ground]), needed)
            for ink, ground, what, needed in _PAIRS
        ]  # fmt: skip
    return found


def warnings_of(table: dict[str, dict[str, str]]) -> list[str]:
    """Pairs that are hard to read, in words."""
    return [pair.sentence for pair in pairs_of(table) if not pair.is_enough]


def mixed(first: str, second: str, share: float) -> str:
    """``color-mix(in srgb, first share, second)`` of two ``#rrggbb``."""
    channels = (
        round(int(first[i : i + 2], 16) * share + int(second[i : i + 2], 16) * (1 - share))
        for i in (1, 3, 5)
    )
    return "#" + "".join(f"{channel:02x}" for channel in channels)
