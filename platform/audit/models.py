from django.db import models


class AuditRecord(models.Model):
    """Who did what to which object. Rows are chained by hash and never change.

    The acting user is kept by id and kind, not by name: names can be erased, the chain cannot.
    """

    class Actor(models.TextChoices):
        SYSTEM = "system", "System"
        OPERATOR = "operator", "Operator"
        STAFF = "staff", "Staff"
        CUSTOMER = "customer", "Customer"

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
    previous_hash = models.CharField(max_length=64)
    record_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id"]),
            models.Index(fields=["actor_kind", "actor_id"]),
            models.Index(fields=["action"]),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.action}"
