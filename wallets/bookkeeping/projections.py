"""Receipts of queued commands → requested entries booked or rejected by the engine."""

from typing import TYPE_CHECKING, Any

from trading.commands.projections import queued_rows
from trading.engine.results import Result
from wallets.bookkeeping.models import State

if TYPE_CHECKING:
    import psycopg

    from trading.bulk.arrays import Array

_UPDATE = """
UPDATE bookkeeping_entryrequest request SET
    state = CASE receipt.result WHEN %(accepted)s THEN %(applied)s ELSE %(rejected)s END,
    result = receipt.result,
    result_seq = receipt.seq
FROM commands_queuedcommand command
JOIN unnest(%(numbers)s::bigint[], %(results)s::smallint[], %(seqs)s::bigint[])
     AS receipt (number, result, seq) ON receipt.number = command.number
WHERE request.command_id = command.id AND request.state = %(approved)s
"""


def project_receipts_of_entries(cursor: "psycopg.Cursor[Any]", headers: "Array") -> None:
    """Settle the requested entries whose commands are among the record headers."""
    rows = queued_rows(headers)
    if len(rows):
        cursor.execute(
            _UPDATE,
            {
                "accepted": int(Result.ACCEPTED),
                "applied": State.APPLIED.value,
                "rejected": State.REJECTED.value,
                "approved": State.APPROVED.value,
                "numbers": rows["source_no"].tolist(),
                "results": rows["result"].tolist(),
                "seqs": rows["seq"].tolist(),
            },
        )
