"""What the caller pays, his volume and his tier."""

from __future__ import annotations

import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import fee_serializers, serializers
from api.errors import ApiError
from api.views.account import ACCOUNT, REFUSED
from api.views.base import ApiView
from money.units import format_units
from trading.engine.results import Result
from trading.fees import rates, selectors
from trading.fees.models import Tier
from trading.fees.selectors import Standing
from trading.instruments.selectors import catalogue

_EPOCH = datetime.date(1970, 1, 1)


class FeeTierView(ApiView):
    @extend_schema(
        operation_id="fee_tier",
        tags=["Account"],
        parameters=[ACCOUNT],
        responses={200: fee_serializers.FeeStanding, 503: serializers.Error, **REFUSED},
        summary="Your fee tier",
    )
    def get(self, request: Request) -> Response:
        """What you pay in each instrument, your volume of the 30 days before today as the engine
        counts it, the tier that it comes to, and what is missing to the next one. Tiers are
        looked at each day at 00:00 UTC."""
        account = self.account(request)
        standing = selectors.standing_of(account)
        if standing is None:
            raise ApiError(Result.UNKNOWN_ACCOUNT)
        lines = rates.lines_of_group(account.group_id)
        return Response({"account": account.pk, **fees_body(standing, lines, account.group_id)})


def fees_body(standing: Standing, lines: list[rates.Rate], group_id: int) -> dict[str, Any]:
    """An account's fees and tier as JSON; the volume and the tier are the engine's."""
    row = standing.row
    asset = catalogue().assets.get(row.asset_id)
    scale = asset.scale if asset else 0
    tiers = [_tier_body(tier, scale) for tier in selectors.tiers_of(group_id)] if asset else []
    following = next((tier for tier in tiers if tier["tier"] == row.tier + 1), None)
    if following is not None:
        following = {**following, "missing_volume": format_units(standing.left_units, scale)}
    return {
        "volume_asset": asset.code if asset else None,
        "day": (_EPOCH + datetime.timedelta(days=row.day)).isoformat(),
        "volume_30d": format_units(row.volume_units, scale),
        "volume_today": format_units(row.today_units, scale),
        "tier": row.tier,
        "next_tier": following,
        "tiers": tiers,
        "fees": [
            {
                "instrument": rate.symbol,
                "maker_fee_ppm": rate.maker_ppm,
                "taker_fee_ppm": rate.taker_ppm,
            }
            for rate in rates.lowered(lines, row.maker_ppm, row.taker_ppm)
        ],
        "seq": standing.seq,
    }


def _tier_body(tier: Tier, scale: int) -> dict[str, Any]:
    return {
        "tier": tier.number,
        "from_volume": format_units(int(tier.from_units), scale),
        "maker_fee_ppm": tier.maker_ppm,
        "taker_fee_ppm": tier.taker_ppm,
    }
