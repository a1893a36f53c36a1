"""Trading hours in words, for the pages of instruments and of calendars."""

import datetime
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _

from backoffice import words
from trading.calendars import hours, selectors
from trading.calendars.models import Calendar
from trading.instruments.models import Instrument


def section(row: Instrument) -> dict[str, Any]:
    """What an instrument's page says of its trading hours."""
    calendar = selectors.calendar_of(row)
    return {"calendar": calendar, "steps": coming(calendar) if calendar else []}


def coming(calendar: Calendar) -> list[dict[str, Any]]:
    """The steps of the next seven days, by the calendar's own clock and in UTC."""
    return told(selectors.coming_steps(calendar, timezone.now()), calendar.time_zone)


def told(steps: Iterable[hours.Step], time_zone: str) -> list[dict[str, Any]]:
    zone = ZoneInfo(time_zone)
    return [
        {
            "at": step.at,
            # The day of the week in the reader's language.
            "local": dateformat.format(step.at.astimezone(zone), "D Y-m-d H:i"),
            "state": words.state_text(step.state),
            "badge": words.state_badge(step.state),
        }
        for step in steps
    ]


def text_of(one: hours.Hours) -> str:
    """``08:50/09:00-17:30/17:35``: auction, opening, closing auction, close."""

    def joined(first: datetime.time | None, second: datetime.time) -> str:
        return f"{second:%H:%M}" if first is None else f"{first:%H:%M}/{second:%H:%M}"

    return "-".join(
        (joined(one.auction_at, one.opens_at), joined(one.closing_auction_at, one.closes_at))
    )


def hours_of(weekday: int, text: str) -> hours.Hours | None:
    """The session a person typed; None if there is none. Raises ValidationError."""
    text = text.replace(" ", "")
    if not text:
        return None
    try:
        begins, ends = (part.split("/") for part in text.split("-"))
        auction_at, opens_at = (None, begins[0]) if len(begins) == 1 else begins
        closing_at, closes_at = (None, ends[0]) if len(ends) == 1 else ends
        return hours.Hours(
            weekday=weekday,
            auction_at=_time(auction_at) if auction_at else None,
            opens_at=_time(opens_at),
            closing_auction_at=_time(closing_at) if closing_at else None,
            closes_at=_time(closes_at),
        )
    except ValueError:
        raise forms.ValidationError(
            _("Write 09:00-17:30, with auctions 08:50/09:00-17:30/17:35, or nothing.")
        ) from None


def holidays_of(text: str) -> dict[datetime.date, str]:
    """The dates a person typed, one a line with a note behind it. Raises ValidationError."""
    found = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        date, _space, note = line.strip().partition(" ")
        try:
            found[datetime.date.fromisoformat(date)] = note.strip()
        except ValueError:
            raise forms.ValidationError(
                _("Write one date a line, such as 2027-12-25 Christmas: not %(line)s.")
                % {"line": line.strip()}
            ) from None
    return found


def _time(text: str) -> datetime.time:
    return datetime.datetime.strptime(text, "%H:%M").time()
