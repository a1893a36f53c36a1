"""Reads of the ledger: statements with running balance, balances, entries with their trail."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from trading.accounts.models import Account
from trading.instruments.info import catalogue
from trading.instruments.rules import AssetInfo
from trading.orders.selectors import held_units
from wallets.ledger import chart
from wallets.ledger.models import (
    Balance,
    BooksProof,
    EntryKind,
    JournalEntry,
    LedgerAccount,
    Line,
    Posting,
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


_STATEMENT = """
WITH page AS (
    SELECT posting.entry_id, posting.line, posting.units, posting.ledger_account_id
    FROM unnest(%(ids)s::bigint[]) AS own (ledger_account_id)
    CROSS JOIN LATERAL (
        SELECT entry_id, line, units, ledger_account_id FROM ledger_posting
        WHERE ledger_account_id = own.ledger_account_id
          AND (%(entry)s::bigint IS NULL OR entry_id < %(entry)s
               OR (entry_id = %(entry)s AND line < %(line)s))
        ORDER BY entry_id DESC, line DESC
        LIMIT %(limit)s
    ) posting
    ORDER BY posting.entry_id DESC, posting.line DESC
    LIMIT %(limit)s
)
SELECT page.entry_id, page.line, page.units, page.ledger_account_id,
       entry.time, entry.kind, entry.reference_id
FROM page JOIN ledger_journalentry entry ON entry.id = page.entry_id
ORDER BY page.entry_id DESC, page.line DESC
"""

# What came behind a posting on its ledger account: the balance now less that is the balance then.
_LATER = """
SELECT coalesce(sum(units), 0) FROM ledger_posting
WHERE ledger_account_id = %s AND (entry_id > %s OR (entry_id = %s AND line > %s))
"""


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
    with connection.cursor() as sql:
        sql.execute(
            _STATEMENT, {"ids": list(ids), "entry": entry_id, "line": line, "limit": limit + 1}
        )
        rows = sql.fetchall()
        more, rows = len(rows) > limit, rows[:limit]
        after = _balances_after(sql, rows)
    lines = []
    for row_entry, row_line, units, ledger_id, time, kind, reference_id in rows:
        lines.append(
            StatementLine(
                entry_id=row_entry,
                line=row_line,
                time=time,
                kind=EntryKind(kind),
                reference_id=reference_id,
                asset=assets[ids[ledger_id]],
                amount_units=-int(units),
                balance_units=after[ledger_id],
            )
        )
        after[ledger_id] += int(units)
    return lines, lines[-1].cursor if more else ""


def _balances_after(sql: Any, rows: list[Any]) -> dict[int, int]:
    """What the owner had right after the newest row of each ledger account on the page."""
    newest: dict[int, tuple[int, int]] = {}
    for entry_id, line, _, ledger_id, *_ in rows:
        newest.setdefault(ledger_id, (entry_id, line))
    after = {}
    for ledger_id, (entry_id, line) in newest.items():
        sql.execute("SELECT units FROM ledger_balance WHERE ledger_account_id = %s", [ledger_id])
        found = sql.fetchone()
        sql.execute(_LATER, [ledger_id, entry_id, entry_id, line])
        after[ledger_id] = -(int(found[0]) if found else 0) + int(sql.fetchone()[0])
    return after


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


def postings_of_entry(entry: JournalEntry) -> QuerySet[Posting]:
    """The postings of an entry in the order of its template."""
    return (
        Posting.objects.filter(entry_id=entry.pk)
        .select_related("ledger_account", "ledger_account__asset", "ledger_account__account")
        .order_by("line")
    )


def postings_of_ledger_account(ledger_account: LedgerAccount) -> QuerySet[Posting]:
    """The postings on a ledger account, newest first."""
    return (
        Posting.objects.filter(ledger_account_id=ledger_account.pk)
        .select_related("entry", "ledger_account", "ledger_account__asset")
        .order_by("-entry_id", "-line")
    )


def ledger_accounts() -> QuerySet[LedgerAccount]:
    """The chart of accounts, with balances where there are some."""
    return LedgerAccount.objects.select_related("asset", "account", "balance")


def proofs() -> QuerySet[BooksProof]:
    """Proofs of the books, newest first."""
    return BooksProof.objects.select_related("asked_by")


def breaks_of(proof: BooksProof) -> list[Break]:
    """The differences a proof found, as they were kept."""
    return [Break(**fields) for fields in proof.breaks]
