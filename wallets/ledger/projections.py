"""Engine events → journal entries, postings and balances, a batch at a time."""

from typing import Any

import numpy as np
import psycopg

from trading.bulk.arrays import Array, amounts, join, last_by, sum_by
from trading.bulk.copying import Column
from trading.bulk.partitions import Room
from trading.bulk.tables import EventTables
from trading.engine.enums import Side
from trading.engine.limits import MOST_ENTRY_LEGS
from wallets.ledger import chart, entries, notes
from wallets.ledger.models import EntryKind
from wallets.ledger.partitions import ENTRIES, POSTINGS


class LedgerProjection:
    """Writes one tenant's ledger. Remembers which ledger accounts exist, so make a new one
    whenever a database transaction was rolled back."""

    def __init__(self) -> None:
        self._known_ids: set[int] = set()
        self._entries = Room(ENTRIES)
        self._postings = Room(POSTINGS)

    def project(self, cursor: "psycopg.Cursor[Any]", tables: EventTables) -> int:
        """Write the batch's entries and postings and add them to the balances.

        Returns how many entries there were. Raises UnknownReason, UnknownLedgerAccount.
        """
        kinds = _kinds_of(tables)
        if not kinds:
            return 0
        self._copy_entries(cursor, kinds)
        notes.project_notes(cursor, tables)
        entry_ids, lines, ledger_ids, units = _postings_of(kinds)
        unique_ids, net_units = sum_by(ledger_ids, units)
        self._ensure(cursor, unique_ids)
        # By account, so that a statement's rows lie together on disk.
        by_account = np.lexsort((entry_ids, ledger_ids))
        self._postings.copy_rows(
            cursor,
            [
                Column("entry_id", "int8", entry_ids),
                Column("line", "int2", lines),
                Column("ledger_account_id", "int8", ledger_ids),
                Column("units", "numeric", units),
            ],
            entry_ids,
            by_account,
        )
        _, last = last_by(ledger_ids, entry_ids)
        _add_to_balances(cursor, unique_ids, net_units, entry_ids[last])
        return sum(len(values["entry_id"]) for _, values in kinds)

    def _copy_entries(
        self, cursor: "psycopg.Cursor[Any]", kinds: list[tuple[EntryKind, dict[str, Array]]]
    ) -> None:
        def column(name: str) -> Array:
            return np.concatenate([values[name] for _, values in kinds])

        numbers = [np.full(len(values["seq"]), int(kind)) for kind, values in kinds]
        entry_ids = column("entry_id")
        self._entries.copy_rows(
            cursor,
            [
                Column("id", "int8", entry_ids),
                Column("kind", "int2", np.concatenate(numbers)),
                Column("seq", "int8", column("seq")),
                Column("time", "timestamptz", column("time_ns")),
                Column("reference_id", "int8", column("reference_id")),
            ],
            entry_ids,
        )

    def _ensure(self, cursor: "psycopg.Cursor[Any]", unique_ids: Array) -> None:
        missing = set(unique_ids.tolist()) - self._known_ids
        if missing:
            chart.ensure_ledger_accounts(cursor, missing)
            self._known_ids |= missing


def _kinds_of(tables: EventTables) -> list[tuple[EntryKind, dict[str, Array]]]:
    """(entry kind, its values as columns) for every kind in the batch."""
    kinds: list[tuple[EntryKind, dict[str, Array]]] = []
    if len(tables["Traded"]):
        kinds.append((EntryKind.SPOT_FILL, _fill_values(tables["Traded"])))
    for event_name, kind_of_reason, own in (
        ("FundsCredited", entries.CREDIT_KINDS, EntryKind.OWN_TRANSFER_IN),
        ("FundsDebited", entries.DEBIT_KINDS, EntryKind.OWN_TRANSFER_OUT),
    ):
        table = tables[event_name]
        for reason in np.unique(table["reason"]).tolist():
            if reason not in kind_of_reason:
                raise entries.UnknownReason(f"{event_name} has the unknown reason {reason}.")
            rows = table[table["reason"] == reason]
            is_own = entries.own_transfers(reason, rows["against"])
            for kind, chosen in ((kind_of_reason[reason], rows[~is_own]), (own, rows[is_own])):
                if len(chosen):
                    kinds.append((kind, _funds_values(chosen)))
    recorded = tables["EntryRecorded"]
    for number in np.unique(recorded["entry_kind"]).tolist():
        if number not in entries.RECORDED_KINDS:
            raise entries.UnknownReason(f"EntryRecorded has the unknown kind {number}.")
        rows = recorded[recorded["entry_kind"] == number]
        kinds.append((EntryKind(number), _recorded_values(rows)))
    return kinds


def _fill_values(traded: Array) -> dict[str, Array]:
    taker_buys = traded["taker_side"] == int(Side.BUY)
    maker_fees = amounts(traded, "maker_fee_units")
    taker_fees = amounts(traded, "taker_fee_units")
    maker, taker = traded["maker_account_id"], traded["taker_account_id"]
    return {
        **_entry_values(traded, traded["trade_id"]),
        "buyer_account_id": np.where(taker_buys, taker, maker),
        "seller_account_id": np.where(taker_buys, maker, taker),
        "fee_account_id": traded["fee_account_id"],
        "base_asset_id": traded["base_asset_id"],
        "quote_asset_id": traded["quote_asset_id"],
        "base_units": amounts(traded, "base_units"),
        "quote_units": amounts(traded, "quote_units"),
        "buyer_fee_units": np.where(taker_buys, taker_fees, maker_fees),
        "seller_fee_units": np.where(taker_buys, maker_fees, taker_fees),
    }


def _funds_values(rows: Array) -> dict[str, Array]:
    return {
        **_entry_values(rows, rows["reference_id"]),
        "account_id": rows["account_id"],
        "asset_id": rows["asset_id"],
        "amount_units": amounts(rows, "amount_units"),
        "against": rows["against"],
    }


def _recorded_values(rows: Array) -> dict[str, Array]:
    values = _entry_values(rows, rows["reference_id"])
    for n in range(1, MOST_ENTRY_LEGS + 1):
        values[f"line_{n}"] = rows[f"line_{n}"].astype(np.int64)
        values[f"asset_id_{n}"] = rows[f"asset_id_{n}"].astype(np.int64)
        values[f"amount_units_{n}"] = amounts(rows, f"amount_units_{n}")
    return values


def _entry_values(rows: Array, reference_ids: Array) -> dict[str, Array]:
    return {
        "entry_id": entries.entry_id(rows["seq"], rows["index"]),
        "seq": rows["seq"],
        "time_ns": rows["time_ns"],
        "reference_id": reference_ids,
    }


def _postings_of(
    kinds: list[tuple[EntryKind, dict[str, Array]]],
) -> tuple[Array, Array, Array, Array]:
    """(entry ids, line numbers, ledger account ids, units) of every posting that is not zero."""
    entry_ids, lines, ledger_ids, units = [], [], [], []
    for kind, values in kinds:
        for number, ids, amount in entries.written_legs(kind, values):
            chosen = np.flatnonzero(amount != 0)
            entry_ids.append(values["entry_id"][chosen])
            lines.append(np.full(len(chosen), number))
            ledger_ids.append(ids[chosen])
            units.append(amount[chosen])
    return (
        np.concatenate(entry_ids),
        np.concatenate(lines),
        np.concatenate(ledger_ids),
        join(units),
    )


_ADD_TO_BALANCES = """
INSERT INTO ledger_balance AS balance (ledger_account_id, units, entry_id)
SELECT * FROM unnest(%s::bigint[], %s::numeric[], %s::bigint[])
ON CONFLICT (ledger_account_id) DO UPDATE
SET units = balance.units + excluded.units, entry_id = excluded.entry_id
"""


def _add_to_balances(
    cursor: "psycopg.Cursor[Any]", ledger_ids: Array, units: Array, entry_ids: Array
) -> None:
    cursor.execute(
        _ADD_TO_BALANCES,
        [ledger_ids.tolist(), [str(amount) for amount in units.tolist()], entry_ids.tolist()],
    )
