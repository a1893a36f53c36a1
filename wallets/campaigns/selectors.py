"""Reads of campaigns, and what they cost."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from wallets.campaigns.models import (
    Award,
    AwardState,
    Campaign,
    Kind,
    Referral,
    State,
)


@dataclass(frozen=True)
class Cost:
    """What a campaign has cost by now, in units of its asset."""

    budget_units: int
    paid_units: int
    queued_units: int
    rejected_units: int
    awards: int
    customers: int

    @property
    def left_units(self) -> int:
        return self.budget_units - self.paid_units - self.queued_units

    @property
    def used_percent(self) -> int:
        return (self.paid_units + self.queued_units) * 100 // self.budget_units


def campaigns() -> QuerySet[Campaign]:
    """All campaigns, newest first."""
    return Campaign.objects.select_related(
        "asset", "group", "created_by", "requested_by", "activated_by"
    )


def waiting() -> QuerySet[Campaign]:
    """Campaigns that a second person has to decide, oldest first."""
    return campaigns().filter(state=State.ASKED).order_by("requested_at")


def awards() -> QuerySet[Award]:
    return Award.objects.select_related(
        "campaign", "campaign__asset", "account", "account__user", "command"
    )


def cost_of(campaign: Campaign) -> Cost:
    """The cost report of one campaign."""
    sums: dict[str, Any] = campaign.awards.aggregate(
        **{
            f"{state.value}_units": Sum("amount_units", filter=Q(state=state))
            for state in AwardState
        },
        awards=Count("pk", filter=~Q(state=AwardState.REJECTED)),
        customers=Count("account__user_id", distinct=True, filter=~Q(state=AwardState.REJECTED)),
    )
    return Cost(
        budget_units=int(campaign.budget_units),
        paid_units=int(sums["paid_units"] or 0),
        queued_units=int(sums["queued_units"] or 0),
        rejected_units=int(sums["rejected_units"] or 0),
        awards=sums["awards"],
        customers=sums["customers"],
    )


def open_to(user: Any, now: datetime) -> list[Campaign]:
    """Campaigns that run now and whose group one of the user's accounts is in."""
    rows = campaigns().filter(state=State.ACTIVE, starts_at__lte=now, ends_at__gt=now)
    groups = set(user.accounts.values_list("group_id", flat=True))
    found = [row for row in rows if row.group_id is None or row.group_id in groups]
    return [row for row in found if row.kind != Kind.SIGN_UP or _is_new(user, row)]


def _is_new(user: Any, campaign: Campaign) -> bool:
    since = user.email_verified_at
    return bool(since and campaign.starts_at <= since < campaign.ends_at)


def awards_of(user: Any) -> QuerySet[Award]:
    """What a customer earned, newest first; never anybody else's."""
    return awards().filter(account__user_id=user.pk).exclude(state=AwardState.REJECTED)


def referral_of(user: Any) -> Referral | None:
    """Who brought the customer."""
    return Referral.objects.filter(referred_id=user.pk).first()


def brought_by(user: Any) -> int:
    """How many customers somebody brought."""
    return Referral.objects.filter(referrer_id=user.pk).count()
