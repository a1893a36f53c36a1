"""What staff ask to be booked, and which months of the books are closed.

Nothing here is the books: an approved request becomes an engine command, and clearing writes the
entry from the engine's journal.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from trading.accounts.models import Account
from trading.instruments.fields import UnitsField
from trading.instruments.models import Asset
from wallets.ledger.models import EntryKind


class State(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("state of an entry", "Waiting for a second person")
    APPROVED = "approved", pgettext_lazy("state of an entry", "Approved, on its way")
    REFUSED = "refused", pgettext_lazy("state of an entry", "Refused by the second person")
    APPLIED = "applied", pgettext_lazy("state of an entry", "Booked")
    REJECTED = "rejected", pgettext_lazy("state of an entry", "Rejected by the engine")


LIVING_STATES = (State.REQUESTED, State.APPROVED, State.APPLIED)


class EntryRequest(models.Model):
    """An entry that one person asks for and another approves; the id is the reference_id.

    House lines are numbers (`chart.house_line`); 0 is the kind's own.
    """

    kind = models.SmallIntegerField(choices=EntryKind.choices)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey(Asset, null=True, on_delete=models.PROTECT, related_name="+")
    amount_units = UnitsField(default=0)
    against = models.BigIntegerField(default=0)
    debited = models.BigIntegerField(default=0)
    credited = models.BigIntegerField(default=0)
    value_time = models.DateTimeField(
        null=True, help_text="The time it belongs to; null: when it is booked."
    )
    reverses_id = models.BigIntegerField(null=True, help_text="The journal entry it undoes.")
    year = models.SmallIntegerField(null=True, help_text="Of the year's close.")
    income_units = UnitsField(default=0)
    expense_units = UnitsField(default=0)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The second person, who approved or refused.",
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)
    command = models.OneToOneField(
        "commands.QueuedCommand", null=True, on_delete=models.PROTECT, related_name="+"
    )
    result = models.PositiveSmallIntegerField(null=True, help_text="The engine's result.")
    result_seq = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("requested_by")),
                name="entry_request_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "refused"]) | Q(command__isnull=False),
                name="entry_request_approved_has_command",
            ),
            models.CheckConstraint(
                condition=Q(amount_units__gte=0), name="entry_request_not_negative"
            ),
            models.UniqueConstraint(
                fields=["reverses_id"],
                condition=Q(state__in=LIVING_STATES),
                name="entry_reversed_once",
            ),
            models.UniqueConstraint(
                fields=["year", "asset"],
                condition=Q(state__in=LIVING_STATES),
                name="year_closed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"entry request {self.pk}"


class PeriodState(models.TextChoices):
    CLOSED = "closed", pgettext_lazy("state of a period", "Closed")
    REOPENING = (
        "reopening",
        pgettext_lazy("state of a period", "Closed; reopening waits for a second person"),
    )
    REOPENED = "reopened", pgettext_lazy("state of a period", "Reopened")


class Period(models.Model):
    """A month of the books that was closed: nothing that belongs to it is booked any more.

    Closed months follow one another without a gap; only the last of them can be reopened.
    `closed_seq` is how far the engine was: what is behind it may not bear a time in the month,
    while a rebuild of what is before it may.
    """

    month = models.DateField(unique=True, help_text="Its first day.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="The first moment that no longer belongs to it.")
    state = models.CharField(max_length=10, choices=PeriodState.choices, default=PeriodState.CLOSED)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField()
    closed_seq = models.BigIntegerField()
    reopen_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reopen_asked_at = models.DateTimeField(null=True)
    reopen_reason = models.CharField(max_length=500, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reopened_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reopened_by__isnull=True) | ~Q(reopened_by=F("reopen_asked_by")),
                name="period_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="period_has_a_length"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
