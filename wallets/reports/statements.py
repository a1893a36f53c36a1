"""Statements of an account: pages with the running balance, and whole periods like a bank's.

Units are signed as the owner sees them: received positive. A period's closing balance is the next
one's opening balance, for both are the sum of the postings through the same entry.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trading.accounts.models import Account
from trading.instruments.info import catalogue
from trading.instruments.rules import AssetInfo
from wallets.ledger import chart
from wallets.ledger.models import EntryKind, Line
from wallets.reports import reading
from wallets.reports.periods import Period, zone_name
from wallets.reports.shapes import Amount, Column, Kind, Report, Section
from wallets.reports.words import kind_words

ROWS_AT_ONCE = 2_000

COLUMNS = (
    Column("time", gettext_lazy("Time"), Kind.TIME, weight=20),
    Column("what", gettext_lazy("What"), weight=18),
    Column("reference", gettext_lazy("Reference"), Kind.ID, weight=14),
    Column("entry_id", gettext_lazy("Entry"), Kind.ID, weight=16, on_phone=False),
    Column("asset", gettext_lazy("Asset"), weight=8),
    Column("amount", gettext_lazy("Amount"), Kind.AMOUNT, weight=18),
    Column("balance", gettext_lazy("Booked balance"), Kind.AMOUNT, weight=18),
)


class BadCursor(ValueError):
    """A statement cursor that this statement did not give out."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A posting as its owner sees it: positive is received, and what he had afterwards."""

    entry_id: int
    line: int
    time: datetime
    kind: int
    reference_id: int
    asset: AssetInfo
    amount_units: int
    balance_units: int

    @property
    def cursor(self) -> str:
        """Where the next page begins behind this line."""
        return f"{self.entry_id}-{self.line}-{self.asset.id}"

    @property
    def kind_name(self) -> str:
        """The kind's name for programs."""
        try:
            return EntryKind(self.kind).name.lower()
        except ValueError:
            return str(self.kind)

    @property
    def amount(self) -> str:
        return self.asset.text(self.amount_units)

    @property
    def balance(self) -> str:
        return self.asset.text(self.balance_units)


@dataclass(frozen=True, slots=True)
class PeriodBalance:
    """What an account had of an asset when a period began and ended, and what moved."""

    asset: AssetInfo
    opening_units: int
    closing_units: int

    @property
    def moved_units(self) -> int:
        return self.closing_units - self.opening_units


@dataclass(frozen=True, slots=True)
class FileLine:
    """A line of a statement as a report."""

    time: datetime | None
    what: str
    reference: str
    entry_id: str
    asset: str
    amount: Amount | None
    balance: Amount


def ledger_ids(account_id: int, asset_id: int | None = None) -> dict[int, AssetInfo]:
    """The account's own ledger accounts and their assets; of one asset or of all."""
    assets = catalogue().assets
    wanted = assets if asset_id is None else {asset_id: assets[asset_id]}
    return {
        chart.ledger_account_id(Line.ENGINE_ACCOUNT, account_id, pk): asset
        for pk, asset in wanted.items()
    }


def page(
    account: Account,
    cursor: str = "",
    *,
    limit: int = 50,
    asset_id: int | None = None,
    period: Period | None = None,
) -> tuple[list[StatementLine], str]:
    """A page of an account's statement, newest first, and the cursor of the next page ("": none).

    Raises BadCursor.
    """
    after, through = period.bounds() if period else (reading.FIRST, 2**62)
    entry_id, line = through, reading.LAST_LINE + 1
    if cursor:
        # A cursor from elsewhere in the statement must not leave the period.
        entry_id, line = min((entry_id, line), _parse_cursor(cursor))
    assets = ledger_ids(account.pk, asset_id)
    rows = reading.newest_movements(
        list(assets), after=after, entry_id=entry_id, line=line, limit=limit + 1
    )
    more, rows = len(rows) > limit, rows[:limit]
    balances: dict[int, int] = {}
    lines = []
    for row in rows:
        own = row.ledger_account_id
        if own not in balances:
            balances[own] = -reading.units_through(own, row.entry_id, row.line)
        lines.append(_line_of(row, assets[own], balances[own]))
        balances[own] += row.units
    return lines, lines[-1].cursor if more else ""


def movements(
    account_id: int, after: int, through: int, *, asset_id: int | None = None
) -> Iterator[StatementLine]:
    """All lines behind one bound and through another, oldest first, read piece by piece."""
    assets = ledger_ids(account_id, asset_id)
    balances = {own: -reading.units_through(own, after) for own in assets}
    entry_id, line = after, reading.LAST_LINE
    while True:
        rows = reading.oldest_movements(
            list(assets), entry_id=entry_id, line=line, through=through, limit=ROWS_AT_ONCE
        )
        for row in rows:
            own = row.ledger_account_id
            balances[own] -= row.units
            yield _line_of(row, assets[own], balances[own])
        if len(rows) < ROWS_AT_ONCE:
            return
        entry_id, line = rows[-1].entry_id, rows[-1].line


def period_balances(
    account: Account, period: Period, *, asset_id: int | None = None
) -> list[PeriodBalance]:
    """Opening and closing balances of a period, of assets that had or got something."""
    after, through = period.bounds()
    found = [
        PeriodBalance(
            asset, -reading.units_through(own, after), -reading.units_through(own, through)
        )
        for own, asset in ledger_ids(account.pk, asset_id).items()
    ]
    wanted = asset_id is not None
    return [each for each in found if wanted or each.opening_units or each.closing_units]


def report(account: Account, period: Period, owner: str, *, asset_id: int | None = None) -> Report:
    """The statement of a period, oldest line first, a section an asset. Lines are read while the
    report is written."""
    after, through = period.bounds()
    words = kind_words()
    sections = [
        Section(asset.code, _file_lines(account.pk, asset, after, through, words))
        for own, asset in ledger_ids(account.pk, asset_id).items()
        if asset_id is not None or _has_any(own, after, through)
    ]
    facts: list[tuple[Any, Any]] = [
        (_("Customer"), owner),
        (_("Account"), f"{account.name} ({account.pk})"),
        *period_facts(period),
    ]
    return Report(f"statement-{account.pk}", _("Statement"), COLUMNS, sections, period.zone, facts)


def period_facts(period: Period) -> list[tuple[Any, Any]]:
    """A period and its time zone, in words."""

    def text(moment: datetime | None, otherwise: str) -> str:
        if moment is None:
            return otherwise
        return moment.astimezone(period.zone).strftime("%Y-%m-%d %H:%M:%S")

    return [
        (_("From"), text(period.begin, _("the first entry"))),
        (_("Until (not included)"), text(period.end, _("now"))),
        (_("Time zone"), zone_name(period.zone)),
    ]


def _has_any(ledger_account_id: int, after: int, through: int) -> bool:
    return bool(
        reading.units_through(ledger_account_id, after)
        or reading.oldest_movements(
            [ledger_account_id], entry_id=after, line=reading.LAST_LINE, through=through, limit=1
        )
    )


def _file_lines(
    account_id: int, asset: AssetInfo, after: int, through: int, words: dict[int, str]
) -> Iterator[FileLine]:
    (own,) = ledger_ids(account_id, asset.id)
    units = -reading.units_through(own, after)

    def amount(number: int) -> Amount:
        return Amount(number, asset.scale, asset.code)

    yield FileLine(None, _("Opening balance"), "", "", asset.code, None, amount(units))
    for line in movements(account_id, after, through, asset_id=asset.id):
        units = line.balance_units
        yield FileLine(
            line.time,
            words.get(line.kind, str(line.kind)),
            str(line.reference_id),
            str(line.entry_id),
            asset.code,
            amount(line.amount_units),
            amount(units),
        )
    yield FileLine(None, _("Closing balance"), "", "", asset.code, None, amount(units))


def _line_of(row: reading.Movement, asset: AssetInfo, balance_units: int) -> StatementLine:
    return StatementLine(
        entry_id=row.entry_id,
        line=row.line,
        time=row.time,
        kind=row.kind,
        reference_id=row.reference_id,
        asset=asset,
        amount_units=-row.units,
        balance_units=balance_units,
    )


def _parse_cursor(cursor: str) -> tuple[int, int]:
    # Short enough for SQL's whole numbers.
    match = re.fullmatch(r"([0-9]{1,18})-([0-9]{1,9})-([0-9]{1,9})", cursor, re.ASCII)
    if match is None:
        raise BadCursor("This is no cursor of a statement: begin again without one.")
    return int(match[1]), int(match[2])
