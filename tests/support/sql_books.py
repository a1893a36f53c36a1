"""The tables of the current tenant in the shapes of `plain_books`."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

from trading.commands.models import CommandReceipt
from trading.orders.models import Order, Replacement, Trade
from wallets.ledger import chart, entries
from wallets.ledger.models import Balance, JournalEntry, Line, Posting

NAMES = {Line.CUSTODY: "custody", Line.ADJUSTMENTS: "adjustments"}


AT_ONCE = 5_000  # rows that are read together where there may be millions


def orders() -> dict[int, dict[str, Any]]:
    return dict(each_order())


def each_order() -> Iterator[tuple[int, dict[str, Any]]]:
    for row in Order.objects.order_by("pk").iterator(AT_ONCE):
        yield (
            row.pk,
            {
                "list": row.list_id,
                "list_type": row.list_type,
                "ended_by": row.ended_by_order_id,
                "account": row.account_id,
                "instrument": row.instrument_id,
                "client": row.client_order_id,
                "side": row.side,
                "type": row.order_type,
                "tif": row.time_in_force,
                "stp": row.self_trade_prevention,
                "flags": row.flags,
                "lots": row.lots,
                "ticks": row.ticks,
                "trigger": row.trigger_ticks,
                "expire": row.expire_ns,
                "source": row.trigger_source,
                "distance": row.trailing_distance_bp,
                "activation": row.activation_ticks,
                "offset": row.limit_offset_ticks,
                "not_before": row.trigger_ns,
                "waiting_seq": row.waiting_seq,
                "activated_seq": row.activated_seq,
                "triggered_seq": row.triggered_seq,
                "display": row.display_lots,
                "quote": row.quote_units,
                "leaves": row.leaves_lots,
                "cumulative": row.cumulative_lots,
                "cumulative_quote": row.cumulative_quote_units,
                "status": row.status,
                "placed": row.placed_seq,
                "updated": row.updated_seq,
            },
        )


def trades() -> dict[int, dict[str, Any]]:
    return dict(each_trade())


def each_trade() -> Iterator[tuple[int, dict[str, Any]]]:
    for row in Trade.objects.order_by("pk").iterator(AT_ONCE):
        yield (
            row.pk,
            {
                "seq": row.seq,
                "index": row.event_index,
                "instrument": row.instrument_id,
                "taker_side": row.taker_side,
                "lots": row.lots,
                "ticks": row.ticks,
                "base": row.base_units,
                "quote": row.quote_units,
                "maker_order": row.maker_order_id,
                "taker_order": row.taker_order_id,
                "maker": row.maker_account_id,
                "taker": row.taker_account_id,
                "maker_fee": row.maker_fee_units,
                "taker_fee": row.taker_fee_units,
            },
        )


@cache
def owner_of(ledger_account_id: int) -> tuple[Any, int]:
    line, account_id, asset_id = chart.parts_of(ledger_account_id)
    name = NAMES.get(line, line.name.lower())
    return (account_id if line == Line.ENGINE_ACCOUNT else name), asset_id


def balances() -> dict[tuple[Any, int], int]:
    return {owner_of(row.ledger_account_id): row.units for row in Balance.objects.all()}


def journal_entries() -> dict[tuple[int, int], dict[tuple[Any, int], int]]:
    found: dict[int, dict[tuple[Any, int], int]] = {
        pk: defaultdict(int) for pk in JournalEntry.objects.values_list("pk", flat=True)
    }
    for row in Posting.objects.all():
        found[row.entry_id][owner_of(row.ledger_account_id)] += row.units
    return {entries.position_of(pk): dict(postings) for pk, postings in found.items()}


def each_entry() -> Iterator[tuple[tuple[int, int], tuple[Any, ...]]]:
    """((seq, index), (time, kind, reference, {(owner, asset id): units})) by rising id."""
    rows = (
        Posting.objects.order_by("entry_id", "line")
        .values_list("entry_id", "ledger_account_id", "units")
        .iterator(10 * AT_ONCE)
    )
    row = next(rows, None)
    for entry in JournalEntry.objects.order_by("pk").iterator(AT_ONCE):
        postings: dict[tuple[Any, int], int] = defaultdict(int)
        while row is not None and row[0] == entry.pk:
            postings[owner_of(row[1])] += row[2]
            row = next(rows, None)
        facts = (entry.time, entry.kind, entry.reference_id, dict(postings))
        yield entries.position_of(entry.pk), facts
    assert row is None, f"postings without an entry: {row}"


def receipts() -> dict[int, tuple[int, int]]:
    return {row.source_no: (row.seq, row.result) for row in CommandReceipt.objects.all()}


def replacements() -> list[tuple[int, ...]]:
    fields = ("order_id", "seq", "lots", "ticks", "old_lots", "old_ticks")
    return list(Replacement.objects.order_by("seq").values_list(*fields))
