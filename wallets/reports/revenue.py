"""Fees by instrument, group or day: a pure function of the fees of a period."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trading.instruments.rules import Catalogue
from wallets.reports.books import NOT_VALUED
from wallets.reports.rates import Valuation
from wallets.reports.reading import FeeRow
from wallets.reports.shapes import Amount, Column, Kind, Report, Section, Sum

GROUPINGS = {
    "day": gettext_lazy("Day"),
    "instrument": gettext_lazy("Instrument"),
    "group": gettext_lazy("Account group"),
}


@dataclass(frozen=True, slots=True)
class FeeLine:
    """Fees of one day, instrument or group in one asset."""

    of: str
    asset: str
    fills: int
    fees: Amount
    value: Amount | None
    source: str


@dataclass(frozen=True, slots=True)
class DayValue:
    """What a day's fees are worth, where they have a rate."""

    day: date
    value: Amount | None


def columns(grouping: str) -> tuple[Column, ...]:
    return (
        Column("of", GROUPINGS[grouping], weight=16),
        Column("asset", gettext_lazy("Asset"), weight=8),
        Column("fills", gettext_lazy("Fills"), Kind.NUMBER, weight=8),
        Column("fees", gettext_lazy("Fees"), Kind.AMOUNT, weight=18),
        Column("value", gettext_lazy("Value"), Kind.AMOUNT, none=NOT_VALUED, weight=16),
        Column("source", gettext_lazy("Rate from"), weight=26, on_phone=False),
    )


def asset_of(row: FeeRow, catalogue: Catalogue) -> int:
    """The asset that the fees were taken in."""
    info = catalogue.instruments[row.instrument_id]
    return info.base_id if row.in_base else info.quote_id


def revenue(
    rows: list[FeeRow],
    catalogue: Catalogue,
    groups: dict[int, str],
    valuation: Valuation,
    grouping: str,
    zone: tzinfo,
    facts: list[tuple[Any, Any]],
) -> Report:
    """Fees of a period by day, instrument or account group (as an account's is now)."""
    fills: dict[tuple[str, int], int] = defaultdict(int)
    units: dict[tuple[str, int], int] = defaultdict(int)
    all_units: dict[int, int] = defaultdict(int)
    for row in rows:
        of = {
            "day": row.day.isoformat(),
            "instrument": catalogue.instruments[row.instrument_id].symbol,
            "group": groups.get(row.group_id, str(row.group_id)),
        }[grouping]
        key = of, asset_of(row, catalogue)
        fills[key] += row.fills
        units[key] += row.units
        all_units[key[1]] += row.units
    made = [
        _line(of, asset_id, fills[of, asset_id], amount, valuation)
        for (of, asset_id), amount in sorted(units.items(), key=lambda item: item[0])
        if amount or fills[of, asset_id]
    ]
    sums = [
        Sum(
            {
                "of": _("Sum"),
                "asset": valuation.assets[asset_id].code,
                "fees": _amount(valuation, asset_id, amount),
                "value": valuation.worth(asset_id, amount),
                "fills": sum(n for (_of, a), n in fills.items() if a == asset_id),
            }
        )
        for asset_id, amount in sorted(all_units.items())
    ]
    if len(sums) > 1:
        total = valuation.sum(list(all_units.items()))
        sums.append(Sum({"of": _("Sum of values"), "asset": valuation.code, "value": total}))
    missing = valuation.unvalued({a for a, amount in all_units.items() if amount})
    notes = [_("Valued at the rates of the end of the period.")]
    if missing:
        notes.append(
            _("Not valued, and so in no sum of values, for want of a rate: %(codes)s.")
            % {"codes": ", ".join(missing)}
        )
    if grouping == "group":
        notes.append(_("An account counts in the group it is in now."))
    return Report(
        f"fees-by-{grouping}",
        _("Fees and revenue"),
        columns(grouping),
        [Section("", made, sums if made else [])],
        zone,
        facts,
        notes,
    )


def by_day(rows: list[FeeRow], catalogue: Catalogue, valuation: Valuation) -> list[DayValue]:
    """What the fees of each day are worth, oldest first; days without a trade are left out."""
    held: dict[date, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        held[row.day][asset_of(row, catalogue)] += row.units
    return [DayValue(d, valuation.sum(list(units.items()))) for d, units in sorted(held.items())]


def _line(of: str, asset_id: int, fills: int, units: int, valuation: Valuation) -> FeeLine:
    return FeeLine(
        of,
        valuation.assets[asset_id].code,
        fills,
        _amount(valuation, asset_id, units),
        valuation.worth(asset_id, units),
        valuation.source(asset_id),
    )


def _amount(valuation: Valuation, asset_id: int, units: int) -> Amount:
    asset = valuation.assets[asset_id]
    return Amount(units, asset.scale, asset.code)
