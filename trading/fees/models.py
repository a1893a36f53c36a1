"""Ladders of volume tiers, as declared, and who came into which tier. Rows change only through
`actions`; tier changes are written by clearing.
"""

from django.db import models
from django.db.models import F, Q

from money.units import PPM
from trading.accounts.models import Account, AccountGroup
from trading.engine.limits import MOST_FEE_TIERS
from trading.instruments.fields import UnitsField
from trading.instruments.models import Asset, Version


class Valuation(models.Model):
    """What the firm values trades in, to count its customers' volume; no row: it counts none."""

    only = models.BooleanField(default=True, unique=True, editable=False)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(only=True), name="valuation_only_one"),
        ]

    def __str__(self) -> str:
        return f"volume in {self.asset}"


class Ladder(models.Model):
    """The tiers of a group; of none: of all groups without a ladder of their own."""

    group = models.ForeignKey(
        AccountGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["group_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group"], nulls_distinct=False, name="ladder_one_per_group"
            ),
        ]

    def __str__(self) -> str:
        return f"tiers of {self.group or 'all groups'}"


class Tier(models.Model):
    """From a volume of 30 days on (units of the valuation's asset), at most these rates."""

    ladder = models.ForeignKey(Ladder, on_delete=models.CASCADE, related_name="tiers")
    number = models.PositiveSmallIntegerField(help_text="From 1; 0 is below the first.")
    from_units = UnitsField()
    maker_ppm = models.PositiveIntegerField()
    taker_ppm = models.PositiveIntegerField()

    class Meta:
        ordering = ["ladder_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["ladder", "number"], name="tier_number_once"),
            models.UniqueConstraint(fields=["ladder", "from_units"], name="tier_volume_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=MOST_FEE_TIERS), name="tier_number"
            ),
            models.CheckConstraint(condition=Q(from_units__gt=0), name="tier_volume"),
            models.CheckConstraint(
                condition=Q(maker_ppm__lte=PPM, taker_ppm__lte=PPM), name="tier_rates"
            ),
        ]

    def __str__(self) -> str:
        return f"tier {self.number} of {self.ladder_id}"


class LadderVersion(Version):
    """History of a ladder, or of the valuation (then `is_valuation`); it outlives its row."""

    group = models.ForeignKey(AccountGroup, null=True, on_delete=models.PROTECT, related_name="+")
    is_valuation = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        what = "valuation" if self.is_valuation else f"tiers of {self.group or 'all groups'}"
        return f"{what} v{self.version}"


class TierChange(models.Model):
    """An account that traded in another tier from this moment on, as the engine told it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tier_changes")
    seq = models.BigIntegerField()
    event_index = models.IntegerField()
    time = models.DateTimeField()
    tier = models.PositiveSmallIntegerField()
    old_tier = models.PositiveSmallIntegerField()
    volume_units = UnitsField(help_text="Of the 30 days before the day.")
    day = models.DateField(help_text="The UTC day.")

    class Meta:
        ordering = ["-seq", "-event_index"]
        constraints = [
            models.UniqueConstraint(fields=["seq", "event_index"], name="tier_change_once"),
            models.CheckConstraint(condition=~Q(tier=F("old_tier")), name="tier_change_is_one"),
        ]
        indexes = [models.Index(fields=["account", "seq"], name="tier_change_account")]

    def __str__(self) -> str:
        return f"{self.account_id}: tier {self.tier} at {self.seq}"
