"""Campaigns: what a firm gives its customers for coming, trading and bringing others."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trading.accounts.models import Account, AccountGroup
from trading.instruments.fields import UnitsField
from trading.instruments.models import Asset


class Kind(models.TextChoices):
    SIGN_UP = "sign_up", _("Bonus for new customers")
    TRADING = "trading", _("Bonus for trading")
    REFERRAL = "referral", _("Bonus for bringing others")
    DISCOUNT = "discount", _("Part of the fees given back")


class State(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("state of a campaign", "Draft")
    ASKED = "asked", pgettext_lazy("state of a campaign", "Waits for a second person")
    ACTIVE = "active", pgettext_lazy("state of a campaign", "Active")
    PAUSED = "paused", pgettext_lazy("state of a campaign", "Paused")
    ENDED = "ended", pgettext_lazy("state of a campaign", "Ended")


class Campaign(models.Model):
    """Who gets what, when, out of which budget. Once it was active its rules stay as they are."""

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=80, help_text="Customers read it.")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    amount_units = UnitsField(default=0, help_text="For the customer himself.")
    referrer_units = UnitsField(default=0, help_text="For who brought him.")
    percent = models.PositiveSmallIntegerField(default=0, help_text="Of the fees of a day.")
    budget_units = UnitsField()
    min_volume_units = UnitsField(
        default=0, help_text="Traded within the campaign, paid in its asset."
    )
    group = models.ForeignKey(
        AccountGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(null=True)
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    activated_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(activated_by__isnull=True) | ~Q(activated_by=F("requested_by")),
                name="campaign_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "asked"]) | Q(activated_by__isnull=False)
                | Q(state="ended"),
                name="campaign_active_was_approved",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="campaign_time"),
            models.CheckConstraint(condition=Q(budget_units__gt=0), name="campaign_budget"),
            models.CheckConstraint(
                condition=Q(amount_units__gte=0, referrer_units__gte=0, min_volume_units__gte=0),
                name="campaign_not_negative",
            ),
            models.CheckConstraint(condition=Q(percent__lte=100), name="campaign_percent"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"campaign {self.pk}"


class ReferralCode(models.Model):
    """By which a customer brings others; one each, made when he first looks for it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="referral_code"
    )
    code = models.CharField(max_length=12, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.code


class Referral(models.Model):
    """Who brought whom: once and for good."""

    referred = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="referral"
    )
    referrer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="referrals"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(referred=F("referrer")), name="referral_not_of_oneself"
            )
        ]

    def __str__(self) -> str:
        return f"referral {self.pk}"


class AwardState(models.TextChoices):
    QUEUED = "queued", pgettext_lazy("state of an award", "On its way")
    PAID = "paid", pgettext_lazy("state of an award", "Paid")
    REJECTED = "rejected", pgettext_lazy("state of an award", "Rejected by the engine")


class Award(models.Model):
    """One amount for one account; the id is the engine's reference_id. ``key`` says what for:
    the same is never given twice."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="awards")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="awards")
    key = models.CharField(max_length=80)
    amount_units = UnitsField()
    referral = models.ForeignKey(
        Referral, null=True, on_delete=models.PROTECT, related_name="awards"
    )
    state = models.CharField(max_length=8, choices=AwardState.choices, default=AwardState.QUEUED)
    command = models.OneToOneField(
        "commands.QueuedCommand", on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField(auto_now_add=True)
    result = models.PositiveSmallIntegerField(null=True, help_text="The engine's result.")
    result_seq = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "key"], name="award_once"),
            models.CheckConstraint(condition=Q(amount_units__gt=0), name="award_of_something"),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="award_account")]

    def __str__(self) -> str:
        return f"award {self.pk}"
