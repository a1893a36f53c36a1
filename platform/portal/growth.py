"""The worth of a customer's accounts over a day, a month, a quarter, for pages."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

from money.units import format_units
from portal import charts, display
from trading.accounts.models import Account
from wallets.reports import periods, worth

log = structlog.get_logger("marque.portal")

SPANS = ("day", "month", "quarter")
_DAYS = {"month": 30, "quarter": 90}
_STEPS = (timedelta(hours=1), timedelta(minutes=15), timedelta(minutes=3), timedelta(minutes=1))
KEPT_SECONDS = 60
_PLACES = 2  # of a worth: it is an estimate


@dataclass(frozen=True)
class Growth:
    """``drawn`` is None while there are fewer than two moments with a worth; ``result_units`` is
    what was won or lost since the first of them, None if it cannot be told."""

    span: str
    series: worth.Series
    drawn: charts.Chart | None

    @property
    def result_units(self) -> int | None:
        return self.series.result_units


def growth_of(accounts: list[Account], span: str, currency: str, zone: tzinfo) -> Growth:
    """Since the first account was opened at the earliest; hours of a day, else whole days."""
    now = datetime.now(UTC)
    opened = min(account.opened_at for account in accounts)
    moments = moments_of(span, now, zone, not_before=opened)
    series = _kept(accounts, span, moments, currency, zone)
    points = [
        charts.Point(point.units, _place(point.at, span, zone), _text(series, point.units))
        for point in series.points
        if point.units is not None
    ]
    return Growth(span, series, charts.chart(points))


def moments_of(span: str, now: datetime, zone: tzinfo, *, not_before: datetime) -> list[datetime]:
    """Full hours of the last 24 (or shorter steps, for an account that is younger), or midnights
    of the last days, and now; oldest first."""
    if span == "day":
        step = next((each for each in _STEPS if now - not_before > 6 * each), _STEPS[-1])
        last = now - (now - datetime.min.replace(tzinfo=UTC)) % step
        marks = [last - step * back for back in range(23, -1, -1)]
    else:
        today = now.astimezone(zone).date()
        marks = [_midnight(today, back, zone) for back in range(_DAYS[span] - 1, -1, -1)]
    return [*(mark for mark in marks if not_before <= mark < now), now]


def _midnight(today: date, back: int, zone: tzinfo) -> datetime:
    return periods.midnight(today - timedelta(days=back), zone)


def _kept(
    accounts: list[Account], span: str, moments: list[datetime], currency: str, zone: tzinfo
) -> worth.Series:
    ids = sorted(account.pk for account in accounts)
    key = f"portal:worth:{'-'.join(map(str, ids))}:{span}:{currency}:{periods.zone_name(zone)}"
    try:
        found: worth.Series | None = cache.get(key)
        if found is None:
            found = worth.series(ids, moments, currency)
            cache.set(key, found, KEPT_SECONDS)
    except RedisError:
        log.warning("worth not kept: no cache")
        return worth.series(ids, moments, currency)
    return found


def _place(at: datetime, span: str, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    if span == "day":
        return local.strftime("%H:%M")
    return local.strftime("%Y-%m-%d")


def _text(series: worth.Series, units: int) -> str:
    if series.currency is None:
        return ""
    places = min(_PLACES, series.currency.scale)
    cut = units // 10 ** (series.currency.scale - places)
    return f"{display.grouped(format_units(cut, places, places))} {series.currency.code}"
