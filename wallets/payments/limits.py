"""What a customer may still move through a method: by the method, and by his tier.

A method counts in its own asset. A tier counts all withdrawals, of whatever asset, in one: each is
valued when it is asked for, at the firm's rate then, rounded up, and keeps that value. Where there
is no rate nobody can say what is left, so nothing is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Q, QuerySet, Sum

from kyc import selectors as kyc
from trading.instruments.models import Asset
from wallets.payments import rates
from wallets.payments.models import PaymentMethod, Withdrawal
from wallets.payments.states import WITHDRAWALS_VOID


@dataclass(frozen=True, slots=True)
class TierAllowance:
    """What a tier allows. Limits in units of ``asset``; None: no limit."""

    tier: int
    may_deposit: bool
    may_withdraw: bool
    asset: Asset | None = None
    day_units: int | None = None
    month_units: int | None = None

    @property
    def is_limited(self) -> bool:
        return self.day_units is not None or self.month_units is not None


@dataclass(frozen=True, slots=True)
class Room:
    """What is left of the limits on withdrawals, in units of the method's asset; None: no limit.

    ``unvalued`` names an asset for which there is no rate into ``currency``: then nothing is left.
    """

    day_units: int | None
    month_units: int | None
    unvalued: str = ""
    currency: str = ""

    @property
    def left_units(self) -> int | None:
        known = [units for units in (self.day_units, self.month_units) if units is not None]
        return min(known) if known else None


@dataclass(frozen=True, slots=True)
class Value:
    """What a withdrawal counts for in the asset that the customer's tier counts in."""

    asset: Asset
    units: int
    source: str


class Unvalued(Exception):
    """There is no rate for an asset; says its code."""


def allowance(user: Any) -> TierAllowance:
    """What the customer's tier and standing allow."""
    told = kyc.allowance(user)
    return TierAllowance(
        tier=told.tier_number,
        may_deposit=told.may_deposit,
        may_withdraw=0 not in (told.withdraw_day_units, told.withdraw_month_units),
        asset=told.asset,
        day_units=told.withdraw_day_units,
        month_units=told.withdraw_month_units,
    )


def is_offered(method: PaymentMethod, user: Any, *, withdrawal: bool) -> bool:
    """Whether a customer may use a method in one direction."""
    tier = allowance(user)
    if withdrawal:
        may = tier.may_withdraw and method.accepts_withdrawals
    else:
        may = tier.may_deposit and method.accepts_deposits
    return method.is_active and may and tier.tier >= method.min_tier


def value_of(user: Any, asset: Asset, units: int, now: datetime) -> Value | None:
    """What an amount counts for in the asset of the customer's tier; None without a rate."""
    currency = allowance(user).asset
    found = rates.rate(asset, currency, now) if currency is not None else None
    if currency is None or found is None:
        return None
    return Value(currency, rates.ceiling(found.value * units), found.source)


def withdrawal_room(method: PaymentMethod, user: Any, now: datetime) -> Room:
    """What a customer may still withdraw by a method: within the method's own limits, and within
    his tier's over everything he withdraws; the narrower counts."""
    asked = Withdrawal.objects.filter(user=user).exclude(state__in=WITHDRAWALS_VOID)
    of_method = asked.filter(method=method)
    tier = allowance(user)
    left: list[int | None] = []
    try:
        for days, method_units, tier_units in (
            (1, int(method.withdrawal_day_units), tier.day_units),
            (30, int(method.withdrawal_month_units), tier.month_units),
        ):
            since = now - timedelta(days=days)
            rooms = []
            if method_units:
                rooms.append(method_units - _sum(of_method.filter(requested_at__gt=since)))
            if tier_units is not None and tier.asset is not None:
                used = _used(asked.filter(requested_at__gt=since), tier.asset, now)
                rooms.append(_in(method.asset, max(0, tier_units - used), tier.asset, now))
            left.append(max(0, min(rooms)) if rooms else None)
    except Unvalued as error:
        currency = tier.asset.code if tier.asset is not None else ""
        return Room(0, 0, unvalued=str(error), currency=currency)
    return Room(day_units=left[0], month_units=left[1])


def _used(rows: QuerySet[Withdrawal], currency: Asset, now: datetime) -> int:
    """What withdrawals count for: as they were valued, or, where the tier counted in another
    asset then, at today's rate. Raises Unvalued."""
    valued = Q(tier_asset=currency, tier_units__isnull=False)
    total = int(rows.filter(valued).aggregate(units=Sum("tier_units"))["units"] or 0)
    others = rows.exclude(pk__in=rows.filter(valued).values("pk"))
    sums = others.order_by().values("asset").annotate(units=Sum("amount_units"))
    by_asset = {row["asset"]: int(row["units"]) for row in sums}
    for asset in Asset.objects.filter(pk__in=by_asset):
        total += rates.ceiling(_rate(asset, currency, now) * by_asset[asset.pk])
    return total


def _in(asset: Asset, units: int, currency: Asset, now: datetime) -> int:
    """The most units of an asset that count for no more than units of the currency."""
    value = Fraction(units) / _rate(asset, currency, now)
    return value.numerator // value.denominator


def _rate(asset: Asset, currency: Asset, now: datetime) -> Fraction:
    found = rates.rate(asset, currency, now)
    if found is None:
        raise Unvalued(asset.code)
    return found.value


def _sum(rows: QuerySet[Withdrawal]) -> int:
    return int(rows.aggregate(units=Sum("amount_units"))["units"] or 0)
