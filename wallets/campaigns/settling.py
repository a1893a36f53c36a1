"""One round: give what is due, end what is over."""

from datetime import datetime, timedelta

from django.db import transaction

from audit import actions as audit
from messaging.notices import notify
from wallets.campaigns import awards, earning
from wallets.campaigns.models import Award, Campaign, State

# A day after its end the last day of a campaign is sealed and cleared, and paid.
LATE = timedelta(days=2)


def settle_campaigns(now: datetime) -> int:
    """Give what every active campaign owes by ``now``; how many awards were given."""
    given = 0
    for campaign in Campaign.objects.filter(state=State.ACTIVE).order_by("pk"):
        for bundle in earning.bundles(campaign, now):
            given += len(_give(campaign, bundle))
        if now >= campaign.ends_at + LATE:
            _end(campaign)
    return given


def _give(campaign: Campaign, bundle: earning.Bundle) -> list[Award]:
    with transaction.atomic():
        made = awards.give(campaign=campaign, gifts=bundle)
        for award in made:
            _tell(award)
    return made


def _tell(award: Award) -> None:
    asset = award.campaign.asset
    user = award.account.user
    assert user is not None
    notify(
        user=user,
        title=award.campaign.name,
        text=f"+{asset.text(award.amount_units)} {asset.code}",
        path="/rewards",
    )


def _end(campaign: Campaign) -> None:
    with transaction.atomic():
        row = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
        if row.state != State.ACTIVE:
            return
        row.state = State.ENDED
        row.save()
        audit.record(
            "campaigns.end_campaign", row,
            old={"state": State.ACTIVE.value}, new={"state": State.ENDED.value}, acting_user=None,
        )  # fmt: skip
