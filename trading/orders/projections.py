"""Engine events → rows of orders, a batch at a time.

Whatever the batches are cut to, the rows come out the same. An order accepted in the batch is
inserted as it stands at the batch's end; one accepted earlier is updated by what the batch adds.

Orders of the house's market maker become rows with their first trade: it quotes hundreds of
times a second and nearly every quote is gone untraded; writing those would be most of SQL's work
and would say nothing about anybody's money. Its trades and postings are always written. The row
of a quote tells what its first trade tells: the lots open at that moment, no client order id.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import psycopg

from trading.bulk.arrays import Array, amounts, first_by, join, last_by, sum_by
from trading.bulk.copying import Column, copy_rows
from trading.bulk.tables import EventTables, positions
from trading.engine.enums import OrderStatus, OrderType, Side, TimeInForce

_BOTH_SIDES = int(Side.BUY) + int(Side.SELL)
_OPEN_STATUSES = [
    int(OrderStatus.OPEN),
    int(OrderStatus.PARTIALLY_FILLED),
    int(OrderStatus.WAITING),
    int(OrderStatus.PENDING),
]


class MissingOrder(LookupError):
    """The journal moves an order that this tenant's tables do not have."""


@dataclass(slots=True)
class _Touched:
    """Orders touched by the batch, one element each, sorted by order id."""

    order_id: Array
    account_id: Array
    last_seq: Array
    last_ns: Array
    leaves_lots: Array  # -1: as they were
    filled_lots: Array  # in this batch
    filled_quote_units: Array
    more_lots: Array  # ordered, by replacing; negative: fewer
    new_ticks: Array  # by replacing, or where a trailing stop fires; 0: as it was
    new_trigger_ticks: Array  # of a trailing stop, as it becomes active or fires; 0: as it was
    # Records in which it last began to wait, began to follow, was sent on; 0: none in this batch.
    waiting_seq: Array
    activated_seq: Array
    triggered_seq: Array
    ended_by: Array  # the order of its list that ended it; 0: none
    status: Array  # at the end of the batch; 0: open, and partially filled if anything is


def _list_of(placed: Array, order_ids: Array) -> Array:
    """For each order the row of its list among those `placed`; -1 where it belongs to none."""
    if not len(placed):
        return np.full(len(order_ids), -1, np.int64)
    rows = np.searchsorted(placed["list_id"], order_ids, side="right") - 1
    behind = order_ids - placed["list_id"][rows]
    return np.where((rows >= 0) & (behind < placed["legs"][rows]), rows, -1)


def project_orders(
    cursor: "psycopg.Cursor[Any]", tables: EventTables, quiet_account_ids: "frozenset[int]"
) -> None:
    """Bring the order rows up to the end of the batch.

    `quiet_account_ids`: market makers, whose orders are written when they trade, or from the
    beginning if they wait for a price or belong to a list. Raises
    MissingOrder if an order to be updated has no row.
    """
    touched = _touched(tables)
    if touched is None:
        return
    accepted = tables["OrderAccepted"]
    quiet = np.isin(touched.account_id, np.fromiter(quiet_account_ids, np.int64))
    is_new = np.isin(touched.order_id, accepted["order_id"])
    placed = tables["OrderListPlaced"]
    waits = _waits(accepted) | (_list_of(placed, accepted["order_id"]) >= 0)
    waited = np.isin(touched.order_id, accepted["order_id"][waits])
    _insert_accepted(cursor, accepted, placed, touched, is_new & (~quiet | waited))
    _update(cursor, touched, ~is_new & ~quiet)
    _project_quiet(cursor, tables, touched, quiet & ~waited, quiet_account_ids)


def _touched(tables: EventTables) -> _Touched | None:
    accepted, rested, traded = tables["OrderAccepted"], tables["OrderRested"], tables["Traded"]
    reduced, closed, replaced = (
        tables["OrderReduced"],
        tables["OrderClosed"],
        tables["OrderReplaced"],
    )
    waiting, active, triggered = (
        tables["OrderWaiting"],
        tables["OrderActivated"],
        tables["OrderTriggered"],
    )
    pending, released = tables["OrderPending"], tables["OrderReleased"]
    # (events, order id column, account column, leaves column, status if this comes last). Where
    # an order is triggered or replaced, another of these events stands in the same record.
    views = [
        (waiting, "order_id", "account_id", "", _waiting(waiting["order_id"] > 0)),
        (active, "order_id", "account_id", "", _waiting(active["order_id"] > 0)),
        (accepted, "order_id", "account_id", "lots", _waiting(_waits(accepted))),
        (pending, "order_id", "account_id", "lots", _pending(pending)),
        (released, "order_id", "account_id", "lots", _waiting(released["trigger_ticks"] > 0)),
        (rested, "order_id", "account_id", "lots", _open(rested)),
        (traded, "maker_order_id", "maker_account_id", "maker_leaves_lots", _open(traded)),
        (traded, "taker_order_id", "taker_account_id", "taker_leaves_lots", _open(traded)),
        # Reduced while it neither rested nor went on arriving: it waits.
        (reduced, "order_id", "account_id", "leaves_lots", _waiting(reduced["rested"] == 0)),
        (closed, "order_id", "account_id", "leaves_lots", closed["status"]),
    ]
    order_ids = np.concatenate([events[order] for events, order, *_ in views])
    if not len(order_ids):
        return None
    places = np.concatenate([positions(events) for events, *_ in views])
    unique_ids, last = last_by(order_ids, places)
    filled_ids = np.concatenate([traded["maker_order_id"], traded["taker_order_id"]])
    quote_units = amounts(traded, "quote_units")
    repriced = triggered[triggered["ticks"] > 0]
    return _Touched(
        order_id=unique_ids,
        account_id=np.concatenate([e[account] for e, _, account, *_ in views])[last],
        last_seq=np.concatenate([events["seq"] for events, *_ in views])[last],
        last_ns=np.concatenate([events["time_ns"] for events, *_ in views])[last],
        leaves_lots=_last_told(
            unique_ids,
            -1,
            *[(e, order, e[leaves]) for e, order, _, leaves, _ in views if leaves],
        ),
        filled_lots=_spread(unique_ids, filled_ids, np.concatenate([traded["lots"]] * 2)),
        filled_quote_units=_spread(unique_ids, filled_ids, join([quote_units, quote_units])),
        more_lots=_spread(
            unique_ids, replaced["order_id"], replaced["lots"] - replaced["old_lots"]
        ),
        new_ticks=_last_told(
            unique_ids,
            0,
            (replaced, "order_id", replaced["ticks"]),
            (repriced, "order_id", repriced["ticks"]),
        ),
        new_trigger_ticks=_last_told(
            unique_ids,
            0,
            (active, "order_id", active["trigger_ticks"]),
            (triggered, "order_id", triggered["trigger_ticks"]),
        ),
        waiting_seq=_last_told(unique_ids, 0, (waiting, "order_id", waiting["seq"])),
        activated_seq=_last_told(unique_ids, 0, (active, "order_id", active["seq"])),
        triggered_seq=_last_told(unique_ids, 0, (triggered, "order_id", triggered["seq"])),
        ended_by=_spread(unique_ids, closed["order_id"], closed["by_order_id"]),
        status=np.concatenate([status for *_, status in views])[last],
    )


def _waits(accepted: Array) -> Array:
    """Which orders wait for a price or a time first."""
    return (accepted["order_type"] > int(OrderType.MARKET)) | (accepted["trigger_ns"] > 0)


def _waiting(mask: Array) -> Array:
    return np.where(mask, int(OrderStatus.WAITING), 0)


def _pending(events: Array) -> Array:
    return np.full(len(events), int(OrderStatus.PENDING))


def _open(events: Array) -> Array:
    """Open or partially filled: that its fills in all tell."""
    return np.zeros(len(events), np.int64)


def _last_told(unique_ids: Array, otherwise: int, *told: tuple[Array, str, Array]) -> Array:
    """What (events, their order id column, values) told last, laid out beside `unique_ids`."""
    ids = np.concatenate([events[order] for events, order, _ in told])
    places = np.concatenate([positions(events) for events, *_ in told])
    found_ids, last = last_by(ids, places)
    out = np.full(len(unique_ids), otherwise, np.int64)
    out[np.searchsorted(unique_ids, found_ids)] = np.concatenate([v for *_, v in told])[last]
    return out


def _spread(unique_ids: Array, ids: Array, values: Array) -> Array:
    """The sum of `values` by id, laid out beside `unique_ids`, zero where there is none."""
    summed_ids, sums = sum_by(ids, values)
    out = np.zeros(len(unique_ids), dtype=sums.dtype)
    out[np.searchsorted(unique_ids, summed_ids)] = sums
    return out


def _chosen(touched: _Touched, mask: Array) -> _Touched:
    return _Touched(*(getattr(touched, field.name)[mask] for field in fields(touched)))


def _insert_accepted(
    cursor: "psycopg.Cursor[Any]", accepted: Array, placed: Array, touched: _Touched, mask: Array
) -> None:
    now = _chosen(touched, mask)
    by_id = np.argsort(accepted["order_id"], kind="stable")
    accepted = accepted[by_id]
    accepted = accepted[np.isin(accepted["order_id"], now.order_id)]
    in_list = _list_of(placed, accepted["order_id"])
    list_ids, list_types = (
        np.where(in_list >= 0, placed[name][in_list], 0) if len(placed) else np.zeros_like(in_list)
        for name in ("list_id", "list_type")
    )
    partly = np.where(now.filled_lots > 0, int(OrderStatus.PARTIALLY_FILLED), int(OrderStatus.OPEN))
    copy_rows(
        cursor,
        "orders_order",
        [
            Column("id", "int8", accepted["order_id"]),
            Column("account_id", "int8", accepted["account_id"]),
            Column("instrument_id", "int8", accepted["instrument_id"]),
            Column("client_order_id", "text", accepted["client_order_id"]),
            Column("side", "int2", accepted["side"]),
            Column("order_type", "int2", accepted["order_type"]),
            Column("time_in_force", "int2", accepted["time_in_force"]),
            Column("self_trade_prevention", "int2", accepted["self_trade_prevention"]),
            Column("flags", "int2", accepted["flags"]),
            Column("lots", "int8", accepted["lots"] + now.more_lots),
            Column("ticks", "int8", np.where(now.new_ticks > 0, now.new_ticks, accepted["ticks"])),
            Column(
                "trigger_ticks",
                "int8",
                np.where(
                    now.new_trigger_ticks > 0, now.new_trigger_ticks, accepted["trigger_ticks"]
                ),
            ),
            Column("expire_ns", "int8", accepted["expire_ns"]),
            Column("trigger_source", "int2", accepted["trigger_source"]),
            Column("trailing_distance_bp", "int4", accepted["trailing_distance_bp"]),
            Column("activation_ticks", "int8", accepted["activation_ticks"]),
            Column("limit_offset_ticks", "int8", accepted["limit_offset_ticks"]),
            Column("trigger_ns", "int8", accepted["trigger_ns"]),
            Column("display_lots", "int8", accepted["display_lots"]),
            Column("quote_units", "numeric", amounts(accepted, "quote_units")),
            Column("list_id", "int8", list_ids),
            Column("list_type", "int2", list_types),
            Column("ended_by_order_id", "int8", now.ended_by),
            Column("leaves_lots", "int8", now.leaves_lots),
            Column("cumulative_lots", "int8", now.filled_lots),
            Column("cumulative_quote_units", "numeric", now.filled_quote_units),
            Column("status", "int2", np.where(now.status > 0, now.status, partly)),
            Column("placed_seq", "int8", accepted["seq"]),
            Column("waiting_seq", "int8", now.waiting_seq),
            Column("activated_seq", "int8", now.activated_seq),
            Column("triggered_seq", "int8", now.triggered_seq),
            Column("updated_seq", "int8", now.last_seq),
            Column("placed_at", "timestamptz", accepted["time_ns"]),
            Column("updated_at", "timestamptz", now.last_ns),
        ],
    )


_UPDATE = """
UPDATE orders_order SET
    lots = orders_order.lots + change.more_lots,
    ticks = coalesce(nullif(change.new_ticks, 0), orders_order.ticks),
    trigger_ticks = coalesce(nullif(change.new_trigger_ticks, 0), orders_order.trigger_ticks),
    leaves_lots = coalesce(nullif(change.leaves_lots, -1), orders_order.leaves_lots),
    cumulative_lots = orders_order.cumulative_lots + change.filled_lots,
    cumulative_quote_units = orders_order.cumulative_quote_units + change.filled_quote_units,
    ended_by_order_id = coalesce(nullif(change.ended_by, 0), orders_order.ended_by_order_id),
    status = CASE
        WHEN change.status > 0 THEN change.status
        WHEN orders_order.cumulative_lots + change.filled_lots > 0 THEN %s
        ELSE %s END,
    waiting_seq = coalesce(nullif(change.waiting_seq, 0), orders_order.waiting_seq),
    activated_seq = coalesce(nullif(change.activated_seq, 0), orders_order.activated_seq),
    triggered_seq = coalesce(nullif(change.triggered_seq, 0), orders_order.triggered_seq),
    updated_seq = change.last_seq,
    updated_at = to_timestamp(0) + change.last_us * interval '1 microsecond'
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
            %s::numeric[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
            %s::smallint[], %s::bigint[], %s::bigint[])
     AS change (order_id, more_lots, new_ticks, new_trigger_ticks, leaves_lots, filled_lots,
                filled_quote_units, waiting_seq, activated_seq, triggered_seq, ended_by,
                status, last_seq, last_us)
WHERE orders_order.id = change.order_id
"""


def _update(cursor: "psycopg.Cursor[Any]", touched: _Touched, mask: Array) -> None:
    now = _chosen(touched, mask)
    if not len(now.order_id):
        return
    cursor.execute(
        _UPDATE,
        [
            int(OrderStatus.PARTIALLY_FILLED),
            int(OrderStatus.OPEN),
            now.order_id.tolist(),
            now.more_lots.tolist(),
            now.new_ticks.tolist(),
            now.new_trigger_ticks.tolist(),
            now.leaves_lots.tolist(),
            now.filled_lots.tolist(),
            [str(units) for units in now.filled_quote_units.tolist()],
            now.waiting_seq.tolist(),
            now.activated_seq.tolist(),
            now.triggered_seq.tolist(),
            now.ended_by.tolist(),
            now.status.tolist(),
            now.last_seq.tolist(),
            (now.last_ns // 1000).tolist(),
        ],
    )
    if cursor.rowcount != len(now.order_id):
        raise MissingOrder(
            f"{len(now.order_id) - cursor.rowcount} orders that the engine's journal moves are "
            f"not in this tenant's tables; the first touched is {now.order_id[0]}."
        )


_INSERT_QUIET = """
INSERT INTO orders_order (id, account_id, instrument_id, client_order_id, side, order_type,
    time_in_force, self_trade_prevention, flags, lots, ticks, trigger_ticks, expire_ns,
    trigger_source, trailing_distance_bp, activation_ticks, limit_offset_ticks, trigger_ns,
    display_lots, waiting_seq, activated_seq, triggered_seq, list_id, list_type, ended_by_order_id,
    quote_units, leaves_lots, cumulative_lots, cumulative_quote_units, status, placed_seq,
    updated_seq, placed_at, updated_at)
SELECT first.id, first.account_id, first.instrument_id, '', first.side, first.order_type,
    first.time_in_force, 0, 0, first.lots, first.ticks, 0, 0,
    0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0,
    0, first.lots, 0, 0, %(open)s, first.seq, first.seq,
    to_timestamp(0) + first.us * interval '1 microsecond',
    to_timestamp(0) + first.us * interval '1 microsecond'
FROM unnest(%(ids)s::bigint[], %(accounts)s::bigint[], %(instruments)s::bigint[],
            %(sides)s::smallint[], %(types)s::smallint[], %(times_in_force)s::smallint[],
            %(lots)s::bigint[], %(ticks)s::bigint[], %(seqs)s::bigint[], %(us)s::bigint[])
     AS first (id, account_id, instrument_id, side, order_type, time_in_force, lots, ticks, seq, us)
ON CONFLICT (id) DO NOTHING
"""


_OPEN_QUIET = """
SELECT id FROM orders_order WHERE account_id = ANY(%s) AND status = ANY(%s)
"""


def _project_quiet(
    cursor: "psycopg.Cursor[Any]",
    tables: EventTables,
    touched: _Touched,
    quiet: Array,
    account_ids: "frozenset[int]",
) -> None:
    """Orders of market makers: rows appear with the first trade, from what its record says; those
    that waited for a price have theirs from the beginning."""
    quiet_ids = touched.order_id[quiet]
    if not len(quiet_ids):
        return
    cursor.execute(_OPEN_QUIET, [list(account_ids), _OPEN_STATUSES])
    known_ids = np.fromiter((row[0] for row in cursor.fetchall()), np.int64)
    new_ids = np.setdiff1d(quiet_ids, known_ids)
    inserted_ids, first_seqs = _insert_first_traded(cursor, tables, new_ids)
    inserted = np.isin(touched.order_id, inserted_ids)
    # The row was made of how it stood at its first trade: what replaced it before is in it.
    replaced = tables["OrderReplaced"]
    replaced = replaced[np.isin(replaced["order_id"], inserted_ids)]
    since = first_seqs[np.searchsorted(inserted_ids, replaced["order_id"])]
    replaced = replaced[replaced["seq"] > since]
    more_lots = _spread(
        touched.order_id, replaced["order_id"], replaced["lots"] - replaced["old_lots"]
    )
    touched.more_lots = np.where(inserted, more_lots, touched.more_lots)
    _update(cursor, touched, inserted | (quiet & np.isin(touched.order_id, known_ids)))


def _insert_first_traded(
    cursor: "psycopg.Cursor[Any]", tables: EventTables, new_ids: Array
) -> tuple[Array, Array]:
    """Insert those of the orders that traded; their ids, and the seq of each one's first trade."""
    traded = tables["Traded"]
    order_ids = np.concatenate([traded["maker_order_id"], traded["taker_order_id"]])
    chosen = np.flatnonzero(np.isin(order_ids, new_ids))
    if not len(chosen):
        return chosen, chosen
    both = np.concatenate([traded, traded])[chosen]
    ids, first = first_by(order_ids[chosen], positions(both))
    trade, is_maker = both[first], (chosen < len(traded))[first]

    def of_side(suffix: str) -> Array:
        return np.where(is_maker, trade[f"maker_{suffix}"], trade[f"taker_{suffix}"])

    request = _requests_of_takers(tables, ids, trade["seq"])
    own_ticks, uncrossed = _uncrossed(tables, ids, trade["seq"])
    # Whoever trades in an auction rested before, a taker as well.
    rested = is_maker | uncrossed
    leaves_lots = of_side("leaves_lots")
    cursor.execute(
        _INSERT_QUIET,
        {
            "open": int(OrderStatus.OPEN),
            "ids": ids.tolist(),
            "accounts": of_side("account_id").tolist(),
            "instruments": trade["instrument_id"].tolist(),
            "sides": np.where(
                is_maker, _BOTH_SIDES - trade["taker_side"], trade["taker_side"]
            ).tolist(),
            "types": np.where(rested, int(OrderType.LIMIT), request["order_type"]).tolist(),
            "times_in_force": np.where(
                rested, int(TimeInForce.GTC), request["time_in_force"]
            ).tolist(),
            "lots": np.where(rested, trade["lots"] + leaves_lots, request["lots"]).tolist(),
            "ticks": np.where(
                uncrossed, own_ticks, np.where(is_maker, trade["ticks"], request["ticks"])
            ).tolist(),
            "seqs": trade["seq"].tolist(),
            "us": (trade["time_ns"] // 1000).tolist(),
        },
    )
    return ids, trade["seq"]


def _uncrossed(tables: EventTables, order_ids: Array, seqs: Array) -> tuple[Array, Array]:
    """Of each order (sorted ids) the price it rested at, and whether it did, if the record of
    that seq uncrossed it."""
    events = tables["OrderUncrossed"]
    events = events[np.isin(events["order_id"], order_ids)]
    places = np.searchsorted(order_ids, events["order_id"])
    of_record = events["seq"] == seqs[places]
    ticks, found = np.zeros(len(order_ids), np.int64), np.zeros(len(order_ids), bool)
    ticks[places[of_record]] = events["ticks"][of_record]
    found[places[of_record]] = True
    return ticks, found


_REQUEST = np.dtype(
    [
        ("order_id", "i8"),
        ("seq", "i8"),
        ("order_type", "i8"),
        ("time_in_force", "i8"),
        ("lots", "i8"),
        ("ticks", "i8"),
    ]
)


def _requests_of_takers(tables: EventTables, order_ids: Array, seqs: Array) -> Array:
    """What each order (sorted ids) asked for in the record of that seq. A taker was accepted or
    replaced in its own record, unless it traded in an auction, so it is always there; the row of
    any other order must not be used."""
    accepted, replaced = tables["OrderAccepted"], tables["OrderReplaced"]
    requests = np.zeros(len(accepted) + len(replaced), _REQUEST)
    new, again = requests[: len(accepted)], requests[len(accepted) :]
    for name in _REQUEST.names or ():
        new[name] = accepted[name]
    for name in ("order_id", "seq", "lots", "ticks"):
        again[name] = replaced[name]
    again["order_type"] = int(OrderType.LIMIT)
    again["time_in_force"] = int(TimeInForce.GTC)
    rows = np.zeros(len(order_ids), _REQUEST)
    requests = requests[np.isin(requests["order_id"], order_ids)]
    places = np.searchsorted(order_ids, requests["order_id"])
    of_record = requests["seq"] == seqs[places]
    rows[places[of_record]] = requests[of_record]
    return rows
