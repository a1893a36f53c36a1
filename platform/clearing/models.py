"""How far clearing has come."""

from django.db import models


class Checkpoint(models.Model):
    """One row per tenant schema, written in the same transaction as the projections."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(help_text="The last engine journal record in these tables.")
    time = models.DateTimeField(help_text="Time of that record.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="checkpoint_one_row"),
        ]

    def __str__(self) -> str:
        return f"seq {self.seq}"


class Quarantine(models.Model):
    """A time in which this tenant's schema refused clearing's writes, until it took them again.

    Written by clearing, as far as the schema lets it; staff and the operator see the open one.
    """

    found_at = models.DateTimeField(auto_now_add=True)
    seq = models.BigIntegerField(help_text="How far clearing had come.")
    error = models.TextField(help_text="Of the last try.")
    tries = models.IntegerField(default=1)
    tried_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["released_at"], nulls_distinct=False, name="one_open_quarantine"
            ),
        ]

    def __str__(self) -> str:
        return f"quarantine {self.pk}"
