"""The outbox: engine commands written in the caller's transaction, and their receipts."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class QueuedCommand(models.Model):
    """A command on its way to the engine.

    The relay numbers committed rows in rising order; the engine keeps the last number it
    applied, so a repeat is answered, not applied. The state is derived, never stored.
    """

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("state of an engine command", "Waiting for the relay")
        SENT = "sent", pgettext_lazy("state of an engine command", "Sent, waiting for the journal")
        APPLIED = "applied", pgettext_lazy("state of an engine command", "Applied")
        REJECTED = "rejected", pgettext_lazy("state of an engine command", "Refused by the engine")

    number = models.BigIntegerField(null=True, unique=True, editable=False)
    kind = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    payload = models.BinaryField()
    trace_id = models.BigIntegerField(default=0)
    created_by = models.CharField(max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)
    # The engine answered: durable there. Kept by the relay so that a restart resends little.
    answered = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(number__isnull=True), name="queued_without_number"
            ),
            models.Index(fields=["number"], condition=Q(answered=False), name="queued_unanswered"),
            models.Index(fields=["trace_id"], condition=~Q(trace_id=0), name="queued_by_trace"),
        ]

    def __str__(self) -> str:
        return f"command {self.pk}"


class CommandReceipt(models.Model):
    """What the engine's journal says became of a queued command; written by clearing."""

    source_no = models.BigIntegerField(primary_key=True)
    seq = models.BigIntegerField()
    result = models.PositiveSmallIntegerField()
    received_at = models.DateTimeField(help_text="Time of the journal record.")

    def __str__(self) -> str:
        return f"receipt {self.source_no}"


class RelayStop(models.Model):
    """The relay found that this database and the engine do not fit together, and sends nothing.

    An operator resolves it by saying what becomes of the commands in doubt.
    """

    class InDoubt(models.TextChoices):
        SEND = "send", _("Send them (again)")
        DROP = "drop", _("Do not send them")

    found_at = models.DateTimeField(auto_now_add=True)
    engine_no = models.BigIntegerField(help_text="The last number the engine applied.")
    applied_no = models.BigIntegerField(help_text="The last one the database knows as applied.")
    numbered_no = models.BigIntegerField(help_text="The last one the database has given.")
    resolved_at = models.DateTimeField(null=True)
    in_doubt = models.CharField(max_length=4, choices=InDoubt, blank=True)

    class Meta:
        constraints = [
            # Open ones are all alike in this field: there can be only one.
            models.UniqueConstraint(
                fields=["in_doubt"],
                condition=Q(resolved_at__isnull=True),
                name="one_relay_stop_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"relay stop {self.pk}"

    @property
    def is_engine_ahead(self) -> bool:
        """Whether the engine has seen more than the database has sent; else it has lost some."""
        return self.engine_no > self.numbered_no
