"""Transfers between own accounts: what was asked for, how far it is, and its story."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from trading.accounts.models import Account
from trading.instruments.fields import UnitsField
from trading.instruments.models import Asset


class State(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("state of a transfer", "Asked for, not taken yet")
    TAKEN = "taken", pgettext_lazy("state of a transfer", "Taken, not given yet")
    DONE = "done", pgettext_lazy("state of a transfer", "Done")
    REFUSED = "refused", pgettext_lazy("state of a transfer", "Refused by the engine")
    RETURNING = "returning", pgettext_lazy("state of a transfer", "Not given, on its way back")
    RETURNED = "returned", pgettext_lazy("state of a transfer", "Back where it was")


class OwnTransfer(models.Model):
    """An amount that goes from one account of a customer to another one of his.

    The id is the engine's reference_id. ``command`` is the one whose receipt it goes on from;
    None once it has ended, or while a return waits to be tried again.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="own_transfers"
    )
    source = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="transfers_out")
    target = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="transfers_in")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    amount_units = UnitsField()
    request_key = models.CharField(max_length=64, help_text="Sent twice makes one transfer.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    command = models.OneToOneField(
        "commands.QueuedCommand", null=True, on_delete=models.PROTECT, related_name="+"
    )
    result = models.PositiveSmallIntegerField(null=True, help_text="The engine's last result.")
    requested_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "request_key"], name="own_transfer_once"),
            models.CheckConstraint(
                condition=~Q(source=F("target")), name="own_transfer_between_two"
            ),
            models.CheckConstraint(condition=Q(amount_units__gt=0), name="own_transfer_positive"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False, state__in=["done", "refused", "returned"])
                | Q(ended_at__isnull=True, state__in=["requested", "taken", "returning"]),
                name="own_transfer_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(ended_at__isnull=True), name="own_transfer_open"
            ),
            models.Index(fields=["user", "-id"], name="own_transfer_of_user"),
        ]

    def __str__(self) -> str:
        return f"own transfer {self.pk}"


class TransferStep(models.Model):
    """One step of a transfer's story, with the command that it queued. Never changed."""

    transfer = models.ForeignKey(OwnTransfer, on_delete=models.PROTECT, related_name="steps")
    state_before = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=10, choices=State.choices)
    at = models.DateTimeField(auto_now_add=True)
    result = models.PositiveSmallIntegerField(null=True, help_text="What the engine had answered.")
    command = models.OneToOneField(
        "commands.QueuedCommand", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.transfer}: {self.state}"
