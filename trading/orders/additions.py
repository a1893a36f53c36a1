"""Engine events → rows that are only ever added, of a batch: trades, replacements, order lists."""

from typing import Any

import psycopg

from trading.bulk.arrays import amounts
from trading.bulk.copying import Column, copy_rows
from trading.bulk.partitions import Room
from trading.bulk.tables import EventTables
from trading.orders.partitions import TRADES


def project_trades(
    cursor: "psycopg.Cursor[Any]", tables: EventTables, room: Room | None = None
) -> int:
    """Insert the batch's trades; how many there were."""
    traded = tables["Traded"]
    return (room or Room(TRADES)).copy_rows(
        cursor,
        [
            Column("id", "int8", traded["trade_id"]),
            Column("seq", "int8", traded["seq"]),
            Column("event_index", "int4", traded["index"]),
            Column("time", "timestamptz", traded["time_ns"]),
            Column("instrument_id", "int8", traded["instrument_id"]),
            Column("taker_side", "int2", traded["taker_side"]),
            Column("lots", "int8", traded["lots"]),
            Column("ticks", "int8", traded["ticks"]),
            Column("base_units", "numeric", amounts(traded, "base_units")),
            Column("quote_units", "numeric", amounts(traded, "quote_units")),
            Column("maker_order_id", "int8", traded["maker_order_id"]),
            Column("taker_order_id", "int8", traded["taker_order_id"]),
            Column("maker_account_id", "int8", traded["maker_account_id"]),
            Column("taker_account_id", "int8", traded["taker_account_id"]),
            Column("maker_fee_units", "numeric", amounts(traded, "maker_fee_units")),
            Column("taker_fee_units", "numeric", amounts(traded, "taker_fee_units")),
        ],
        traded["trade_id"],
    )


def project_replacements(cursor: "psycopg.Cursor[Any]", tables: EventTables) -> int:
    """Insert what the batch's orders were replaced by; how many times that happened."""
    replaced = tables["OrderReplaced"]
    return copy_rows(
        cursor,
        "orders_replacement",
        [
            Column("order_id", "int8", replaced["order_id"]),
            Column("seq", "int8", replaced["seq"]),
            Column("time", "timestamptz", replaced["time_ns"]),
            Column("lots", "int8", replaced["lots"]),
            Column("ticks", "int8", replaced["ticks"]),
            Column("old_lots", "int8", replaced["old_lots"]),
            Column("old_ticks", "int8", replaced["old_ticks"]),
        ],
    )


def project_order_lists(cursor: "psycopg.Cursor[Any]", tables: EventTables) -> int:
    """Insert the batch's order lists; how many there were."""
    placed = tables["OrderListPlaced"]
    return copy_rows(
        cursor,
        "orders_orderlist",
        [
            Column("id", "int8", placed["list_id"]),
            Column("account_id", "int8", placed["account_id"]),
            Column("instrument_id", "int8", placed["instrument_id"]),
            Column("list_type", "int2", placed["list_type"]),
            Column("legs", "int2", placed["legs"]),
            Column("client_list_id", "text", placed["client_list_id"]),
            Column("placed_seq", "int8", placed["seq"]),
            Column("placed_at", "timestamptz", placed["time_ns"]),
        ],
    )
