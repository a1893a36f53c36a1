"""Engine journal → receipts: what became of each queued command."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

    from trading.bulk.arrays import Array

SOURCE_DIRECT = 0
SOURCE_QUEUE = 1

_INSERT = """
INSERT INTO commands_commandreceipt (source_no, seq, result, received_at)
SELECT source_no, seq, result, to_timestamp(0) + us * interval '1 microsecond'
FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[], %s::bigint[])
     AS receipt (source_no, seq, result, us)
ON CONFLICT (source_no) DO NOTHING
"""


def queued_rows(headers: "Array") -> "Array":
    """The record headers of queued commands."""
    return headers[headers["source"] == SOURCE_QUEUE]


def project_receipts(cursor: "psycopg.Cursor[Any]", headers: "Array") -> None:
    """Insert a receipt for each queued command among the record headers."""
    rows = queued_rows(headers)
    if len(rows):
        cursor.execute(
            _INSERT,
            [
                rows["source_no"].tolist(),
                rows["seq"].tolist(),
                rows["result"].tolist(),
                (rows["time_ns"] // 1000).tolist(),
            ],
        )
