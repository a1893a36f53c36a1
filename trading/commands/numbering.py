"""Source numbers of a tenant's queued commands: given once and for good, compared with the engine.

The relay gives a committed command its number before anything is sent, and sends one command at a
time. So whatever was lost on the way, the engine's last number lies between the highest the
database knows to be applied and the highest it has given. If it does not, one of the two is not
what it was: a restored backup, a lost journal.
"""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import psycopg

# After an operator let the relay go on, numbers continue above what the engine had seen by then.
NUMBER_WAITING = """
UPDATE commands_queuedcommand AS command SET number = numbered.number FROM (
  SELECT id, row_number() OVER (ORDER BY id) + greatest(
           (SELECT coalesce(max(number), 0) FROM commands_queuedcommand),
           (SELECT coalesce(max(engine_no), 0) FROM commands_relaystop)
         ) AS number
  FROM commands_queuedcommand WHERE number IS NULL) AS numbered
WHERE command.id = numbered.id
"""

# Commands refused at the engine's door (receipts without a seq) leave no trace of their number.
_KNOWN = """
WITH last_stop AS (
  SELECT engine_no, numbered_no FROM commands_relaystop
  WHERE resolved_at IS NOT NULL ORDER BY id DESC LIMIT 1)
SELECT
  coalesce((
    SELECT number FROM commands_queuedcommand AS command
    WHERE answered AND number > coalesce((SELECT numbered_no FROM last_stop), 0)
      AND NOT EXISTS (SELECT 1 FROM commands_commandreceipt AS receipt
                      WHERE receipt.source_no = command.number AND receipt.seq = 0)
    ORDER BY number DESC LIMIT 1), (SELECT engine_no FROM last_stop), 0),
  greatest((SELECT max(number) FROM commands_queuedcommand), (SELECT engine_no FROM last_stop), 0)
"""


class Known(NamedTuple):
    """What the database knows of a tenant's numbers."""

    applied_no: int  # the highest that the engine surely applied
    numbered_no: int  # the highest that was ever given

    def explains(self, engine_no: int) -> bool:
        """Whether the engine's last number is one that this database can have led to."""
        return self.applied_no <= engine_no <= self.numbered_no


def read_known(cursor: "psycopg.Cursor[tuple[int, int]]") -> Known:
    """Read it in the tenant's schema."""
    row = cursor.execute(_KNOWN).fetchone()
    assert row is not None
    return Known(*row)
