"""Reads of the ledger: statements with running balance, balances, entries with their trail."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from trading.accounts.models import Account
from trading.instruments.info import catalogue
from trading.instruments.rules import AssetInfo
from trading.orders.selectors import held_units
from wallets.ledger import chart, history
from wallets.ledger.models import (
    Balance,
    BooksProof,
    EntryKind,
    JournalEntry,
    LedgerAccount,
    Line,
)
from wallets.ledger.verify import Break


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A posting as its owner sees it: positive is received, and what he had afterwards."""

    entry_id: int
    line: int
    time: datetime
    kind: EntryKind
    reference_id: int
    asset: AssetInfo
    amount_units: int
    balance_units: int

    @property
    def cursor(self) -> str:
        """Where the next page begins behind this line."""
        return f"{self.entry_id}-{self.line}-{self.asset.id}"

    @property
    def amount(self) -> str:
        return self.asset.text(self.amount_units)

    @property
    def balance(self) -> str:
        return self.asset.text(self.balance_units)


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """What an account has of one asset: booked = available + held (units)."""

    asset: AssetInfo
    booked_units: int
    held_units: int

    @property
    def available_units(self) -> int:
        return self.booked_units - self.held_units


class BadCursor(ValueError):
    """A statement cursor that this statement did not give out."""


def balances(account: Account) -> list[AccountBalance]:
    """An account's balances in every asset of the tenant, as of the clearing checkpoint."""
    assets = catalogue().assets
    ids = {chart.ledger_account_id(Line.ENGINE_ACCOUNT, account.pk, pk): pk for pk in assets}
    booked = {
        ids[balance.ledger_account_id]: -balance.units
        for balance in Balance.objects.filter(pk__in=list(ids))
    }
    held = held_units(account.pk)
    return [
        AccountBalance(asset, booked.get(pk, 0), held.get((account.pk, pk), 0))
        for pk, asset in assets.items()
    ]


def booked_units(account: Account, asset_id: int) -> int:
    """What the tenant owes the account of one asset."""
    ledger_id = chart.ledger_account_id(Line.ENGINE_ACCOUNT, account.pk, asset_id)
    balance = Balance.objects.filter(pk=ledger_id).first()
    return -balance.units if balance is not None else 0


def statement(
    account: Account, cursor: str = "", *, limit: int = 50, asset_id: int | None = None
) -> tuple[list[StatementLine], str]:
    """A page of an account's statement, newest first, and the cursor of the next page ("": none).

    Raises BadCursor.
    """
    entry_id, line, _ = _parse_cursor(cursor)
    assets = catalogue().assets
    wanted = [asset_id] if asset_id is not None else list(assets)
    ids = {chart.ledger_account_id(Line.ENGINE_ACCOUNT, account.pk, pk): pk for pk in wanted}
    before = (entry_id, line) if entry_id is not None and line is not None else None
    rows = history.postings_of(list(ids), before=before, limit=limit + 1)
    more, rows = len(rows) > limit, rows[:limit]
    after: dict[int, int] = {}
    lines = []
    for row in rows:
        ledger_id = row.ledger_account_id
        if ledger_id not in after:
            after[ledger_id] = -history.units_until(ledger_id, row.entry_id, row.line)
        lines.append(
            StatementLine(
                entry_id=row.entry_id,
                line=row.line,
                time=row.entry.time,
                kind=EntryKind(row.entry.kind),
                reference_id=row.entry.reference_id,
                asset=assets[ids[ledger_id]],
                amount_units=-row.units,
                balance_units=after[ledger_id],
            )
        )
        after[ledger_id] += row.units
    return lines, lines[-1].cursor if more else ""


def _parse_cursor(cursor: str) -> tuple[int | None, int | None, int | None]:
    if not cursor:
        return None, None, None
    # Short enough for SQL's whole numbers.
    match = re.fullmatch(r"([0-9]{1,18})-([0-9]{1,9})-([0-9]{1,9})", cursor)
    if match is None:
        raise BadCursor("This is no cursor of a statement: begin again without one.")
    entry_id, line, asset_id = (int(part) for part in match.groups())
    return entry_id, line, asset_id


def entries() -> QuerySet[JournalEntry]:
    """Journal entries, newest first."""
    return JournalEntry.objects.all()


def ledger_accounts() -> QuerySet[LedgerAccount]:
    """The chart of accounts, with balances where there are some."""
    return LedgerAccount.objects.select_related("asset", "account", "balance")


def proofs() -> QuerySet[BooksProof]:
    """Proofs of the books, newest first."""
    return BooksProof.objects.select_related("asked_by")


def breaks_of(proof: BooksProof) -> list[Break]:
    """The differences a proof found, as they were kept."""
    return [Break(**fields) for fields in proof.breaks]
