"""The preferences there are, each declared once: its name, its shape, its most bytes.

A preference is how a page looks and behaves for one user (favourites, the terminal's layout, what
is drawn on a chart); no right, no limit and no money ever hangs on one. What a browser sends is
read into these shapes and nothing else is kept.
"""

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

MOST_BYTES = 32_768
DRAWINGS = "drawings:"  # and a symbol: what is drawn on that instrument's chart

Symbol = Annotated[str, Meta(pattern=r"^[A-Z0-9][A-Z0-9._-]{0,39}$")]
Pixels = Annotated[int, Meta(ge=120, le=2_000)]
Number = Annotated[float, Meta(ge=-1e18, le=1e18)]
Word = Annotated[str, Meta(pattern=r"^\w{1,32}$")]
Hidden = Annotated[
    list[Literal["chart", "book", "tape", "entry", "lists", "stats"]], Meta(max_length=6)
]
# No control characters: PostgreSQL keeps no NUL, and nobody types one.
Text = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=200)]
# 1,234.56 · 1.234,56 · 1 234.56 · 1 234,56 · 1’234.56 · 1234.56
NumberStyle = Literal["comma", "dot", "space", "space_comma", "quote", "plain"]
Favourites = Annotated[list[Symbol], Meta(max_length=200)]


class Terminal(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """How the terminal is laid out and behaves; a field left out has its default."""

    hidden: Hidden = []
    density: Literal["normal", "compact"] = "normal"
    entry_side: Literal["right", "left"] = "right"
    book_px: Pixels | None = None
    entry_px: Pixels | None = None
    lists_px: Pixels | None = None
    book_view: Literal["both", "asks", "bids"] = "both"
    # Symbol → how many ticks one row of the book takes together.
    book_groups: Annotated[
        dict[Symbol, Annotated[int, Meta(ge=1, le=10**9)]], Meta(max_length=200)
    ] = {}
    confirm: bool = False
    undo: bool = True
    sound: bool = False
    toasts: bool = True
    keys: bool = True
    lists_here: bool = False


class Indicator(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """An indicator on the chart with its parameters."""

    name: Word
    params: Annotated[list[Number], Meta(max_length=12)] = []


class Chart(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What the chart shows, of whatever instrument."""

    view: Literal["candles", "depth"] = "candles"
    frame: Word = "1m"
    bars: Word = "candle_solid"
    axis: Literal["normal", "percentage", "logarithm"] = "normal"
    indicators: Annotated[list[Indicator], Meta(max_length=20)] | None = None
    orders: bool = True
    fills: bool = True
    tools: bool | None = None  # None: where there is room
    magnet: bool = False


class Point(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A place on a chart: a moment in ms, a price. For drawing only, so a float is right."""

    timestamp: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    value: Number | None = None


class Drawing(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One thing drawn on a chart."""

    name: Word
    points: Annotated[list[Point], Meta(min_length=1, max_length=200)]
    text: Text = ""
    locked: bool = False


class Display(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """How every page is shown. ``theme`` empty: as the browser was told, else as its system."""

    theme: Literal["", "light", "dark", "auto"] = ""
    numbers: NumberStyle = "comma"


Drawings = Annotated[list[Drawing], Meta(max_length=200)]

SHAPES: dict[str, Any] = {
    "favourites": Favourites,
    "terminal": Terminal,
    "chart": Chart,
    "display": Display,
}
_SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,39}")


class BadPreference(ValueError):
    """Not a preference, or not of its shape; says what is wrong in a sentence."""


def read(name: str, body: bytes) -> Any:
    """The plain JSON value to keep of ``body``; raises :class:`BadPreference`."""
    if len(body) > MOST_BYTES:
        raise BadPreference(f"A preference takes at most {MOST_BYTES} bytes.")
    try:
        value = msgspec.json.decode(body, type=shape_of(name))
    except msgspec.DecodeError as error:  # a ValidationError is one
        raise BadPreference(str(error)) from error
    if name == "favourites":
        value = list(dict.fromkeys(value))
    return msgspec.to_builtins(value)


def fits(name: str, value: Any) -> bool:
    """Whether a kept value is still of its shape."""
    try:
        msgspec.convert(value, type=shape_of(name))
    except (BadPreference, msgspec.ValidationError):
        return False
    return True


def shape_of(name: str) -> Any:
    """The declared shape of a preference; raises :class:`BadPreference`."""
    if name in SHAPES:
        return SHAPES[name]
    if name.startswith(DRAWINGS) and _SYMBOL.fullmatch(name.removeprefix(DRAWINGS)):
        return Drawings
    raise BadPreference("There is no such preference.")
