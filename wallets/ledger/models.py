"""One double-entry ledger per tenant. Units are signed: debit positive, credit negative.

Entries and postings are only ever inserted; triggers (migration 0002) refuse updates and
deletes, and refuse at commit any entry that does not sum to zero in every asset.
"""

from pathlib import Path

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
    CUSTODY = 1, "Custody, place not named"
    ADJUSTMENTS = 2, "Adjustments"
    BANK = 3, "Bank"
    HOT_WALLET = 4, "Hot wallet"
    WARM_WALLET = 5, "Warm wallet"
    COLD_WALLET = 6, "Cold wallet"
    PRIME_BROKER = 7, "Prime broker"
    SUSPENSE = 20, "Suspense"
    WITHDRAWALS_IN_TRANSIT = 21, "Withdrawals in transit"
    OWN_TRANSFERS_IN_TRANSIT = 22, "Own transfers in transit"
    CAPITAL = 30, "Capital"
    RETAINED_EARNINGS = 31, "Retained earnings"
    SPREADS = 40, "Spreads"
    SWAPS = 41, "Swaps"
    INTEREST = 42, "Interest charged"
    LIQUIDATION_FEES = 43, "Liquidation fees"
    OTHER_INCOME = 44, "Other income"
    INCOME_CARRIED = 49, "Income carried to retained earnings"
    NETWORK_FEES = 60, "Network fees"
    BANK_FEES = 61, "Bank fees"
    REBATES = 62, "Rebates"
    BONUSES = 63, "Bonuses"
    FEE_DISCOUNTS = 64, "Fee discounts"
    INSURANCE = 65, "Insurance draws"
    INTEREST_PAID = 66, "Interest paid"
    WRITE_OFFS = 67, "Write-offs"
    EXPENSES_CARRIED = 69, "Expenses carried to retained earnings"


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
    REBATE = 12, "Rebate"
    REBATE_REVERSED = 13, "Rebate taken back"
    BONUS = 14, "Bonus"
    BONUS_REVERSED = 15, "Bonus taken back"
    FEE_DISCOUNT = 16, "Fee discount"
    FEE_DISCOUNT_REVERSED = 17, "Fee discount taken back"
    INTEREST_PAID = 18, "Interest paid"
    INTEREST_CHARGED = 19, "Interest charged"
    SWAP_PAID = 20, "Swap paid"
    SWAP_CHARGED = 21, "Swap charged"
    INSURANCE_DRAW = 22, "Insurance draw"
    INSURANCE_CONTRIBUTION = 23, "Insurance contribution"
    WRITE_OFF = 24, "Write-off"
    REST_TAKEN = 25, "Dormant rest taken in"
    LIQUIDATION_FEE_RETURNED = 26, "Liquidation fee returned"
    LIQUIDATION_FEE = 27, "Liquidation fee"
    OWN_TRANSFER_OUT = 28, "Moved to another own account"
    OWN_TRANSFER_IN = 29, "Moved from another own account"
    # From here on between house lines, by the engine's RecordEntry.
    DEPOSIT_RECORDED = 50, "Deposit recorded"
    DEPOSIT_SENT_BACK = 51, "Deposit sent back"
    WITHDRAWAL_PAID = 52, "Withdrawal paid"
    WITHDRAWAL_BOUNCED = 53, "Withdrawal bounced"
    NETWORK_FEE = 54, "Network fee"
    BANK_FEE = 55, "Bank fee"
    CUSTODY_TRANSFER = 56, "Transfer between custody accounts"
    CAPITAL_PAID_IN = 57, "Capital paid in"
    CAPITAL_PAID_OUT = 58, "Capital paid out"
    SPREAD_EARNED = 59, "Spread earned"
    CORRECTION = 60, "Correction"
    REVERSAL = 61, "Reversal"
    YEAR_CLOSED = 62, "Year closed"
    OTHER_INCOME = 63, "Other income"
    OTHER_EXPENSE = 64, "Other expense"


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
