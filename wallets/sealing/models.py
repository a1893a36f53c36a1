"""Sealed days of the ledger."""

from django.db import models


class LedgerDay(models.Model):
    """One day of the ledger, sealed when clearing was past its end; never changed or deleted.

    It covers the entries behind the day before's `last_entry_id` up to its own, whatever their
    time says, so nothing can be put between two days. `marks` are the hashes on the way, one
    each `chain.ENTRIES_A_MARK` entries: [last entry id, hash], by which a change is narrowed down.
    """

    day = models.DateField(primary_key=True)
    last_entry_id = models.BigIntegerField()
    entries = models.BigIntegerField()
    postings = models.BigIntegerField()
    previous_hash = models.CharField(max_length=64)
    day_hash = models.CharField(max_length=64)
    marks = models.JSONField()
    sealed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day}: {self.day_hash[:16]}"
