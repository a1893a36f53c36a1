"""Receipts of queued commands → adjustments applied or rejected by the engine."""

from typing import TYPE_CHECKING, Any

from trading.commands.projections import queued_rows
from trading.engine.results import Result
from wallets.adjustments.models import State

if TYPE_CHECKING:
    import psycopg

    from trading.bulk.arrays import Array

_UPDATE = """
UPDATE adjustments_adjustment adjustment SET
    state = CASE receipt.result WHEN %(accepted)s THEN %(applied)s ELSE %(rejected)s END,
    result = receipt.result,
    result_seq = receipt.seq
FROM commands_queuedcommand command
JOIN unnest(%(numbers)s::bigint[], %(results)s::smallint[], %(seqs)s::bigint[])
     AS receipt (number, result, seq) ON receipt.number = command.number
WHERE adjustment.command_id = command.id AND adjustment.state = %(approved)s
"""


def project_receipts_of_adjustments(cursor: "psycopg.Cursor[Any]", headers: "Array") -> None:
    """Settle the adjustments whose commands are among the record headers."""
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
