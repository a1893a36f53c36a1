from django.db import models
from django.utils.translation import pgettext_lazy


class AuditRecord(models.Model):
    """Who did what to which object. Rows are chained by hash and never change.

    The acting user is kept by id and kind, not by name: names can be erased, the chain cannot.
    """

    class Actor(models.TextChoices):
        SYSTEM = "system", pgettext_lazy("who did it", "System")
        OPERATOR = "operator", pgettext_lazy("who did it", "Operator")
        STAFF = "staff", pgettext_lazy("who did it", "Staff")
        CUSTOMER = "customer", pgettext_lazy("who did it", "Customer")

    id = models.BigIntegerField(primary_key=True)  # counts up by one, without a gap
    recorded_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10, choices=Actor.choices)
    actor_id = models.BigIntegerField(null=True)
    actor_role = models.CharField(max_length=16, blank=True)
    action = models.CharField(max_length=80)
    object_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=80)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    trace_id = models.BigIntegerField(
        default=0, help_text="The click it came of, see `traces`; 0: none."
    )
    previous_hash = models.CharField(max_length=64)
    record_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id"]),
            models.Index(fields=["actor_kind", "actor_id"]),
            models.Index(fields=["action"]),
            models.Index(
                fields=["trace_id"], condition=~models.Q(trace_id=0), name="audit_by_trace"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.action}"


class PageView(models.Model):
    """Who of the staff saw what of whom, by the hour: a look again in the same hour is counted."""

    viewer_id = models.BigIntegerField()
    page = models.CharField(max_length=80)
    object_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=80)
    hour = models.DateTimeField(help_text="The beginning of the hour, UTC.")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.IntegerField(default=1)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["object_type", "object_id", "viewer_id", "page", "hour"],
                name="page_view_once_an_hour",
            ),
        ]
        indexes = [models.Index(fields=["viewer_id"], name="page_view_by_viewer")]

    def __str__(self) -> str:
        return f"{self.viewer_id} saw {self.object_type} {self.object_id}"
