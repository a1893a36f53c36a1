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
