"""The tax year of a customer: every fact a tax adviser needs, and no view on cost or gain.

Balances when the year begins and ends, and between them each trade with its price and fee, each
deposit, withdrawal and other movement, oldest first, of all of the customer's accounts.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from money.units import format_units
from trading.accounts.models import Account
from trading.instruments.info import catalogue
from wallets.ledger import entries
from wallets.ledger.models import EntryKind
from wallets.reports import reading, statements
from wallets.reports.periods import Period
from wallets.reports.shapes import Amount, Column, Kind, Report, Section
from wallets.reports.words import kind_words

COLUMNS = (
    Column("time", gettext_lazy("Time"), Kind.TIME, weight=20),
    Column("account", gettext_lazy("Account"), Kind.ID, weight=12),
    Column("what", gettext_lazy("What"), weight=16),
    Column("instrument", gettext_lazy("Instrument"), weight=10),
    Column("quantity", gettext_lazy("Quantity"), Kind.AMOUNT, weight=15),
    Column("quantity_asset", gettext_lazy("of asset"), weight=7),
    Column("price", gettext_lazy("Price"), Kind.TEXT, weight=11),
    Column("amount", gettext_lazy("Paid or received"), Kind.AMOUNT, weight=15),
    Column("amount_asset", gettext_lazy("in asset"), weight=7),
    Column("fee", gettext_lazy("Fee"), Kind.AMOUNT, weight=13),
    Column("fee_asset", gettext_lazy("in asset"), weight=7),
    Column("reference", gettext_lazy("Reference"), Kind.ID, weight=12),
)


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One fact. Amounts are signed as the customer sees them; a fee is what was taken."""

    time: datetime | None
    account: str
    what: str
    instrument: str
    quantity: Amount | None
    quantity_asset: str
    price: str
    amount: Amount | None
    amount_asset: str
    fee: Amount | None
    fee_asset: str
    reference: str


def report(accounts: list[Account], year: int, period: Period, owner: str) -> Report:
    """The year's export; its movements are read while it is written."""
    bounds, trades = period.bounds(), period.trade_bounds()
    merged = heapq.merge(
        *(_facts(account, bounds, trades) for account in accounts), key=itemgetter(0)
    )
    words = _("Balance at the beginning"), _("Balance at the end")
    sections = [
        Section(_("Balances at the beginning of the year"), _held(accounts, bounds[0], words[0])),
        Section(_("Movements"), (line for _key, line in merged)),
        Section(_("Balances at the end of the year"), _held(accounts, bounds[1], words[1])),
    ]
    facts: list[tuple[Any, Any]] = [
        (_("Customer"), owner),
        (_("Year"), str(year)),
        *statements.period_facts(period),
    ]
    notes = [
        _("Facts only: what was bought, sold, paid and received. No cost basis and no gain is "
          "worked out here.")
    ]  # fmt: skip
    return Report(f"tax-year-{year}", _("Tax year"), COLUMNS, sections, period.zone, facts, notes)


def _facts(
    account: Account, bounds: tuple[int, int], trades: tuple[int, int]
) -> Iterator[tuple[tuple[int, int], TaxLine]]:
    """Fills and other movements of an account in the order of the engine's journal."""
    return heapq.merge(_fills(account, trades), _movements(account, bounds), key=itemgetter(0))


def _fills(account: Account, trades: tuple[int, int]) -> Iterator[tuple[tuple[int, int], TaxLine]]:
    infos = catalogue().instruments
    words = {True: _("Buy"), False: _("Sell")}
    for row in reading.fills(account.pk, after_trade=trades[0], through_trade=trades[1]):
        info = infos[row.instrument_id]
        sign = 1 if row.buys else -1
        fee = (
            Amount(row.fee_units, info.base_scale, info.base_code)
            if row.buys
            else Amount(row.fee_units, info.quote_scale, info.quote_code)
        )
        place = entries.entry_id(row.seq, row.event_index), int(row.is_maker)
        yield (
            place,
            TaxLine(
                time=row.time,
                account=str(account.pk),
                what=words[row.buys],
                instrument=info.symbol,
                quantity=Amount(sign * row.base_units, info.base_scale, info.base_code),
                quantity_asset=info.base_code,
                price=format_units(row.ticks * info.tick_units, info.quote_scale),
                amount=Amount(-sign * row.quote_units, info.quote_scale, info.quote_code),
                amount_asset=info.quote_code,
                fee=fee,
                fee_asset=fee.code,
                reference=str(row.trade_id),
            ),
        )


def _movements(
    account: Account, bounds: tuple[int, int]
) -> Iterator[tuple[tuple[int, int], TaxLine]]:
    words = kind_words()
    for line in statements.movements(account.pk, *bounds):
        if line.kind == EntryKind.SPOT_FILL:
            continue
        asset = line.asset
        yield (
            (line.entry_id, line.line),
            _plain(
                account,
                words.get(line.kind, str(line.kind)),
                Amount(line.amount_units, asset.scale, asset.code),
                time=line.time,
                reference=str(line.reference_id),
            ),
        )


def _held(accounts: list[Account], bound: int, word: str) -> list[TaxLine]:
    """What each account had of each asset through a bound."""
    return [
        _plain(account, word, Amount(units, asset.scale, asset.code))
        for account in accounts
        for own, asset in statements.ledger_ids(account.pk).items()
        if (units := -reading.units_through(own, bound))
    ]


def _plain(
    account: Account,
    what: str,
    quantity: Amount,
    *,
    time: datetime | None = None,
    reference: str = "",
) -> TaxLine:
    """A line about one asset alone."""
    return TaxLine(
        time, str(account.pk), what, "", quantity, quantity.code, "", None, "", None, "", reference
    )
