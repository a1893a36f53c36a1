"""How far clearing has come."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy


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


class RebuildState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("state of a rebuild", "Asked for")
    BUILDING = "building", pgettext_lazy("state of a rebuild", "Being built")
    SAME = "same", pgettext_lazy("state of a rebuild", "No difference")
    COMPARED = (
        "compared",
        pgettext_lazy("state of a rebuild", "Differs, waiting for a second person"),
    )
    APPROVED = "approved", pgettext_lazy("state of a rebuild", "Approved, being mended")
    MENDED = "mended", pgettext_lazy("state of a rebuild", "Mended")
    REFUSED = "refused", pgettext_lazy("state of a rebuild", "Refused by the second person")
    FAILED = "failed", pgettext_lazy("state of a rebuild", "Failed")


class Rebuild(models.Model):
    """The tables built once more from the engine journal, what differed and what was done."""

    state = models.CharField(
        max_length=10, choices=RebuildState.choices, default=RebuildState.ASKED
    )
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    seq = models.BigIntegerField(default=0, help_text="How far the shadow is built.")
    target_seq = models.BigIntegerField(default=0, help_text="How far the live tables are.")
    tables = models.JSONField(
        default=list, help_text="Per table: name, rows, missing, extra, different."
    )
    compared_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    mended_rows = models.BigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            # There is one shadow. Open ones are all alike in this field: there can be only one.
            models.UniqueConstraint(
                fields=["problem"],
                condition=Q(state__in=["asked", "building", "compared", "approved"]),
                name="one_rebuild_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="rebuild_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "mended"]) | Q(decided_by__isnull=False),
                name="rebuild_mended_has_second",
            ),
        ]

    def __str__(self) -> str:
        return f"rebuild {self.pk}"


class RebuildDifference(models.Model):
    """A row that differed, as it was and as the journal says; not all of very many are kept."""

    rebuild = models.ForeignKey(Rebuild, on_delete=models.PROTECT, related_name="differences")
    table = models.CharField(max_length=63)
    kind = models.CharField(max_length=9)
    key = models.JSONField()
    live = models.JSONField(null=True)
    rebuilt = models.JSONField(null=True)
    event_seq = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.table} {self.key}: {self.kind}"


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
