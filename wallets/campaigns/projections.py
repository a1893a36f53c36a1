"""Receipts of queued commands → awards paid, or rejected by the engine."""

from typing import TYPE_CHECKING, Any

from trading.commands.projections import queued_rows
from trading.engine.results import Result
from wallets.campaigns.models import AwardState

if TYPE_CHECKING:
    import psycopg

    from trading.bulk.arrays import Array

_UPDATE = """
UPDATE campaigns_award award SET
    state = CASE receipt.result WHEN %(accepted)s THEN %(paid)s ELSE %(rejected)s END,
    result = receipt.result,
    result_seq = receipt.seq
FROM commands_queuedcommand command
JOIN unnest(%(numbers)s::bigint[], %(results)s::smallint[], %(seqs)s::bigint[])
     AS receipt (number, result, seq) ON receipt.number = command.number
WHERE award.command_id = command.id AND award.state = %(queued)s
"""


def project_receipts_of_awards(cursor: "psycopg.Cursor[Any]", headers: "Array") -> None:
    """Settle the awards whose commands are among the record headers."""
    rows = queued_rows(headers)
    if len(rows):
        cursor.execute(
            _UPDATE,
            {
                "accepted": int(Result.ACCEPTED),
                "paid": AwardState.PAID.value,
                "rejected": AwardState.REJECTED.value,
                "queued": AwardState.QUEUED.value,
                "numbers": rows["source_no"].tolist(),
                "results": rows["result"].tolist(),
                "seqs": rows["seq"].tolist(),
            },
        )
