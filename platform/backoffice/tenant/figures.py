"""The day of a tenant in figures and charts: sign-ups, volumes, what is owed, open orders."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncDate

from backoffice import cells
from backoffice.tenant import names
from identity.selectors import customers
from trading.accounts.models import AccountRole
from trading.instruments.models import Asset
from trading.market_data.models import Candle
from trading.orders.models import OPEN_STATUSES, Order
from wallets.ledger.models import Balance

DAY_SECONDS = 86_400
MOST_SHOWN = 6


def midnight(now: datetime) -> datetime:
    """The beginning of the day in UTC."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def figures(now: datetime) -> dict[str, Any]:
    """Sign-ups and volume of today, open orders, customers."""
    today = midnight(now)
    second = int(today.timestamp())
    assets = names.assets()
    by_quote: dict[int, int] = {}
    trades = 0
    candles = (
        Candle.objects.filter(interval_seconds=DAY_SECONDS, open_second=second)
        .values("instrument__quote")
        .annotate(units=Sum("quote_units"), count=Sum("trades"))
    )
    for row in candles:
        by_quote[row["instrument__quote"]] = int(row["units"])
        trades += int(row["count"])
    return {
        "sign_ups": customers().filter(created_at__gte=today).count(),
        "customers": customers().count(),
        "open_orders": Order.objects.filter(status__in=OPEN_STATUSES).count(),
        "trades": trades,
        "volumes": [
            cells.volume(units, assets[asset_id].scale, assets[asset_id].code)
            for asset_id, units in sorted(by_quote.items())
            if asset_id in assets
        ],
    }


def sign_ups_by_day(now: datetime, days: int = 14) -> dict[str, Any]:
    """Labels and counts of the last days, today last."""
    first = midnight(now) - timedelta(days=days - 1)
    counts = dict(
        customers()
        .filter(created_at__gte=first)
        .annotate(day=TruncDate("created_at", tzinfo=UTC))
        .values_list("day")
        .annotate(count=Count("pk"))
    )
    every = [(first + timedelta(days=index)).date() for index in range(days)]
    return {
        "labels": [day.strftime("%-d.%-m.") for day in every],
        "values": [counts.get(day, 0) for day in every],
    }


def trades_by_hour(now: datetime, hours: int = 24) -> dict[str, Any]:
    """Labels and numbers of trades of the last hours, the present one last."""
    last = int(now.timestamp()) // 3600 * 3600
    first = last - (hours - 1) * 3600
    counts = dict(
        Candle.objects.filter(interval_seconds=3600, open_second__gte=first)
        .values_list("open_second")
        .annotate(count=Sum("trades"))
        .order_by()
    )
    every = range(first, last + 1, 3600)
    return {
        "labels": [time.strftime("%H:00", time.gmtime(second)) for second in every],
        "values": [int(counts.get(second, 0)) for second in every],
    }


def volume_by_day(now: datetime, days: int = 14) -> dict[str, Any] | None:
    """Traded value a day in the asset most is paid in, today last; None before the first trade.

    In whole units of the asset: a chart needs no more, and no number is too large for it.
    """
    first = int(midnight(now).timestamp()) - (days - 1) * DAY_SECONDS
    rows = Candle.objects.filter(interval_seconds=DAY_SECONDS, open_second__gte=first)
    most = rows.values("instrument__quote").annotate(n=Sum("trades")).order_by("-n").first()
    if most is None:
        return None
    asset = Asset.objects.get(pk=most["instrument__quote"])
    sums = dict(
        rows.filter(instrument__quote=asset)
        .values_list("open_second")
        .annotate(units=Sum("quote_units"))
        .order_by()
    )
    every = range(first, first + days * DAY_SECONDS, DAY_SECONDS)
    return {
        "asset": asset.code,
        "labels": [time.strftime("%-d.%-m.", time.gmtime(second)) for second in every],
        "values": [int(sums.get(second, 0)) // 10**asset.scale for second in every],
    }


def volume_by_instrument(now: datetime) -> list[dict[str, Any]]:
    """The instruments traded today, most trades first, with their share of all trades in %."""
    rows = list(
        Candle.objects.filter(
            interval_seconds=DAY_SECONDS, open_second=int(midnight(now).timestamp())
        )
        .select_related("instrument__quote")
        .filter(trades__gt=0)
        .order_by("-trades")[:MOST_SHOWN]
    )
    most = max((row.trades for row in rows), default=0)
    return [
        {
            "instrument": row.instrument,
            "trades": row.trades,
            "volume": cells.volume(
                int(row.quote_units), row.instrument.quote.scale, row.instrument.quote.code
            ),
            "share": row.trades * 100 // most,
        }
        for row in rows
    ]


def owed() -> list[dict[str, Any]]:
    """What customers are owed, an asset a row, with the number of accounts that hold some."""
    sums = (
        Balance.objects.filter(ledger_account__account__role=AccountRole.CUSTOMER)
        .values(asset=F("ledger_account__asset"))
        .annotate(total=Sum("units"), accounts=Count("pk", filter=~Q(units=0)))
        .order_by("asset")
    )
    assets = names.assets()
    return [
        {
            "asset": assets[row["asset"]],
            # A liability's balance is a credit: negative in the ledger, positive in words.
            "amount": names.amount(-int(row["total"]), assets[row["asset"]]),
            "accounts": row["accounts"],
        }
        for row in sums
        if row["total"]
    ]
