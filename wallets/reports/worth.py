"""What accounts were worth at moments of the past, and what of the change was paid in or out.

Worth at a moment: booked units of each asset times its rate then (`rates`). Result between two
moments: the change of worth less what was paid in plus what was paid out, each payment valued at
the rates of the moment that follows it. Neither is guessed: without a rate for something that was
held or paid there is none (None).
"""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from trading.instruments.info import catalogue
from trading.instruments.rules import AssetInfo
from wallets.ledger.models import EntryKind, LedgerAccount, Line
from wallets.reports import rates, reading
from wallets.reports.rates import Valuation

# Kinds by which a customer pays in or takes out; all others are results.
PAYMENTS = (
    EntryKind.DEPOSIT,
    EntryKind.WITHDRAWAL,
    EntryKind.ADJUSTMENT_CREDIT,
    EntryKind.ADJUSTMENT_DEBIT,
    EntryKind.TRANSFER_CREDIT,
    EntryKind.TRANSFER_DEBIT,
    EntryKind.WITHDRAWAL_RETURNED,
    EntryKind.DEPOSIT_REVERSED,
    EntryKind.HOUSE_FUNDING,
    EntryKind.HOUSE_WITHDRAWAL,
    EntryKind.CORRECTION,
    EntryKind.REVERSAL,
    # For one account they are; for all of a customer's they come to nothing.
    EntryKind.OWN_TRANSFER_OUT,
    EntryKind.OWN_TRANSFER_IN,
)


@dataclass(frozen=True, slots=True)
class Worth:
    """Units of the currency at a moment; `paid_units`: paid in less paid out since the moment
    before. None: something had no rate."""

    at: datetime
    units: int | None
    paid_units: int | None


@dataclass(frozen=True, slots=True)
class Series:
    """Worth at each moment, oldest first. ``currency`` None: the firm has no such asset."""

    currency: AssetInfo | None
    points: list[Worth]

    @property
    def known(self) -> list[Worth]:
        return [point for point in self.points if point.units is not None]

    @property
    def result_units(self) -> int | None:
        """The result from the first moment to the last; None if any part of it is not known."""
        if len(self.points) < 2:
            return None
        first, last = self.points[0].units, self.points[-1].units
        paid = [point.paid_units for point in self.points[1:]]
        if first is None or last is None or None in paid:
            return None
        return last - first - sum(units for units in paid if units is not None)


def series(account_ids: list[int], moments: list[datetime], currency_code: str) -> Series:
    """The worth of these accounts together at moments, oldest first; the last may be now."""
    known = catalogue()
    currency = known.by_code.get(currency_code)
    if currency is None or not moments or not account_ids:
        return Series(currency, [])
    own = dict(
        LedgerAccount.objects.filter(
            account_id__in=account_ids, line=Line.ENGINE_ACCOUNT
        ).values_list("pk", "asset_id")
    )
    opening, moves, paid = _movements(own, moments)
    prices = rates.prices_over(list(known.instruments), moments)
    points, held = [], dict(opening)
    for step, moment in enumerate(moments):
        for asset_id, units in moves.get(step, {}).items():
            held[asset_id] = held.get(asset_id, 0) + units
        valuation = rates.valuation(known, prices[step], currency_code, moment)
        points.append(Worth(moment, _sum(valuation, held), _sum(valuation, paid.get(step, {}))))
    return Series(currency, points)


Units = dict[int, int]  # asset id → units of the customer, positive: his


def _movements(
    own: dict[int, int], moments: list[datetime]
) -> tuple[Units, dict[int, Units], dict[int, Units]]:
    """Units at the first moment; what moved before each later one; what of that was paid."""
    bound = reading.bound_before(moments[0])
    opening: Units = {}
    for ledger_account_id, asset_id in own.items():
        # A customer's money is a credit in the books.
        units = -reading.units_through(ledger_account_id, bound)
        opening[asset_id] = opening.get(asset_id, 0) + units
    moves: dict[int, Units] = {}
    paid: dict[int, Units] = {}
    for row in reading.moved_between(list(own), moments, after=bound, kinds=list(PAYMENTS)):
        asset_id = own[row.ledger_account_id]
        for each in (moves, paid) if row.is_of_kinds else (moves,):
            at = each.setdefault(row.step, {})
            at[asset_id] = at.get(asset_id, 0) - row.units
    return opening, moves, paid


def _sum(valuation: Valuation, units: Units) -> int | None:
    total = Fraction()
    for asset_id, amount in units.items():
        value = valuation.value(asset_id, amount) if amount else Fraction()
        if value is None:
            return None
        total += value
    return round(total)
