"""The commands that payments sent to the engine, each step of each payment once; and its story."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from wallets.payments.models.deposits import Deposit
from wallets.payments.models.withdrawals import Withdrawal


class Booking(models.Model):
    """One entry that a step of a payment needs. A step has one that is not rejected."""

    deposit = models.ForeignKey(
        Deposit, null=True, on_delete=models.PROTECT, related_name="bookings"
    )
    withdrawal = models.ForeignKey(
        Withdrawal, null=True, on_delete=models.PROTECT, related_name="bookings"
    )
    step = models.CharField(max_length=32)
    command = models.OneToOneField(
        "commands.QueuedCommand", on_delete=models.PROTECT, related_name="+"
    )
    result = models.PositiveSmallIntegerField(null=True, help_text="The engine's result.")
    result_seq = models.BigIntegerField(null=True)
    is_rejected = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True, help_text="When its payment went on from it.")
    queued_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(settled_at__isnull=True), name="booking_unsettled"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(deposit__isnull=True) ^ Q(withdrawal__isnull=True),
                name="booking_of_one",
            ),
            models.UniqueConstraint(
                fields=["deposit", "step"],
                condition=Q(is_rejected=False, deposit__isnull=False),
                name="deposit_step_booked_once",
            ),
            models.UniqueConstraint(
                fields=["withdrawal", "step"],
                condition=Q(is_rejected=False, withdrawal__isnull=False),
                name="withdrawal_step_booked_once",
            ),
        ]

    def __str__(self) -> str:
        return f"booking {self.pk} ({self.step})"


class Step(models.Model):
    """A change of state of a payment: from, to, by whom, why. Never changed."""

    deposit = models.ForeignKey(Deposit, null=True, on_delete=models.PROTECT, related_name="steps")
    withdrawal = models.ForeignKey(
        Withdrawal, null=True, on_delete=models.PROTECT, related_name="steps"
    )
    state_before = models.CharField(max_length=16, blank=True)
    state = models.CharField(max_length=16)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(deposit__isnull=True) ^ Q(withdrawal__isnull=True), name="step_of_one"
            )
        ]

    def __str__(self) -> str:
        return f"step {self.pk}"
