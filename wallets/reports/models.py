"""Balance checkpoints: sums of postings kept here and there, so that no report begins at the first.

All of it follows from the postings: `actions.write_checkpoints` is the one writer,
`actions.rebuild_checkpoints` makes it anew, `verify` proves it. Units are the ledger's: debit
positive. A sum *through* an entry has that entry in it.
"""

from django.db import models

from trading.instruments.fields import UnitsField
from wallets.ledger.models import Classification, LedgerAccount


class BalanceCheckpoint(models.Model):
    """The whole trial balance through one entry; its lines are `CheckpointTotal`."""

    entry_id = models.BigIntegerField(unique=True)
    time = models.DateTimeField(db_index=True, help_text="Of that entry.")
    entries = models.BigIntegerField(help_text="How many there were through it.")
    postings = models.BigIntegerField(help_text="How many there were through it.")

    class Meta:
        ordering = ["entry_id"]

    def __str__(self) -> str:
        return f"balances through entry {self.entry_id}"


class CheckpointTotal(models.Model):
    """The sum of one line of the books in one asset; all customers' accounts are one line."""

    pk = models.CompositePrimaryKey("checkpoint_id", "own_id", "line", "classification", "asset_id")
    checkpoint = models.ForeignKey(
        BalanceCheckpoint, on_delete=models.CASCADE, related_name="totals"
    )
    own_id = models.BigIntegerField(help_text="The house's ledger account; 0: the customers'.")
    line = models.SmallIntegerField(help_text="Of the chart of accounts.")
    classification = models.CharField(max_length=10, choices=Classification.choices)
    asset_id = models.BigIntegerField()
    units = UnitsField()

    def __str__(self) -> str:
        return f"{self.classification} {self.own_id}: {self.units}"


class AccountCheckpoint(models.Model):
    """The balance of one ledger account through an entry, every few hundred postings of it."""

    pk = models.CompositePrimaryKey("ledger_account_id", "entry_id")
    ledger_account = models.ForeignKey(
        LedgerAccount,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    entry_id = models.BigIntegerField()
    units = UnitsField()

    def __str__(self) -> str:
        return f"{self.ledger_account_id} through {self.entry_id}: {self.units}"


class AccountTally(models.Model):
    """Where the writer is with a ledger account: its sum through the newest checkpoint."""

    ledger_account = models.OneToOneField(
        LedgerAccount,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    postings = models.BigIntegerField()
    units = UnitsField()

    def __str__(self) -> str:
        return f"{self.ledger_account_id}: {self.units}"
