"""Reports of the firm as its pages ask for them: rows are read here and given to pure functions."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.selectors import current_tenant
from trading.accounts.selectors import groups
from trading.instruments.info import catalogue
from wallets.ledger.entries import ENTRY_INDEX_BITS
from wallets.payments import rates as payment_rates
from wallets.reports import books, lines, rates, reading, revenue
from wallets.reports.periods import Period, zone_name
from wallets.reports.shapes import Report
from wallets.reports.statements import period_facts


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The books at a moment: `bound` is the last journal entry in them."""

    at: datetime
    bound: int
    is_live: bool
    lines: list[lines.BookLine]
    valuation: rates.Valuation


def currency_of(asked: str = "") -> str:
    """The code that was asked for where the firm has such an asset, else the firm's own choice."""
    return asked if asked in catalogue().by_code else str(current_tenant().reporting_currency)


def snapshot(at: datetime | None, currency: str) -> Snapshot:
    """The books before a moment; None: as they are now."""
    return _taken(at, reading.bound_before(at) if at else reading.newest_bound(), currency)


def _taken(at: datetime | None, bound: int, currency: str) -> Snapshot:
    known = catalogue(fresh=True)
    moment = at or timezone.now()
    codes = {pk: asset.code for pk, asset in known.assets.items()}
    return Snapshot(
        moment,
        bound,
        at is None,
        lines.named(reading.totals(bound), codes),
        valuation_at(moment, bound, currency),
    )


def valuation_at(moment: datetime, bound: int, currency: str) -> rates.Valuation:
    """Rates before a moment, of candles no newer than a bound."""
    known = catalogue()
    prices = rates.prices_at(list(known.instruments), at=moment, seq=(bound >> ENTRY_INDEX_BITS))
    return rates.valuation(known, prices, currency, moment)


def traded_rates(currency: str, now: datetime) -> dict[int, payment_rates.Rate]:
    """What the firm's own last trades say of each asset, for limits that count in a currency."""
    valued = valuation_at(now, reading.newest_bound(), currency)
    return {
        asset_id: payment_rates.Rate(
            rate.value, rate.source(now), datetime.fromtimestamp(rate.as_of_second, UTC)
        )
        for asset_id, rate in valued.rates.items()
        if rate.as_of_second is not None
    }


def trial_balance(at: datetime | None, zone: tzinfo, currency: str) -> Report:
    """The trial balance at a moment."""
    taken = snapshot(at, currency)
    return books.trial_balance(taken.lines, taken.valuation, zone, _moment_facts(taken, zone))


def balance_sheet(taken: Snapshot, zone: tzinfo) -> Report:
    """The balance sheet of a snapshot."""
    facts = _moment_facts(taken, zone) + _valuation_facts(taken.valuation)
    return books.balance_sheet(taken.lines, taken.valuation, zone, facts)


def income_statement(period: Period, currency: str) -> tuple[Report, rates.Valuation]:
    """Income and expense of a period, valued at the rates of its end."""
    after, through = period.bounds()
    end = _taken(period.end, through, currency)
    codes = {pk: asset.code for pk, asset in catalogue().assets.items()}
    moved = lines.moved(lines.named(reading.totals(after), codes), end.lines)
    facts = period_facts(period) + _valuation_facts(end.valuation)
    return books.income_statement(moved, end.valuation, period.zone, facts), end.valuation


def custody(taken: Snapshot, zone: tzinfo) -> Report:
    """Liabilities against custody of a snapshot."""
    facts = _moment_facts(taken, zone) + _valuation_facts(taken.valuation)
    return books.custody(taken.lines, taken.valuation, zone, facts)


def fee_report(
    period: Period, grouping: str, currency: str, account_ids: list[int] | None = None
) -> tuple[Report, list[revenue.DayValue]]:
    """Fees of a period, and what each day's are worth for a chart; of some accounts or of all."""
    after, through = period.trade_bounds()
    rows = reading.fees(
        after_trade=after,
        through_trade=through,
        zone=zone_name(period.zone),
        account_ids=account_ids,
    )
    known = catalogue(fresh=True)
    end = period.end or timezone.now()
    bound = reading.bound_before(end) if period.end else reading.newest_bound()
    valuation = valuation_at(end, bound, currency)
    names = dict(groups().values_list("pk", "name"))
    facts = period_facts(period) + _valuation_facts(valuation)
    report = revenue.revenue(rows, known, names, valuation, grouping, period.zone, facts)
    return report, revenue.by_day(rows, known, valuation)


def _moment_facts(taken: Snapshot, zone: tzinfo) -> list[tuple[Any, Any]]:
    moment = taken.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    return [
        (_("Firm"), current_tenant().name),
        (_("As of"), _("%(moment)s, live") % {"moment": moment} if taken.is_live else moment),
        (_("Time zone"), zone_name(zone)),
        (_("Engine seq"), str(taken.bound >> ENTRY_INDEX_BITS)),
    ]


def _valuation_facts(valuation: rates.Valuation) -> list[tuple[Any, Any]]:
    return [
        (_("Valued in"), valuation.code or _("nothing")),
        (_("Rates"), _("last trades of the firm's own instruments, by one-minute candles")),
    ]
