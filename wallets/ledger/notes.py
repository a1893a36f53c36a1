"""What few entries have to say beyond their kind: another time, what they reverse."""

from typing import Any

import numpy as np
import psycopg

from trading.bulk.arrays import Array
from trading.bulk.tables import EventTables
from wallets.ledger import entries

_INSERT = """
INSERT INTO ledger_entrynote (entry_id, value_time, reverses_id)
SELECT entry_id, to_timestamp(0) + nullif(value_us, 0) * interval '1 microsecond',
       nullif(reverses_id, 0)
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS note (entry_id, value_us, reverses_id)
"""


def project_notes(cursor: "psycopg.Cursor[Any]", tables: EventTables) -> None:
    """Write the notes of a batch's entries, where there are any."""
    for name in ("FundsCredited", "FundsDebited", "EntryRecorded"):
        table = tables[name]
        value_ns = _value_ns(table)
        chosen = np.flatnonzero((value_ns != 0) | (table["reverses_id"] != 0))
        if len(chosen):
            rows = table[chosen]
            cursor.execute(
                _INSERT,
                [
                    entries.entry_id(rows["seq"], rows["index"]).tolist(),
                    (value_ns[chosen] // 1000).tolist(),
                    rows["reverses_id"].tolist(),
                ],
            )


def _value_ns(table: Array) -> Array:
    if table.dtype.names and "value_ns" in table.dtype.names:
        return table["value_ns"]
    return np.zeros(len(table), np.int64)
