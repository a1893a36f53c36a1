"""Who has earned what: read from sign-ups, referrals and trades, never from what pages say.

What belongs together (both sides of a referral) is one bundle: given as a whole or not at all.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection

from identity.models import User
from trading.accounts.models import Account, AccountRole
from trading.orders.models import Side, Trade
from wallets.campaigns.awards import Gift
from wallets.campaigns.models import Campaign, Kind, Referral
from wallets.sealing.models import LedgerDay

Bundle = list[Gift]

# What each customer traded, in the quote asset of the campaign, but not with himself, nor with
# who brought him: passing money round between two hands is no trading.
_VOLUMES = """
WITH fills AS (
    SELECT trade.taker_account_id AS mine, trade.maker_account_id AS other, trade.quote_units
    FROM orders_trade trade JOIN instruments_instrument i ON i.id = trade.instrument_id
    WHERE trade.id >= %(first)s AND trade.time >= %(begin)s AND trade.time < %(end)s
      AND i.quote_id = %(asset)s
    UNION ALL
    SELECT trade.maker_account_id, trade.taker_account_id, trade.quote_units
    FROM orders_trade trade JOIN instruments_instrument i ON i.id = trade.instrument_id
    WHERE trade.id >= %(first)s AND trade.time >= %(begin)s AND trade.time < %(end)s
      AND i.quote_id = %(asset)s
)
SELECT account.user_id, sum(fills.quote_units)
FROM fills
JOIN accounts_account account ON account.id = fills.mine
LEFT JOIN accounts_account other ON other.id = fills.other
LEFT JOIN campaigns_referral referral ON referral.referred_id = account.user_id
WHERE account.user_id IS NOT NULL
  AND other.user_id IS DISTINCT FROM account.user_id
  AND (referral.id IS NULL OR other.user_id IS DISTINCT FROM referral.referrer_id)
GROUP BY account.user_id
"""

# Fees that accounts paid in an asset: buyers pay in what they receive, the base, sellers in the
# quote asset (ADR 6).
_FEES = """
WITH fees AS (
    SELECT trade.taker_account_id AS account_id, trade.taker_fee_units AS units
    FROM orders_trade trade JOIN instruments_instrument i ON i.id = trade.instrument_id
    WHERE trade.id >= %(first)s AND trade.time >= %(begin)s AND trade.time < %(end)s
      AND CASE trade.taker_side WHEN %(buy)s THEN i.base_id ELSE i.quote_id END = %(asset)s
    UNION ALL
    SELECT trade.maker_account_id, trade.maker_fee_units
    FROM orders_trade trade JOIN instruments_instrument i ON i.id = trade.instrument_id
    WHERE trade.id >= %(first)s AND trade.time >= %(begin)s AND trade.time < %(end)s
      AND CASE trade.taker_side WHEN %(buy)s THEN i.quote_id ELSE i.base_id END = %(asset)s
)
SELECT account_id, sum(units) FROM fees GROUP BY account_id HAVING sum(units) > 0
"""


def bundles(campaign: Campaign, now: datetime) -> Iterator[Bundle]:
    """Everything that is due by ``now``, given already or not."""
    if now < campaign.starts_at:
        return
    if campaign.kind == Kind.DISCOUNT:
        yield from _discounts(campaign)
    elif campaign.kind == Kind.REFERRAL:
        yield from _referrals(campaign, now)
    else:
        yield from _bonuses(campaign, now)


def _bonuses(campaign: Campaign, now: datetime) -> Iterator[Bundle]:
    people = User.objects.filter(is_staff=False, email_verified_at__isnull=False)
    if campaign.kind == Kind.SIGN_UP:
        people = people.filter(
            email_verified_at__gte=campaign.starts_at, email_verified_at__lt=campaign.ends_at
        )
    done = campaign.awards.values("account__user_id")
    ids = set(people.exclude(pk__in=done).values_list("pk", flat=True))
    for user_id in sorted(_with_volume(campaign, ids, now)):
        if account := _account_of(campaign, user_id):
            yield [Gift(account, f"customer:{user_id}", campaign.amount_units)]


def _referrals(campaign: Campaign, now: datetime) -> Iterator[Bundle]:
    rows = Referral.objects.filter(
        created_at__gte=campaign.starts_at, created_at__lt=campaign.ends_at
    ).exclude(pk__in=campaign.awards.values("referral_id"))
    by_user = {row.referred_id: row for row in rows}
    for user_id in sorted(_with_volume(campaign, set(by_user), now)):
        referral = by_user[user_id]
        account = _account_of(campaign, user_id)
        referrers = _account_of(campaign, referral.referrer_id)
        if account is None or referrers is None:
            continue
        gifts = [
            Gift(account, f"referred:{referral.pk}", campaign.amount_units, referral),
            Gift(referrers, f"referrer:{referral.pk}", campaign.referrer_units, referral),
        ]
        yield [gift for gift in gifts if gift.amount_units]


def _discounts(campaign: Campaign) -> Iterator[Bundle]:
    """Days of the campaign that are sealed: nothing is added to them any more."""
    first, last = campaign.starts_at.date(), (campaign.ends_at - timedelta(microseconds=1)).date()
    days = LedgerDay.objects.filter(day__gte=first, day__lte=last).order_by("day")
    for sealed in days.values_list("day", flat=True):
        paid = set(
            campaign.awards.filter(key__startswith=f"{sealed}:").values_list("key", flat=True)
        )
        for account_id, units in fees_of(campaign, sealed).items():
            gift_units = units * campaign.percent // 100
            key = f"{sealed}:{account_id}"
            if key in paid or not gift_units:
                continue
            account = _in_group(campaign, Account.objects.filter(pk=account_id)).first()
            if account is not None:
                yield [Gift(account, key, gift_units)]


def fees_of(campaign: Campaign, day: date) -> dict[int, int]:
    """Fees in the campaign's asset by account, of what of a UTC day is in the campaign."""
    begin = datetime.combine(day, time(), UTC)
    begin, end = max(begin, campaign.starts_at), min(begin + timedelta(days=1), campaign.ends_at)
    return _sums(_FEES, campaign, begin, end)


def volumes(campaign: Campaign, now: datetime) -> dict[int, int]:
    """What each customer traded within the campaign so far, by user, in units of its asset."""
    return _sums(_VOLUMES, campaign, campaign.starts_at, min(now, campaign.ends_at))


def _with_volume(campaign: Campaign, users: set[int], now: datetime) -> set[int]:
    if not campaign.min_volume_units or not users:
        return users
    traded = volumes(campaign, now)
    return {user for user in users if traded.get(user, 0) >= campaign.min_volume_units}


def _account_of(campaign: Campaign, user_id: int) -> Account | None:
    """The customer's first open account of those that the campaign is for."""
    rows = Account.objects.filter(user_id=user_id, closed_at=None).order_by("pk")
    return _in_group(campaign, rows).first()


def _in_group(campaign: Campaign, rows: Any) -> Any:
    rows = rows.filter(role=AccountRole.CUSTOMER).select_related("user")
    return rows.filter(group_id=campaign.group_id) if campaign.group_id else rows


def _sums(sql: str, campaign: Campaign, begin: datetime, end: datetime) -> dict[int, int]:
    if begin >= end:
        return {}
    values = {
        "first": first_trade_from(begin),
        "begin": begin,
        "end": end,
        "asset": campaign.asset_id,
        "buy": int(Side.BUY),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {int(key): int(units) for key, units in cursor.fetchall()}


def first_trade_from(moment: datetime) -> int:
    """The id of the first trade at or after a moment: ids rise with time, so some look-ups of the
    key find it, however many trades there are."""
    trades = Trade.objects.order_by("pk")
    last = Trade.objects.order_by("-pk").values_list("pk", flat=True).first()
    low, high = 0, (last or 0) + 1
    while low < high:
        middle = (low + high) // 2
        found = trades.filter(pk__gte=middle).values_list("pk", "time").first()
        if found is None or found[1] >= moment:
            high = middle
        else:
            low = found[0] + 1
    return low
