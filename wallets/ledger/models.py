"""One double-entry ledger per tenant. Units are signed: debit positive, credit negative.

Entries and postings are only ever inserted; triggers (migration 0002) refuse updates and
deletes, and refuse at commit any entry that does not sum to zero in every asset.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from trading.instruments.fields import UnitsField
from trading.instruments.models import Asset


class Classification(models.TextChoices):
    """The five classes of a chart of accounts."""

    ASSET = "asset", "Asset"
    LIABILITY = "liability", "Liability"
    EQUITY = "equity", "Equity"
    INCOME = "income", "Income"
    EXPENSE = "expense", "Expense"


class Line(models.IntegerChoices):
    """Lines of the chart of accounts. Numbers are permanent: they are part of ledger ids."""

    ENGINE_ACCOUNT = 0, "Customer or house account"
    CUSTODY = 1, "Custody"
    ADJUSTMENTS = 2, "Adjustments"


class LedgerAccount(models.Model):
    """A line of the chart of accounts in one asset, per engine account where it is one's own.

    The id is computed (`chart.ledger_account_id`), so a rebuild gives the same rows.
    """

    id = models.BigIntegerField(primary_key=True)
    line = models.SmallIntegerField(choices=Line.choices)
    classification = models.CharField(max_length=10, choices=Classification.choices)
    name = models.CharField(max_length=120)
    account = models.ForeignKey(
        "accounts.Account",
        null=True,
        on_delete=models.PROTECT,
        related_name="ledger_accounts",
    )
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="ledger_accounts")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "account", "asset"],
                nulls_distinct=False,
                name="ledger_account_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EntryKind(models.IntegerChoices):
    """Why money moved. Numbers are permanent. Templates stand in `entries`."""

    SPOT_FILL = 1, "Trade"
    DEPOSIT = 2, "Deposit"
    WITHDRAWAL = 3, "Withdrawal"
    ADJUSTMENT_CREDIT = 4, "Adjustment, credited"
    ADJUSTMENT_DEBIT = 5, "Adjustment, debited"
    HOUSE_FUNDING = 6, "House funding"
    HOUSE_WITHDRAWAL = 7, "House funding returned"
    TRANSFER_CREDIT = 8, "Manual transfer in"
    TRANSFER_DEBIT = 9, "Manual transfer out"
    WITHDRAWAL_RETURNED = 10, "Withdrawal returned"
    DEPOSIT_REVERSED = 11, "Deposit reversed"


class JournalEntry(models.Model):
    """A balanced set of postings with one reason; id = seq * 2**20 + event index."""

    id = models.BigIntegerField(primary_key=True)
    kind = models.SmallIntegerField(choices=EntryKind.choices)
    seq = models.BigIntegerField()
    time = models.DateTimeField()
    reference_id = models.BigIntegerField(
        help_text="Trade id, adjustment id, deposit id…, by the kind."
    )

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "journal entries"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference_id}"


class Posting(models.Model):
    """One debit (positive) or credit (negative) on one ledger account."""

    pk = models.CompositePrimaryKey("entry_id", "line")
    entry = models.ForeignKey(
        JournalEntry,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="postings",
    )
    line = models.SmallIntegerField()
    ledger_account = models.ForeignKey(
        LedgerAccount,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="postings",
    )
    units = UnitsField()

    class Meta:
        # In the database the key is (ledger account, entry, line), see migration 0004.
        constraints = [
            models.CheckConstraint(condition=~Q(units=0), name="posting_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.ledger_account_id}: {self.units}"


class Balance(models.Model):
    """The sum of a ledger account's postings, kept by clearing; debit positive."""

    ledger_account = models.OneToOneField(
        LedgerAccount,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="balance",
    )
    units = UnitsField()
    entry_id = models.BigIntegerField(help_text="The last journal entry in it.")

    def __str__(self) -> str:
        return f"{self.ledger_account_id}: {self.units}"


class ProofRun(models.TextChoices):
    """What made the books be proved."""

    SCHEDULE = "schedule", "On schedule"
    STAFF = "staff", "Asked for by staff"
    COMMAND = "command", "By command"


class ProofOutcome(models.TextChoices):
    """Unfinished: the engine or clearing could not be asked, so nothing is known."""

    PROVED = "proved", "Proved"
    BROKEN = "broken", "Broken"
    UNFINISHED = "unfinished", "Unfinished"


class BooksProof(models.Model):
    """What one proof of the books found; written by `actions.prove_books` only."""

    run = models.CharField(max_length=10, choices=ProofRun.choices)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=ProofOutcome.choices)
    problem = models.CharField(max_length=300, help_text="Why it is unfinished, else empty.")
    seq = models.BigIntegerField(null=True, help_text="The engine's seq that was compared.")
    assets = models.JSONField(help_text="Per asset: code, engine, ledger (decimal text), breaks.")
    breaks = models.JSONField(help_text="The fields of each `verify.Break`.")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} at seq {self.seq}"
