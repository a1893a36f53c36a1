"""Giving: an award and its engine command in one transaction, once a key, within the budget."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from audit import actions as audit
from trading.accounts.models import Account, AccountRole, AccountState
from trading.commands.actions import enqueue_command
from trading.engine import commands
from trading.engine.enums import FundsReason
from wallets.campaigns.models import Award, AwardState, Campaign, Kind, Referral, State

REASON_OF_KIND = {
    Kind.SIGN_UP: FundsReason.BONUS,
    Kind.TRADING: FundsReason.BONUS,
    Kind.REFERRAL: FundsReason.BONUS,
    Kind.DISCOUNT: FundsReason.FEE_DISCOUNT,
}


@dataclass(frozen=True)
class Gift:
    """What somebody has earned: ``key`` names it within its campaign."""

    account: Account
    key: str
    amount_units: int
    referral: Referral | None = None


def spent_units(campaign: Campaign) -> int:
    """What was paid or is on its way; what the engine rejected is not spent."""
    rows = campaign.awards.exclude(state=AwardState.REJECTED)
    return int(rows.aggregate(total=Sum("amount_units"))["total"] or 0)


def give(*, campaign: Campaign, gifts: list[Gift]) -> list[Award]:
    """Give all of ``gifts`` or, where the budget or the campaign's state does not allow it, none.

    What was given already under its key stands as it is and is not given again. The campaign's
    row is locked, so that two who give at once never pass its budget.
    """
    with transaction.atomic():
        row = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
        if row.state != State.ACTIVE:
            return []
        known = set(row.awards.filter(key__in=[g.key for g in gifts]).values_list("key", flat=True))
        fresh = [g for g in gifts if g.key not in known and g.amount_units > 0]
        if not all(_may_get(gift.account) for gift in fresh):
            return []
        total = sum(gift.amount_units for gift in fresh)
        if not fresh or spent_units(row) + total > row.budget_units:
            return []
        return [_give(row, gift) for gift in fresh]


def _may_get(account: Account) -> bool:
    is_well = account.state == AccountState.ACTIVE and account.role == AccountRole.CUSTOMER
    return is_well and account.user is not None and account.user.is_active


def _give(campaign: Campaign, gift: Gift) -> Award:
    pk = _next_id()
    command = enqueue_command(
        commands.CreditFunds(
            account_id=gift.account.pk,
            asset_id=campaign.asset_id,
            amount_units=gift.amount_units,
            reason=int(REASON_OF_KIND[Kind(campaign.kind)]),
            reference_id=pk,
            against=0,
        ),
        acting_user=None,
    )
    award = Award.objects.create(
        pk=pk,
        campaign=campaign,
        account=gift.account,
        key=gift.key,
        amount_units=gift.amount_units,
        referral=gift.referral,
        command=command,
        given_at=timezone.now(),
    )
    audit.record(
        "campaigns.give",
        award,
        new={
            "campaign": campaign.pk,
            "account": gift.account.pk,
            "asset": campaign.asset.code,
            "amount": campaign.asset.text(gift.amount_units),
            "key": gift.key,
        },
        acting_user=None,
    )
    return award


def _next_id() -> int:
    """The award's id before its row: the engine's command carries it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('campaigns_award', 'id'))")
        row: Any = cursor.fetchone()
    return int(row[0])
