"""States of instruments out of the engine's journal, inside clearing's transaction.

Staff and schedules ask for a state and the row says so at once; what the engine does by itself
(the circuit breaker) is known only from its events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trading.bulk.tables import EventTables

if TYPE_CHECKING:
    import psycopg

_NS_PER_US = 1_000

_INSERT = """
INSERT INTO instruments_statechange (
    instrument_id, seq, event_index, time, state, reason, reopens_at, auction_ticks, auction_lots,
    auction_surplus_lots)
VALUES (%(instrument)s, %(seq)s, %(index)s,
    to_timestamp(0) + %(us)s * interval '1 microsecond', %(state)s, %(reason)s,
    to_timestamp(0) + %(reopen_us)s::float8 * interval '1 microsecond',
    %(ticks)s, %(lots)s, %(surplus)s)
"""
_UPDATE = """
UPDATE instruments_instrument SET
    state = %(state)s,
    reopens_at = to_timestamp(0) + %(reopen_us)s::float8 * interval '1 microsecond'
WHERE id = %(instrument)s
"""


def project_states(cursor: psycopg.Cursor[Any], tables: EventTables) -> None:
    """Write down every change of a state, and bring the instruments' rows up to the last one."""
    changes = tables["InstrumentStateChanged"]
    if not len(changes):
        return
    auctions = {
        (seq, instrument): (ticks, lots, surplus)
        for seq, instrument, ticks, lots, surplus in _rows(
            tables["AuctionUncrossed"], "seq", "instrument_id", "ticks", "lots", "surplus_lots"
        )
    }
    told = []
    names = ("seq", "instrument_id", "index", "time_ns", "state", "reason", "reopen_ns")
    for seq, instrument, index, time_ns, state, reason, reopen_ns in _rows(changes, *names):
        # Taken out, so that of two changes in one record the first has the auction.
        ticks, lots, surplus = auctions.pop((seq, instrument), (0, 0, 0))
        told.append(
            {
                "instrument": instrument,
                "seq": seq,
                "index": index,
                "us": time_ns // _NS_PER_US,
                "state": state,
                "reason": reason,
                "reopen_us": reopen_ns // _NS_PER_US if reopen_ns else None,
                "ticks": ticks,
                "lots": lots,
                "surplus": surplus,
            }
        )
    cursor.executemany(_INSERT, told)
    last = {row["instrument"]: row for row in told}
    cursor.executemany(_UPDATE, list(last.values()))


def _rows(table: Any, *names: str) -> Any:
    return zip(*(table[name].tolist() for name in names), strict=True)
