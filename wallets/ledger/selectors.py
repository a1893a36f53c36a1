"""Reads of the ledger: balances, entries with their trail. Statements: `wallets.reports`."""

from dataclasses import dataclass

from django.db.models import QuerySet

from trading.accounts.models import Account
from trading.instruments.info import catalogue
from trading.instruments.rules import AssetInfo
from trading.orders.selectors import held_units
from wallets.ledger import chart
from wallets.ledger.models import (
    Balance,
    BooksProof,
    JournalEntry,
    LedgerAccount,
    Line,
    Posting,
)
from wallets.ledger.verify import Break


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """What an account has of one asset: booked = available + held (units)."""

    asset: AssetInfo
    booked_units: int
    held_units: int

    @property
    def available_units(self) -> int:
        return self.booked_units - self.held_units


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


def has_funds(account_ids: list[int]) -> bool:
    """Whether the tenant owes any of the accounts anything."""
    return (
        Balance.objects.filter(
            ledger_account__account_id__in=account_ids, ledger_account__line=Line.ENGINE_ACCOUNT
        )
        .exclude(units=0)
        .exists()
    )


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
