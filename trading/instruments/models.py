"""What is traded and what it costs. Amounts are units of the asset's scale; fees are ppm.

Ids of assets and instruments are the engine's ids. Rows change only through `actions`, which
also queue the engine command; every change leaves a version row with old and new values.
"""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from money.units import MAX_SCALE, decimal_of, format_units, parse_units
from trading.engine.enums import InstrumentState, StateReason
from trading.instruments.fields import UnitsField


class State(models.IntegerChoices):
    """Instrument states, as the engine numbers them."""

    OPEN = int(InstrumentState.OPEN), pgettext_lazy("state of an instrument", "Open")
    CANCEL_ONLY = (
        int(InstrumentState.CANCEL_ONLY),
        pgettext_lazy("state of an instrument", "Cancel only"),
    )
    HALTED = int(InstrumentState.HALTED), pgettext_lazy("state of an instrument", "Halted")
    AUCTION = int(InstrumentState.AUCTION), pgettext_lazy("state of an instrument", "Auction")
    CLOSED = int(InstrumentState.CLOSED), pgettext_lazy("state of an instrument", "Closed")


class Reason(models.IntegerChoices):
    """Why a state changed, as the engine numbers them."""

    REQUESTED = int(StateReason.REQUESTED), pgettext_lazy("why a state changed", "Requested")
    BREAKER = int(StateReason.BREAKER), pgettext_lazy("why a state changed", "Circuit breaker")
    REOPENED = int(StateReason.REOPENED), pgettext_lazy("why a state changed", "Halt over")


class Asset(models.Model):
    """What balances are held in. The scale is permanent."""

    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=80)
    scale = models.PositiveSmallIntegerField()
    display_places = models.PositiveSmallIntegerField(default=8)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(scale__lte=MAX_SCALE), name="asset_scale_range"),
        ]

    def __str__(self) -> str:
        return self.code

    def text(self, units: int) -> str:
        """Decimal text of an amount of this asset."""
        return format_units(units, self.scale)

    def units_of(self, text: str) -> int:
        """Units of decimal text; raises MoneyError."""
        return parse_units(text, self.scale)


class Instrument(models.Model):
    """A spot pair with its rules. Prices in ticks, quantities in lots."""

    symbol = models.CharField(max_length=24, unique=True)
    base = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    quote = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    tick_units = UnitsField(help_text="Quote units of one tick of the price of one whole base.")
    lot_units = UnitsField(help_text="Base units in one lot.")
    min_lots = models.BigIntegerField(default=1)
    max_lots = models.BigIntegerField()
    min_notional_units = UnitsField(default=0)
    max_notional_units = UnitsField(default=0, help_text="0: no maximum.")
    price_band_bp = models.PositiveIntegerField(default=0, help_text="0: no band.")
    maker_ppm = models.PositiveIntegerField(default=0)
    taker_ppm = models.PositiveIntegerField(default=0)
    state = models.SmallIntegerField(
        choices=State.choices,
        default=State.OPEN,
        help_text="As last asked for, or as the engine changed it by itself since.",
    )
    reopens_at = models.DateTimeField(
        null=True, blank=True, help_text="When the circuit breaker's halt ends."
    )
    breaker_bp = models.PositiveIntegerField(default=0, help_text="0: no circuit breaker.")
    breaker_window_seconds = models.PositiveIntegerField(default=0)
    breaker_halt_seconds = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(tick_units__gt=0, lot_units__gt=0), name="instrument_steps_positive"
            ),
            models.CheckConstraint(
                condition=Q(min_lots__gt=0) & Q(max_lots__gte=models.F("min_lots")),
                name="instrument_lots_range",
            ),
            models.CheckConstraint(
                condition=~Q(base=models.F("quote")), name="instrument_two_assets"
            ),
            models.CheckConstraint(
                condition=Q(breaker_bp=0, breaker_window_seconds=0, breaker_halt_seconds=0)
                | Q(breaker_bp__gt=0, breaker_window_seconds__gt=0, breaker_halt_seconds__gt=0),
                name="instrument_breaker_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.symbol

    @property
    def tick_size(self) -> Decimal:
        return decimal_of(self.tick_units, self.quote.scale)

    @property
    def lot_size(self) -> Decimal:
        return decimal_of(self.lot_units, self.base.scale)

    @property
    def min_quantity(self) -> Decimal:
        return decimal_of(self.min_lots * self.lot_units, self.base.scale)

    @property
    def max_quantity(self) -> Decimal:
        return decimal_of(self.max_lots * self.lot_units, self.base.scale)

    @property
    def min_notional(self) -> Decimal:
        return decimal_of(self.min_notional_units, self.quote.scale)

    @property
    def max_notional(self) -> Decimal:
        return decimal_of(self.max_notional_units, self.quote.scale)


class FeeSchedule(models.Model):
    """Fees of a group (none: all groups) in an instrument (none: all instruments).

    The engine looks up (group, instrument), (group, all), (all, instrument), then the
    instrument's own fees.
    """

    group = models.ForeignKey(
        "accounts.AccountGroup", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    instrument = models.ForeignKey(
        Instrument, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    maker_ppm = models.PositiveIntegerField()
    taker_ppm = models.PositiveIntegerField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["group_id", "instrument_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "instrument"],
                nulls_distinct=False,
                name="fee_schedule_one_per_scope",
            ),
            models.CheckConstraint(
                condition=Q(group__isnull=False) | Q(instrument__isnull=False),
                name="fee_schedule_has_scope",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group or 'all groups'} / {self.instrument or 'all instruments'}"


class Version(models.Model):
    """One change of a row: old and new values, who, when, and the queued command."""

    version = models.PositiveIntegerField()
    old = models.JSONField()
    new = models.JSONField()
    changed_by = models.CharField(max_length=254)
    changed_at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=500, blank=True)
    command = models.ForeignKey(
        "commands.QueuedCommand", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True


class InstrumentVersion(Version):
    """History of an instrument."""

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="versions")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "version"], name="instrument_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} v{self.version}"


class FeeScheduleVersion(Version):
    """History of a fee schedule; it outlives the schedule."""

    group = models.ForeignKey(
        "accounts.AccountGroup", null=True, on_delete=models.PROTECT, related_name="+"
    )
    instrument = models.ForeignKey(
        Instrument, null=True, on_delete=models.PROTECT, related_name="fee_versions"
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"fees of {self.group or 'all'} in {self.instrument or 'all'} v{self.version}"


class StateChange(models.Model):
    """A state that the engine brought an instrument into, and what its auction came to.

    Written by clearing from the engine's journal.
    """

    instrument = models.ForeignKey(
        Instrument, on_delete=models.CASCADE, related_name="state_changes"
    )
    seq = models.BigIntegerField()
    event_index = models.IntegerField()
    time = models.DateTimeField()
    state = models.SmallIntegerField(choices=State.choices)
    reason = models.SmallIntegerField(choices=Reason.choices)
    reopens_at = models.DateTimeField(null=True)
    auction_ticks = models.BigIntegerField(default=0, help_text="0: nothing traded.")
    auction_lots = models.BigIntegerField(default=0)
    auction_surplus_lots = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-seq", "-event_index"]
        constraints = [
            models.UniqueConstraint(fields=["seq", "event_index"], name="state_change_once"),
        ]
        indexes = [models.Index(fields=["instrument", "seq"], name="state_change_instrument")]

    def __str__(self) -> str:
        return f"{self.instrument_id}: {State(self.state).name} at {self.seq}"


class ScheduledChange(models.Model):
    """Rules or a state of an instrument that come into force by themselves at a time."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("state of a change", "Waiting for its time")
        DONE = "done", pgettext_lazy("state of a change", "In force")
        CANCELED = "canceled", pgettext_lazy("state of a change", "Canceled")
        FAILED = "failed", pgettext_lazy("state of a change", "Could not be made")

    instrument = models.ForeignKey(
        Instrument, on_delete=models.PROTECT, related_name="scheduled_changes"
    )
    changes = models.JSONField(help_text="Field of actions.RULE_FIELDS, or state: what it becomes.")
    old = models.JSONField(help_text="The same fields when it was asked for.")
    at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    status = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    problem = models.CharField(max_length=500, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["at"], condition=Q(status="waiting"), name="scheduled_change_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"change of {self.instrument} at {self.at}"


class FeeProposal(models.Model):
    """Many fee schedules at once, by one person, in force with a second person's word."""

    class State(models.TextChoices):
        REQUESTED = "requested", pgettext_lazy("state of a proposal", "Waiting for a second person")
        APPROVED = "approved", pgettext_lazy("state of a proposal", "Approved")
        REFUSED = "refused", pgettext_lazy("state of a proposal", "Refused by the second person")
        WITHDRAWN = "withdrawn", pgettext_lazy("state of a proposal", "Withdrawn")

    lines = models.JSONField(
        help_text="Each: group, instrument (ids or null), maker_ppm, taker_ppm, and old, the "
        "schedule's rates when it was asked for ({}: there was none)."
    )
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=9, choices=State.choices, default=State.REQUESTED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="approved")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=models.F("requested_by"))),
                name="fee_proposal_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"fee proposal {self.pk}"
