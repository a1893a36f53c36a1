"""Breaks with their life, outside balances, and where the next proof may begin."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from trading.accounts.models import Account
from trading.instruments.fields import UnitsField
from trading.instruments.models import Asset


class State(models.TextChoices):
    OPEN = "open", pgettext_lazy("state of a break", "New")
    SEEN = "seen", pgettext_lazy("state of a break", "Seen")
    EXPLAINED = "explained", pgettext_lazy("state of a break", "Explained")
    PROPOSED = "proposed", pgettext_lazy("state of a break", "Waiting for a second person")
    RESOLVED = "resolved", pgettext_lazy("state of a break", "Resolved")
    VANISHED = "vanished", pgettext_lazy("state of a break", "Vanished by itself")


class Way(models.TextChoices):
    """What mends a break."""

    ENTRY = "entry", pgettext_lazy("way to mend a break", "A journal entry")
    REBUILD = (
        "rebuild",
        pgettext_lazy("way to mend a break", "Rows rebuilt from the engine journal"),
    )
    OUTSIDE = "outside", pgettext_lazy("way to mend a break", "A corrected outside balance")


class BooksBreak(models.Model):
    """One difference that proofs found, from the first to the last time they did.

    Amounts are decimal text of the asset, as the proof gave them; `units` is found less expected.
    One difference has one row that is not done with (`key`); a resolved one that is found again
    opens again.
    """

    key = models.CharField(max_length=200)
    cause = models.CharField(max_length=40)
    message = models.CharField(max_length=300)
    account = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    asset = models.ForeignKey(Asset, null=True, on_delete=models.PROTECT, related_name="+")
    expected = models.CharField(max_length=60, blank=True)
    found = models.CharField(max_length=60, blank=True)
    units = UnitsField(default=0)
    seq = models.BigIntegerField(help_text="The engine's seq of the proof that found it last.")
    event_seq = models.BigIntegerField(
        null=True, help_text="The engine record to look at first, where one is known."
    )
    in_background = models.BooleanField(
        help_text="Proofs that are not whole find it as well, so they may say it has vanished."
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    first_found_at = models.DateTimeField()
    last_found_at = models.DateTimeField()
    times_found = models.IntegerField(default=1)
    times_reopened = models.IntegerField(default=0)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    seen_at = models.DateTimeField(null=True)
    explanation = models.CharField(max_length=500, blank=True)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    way = models.CharField(max_length=8, choices=Way.choices, blank=True)
    way_reference = models.BigIntegerField(
        null=True, help_text="The journal entry, rebuild or outside balance that mends it."
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, help_text="When it was resolved or had vanished.")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=~Q(state=State.VANISHED),
                name="one_row_a_break",
            ),
            models.CheckConstraint(
                condition=Q(resolved_by__isnull=True)
                | Q(way=Way.OUTSIDE)
                | ~Q(resolved_by=F("proposed_by")),
                name="break_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["proposed", "resolved"]) | ~Q(way=""),
                name="break_resolved_has_a_way",
            ),
        ]

    def __str__(self) -> str:
        return f"break {self.pk}: {self.cause}"


class OutsideBalance(models.Model):
    """What somebody outside says there is of an asset, at a place, at a moment; never changed.

    A later row for the same moment and place takes the place of an earlier one.
    """

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=80, help_text="The bank account, wallet or broker.")
    units = UnitsField()
    as_of = models.DateTimeField(help_text="The moment at which it was so.")
    source = models.CharField(max_length=200, help_text="The statement it stands in.")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["asset", "as_of"], name="outside_by_asset")]
        constraints = [
            models.CheckConstraint(condition=Q(units__gte=0), name="outside_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.as_of}"


class Level(models.TextChoices):
    """Where a fill can be counted."""

    FILLS = "fills", pgettext_lazy("level of fills", "Engine fills")
    TRADES = "trades", pgettext_lazy("level of fills", "Trades")
    ENTRIES = "entries", pgettext_lazy("level of fills", "Journal entries of trades")


class Tally(models.Model):
    """Fills of an asset at one level, since `LevelPoint.from_seq` up to `LevelPoint.seq`."""

    level = models.CharField(max_length=8, choices=Level.choices)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    count = models.BigIntegerField()
    units = UnitsField(help_text="What changed hands, fees included.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["level", "asset"], name="tally_once"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.asset_id}: {self.count}"


class LevelPoint(models.Model):
    """Up to where the levels were counted: one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    from_seq = models.BigIntegerField(help_text="What was before it is in no level.")
    seq = models.BigIntegerField()
    time = models.DateTimeField()
    problem = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"levels at seq {self.seq}"


class ProvenPoint(models.Model):
    """Everything up to `seq` was proved; the next proof in the background begins there."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField()
    proved_at = models.DateTimeField()
    whole_at = models.DateTimeField(null=True, help_text="When a proof believed nothing.")

    def __str__(self) -> str:
        return f"proved to seq {self.seq}"


class ProvenSum(models.Model):
    """The sum of a ledger account's postings up to the proven point (units, debit positive)."""

    ledger_account_id = models.BigIntegerField(primary_key=True)
    units = UnitsField()

    def __str__(self) -> str:
        return f"{self.ledger_account_id}: {self.units}"
