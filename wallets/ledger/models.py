"""One double-entry ledger per tenant. Units are signed: debit positive, credit negative.

Entries and postings are only ever inserted; triggers (migration 0002) refuse updates and
deletes, and refuse at commit any entry that does not sum to zero in every asset.
"""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from trading.instruments.fields import UnitsField
from trading.instruments.models import Asset


class Classification(models.TextChoices):
    """The five classes of a chart of accounts."""

    ASSET = "asset", pgettext_lazy("class of the books", "Asset")
    LIABILITY = "liability", pgettext_lazy("class of the books", "Liability")
    EQUITY = "equity", pgettext_lazy("class of the books", "Equity")
    INCOME = "income", pgettext_lazy("class of the books", "Income")
    EXPENSE = "expense", pgettext_lazy("class of the books", "Expense")


class Line(models.IntegerChoices):
    """Lines of the chart of accounts. Numbers are permanent: they are part of ledger ids."""

    ENGINE_ACCOUNT = 0, pgettext_lazy("ledger line", "Customer or house account")
    CUSTODY = 1, pgettext_lazy("ledger line", "Custody, place not named")
    ADJUSTMENTS = 2, pgettext_lazy("ledger line", "Adjustments")
    BANK = 3, pgettext_lazy("ledger line", "Bank")
    HOT_WALLET = 4, pgettext_lazy("ledger line", "Hot wallet")
    WARM_WALLET = 5, pgettext_lazy("ledger line", "Warm wallet")
    COLD_WALLET = 6, pgettext_lazy("ledger line", "Cold wallet")
    PRIME_BROKER = 7, pgettext_lazy("ledger line", "Prime broker")
    SUSPENSE = 20, pgettext_lazy("ledger line", "Suspense")
    WITHDRAWALS_IN_TRANSIT = 21, pgettext_lazy("ledger line", "Withdrawals in transit")
    OWN_TRANSFERS_IN_TRANSIT = 22, pgettext_lazy("ledger line", "Own transfers in transit")
    CAPITAL = 30, pgettext_lazy("ledger line", "Capital")
    RETAINED_EARNINGS = 31, pgettext_lazy("ledger line", "Retained earnings")
    SPREADS = 40, pgettext_lazy("ledger line", "Spreads")
    SWAPS = 41, pgettext_lazy("ledger line", "Swaps")
    INTEREST = 42, pgettext_lazy("ledger line", "Interest charged")
    LIQUIDATION_FEES = 43, pgettext_lazy("ledger line", "Liquidation fees")
    OTHER_INCOME = 44, pgettext_lazy("ledger line", "Other income")
    INCOME_CARRIED = 49, pgettext_lazy("ledger line", "Income carried to retained earnings")
    NETWORK_FEES = 60, pgettext_lazy("ledger line", "Network fees")
    BANK_FEES = 61, pgettext_lazy("ledger line", "Bank fees")
    REBATES = 62, pgettext_lazy("ledger line", "Rebates")
    BONUSES = 63, pgettext_lazy("ledger line", "Bonuses")
    FEE_DISCOUNTS = 64, pgettext_lazy("ledger line", "Fee discounts")
    INSURANCE = 65, pgettext_lazy("ledger line", "Insurance draws")
    INTEREST_PAID = 66, pgettext_lazy("ledger line", "Interest paid")
    WRITE_OFFS = 67, pgettext_lazy("ledger line", "Write-offs")
    EXPENSES_CARRIED = 69, pgettext_lazy("ledger line", "Expenses carried to retained earnings")


class CustodyAccount(models.Model):
    """A further bank account, wallet or prime broker beside the main one, which has part 0.

    A row is never changed or removed: its number is a part of ledger ids.
    """

    line = models.SmallIntegerField(choices=Line.choices)
    part = models.PositiveIntegerField(help_text="1, 2, 3… within the line; permanent.")
    name = models.CharField(max_length=80)
    details = models.CharField(max_length=200, blank=True, help_text="IBAN, address, whose it is.")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["line", "part"]
        constraints = [
            models.UniqueConstraint(fields=["line", "part"], name="custody_account_once"),
            models.UniqueConstraint(fields=["line", "name"], name="custody_account_name_once"),
            models.CheckConstraint(
                condition=Q(part__gt=0, part__lt=2**16), name="custody_account_part_range"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LedgerAccount(models.Model):
    """A line of the chart of accounts in one asset, per engine account where it is one's own.

    The id is computed (`chart.ledger_account_id`), so a rebuild gives the same rows.
    """

    id = models.BigIntegerField(primary_key=True)
    line = models.SmallIntegerField(choices=Line.choices)
    part = models.PositiveIntegerField(
        default=0, help_text="Which of several banks, wallets…; 0: the main one."
    )
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
                fields=["line", "part", "account", "asset"],
                nulls_distinct=False,
                name="ledger_account_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EntryKind(models.IntegerChoices):
    """Why money moved. Numbers are permanent. Templates stand in `entries`."""

    SPOT_FILL = 1, pgettext_lazy("entry", "Trade")
    DEPOSIT = 2, pgettext_lazy("entry", "Deposit")
    WITHDRAWAL = 3, pgettext_lazy("entry", "Withdrawal")
    ADJUSTMENT_CREDIT = 4, pgettext_lazy("entry", "Adjustment, credited")
    ADJUSTMENT_DEBIT = 5, pgettext_lazy("entry", "Adjustment, debited")
    HOUSE_FUNDING = 6, pgettext_lazy("entry", "House funding")
    HOUSE_WITHDRAWAL = 7, pgettext_lazy("entry", "House funding returned")
    TRANSFER_CREDIT = 8, pgettext_lazy("entry", "Manual transfer in")
    TRANSFER_DEBIT = 9, pgettext_lazy("entry", "Manual transfer out")
    WITHDRAWAL_RETURNED = 10, pgettext_lazy("entry", "Withdrawal returned")
    DEPOSIT_REVERSED = 11, pgettext_lazy("entry", "Deposit reversed")
    REBATE = 12, pgettext_lazy("entry", "Rebate")
    REBATE_REVERSED = 13, pgettext_lazy("entry", "Rebate taken back")
    BONUS = 14, pgettext_lazy("entry", "Bonus")
    BONUS_REVERSED = 15, pgettext_lazy("entry", "Bonus taken back")
    FEE_DISCOUNT = 16, pgettext_lazy("entry", "Fee discount")
    FEE_DISCOUNT_REVERSED = 17, pgettext_lazy("entry", "Fee discount taken back")
    INTEREST_PAID = 18, pgettext_lazy("entry", "Interest paid")
    INTEREST_CHARGED = 19, pgettext_lazy("entry", "Interest charged")
    SWAP_PAID = 20, pgettext_lazy("entry", "Swap paid")
    SWAP_CHARGED = 21, pgettext_lazy("entry", "Swap charged")
    INSURANCE_DRAW = 22, pgettext_lazy("entry", "Insurance draw")
    INSURANCE_CONTRIBUTION = 23, pgettext_lazy("entry", "Insurance contribution")
    WRITE_OFF = 24, pgettext_lazy("entry", "Write-off")
    REST_TAKEN = 25, pgettext_lazy("entry", "Dormant rest taken in")
    LIQUIDATION_FEE_RETURNED = 26, pgettext_lazy("entry", "Liquidation fee returned")
    LIQUIDATION_FEE = 27, pgettext_lazy("entry", "Liquidation fee")
    OWN_TRANSFER_OUT = 28, pgettext_lazy("entry", "Moved to another own account")
    OWN_TRANSFER_IN = 29, pgettext_lazy("entry", "Moved from another own account")
    # From here on between house lines, by the engine's RecordEntry.
    DEPOSIT_RECORDED = 50, pgettext_lazy("entry", "Deposit recorded")
    DEPOSIT_SENT_BACK = 51, pgettext_lazy("entry", "Deposit sent back")
    WITHDRAWAL_PAID = 52, pgettext_lazy("entry", "Withdrawal paid")
    WITHDRAWAL_BOUNCED = 53, pgettext_lazy("entry", "Withdrawal bounced")
    NETWORK_FEE = 54, pgettext_lazy("entry", "Network fee")
    BANK_FEE = 55, pgettext_lazy("entry", "Bank fee")
    CUSTODY_TRANSFER = 56, pgettext_lazy("entry", "Transfer between custody accounts")
    CAPITAL_PAID_IN = 57, pgettext_lazy("entry", "Capital paid in")
    CAPITAL_PAID_OUT = 58, pgettext_lazy("entry", "Capital paid out")
    SPREAD_EARNED = 59, pgettext_lazy("entry", "Spread earned")
    CORRECTION = 60, pgettext_lazy("entry", "Correction")
    REVERSAL = 61, pgettext_lazy("entry", "Reversal")
    YEAR_CLOSED = 62, pgettext_lazy("entry", "Year closed")
    OTHER_INCOME = 63, pgettext_lazy("entry", "Other income")
    OTHER_EXPENSE = 64, pgettext_lazy("entry", "Other expense")


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


class EntryNote(models.Model):
    """What few entries have to say beyond their kind; written by clearing with the entry."""

    entry_id = models.BigIntegerField(primary_key=True)
    value_time = models.DateTimeField(
        null=True, help_text="The time that it belongs to, where that is not the entry's own."
    )
    reverses_id = models.BigIntegerField(
        null=True, unique=True, help_text="The journal entry that it undoes."
    )

    def __str__(self) -> str:
        return f"note on entry {self.entry_id}"


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
        # In the database the key is (ledger account, entry, line), see migration 0005.
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

    SCHEDULE = "schedule", pgettext_lazy("proof of the books", "On schedule")
    STAFF = "staff", pgettext_lazy("proof of the books", "Asked for by staff")
    COMMAND = "command", pgettext_lazy("proof of the books", "By command")


class ProofOutcome(models.TextChoices):
    """Unfinished: the engine or clearing could not be asked, so nothing is known."""

    PROVED = "proved", pgettext_lazy("proof of the books", "Proved")
    BROKEN = "broken", pgettext_lazy("proof of the books", "Broken")
    UNFINISHED = "unfinished", pgettext_lazy("proof of the books", "Unfinished")


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


class ArchivedPostings(models.Model):
    """The postings of one partition in a Parquet file, read back and compared when it was made."""

    lower = models.BigIntegerField(help_text="Entry ids from this one on …")
    upper = models.BigIntegerField(unique=True, help_text="… and before this one.")
    file = models.CharField(max_length=200, help_text="In the data folder.")
    sha256 = models.CharField(max_length=64)
    rows = models.BigIntegerField()
    archived_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["upper"]

    def __str__(self) -> str:
        return self.file

    @property
    def path(self) -> Path:
        return Path(settings.DATA_DIR) / self.file
