"""The one place where reports read postings, journal entries and trades.

Whoever keeps old rows elsewhere than in these tables changes this module and no other. A *bound*
is the id of a journal entry; rows *through* it have ids up to it. Ids grow with time, because the
engine's clock never runs backwards.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from trading.accounts.models import AccountRole

FIRST = 0  # the bound before every entry


class Total(NamedTuple):
    """A line of the books in one asset. `own_id`: the house's ledger account; 0: all customers."""

    own_id: int
    line: int
    classification: str
    asset_id: int
    units: int


# How a ledger account is put on a line of a report. A firm has many customers: they are one.
GROUPED = f"""
    CASE WHEN account.role = {int(AccountRole.CUSTOMER)} THEN 0 ELSE ledger.id END AS own_id,
    ledger.line, ledger.classification, ledger.asset_id
"""
JOINED = """
    JOIN ledger_ledgeraccount ledger ON ledger.id = moved.ledger_account_id
    LEFT JOIN accounts_account account ON account.id = ledger.account_id
"""

_TOTALS = f"""
WITH checkpoint AS (
    SELECT id, entry_id FROM reports_balancecheckpoint WHERE entry_id <= %(bound)s
    ORDER BY entry_id DESC LIMIT 1
), moved AS (
    SELECT ledger_account_id, sum(units) AS units FROM ledger_posting
    WHERE entry_id > coalesce((SELECT entry_id FROM checkpoint), 0) AND entry_id <= %(bound)s
    GROUP BY ledger_account_id
)
SELECT own_id, line, classification, asset_id, sum(units) FROM (
    SELECT own_id, line, classification, asset_id, units FROM reports_checkpointtotal
    WHERE checkpoint_id = (SELECT id FROM checkpoint)
    UNION ALL
    SELECT {GROUPED}, moved.units FROM moved {JOINED}
) lines
GROUP BY 1, 2, 3, 4
ORDER BY 3, 2, 1, 4
"""

# From the nearest checkpoint of the ledger account on.
_FROM_CHECKPOINT = """
SELECT coalesce(near.units, 0) + coalesce((
    SELECT sum(units) FROM ledger_posting
    WHERE ledger_account_id = %(account)s AND entry_id > coalesce(near.entry_id, 0)
      AND entry_id <= %(entry)s AND (entry_id < %(entry)s OR line <= %(line)s)), 0)
FROM (SELECT 1) one
LEFT JOIN LATERAL (
    SELECT entry_id, units FROM reports_accountcheckpoint
    WHERE ledger_account_id = %(account)s AND entry_id < %(entry)s
    ORDER BY entry_id DESC LIMIT 1
) near ON true
"""
# From the balance now back; one statement, so that nothing is booked in between.
_FROM_NOW = """
SELECT coalesce((SELECT units FROM ledger_balance WHERE ledger_account_id = %(account)s), 0)
     - coalesce((SELECT sum(units) FROM ledger_posting
                 WHERE ledger_account_id = %(account)s AND entry_id >= %(entry)s
                   AND (entry_id > %(entry)s OR line > %(line)s)), 0)
"""
LAST_LINE = 32_767  # of an entry: no posting is behind it

_PAGE = """
WITH page AS (
    SELECT posting.entry_id, posting.line, posting.units, posting.ledger_account_id
    FROM unnest(%(ids)s::bigint[]) AS own (ledger_account_id)
    CROSS JOIN LATERAL (
        SELECT entry_id, line, units, ledger_account_id FROM ledger_posting
        WHERE ledger_account_id = own.ledger_account_id AND {between}
        ORDER BY entry_id {order}, line {order}
        LIMIT %(limit)s
    ) posting
    ORDER BY posting.entry_id {order}, posting.line {order}
    LIMIT %(limit)s
)
SELECT page.entry_id, page.line, page.units, page.ledger_account_id,
       entry.time, entry.kind, entry.reference_id
FROM page JOIN ledger_journalentry entry ON entry.id = page.entry_id
ORDER BY page.entry_id {order}, page.line {order}
"""
_NEWEST = _PAGE.format(
    order="DESC",
    between="entry_id > %(after)s AND entry_id <= %(entry)s "
    "AND (entry_id < %(entry)s OR line < %(line)s)",
)
_OLDEST = _PAGE.format(
    order="ASC",
    between="entry_id >= %(entry)s AND entry_id <= %(through)s "
    "AND (entry_id > %(entry)s OR line > %(line)s)",
)


class Movement(NamedTuple):
    """A posting with its entry."""

    entry_id: int
    line: int
    units: int
    ledger_account_id: int
    time: datetime
    kind: int
    reference_id: int


def newest_bound() -> int:
    """The id of the newest journal entry, or FIRST."""
    return int(_one("SELECT coalesce(max(id), 0) FROM ledger_journalentry", {}))


def bound_before(moment: datetime) -> int:
    """The id of the last journal entry before a moment, or FIRST."""
    low = _one(
        "SELECT coalesce(max(entry_id), 0) FROM reports_balancecheckpoint WHERE time < %(moment)s",
        {"moment": moment},
    )
    return _last_before("ledger_journalentry", moment, int(low))


def trade_before(moment: datetime) -> int:
    """The id of the last trade before a moment, or 0."""
    return _last_before("orders_trade", moment, 0)


def _last_before(table: str, moment: datetime, low: int) -> int:
    """By halves, for times have no index: ids and times grow together."""
    with connection.cursor() as sql:
        sql.execute(f"SELECT id, time FROM {table} ORDER BY id DESC LIMIT 1")
        newest = sql.fetchone()
        if newest is None:
            return 0
        if newest[1] < moment:
            return int(newest[0])
        high = int(newest[0])  # not before the moment
        while high - low > 1:
            middle = (low + high) // 2
            sql.execute(
                f"SELECT id, time FROM {table} WHERE id <= %s AND id > %s ORDER BY id DESC LIMIT 1",
                [middle, low],
            )
            found = sql.fetchone()
            if found is None:
                low = middle
            elif found[1] < moment:
                low = int(found[0])
                # Nothing lies between it and the middle.
                if middle > low:
                    sql.execute(
                        f"SELECT id, time FROM {table} WHERE id > %s ORDER BY id LIMIT 1", [middle]
                    )
                    following = sql.fetchone()
                    if following is None or following[1] >= moment:
                        return low
                    low = int(following[0])
            else:
                high = int(found[0])
        sql.execute(f"SELECT max(id) FROM {table} WHERE id <= %s", [low])
        return int(sql.fetchone()[0] or 0)


def totals(bound: int) -> list[Total]:
    """Every line of the books through a bound, from the nearest balance checkpoint on."""
    with connection.cursor() as sql:
        sql.execute(_TOTALS, {"bound": bound})
        return [Total._make((*row[:4], int(row[4]))) for row in sql.fetchall()]


def units_through(ledger_account_id: int, entry_id: int, line: int = LAST_LINE) -> int:
    """The sum of a ledger account's postings through one (entry, line)."""
    newest = _one("SELECT coalesce(max(entry_id), 0) FROM reports_balancecheckpoint", {})
    query = _FROM_CHECKPOINT if entry_id <= newest else _FROM_NOW
    return int(_one(query, {"account": ledger_account_id, "entry": entry_id, "line": line}))


def newest_movements(
    ledger_account_ids: list[int], *, after: int, entry_id: int, line: int, limit: int
) -> list[Movement]:
    """Postings before (entry, line) and behind the bound `after`, newest first."""
    values = {"after": after, "entry": entry_id, "line": line}
    return _movements(_NEWEST, ledger_account_ids, limit, values)


def oldest_movements(
    ledger_account_ids: list[int], *, entry_id: int, line: int, through: int, limit: int
) -> list[Movement]:
    """Postings behind (entry, line) and through a bound, oldest first."""
    values = {"through": through, "entry": entry_id, "line": line}
    return _movements(_OLDEST, ledger_account_ids, limit, values)


def count_movements(ledger_account_ids: list[int], *, after: int, through: int) -> int:
    """How many postings there are behind one bound and through another."""
    with connection.cursor() as sql:
        sql.execute(
            "SELECT count(*) FROM ledger_posting WHERE ledger_account_id = ANY(%s)"
            " AND entry_id > %s AND entry_id <= %s",
            [ledger_account_ids, after, through],
        )
        return int(sql.fetchone()[0])


def _movements(query: str, ids: list[int], limit: int, values: dict[str, int]) -> list[Movement]:
    with connection.cursor() as sql:
        sql.execute(query, {"ids": ids, "limit": limit, **values})
        return [Movement(row[0], row[1], int(row[2]), *row[3:]) for row in sql.fetchall()]


class Moved(NamedTuple):
    """What moved on a ledger account before the moment with index `step` and not before the one
    ahead of it, apart for entries of the kinds that were asked for and all others."""

    ledger_account_id: int
    step: int
    is_of_kinds: bool
    units: int


_MOVED = """
SELECT posting.ledger_account_id, width_bucket(entry.time, %(moments)s::timestamptz[]) AS step,
       entry.kind = ANY(%(kinds)s) AS is_of_kinds, sum(posting.units)
FROM ledger_posting posting JOIN ledger_journalentry entry ON entry.id = posting.entry_id
WHERE posting.ledger_account_id = ANY(%(ids)s) AND posting.entry_id > %(after)s
  AND entry.id > %(after)s AND entry.time < %(end)s
GROUP BY 1, 2, 3
"""


def moved_between(
    ledger_account_ids: list[int], moments: list[datetime], *, after: int, kinds: list[int]
) -> list[Moved]:
    """What moved between moments (oldest first) behind the bound of the first."""
    with connection.cursor() as sql:
        sql.execute(
            _MOVED,
            {
                "ids": ledger_account_ids,
                "moments": moments,
                "kinds": kinds,
                "after": after,
                "end": moments[-1],
            },
        )
        return [Moved._make((*row[:3], int(row[3]))) for row in sql.fetchall()]


class FeeRow(NamedTuple):
    """Fees of one day, instrument and group in one asset."""

    day: date
    instrument_id: int
    group_id: int
    in_base: bool
    fills: int
    units: int


# A buyer's fee is taken from the base he receives, a seller's from the quote; 1 is buy.
_FEES = """
SELECT day, instrument_id, group_id, in_base, count(*), sum(units) FROM (
    SELECT (time AT TIME ZONE %(zone)s)::date AS day, instrument_id,
           maker_account_id AS account_id, taker_side <> 1 AS in_base, maker_fee_units AS units
    FROM orders_trade WHERE id > %(after)s AND id <= %(through)s {mine_as_maker}
    UNION ALL
    SELECT (time AT TIME ZONE %(zone)s)::date, instrument_id,
           taker_account_id, taker_side = 1, taker_fee_units
    FROM orders_trade WHERE id > %(after)s AND id <= %(through)s {mine_as_taker}
) fills
JOIN accounts_account account ON account.id = fills.account_id
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
"""


def fees(
    *, after_trade: int, through_trade: int, zone: str, account_ids: list[int] | None = None
) -> list[FeeRow]:
    """Fees of the trades between two trade ids, by day in a time zone; of some accounts or all."""
    mine = account_ids is not None
    query = _FEES.format(
        mine_as_maker="AND maker_account_id = ANY(%(accounts)s)" if mine else "",
        mine_as_taker="AND taker_account_id = ANY(%(accounts)s)" if mine else "",
    )
    values = {"after": after_trade, "through": through_trade, "zone": zone}
    with connection.cursor() as sql:
        sql.execute(query, {**values, "accounts": account_ids})
        return [FeeRow._make((*row[:5], int(row[5]))) for row in sql.fetchall()]


class FillRow(NamedTuple):
    """A trade seen from one of its sides."""

    trade_id: int
    seq: int
    event_index: int
    time: datetime
    instrument_id: int
    account_id: int
    is_maker: bool
    buys: bool
    ticks: int
    base_units: int
    quote_units: int
    fee_units: int


_FILLS = """
SELECT * FROM (
    (SELECT id, seq, event_index, time, instrument_id, maker_account_id, true,
            taker_side <> 1, ticks, base_units, quote_units, maker_fee_units
     FROM orders_trade WHERE maker_account_id = %(account)s AND id > %(after)s AND id <= %(through)s
     ORDER BY id LIMIT %(limit)s)
    UNION ALL
    (SELECT id, seq, event_index, time, instrument_id, taker_account_id, false,
            taker_side = 1, ticks, base_units, quote_units, taker_fee_units
     FROM orders_trade WHERE taker_account_id = %(account)s AND id > %(after)s AND id <= %(through)s
     ORDER BY id LIMIT %(limit)s)
) fills (id, seq, event_index, time, instrument_id, account_id, is_maker, buys, ticks,
         base_units, quote_units, fee_units)
ORDER BY id, is_maker
"""


def fills(
    account_id: int, *, after_trade: int, through_trade: int, rows_at_once: int = 2_000
) -> Iterator[FillRow]:
    """All fills of an account between two trade ids, oldest first, read piece by piece."""
    while True:
        with connection.cursor() as sql:
            sql.execute(
                _FILLS,
                {
                    "account": account_id,
                    "after": after_trade,
                    "through": through_trade,
                    "limit": rows_at_once,
                },
            )
            rows = sql.fetchall()
        # Each side may have been cut: nothing behind the nearer of the two cuts is known whole.
        cut = _cut(rows, rows_at_once)
        for row in rows:
            if cut is None or row[0] <= cut:
                yield FillRow(*row[:9], *(int(units) for units in row[9:]))
        if cut is None:
            return
        after_trade = cut


def _cut(rows: list[Any], limit: int) -> int | None:
    lasts = []
    for is_maker in (True, False):
        ids = [row[0] for row in rows if row[6] is is_maker]
        if len(ids) == limit:
            lasts.append(ids[-1])
    return min(lasts, default=None)


def _one(query: str, values: dict[str, Any]) -> Any:
    with connection.cursor() as sql:
        sql.execute(query, values)
        return sql.fetchone()[0]
