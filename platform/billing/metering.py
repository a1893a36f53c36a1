"""What a firm used in a month, from the tables that clearing wrote: exact and reproducible.

A month is one of UTC. A trade counts where a customer took part in it; a customer was active if he
traded. Values are at the firm's own rates of the month's end, as its reports have them. Nothing
here depends on when it is asked, once the month is over and cleared.
"""

import hashlib
import json
from collections import defaultdict
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django_tenants.utils import tenant_context

from billing.errors import BillingError
from clearing import selectors as clearing
from tenants.models import Tenant
from trading.instruments.info import catalogue
from wallets.reports import reading, selectors
from wallets.reports.periods import Period
from wallets.reports.rates import Valuation
from wallets.reports.revenue import asset_of

_TRADED = """
WITH mine AS (SELECT id, user_id FROM accounts_account WHERE user_id IS NOT NULL),
trades AS (
    SELECT id, instrument_id, quote_units, maker_account_id, taker_account_id FROM orders_trade
    WHERE id > %(after)s AND id <= %(through)s
      AND (maker_account_id IN (SELECT id FROM mine) OR taker_account_id IN (SELECT id FROM mine))
)
SELECT instrument_id, count(*), sum(quote_units) FROM trades GROUP BY 1 ORDER BY 1
"""
_ACTIVE = """
SELECT count(DISTINCT account.user_id) FROM accounts_account account
WHERE account.user_id IS NOT NULL AND (
    EXISTS (SELECT FROM orders_trade WHERE maker_account_id = account.id
            AND id > %(after)s AND id <= %(through)s)
    OR EXISTS (SELECT FROM orders_trade WHERE taker_account_id = account.id
               AND id > %(after)s AND id <= %(through)s))
"""


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def month_before(day: date) -> date:
    """The first day of the month before a day's."""
    first = day.replace(day=1)
    return (
        first.replace(year=first.year - 1, month=12)
        if first.month == 1
        else first.replace(month=first.month - 1)
    )


def bounds_of(month: date) -> tuple[datetime, datetime]:
    """A month's begin and end, UTC."""
    begin = datetime(month.year, month.month, 1, tzinfo=UTC)
    following = (month.year + month.month // 12, month.month % 12 + 1)
    return begin, datetime(*following, 1, tzinfo=UTC)


def measure(tenant: Tenant, month: date, currency: str) -> dict[str, Any]:
    """The usage of a month as JSON: counts, exact units by asset, values in ``currency``.

    ``volume_value`` and ``fees_value`` are [units, scale] in the currency, rounded down, or null
    where the firm has no such asset; ``not_valued`` names assets without a rate. ``digest`` is a
    hash over all of it. Raises BillingError while clearing is set aside, for it may be behind.
    """
    begin, end = bounds_of(month)
    with tenant_context(tenant):
        if clearing.quarantine() is not None:
            raise BillingError(
                "behind", _("The firm's books stand still: measure when they go on.")
            )
        after, through = Period(begin, end, UTC).trade_bounds()
        known = catalogue(fresh=True)
        valuation = selectors.valuation_at(end, reading.bound_before(end), currency)
        values = {"after": after, "through": through}
        with connection.cursor() as sql:
            sql.execute(_TRADED, values)
            traded = [(row[0], row[1], int(row[2])) for row in sql.fetchall()]
            sql.execute(_ACTIVE, values)
            (active,) = sql.fetchone()
        volume: dict[int, int] = defaultdict(int)
        for instrument_id, _count, units in traded:
            volume[known.instruments[instrument_id].quote_id] += units
        fees: dict[int, int] = defaultdict(int)
        for row in reading.fees(after_trade=after, through_trade=through, zone="UTC"):
            fees[asset_of(row, known)] += row.units
    usage: dict[str, Any] = {
        "month": month.isoformat(),
        "after_trade": after,
        "through_trade": through,
        "active_customers": active,
        "trades": sum(count for _id, count, _units in traded),
        "volume": _by_code(volume, valuation),
        "fees": _by_code(fees, valuation),
        "volume_value": _value(volume, valuation),
        "fees_value": _value(fees, valuation),
        "not_valued": sorted(valuation.unvalued({a for a, n in {**volume, **fees}.items() if n})),
    }
    return usage | {"digest": digest_of(usage)}


def digest_of(usage: dict[str, Any]) -> str:
    """SHA-256 over the usage without its digest, with sorted names."""
    plain = {name: value for name, value in usage.items() if name != "digest"}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _by_code(held: dict[int, int], valuation: Valuation) -> dict[str, list[int]]:
    """Exact units and scale by asset."""
    assets = valuation.assets
    return {assets[a].code: [units, assets[a].scale] for a, units in sorted(held.items()) if units}


def _value(held: dict[int, int], valuation: Valuation) -> list[int] | None:
    if valuation.currency is None:
        return None
    values = (valuation.value(asset_id, units) for asset_id, units in held.items())
    total = sum((value for value in values if value is not None), Fraction())
    return [total.numerator // total.denominator, valuation.currency.scale]
