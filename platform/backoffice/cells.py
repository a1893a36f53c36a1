"""Small pieces of HTML for tables and fact lists: links, badges, money, times."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from backoffice import state_words
from money.units import format_units

# Made anew wherever it is shown: each reader hears "none" in his own language.
NOTHING: Any = lazy(format_html, SafeString)(
    '<span class="bo-muted" aria-label="{}">–</span>', gettext_lazy("none")
)

TONES = {
    "good": {
        "active", "open", "applied", "approved", "filled", "accepted", "delivered", "verified",
        "running", "read", "yes", "ok", "sent", "ready",
    },
    "warn": {
        "cancel_only", "requested", "partially_filled", "waiting", "queued", "starting",
        "unverified", "pending", "behind", "trade", "auction",
    },
    "bad": {
        "suspended", "halted", "refused", "rejected", "failed", "stopped", "withdraw", "break",
        "revoked", "inactive", "unavailable",
    },
}  # fmt: skip


def tone_of(state: str) -> str:
    """The tone a state is painted in: good, warn, bad, or plain for an ended, neutral one."""
    key = state_words.key_of(state)
    for tone, states in TONES.items():
        if key in states:
            return tone
    return "plain"


def badge(text: str, tone: str = "", *, words: dict[str, Any] = state_words.STATES) -> SafeString:
    """A small coloured label. A state's code is painted by the code and told in words.

    ``tone`` is for text that is no code; ``words`` are those of states that are told otherwise.
    """
    return format_html(
        '<span class="bo-badge bo-badge-{}">{}</span>',
        tone or tone_of(str(text)),
        state_words.word_of(str(text), words),
    )


def link(address: str, text: Any) -> SafeString:
    return format_html('<a class="bo-link" href="{}">{}</a>', address, text)


def mono(text: Any) -> SafeString:
    """Something to be compared letter by letter: ids, hashes, addresses."""
    return format_html('<span class="bo-mono">{}</span>', text)


def muted(text: Any) -> SafeString:
    return format_html('<span class="bo-muted">{}</span>', text)


def pair(first: Any, second: Any) -> SafeString:
    """Two lines in one cell: what it is, and a quieter detail."""
    return format_html(
        '<span class="bo-pair"><span>{}</span><span class="bo-muted">{}</span></span>',
        first,
        second,
    )


def lines(parts: Iterable[Any]) -> SafeString:
    """Several things in one cell, one below the other."""
    inside = format_html_join("", "<span>{}</span>", ((part,) for part in parts))
    return format_html('<span class="bo-pair">{}</span>', inside) if inside else NOTHING


def grouped(text: str) -> str:
    """Thousands marks in plain decimal text, for reading only."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, dot, fraction = digits.partition(".")
    return f"{sign}{int(whole):,}{dot}{fraction}"


def money(units: int, scale: int, code: str = "", *, places: int = 2) -> SafeString:
    """An exact amount with its asset; at least ``places`` decimals, never more than the asset's."""
    text = grouped(format_units(int(units), scale, min(places, scale)))
    sign = "bo-negative" if units < 0 else ""
    return format_html(
        '<span class="bo-money {}">{}{}</span>',
        sign,
        text,
        format_html(' <span class="bo-unit">{}</span>', code) if code else "",
    )


def volume(units: int, scale: int, code: str) -> SafeString:
    """A traded amount for a glance: whole units of the asset, the exact amount as its title."""
    exact = grouped(format_units(units, scale))
    whole = units // 10**scale
    shown = f"{whole:,}" if whole >= 1000 else grouped(format_units(units, scale, min(2, scale)))
    return format_html(
        '<span class="bo-volume" title="{} {}">{} <span class="bo-unit">{}</span></span>',
        exact,
        code,
        shown,
        code,
    )


def number(value: int) -> SafeString:
    return format_html('<span class="bo-money">{}</span>', f"{value:,}")


# A day in each language; in Russian a short month is not capital, as Django's "M" has it.
_DAYS = {"zh-hans": "Y-m-d", "ru": "j b Y"}
_LONG_DAYS = {"zh-hans": "Y年n月j日 l", "ru": "l, j E Y"}


def day_text(day: date) -> str:
    """``29 Nov 2026``, as the language writes it."""
    return date_format(day, _DAYS.get(get_language() or "", "j M Y"))


def long_day_text(day: date) -> str:
    """``Sunday, 29 November 2026``, as the language writes it."""
    return date_format(day, _LONG_DAYS.get(get_language() or "", "l, j F Y"))


def when(moment: datetime | None) -> SafeString:
    """A moment to the second in UTC, with the full form for machines."""
    if moment is None:
        return NOTHING
    utc = moment.astimezone(timezone.get_fixed_timezone(0))
    return format_html(
        '<time datetime="{}" title="{} UTC" class="bo-time">{} <span>{}</span></time>',
        utc.isoformat(),
        utc.strftime("%Y-%m-%d %H:%M:%S.%f"),
        day_text(utc),
        utc.strftime("%H:%M:%S"),
    )


def age(moment: datetime, now: datetime) -> str:
    """How long ago, in one coarse unit."""
    seconds = max(0, int((now - moment).total_seconds()))
    if seconds < 60:
        return _("%(count)d s ago") % {"count": seconds}
    if seconds < 3600:
        return _("%(count)d min ago") % {"count": seconds // 60}
    if seconds < 86400:
        return _("%(count)d h ago") % {"count": seconds // 3600}
    days = seconds // 86400
    return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}


def percent_of_ppm(ppm: int) -> str:
    """A fee in parts per million as an exact percentage: 1500 → ``0.15 %``."""
    return f"{format_units(ppm, 4, 2)} %"


def percent_of_bp(basis_points: int) -> str:
    """Basis points as an exact percentage: 250 → ``2.50 %``."""
    return f"{format_units(basis_points, 2, 2)} %"
