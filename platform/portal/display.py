"""How the one who asks wants numbers and times shown, for templates while a page is made.

Middleware says whose page it is; what he set is read only when something is to be shown.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import tzinfo
from functools import cache
from typing import Any, get_args

from django.http import HttpRequest, HttpResponse

from portal import preferences, selectors
from wallets.reports import periods

THIN_SPACE, QUOTE = "\u202f", "\u2019"
# Style → (thousands mark, decimal mark).
MARKS: dict[str, tuple[str, str]] = {
    "comma": (",", "."),
    "dot": (".", ","),
    "space": (THIN_SPACE, "."),
    "space_comma": (THIN_SPACE, ","),
    "quote": (QUOTE, "."),
    "plain": ("", "."),
}
assert set(MARKS) == set(get_args(preferences.NumberStyle))


@dataclass(frozen=True)
class Display:
    """``zone`` is None where times are shown in the browser's own."""

    theme: str = ""
    numbers: str = "comma"
    zone: tzinfo | None = None

    @property
    def zone_name(self) -> str:
        return periods.zone_name(self.zone) if self.zone else ""


DEFAULT = Display()
_source: ContextVar[Callable[[], Display] | None] = ContextVar("portal_display", default=None)


def current() -> Display:
    """What the page being made is shown with."""
    source = _source.get()
    return DEFAULT if source is None else source()


@contextmanager
def showing(source: Callable[[], Display]) -> Iterator[None]:
    """``source`` is asked at most once, and not at all when nothing is shown."""
    token = _source.set(cache(source))
    try:
        yield
    finally:
        _source.reset(token)


def display_of(user: Any) -> Display:
    """What a user has set; visitors have nothing set."""
    if not user.is_authenticated:
        return DEFAULT
    kept = selectors.display_of(user)
    zone = periods.zone_of(user) if user.timezone else None
    return Display(kept.get("theme", ""), kept.get("numbers", "comma"), zone)


def grouped(text: str) -> str:
    """Plain decimal text with the reader's marks: "1234.5" → "1,234.5"."""
    return marked(text, current().numbers)


def sample(style: str) -> str:
    """What numbers look like in a style."""
    return marked("1234567.89", style)


def marked(text: str, style: str) -> str:
    """Plain decimal text with the marks of a style."""
    thousands, point = MARKS[style]
    sign = "-" if text.startswith("-") else ""
    whole, mark, fraction = text.removeprefix("-").partition(".")
    return sign + f"{int(whole):,}".replace(",", thousands) + (point if mark else "") + fraction


class DisplayMiddleware:
    """Tells who the page is for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with showing(lambda: display_of(request.user)):
            return self.get_response(request)
