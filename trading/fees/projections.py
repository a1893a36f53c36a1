"""Tier changes of accounts out of the engine's journal, inside clearing's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trading.bulk.tables import EventTables

if TYPE_CHECKING:
    import psycopg

_NS_PER_US = 1_000

_INSERT = """
INSERT INTO fees_tierchange (
    account_id, seq, event_index, time, tier, old_tier, volume_units, day)
VALUES (%(account)s, %(seq)s, %(index)s,
    to_timestamp(0) + %(us)s * interval '1 microsecond', %(tier)s, %(old_tier)s, %(volume)s,
    date '1970-01-01' + %(day)s::integer)
"""


def project_tiers(cursor: psycopg.Cursor[Any], tables: EventTables) -> None:
    """Write down every change of an account's tier."""
    changes = tables["FeeTierChanged"]
    if not len(changes):
        return
    names = ("account_id", "seq", "index", "time_ns", "tier", "old_tier", "day")
    columns = [changes[name].tolist() for name in names]
    volumes = tables.amounts("FeeTierChanged", "volume_units").tolist()
    cursor.executemany(
        _INSERT,
        [
            {
                "account": account,
                "seq": seq,
                "index": index,
                "us": time_ns // _NS_PER_US,
                "tier": tier,
                "old_tier": old_tier,
                # What passes the column passes all money there is.
                "volume": min(volume, 10**38 - 1),
                "day": day,
            }
            for account, seq, index, time_ns, tier, old_tier, day, volume in zip(
                *columns, volumes, strict=True
            )
        ],
    )
