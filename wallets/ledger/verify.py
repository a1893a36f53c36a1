"""The proof of the books: engine, trades, entries, postings and balances say the same.

The engine is asked for all balances and open orders at one seq; clearing is waited for until its
checkpoint has reached it; postings are summed up to that seq. So it can run at any time, under
load, without stopping anybody. Every difference is a `Break`; none means the books are proved.

In the background a proof begins where the last one that found nothing ended: it takes the sums of
each ledger account from there and looks only at what came later. A *whole* proof believes
nothing and sums up every posting there is. Rooms above add checks of theirs through `checks`.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django_tenants.utils import tenant_context

from trading.accounts.models import Account, AccountRole
from trading.commands import door
from trading.engine import events, queries
from trading.engine.enums import OrderStatus
from trading.engine.results import Result
from trading.instruments.info import catalogue
from trading.orders.models import OPEN_STATUSES, Order
from trading.orders.shapes import hold_units
from wallets.ledger import chart, checks
from wallets.ledger.checks import Start
from wallets.ledger.entries import ENTRY_INDEX_BITS
from wallets.ledger.findings import AssetFinding, Break, Proof
from wallets.ledger.models import EntryKind, Line

WAIT_FOR_CLEARING_S = 30.0
CLEARING_BEHIND = "clearing_behind"
MOST_OF_A_CAUSE = 1000

__all__ = ["AssetFinding", "Break", "Proof", "prove", "verify_books"]

_Units = dict[tuple[int, int], int]  # by (account id, asset id)


@dataclass(slots=True)
class _Engine:
    """The engine's word at one seq, in units by (account id, asset id)."""

    seq: int
    booked: _Units
    held: _Units
    orders: dict[int, Any]


@dataclass(slots=True)
class _Posted:
    """What postings give each ledger account (units by id): up to the engine's seq, and all."""

    start: Start
    to_seq: dict[int, int]
    all: dict[int, int]
    touched: frozenset[int]

    @property
    def first_entry_id(self) -> int:
        return (self.start.seq + 1) << ENTRY_INDEX_BITS if self.start.seq else 0


def verify_books(tenant: Any, *, wait_s: float = WAIT_FOR_CLEARING_S) -> list[Break]:
    """All breaks of one tenant's books; an empty list proves them.

    Raises EngineUnavailable or EngineUnknown if the engine cannot be asked.
    """
    return prove(tenant, wait_s=wait_s).breaks


def prove(tenant: Any, *, wait_s: float = WAIT_FOR_CLEARING_S, is_whole: bool = True) -> Proof:
    """The proof of one tenant's books, asset by asset.

    One that is not whole begins at the registered start, if there is one.

    Raises EngineUnavailable or EngineUnknown if the engine cannot be asked.
    """
    with tenant_context(tenant):
        engine = _ask_engine(tenant.pk)
        if not _wait_for_clearing(engine.seq, wait_s):
            behind = Break(
                CLEARING_BEHIND,
                f"Clearing did not reach the engine's seq within {wait_s:.0f} s; "
                "is it running? Nothing else was compared.",
                engine.seq,
            )
            return Proof(engine.seq, [behind], [])
        is_nested = connection.in_atomic_block
        with transaction.atomic():
            if not is_nested:
                _freeze()
            catalogue(fresh=True)
            start = Start(0, {}) if is_whole else checks.start()
            if start.seq > engine.seq:
                start = Start(0, {})
            posted = _posted(start, engine.seq)
            ledger = _engine_accounts(posted)
            breaks = list(_breaks(engine, posted, ledger))
            findings = {}
            for name, look in checks.registered().items():
                found, findings[name] = look(engine.seq, not start.seq)
                breaks += found
            return Proof(
                engine.seq,
                breaks,
                _assets(engine, ledger, breaks),
                is_whole=not start.seq,
                sums=posted.to_seq,
                touched=posted.touched,
                findings=findings,
            )


def _breaks(engine: _Engine, posted: _Posted, ledger: _Units) -> Iterator[Break]:
    yield from _entries_out_of_balance(posted)
    yield from _assets_out_of_balance(engine.seq)
    yield from _balances_unlike_postings(engine.seq, posted)
    yield from _engine_unlike_ledger(engine, ledger)
    yield from _holds_unlike_orders(engine)
    yield from _orders_unlike_engine(engine)
    yield from _trades_unlike_entries(engine.seq, posted)
    yield from _fees_unlike_trades(engine.seq, posted)


def _assets(engine: _Engine, ledger: _Units, breaks: list[Break]) -> list[AssetFinding]:
    """Every asset of the tenant with its sums, in the catalogue's order."""
    counts = Counter(found.asset for found in breaks)
    sums: list[Counter[int]] = []
    for units_of in (engine.booked, ledger):
        total: Counter[int] = Counter()
        for (_account_id, asset_id), units in units_of.items():
            total[asset_id] += units
        sums.append(total)
    booked, posted = sums
    return [
        AssetFinding(
            asset=info.code,
            engine=info.text(booked[asset_id]),
            ledger=info.text(posted[asset_id]),
            breaks=counts[info.code],
        )
        for asset_id, info in catalogue().assets.items()
    ]


def _ask_engine(tenant_id: int) -> _Engine:
    balances, orders = door.query_together(
        tenant_id, [queries.QueryBalances(), queries.QueryOpenOrders()]
    )
    if Result(balances.result) == Result.UNKNOWN_TENANT:
        # Its first command has not come through yet: nothing is owed to anybody.
        return _Engine(balances.seq, {}, {}, {})
    rows = [row for row in balances.events if isinstance(row, events.BalanceRow)]
    return _Engine(
        seq=balances.seq,
        booked={
            (row.account_id, row.asset_id): row.available_units + row.held_units for row in rows
        },
        held={(row.account_id, row.asset_id): row.held_units for row in rows},
        orders={row.order_id: row for row in orders.events if isinstance(row, events.OrderRow)},
    )


def _wait_for_clearing(seq: int, wait_s: float) -> bool:
    deadline_s = time.monotonic() + wait_s
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT seq FROM clearing_checkpoint")
            row = cursor.fetchone()
        if (row[0] if row else 0) >= seq:
            return True
        if time.monotonic() >= deadline_s:
            return False
        time.sleep(0.02)


def _freeze() -> None:
    """One moment for all that follows in this database transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def _rows(statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or [])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _text(asset_id: int, units: int) -> str:
    return catalogue().assets[asset_id].text(units)


def _code(asset_id: int) -> str:
    return catalogue().assets[asset_id].code


def _entries_out_of_balance(posted: _Posted) -> Iterator[Break]:
    rows = _rows(
        "SELECT posting.entry_id, account.asset_id, sum(posting.units) FROM ledger_posting posting "
        "JOIN ledger_ledgeraccount account ON account.id = posting.ledger_account_id "
        "WHERE posting.entry_id >= %s "
        "GROUP BY 1, 2 HAVING sum(posting.units) <> 0 ORDER BY 1 LIMIT %s",
        [posted.first_entry_id, MOST_OF_A_CAUSE],
    )
    for entry_id, asset_id, units in rows:
        seq = entry_id >> ENTRY_INDEX_BITS
        yield Break(
            "entry_out_of_balance",
            f"The postings of journal entry {entry_id} do not sum to zero.",
            seq,
            asset=_code(asset_id),
            expected=_text(asset_id, 0),
            found=_text(asset_id, int(units)),
            units=int(units),
            reference=f"entry {entry_id}",
            event_seq=seq,
        )


def _assets_out_of_balance(seq: int) -> Iterator[Break]:
    rows = _rows(
        "SELECT account.asset_id, sum(balance.units) FROM ledger_balance balance "
        "JOIN ledger_ledgeraccount account ON account.id = balance.ledger_account_id "
        "GROUP BY 1 HAVING sum(balance.units) <> 0"
    )
    for asset_id, units in rows:
        yield Break(
            "asset_out_of_balance",
            "The balances of all ledger accounts in this asset do not sum to zero.",
            seq,
            asset=_code(asset_id),
            expected=_text(asset_id, 0),
            found=_text(asset_id, int(units)),
            units=int(units),
        )


def _balances_unlike_postings(seq: int, posted: _Posted) -> Iterator[Break]:
    rows = _rows("SELECT ledger_account_id, units, entry_id FROM ledger_balance")
    kept = {ledger_id: (int(units), entry_id) for ledger_id, units, entry_id in rows}
    for ledger_id in sorted(kept.keys() | posted.all.keys()):
        units, entry_id = kept.get(ledger_id, (0, 0))
        wanted = posted.all.get(ledger_id, 0)
        if units != wanted or (ledger_id in posted.all) != (ledger_id in kept):
            line, account_id, asset_id = chart.parts_of(ledger_id)
            yield Break(
                "balance_unlike_postings",
                f"The balance of ledger account {ledger_id} ({chart.english(line.label)}) is not "
                "the sum of its postings.",
                seq,
                account=account_id or None,
                asset=_code(asset_id),
                expected=_text(asset_id, wanted),
                found=_text(asset_id, units),
                units=units - wanted,
                reference=f"ledger account {ledger_id}",
                event_seq=entry_id >> ENTRY_INDEX_BITS or None,
            )


def _posted(start: Start, seq: int) -> _Posted:
    """What `start` says and the postings behind it."""
    posted = _Posted(start, dict(start.sums), dict(start.sums), frozenset())
    rows = _rows(
        "SELECT ledger_account_id, sum(units), "
        "       coalesce(sum(units) FILTER (WHERE entry_id < %s), 0) "
        "FROM ledger_posting WHERE entry_id >= %s GROUP BY 1",
        [(seq + 1) << ENTRY_INDEX_BITS, posted.first_entry_id],
    )
    for ledger_id, units, to_seq in rows:
        posted.all[ledger_id] = posted.all.get(ledger_id, 0) + int(units)
        posted.to_seq[ledger_id] = posted.to_seq.get(ledger_id, 0) + int(to_seq)
    posted.touched = frozenset(row[0] for row in rows)
    return posted


def _engine_accounts(posted: _Posted) -> _Units:
    """What the postings up to the engine's seq give each engine account of each asset."""
    return {
        chart.parts_of(ledger_id)[1:]: -units
        for ledger_id, units in posted.to_seq.items()
        if ledger_id & chart.LINE_MASK == Line.ENGINE_ACCOUNT
    }


def _last_seqs(keys: set[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """The seq of the last entry on each engine account, by (account id, asset id)."""
    ids = {chart.ledger_account_id(Line.ENGINE_ACCOUNT, *key): key for key in keys}
    rows = _rows(
        "SELECT ledger_account_id, entry_id FROM ledger_balance WHERE ledger_account_id = ANY(%s)",
        [list(ids)],
    )
    return {ids[ledger_id]: entry_id >> ENTRY_INDEX_BITS for ledger_id, entry_id in rows}


def _engine_unlike_ledger(engine: _Engine, ledger: _Units) -> Iterator[Break]:
    """Engine balances against the postings up to the same seq."""
    unlike = {
        key
        for key in ledger.keys() | engine.booked.keys()
        if engine.booked.get(key, 0) != ledger.get(key, 0)
    }
    last_seqs = _last_seqs(unlike)
    for key in sorted(unlike):
        booked, posted = engine.booked.get(key, 0), ledger.get(key, 0)
        account_id, asset_id = key
        yield Break(
            "engine_unlike_ledger",
            "The engine's balance is not what the ledger says at the same seq.",
            engine.seq,
            account=account_id,
            asset=_code(asset_id),
            expected=_text(asset_id, booked),
            found=_text(asset_id, posted),
            units=posted - booked,
            event_seq=last_seqs.get(key),
        )


def _holds_unlike_orders(engine: _Engine) -> Iterator[Break]:
    """What the engine holds against what its resting orders need, with k and lot. Those that
    wait for their price or for another order need nothing."""
    instruments = catalogue().instruments
    needed: dict[tuple[int, int], int] = defaultdict(int)
    for row in engine.orders.values():
        if row.status in (OrderStatus.WAITING, OrderStatus.PENDING):
            continue
        info = instruments[row.instrument_id]
        asset_id, units = hold_units(row.side, row.leaves_lots, row.ticks, info)
        needed[row.account_id, asset_id] += units
    for key in sorted(needed.keys() | engine.held.keys()):
        held, wanted = engine.held.get(key, 0), needed.get(key, 0)
        if held != wanted:
            account_id, asset_id = key
            yield Break(
                "hold_unlike_orders",
                "What is held is not what the open orders need.",
                engine.seq,
                account=account_id,
                asset=_code(asset_id),
                expected=_text(asset_id, wanted),
                found=_text(asset_id, held),
                units=held - wanted,
            )


def _orders_unlike_engine(engine: _Engine) -> Iterator[Break]:
    """Open orders in SQL against the engine's, one by one.

    What moved behind the engine's seq is compared in its existence only. A market maker's quotes
    have rows once they trade, so only those that did are expected.
    """
    quiet = frozenset(
        Account.objects.filter(role=AccountRole.HOUSE_MARKET_MAKER).values_list("pk", flat=True)
    )
    in_sql = {order.pk: order for order in Order.objects.filter(pk__in=list(engine.orders))}
    for order in Order.objects.filter(status__in=OPEN_STATUSES, placed_seq__lte=engine.seq):
        if order.pk not in engine.orders:
            yield _order_break(order, engine.seq, "It is open in SQL and not in the engine.")
    for order_id, row in engine.orders.items():
        known = in_sql.get(order_id)
        if known is None:
            if row.account_id not in quiet or row.cumulative_lots:
                yield _order_break(row, engine.seq, "It is open in the engine and not in SQL.")
        elif known.updated_seq <= engine.seq and (
            (
                known.status,
                known.list_id,
                known.ticks,
                known.leaves_lots,
                known.cumulative_lots,
                known.cumulative_quote_units,
            )
            != (
                row.status,
                row.list_id,
                row.ticks,
                row.leaves_lots,
                row.cumulative_lots,
                row.cumulative_quote_units,
            )
        ):
            yield _order_break(row, engine.seq, "It stands otherwise in SQL than in the engine.")
        elif known.display_lots != row.display_lots and row.account_id not in quiet:
            yield _order_break(row, engine.seq, "It shows another part in SQL than in the engine.")


def _order_break(order: Any, seq: int, why: str) -> Break:
    order_id = order.pk if isinstance(order, Order) else order.order_id
    known = order if isinstance(order, Order) else Order.objects.filter(pk=order_id).first()
    return Break(
        "order_unlike_engine",
        f"Order {order_id}: {why}",
        seq,
        account=order.account_id,
        reference=f"order {order_id}",
        event_seq=known.updated_seq if known is not None else None,
    )


def _trades_unlike_entries(seq: int, posted: _Posted) -> Iterator[Break]:
    rows = _rows(
        "SELECT trade.id, entry.id, coalesce(trade.seq, entry.seq) FROM ("
        "    SELECT id, seq, event_index FROM orders_trade WHERE seq > %s"
        ") trade FULL JOIN ("
        "    SELECT id, seq, reference_id FROM ledger_journalentry WHERE kind = %s AND id >= %s"
        ") entry ON entry.id = (trade.seq << %s) | trade.event_index "
        "       AND entry.reference_id = trade.id "
        "WHERE trade.id IS NULL OR entry.id IS NULL LIMIT %s",
        [
            posted.start.seq,
            int(EntryKind.SPOT_FILL),
            posted.first_entry_id,
            ENTRY_INDEX_BITS,
            MOST_OF_A_CAUSE,
        ],
    )
    for trade_id, entry_id, event_seq in rows:
        what = f"Trade {trade_id} has no entry" if trade_id else f"Entry {entry_id} has no trade"
        yield Break(
            "trade_unlike_entry",
            f"{what}.",
            seq,
            reference=f"trade {trade_id}" if trade_id else f"entry {entry_id}",
            event_seq=event_seq,
        )


def _fees_unlike_trades(seq: int, posted: _Posted) -> Iterator[Break]:
    """Fees in the trades against what the house's fee account received for trades."""
    rows = _rows(
        "WITH charged AS ("
        "  SELECT asset_id, sum(units) AS units FROM ("
        "    SELECT CASE WHEN trade.taker_side = 1 THEN instrument.base_id "
        "                ELSE instrument.quote_id END AS asset_id, trade.taker_fee_units AS units "
        "    FROM orders_trade trade "
        "    JOIN instruments_instrument instrument ON instrument.id = trade.instrument_id "
        "    WHERE trade.seq > %(start)s UNION ALL "
        "    SELECT CASE WHEN trade.taker_side = 1 THEN instrument.quote_id "
        "                ELSE instrument.base_id END, trade.maker_fee_units "
        "    FROM orders_trade trade "
        "    JOIN instruments_instrument instrument ON instrument.id = trade.instrument_id "
        "    WHERE trade.seq > %(start)s"
        "  ) fees GROUP BY asset_id"
        "), earned AS ("
        "  SELECT account.asset_id, -sum(posting.units) AS units "
        "  FROM ledger_posting posting "
        "  JOIN ledger_ledgeraccount account ON account.id = posting.ledger_account_id "
        "  JOIN accounts_account owner ON owner.id = account.account_id AND owner.role = %(role)s "
        "  JOIN ledger_journalentry entry ON entry.id = posting.entry_id AND entry.kind = %(kind)s "
        "  WHERE posting.entry_id >= %(first)s GROUP BY account.asset_id"
        ") SELECT coalesce(charged.asset_id, earned.asset_id), "
        "         coalesce(charged.units, 0), coalesce(earned.units, 0) "
        "FROM charged FULL JOIN earned ON earned.asset_id = charged.asset_id "
        "WHERE coalesce(charged.units, 0) <> coalesce(earned.units, 0)",
        {
            "start": posted.start.seq,
            "first": posted.first_entry_id,
            "role": int(AccountRole.HOUSE_FEES),
            "kind": int(EntryKind.SPOT_FILL),
        },
    )
    for asset_id, charged, earned in rows:
        yield Break(
            "fees_unlike_trades",
            "The fee account did not receive what the trades charged.",
            seq,
            asset=_code(asset_id),
            expected=_text(asset_id, int(charged)),
            found=_text(asset_id, int(earned)),
            units=int(earned) - int(charged),
        )
