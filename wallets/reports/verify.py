"""Proves the balance checkpoints from the postings, the slow way: every sum from the first on."""

from django.db import connection

from wallets.reports.reading import GROUPED, JOINED

_TOTALS = f"""
WITH slices AS (
    SELECT checkpoint.id, checkpoint.entry_id,
           lag(checkpoint.entry_id, 1, 0) OVER (ORDER BY checkpoint.entry_id) AS after
    FROM reports_balancecheckpoint checkpoint
), moved AS (
    SELECT slices.entry_id, posting.ledger_account_id, sum(posting.units) AS units
    FROM ledger_posting posting
    JOIN slices ON posting.entry_id > slices.after AND posting.entry_id <= slices.entry_id
    GROUP BY 1, 2
), lines AS (
    SELECT moved.entry_id, {GROUPED}, sum(moved.units) AS units FROM moved {JOINED}
    GROUP BY 1, 2, 3, 4, 5
), expected AS (
    SELECT slices.id, slices.entry_id, own_id, line, classification, asset_id,
           sum(lines.units) AS units
    FROM slices JOIN lines ON lines.entry_id <= slices.entry_id GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT coalesce(expected.entry_id, 0), coalesce(expected.own_id, kept.own_id),
       expected.units, kept.units
FROM expected FULL JOIN reports_checkpointtotal kept
     ON (kept.checkpoint_id, kept.own_id, kept.line, kept.classification, kept.asset_id)
      = (expected.id, expected.own_id, expected.line, expected.classification, expected.asset_id)
WHERE expected.units IS DISTINCT FROM kept.units
"""
_ACCOUNTS = """
SELECT kept.ledger_account_id, kept.entry_id, running.units, kept.units
FROM reports_accountcheckpoint kept
LEFT JOIN (
    SELECT ledger_account_id, entry_id, sum(sum(units)) OVER (
        PARTITION BY ledger_account_id ORDER BY entry_id) AS units
    FROM ledger_posting GROUP BY 1, 2
) running USING (ledger_account_id, entry_id)
WHERE running.units IS DISTINCT FROM kept.units
"""
_TALLIES = """
SELECT coalesce(kept.ledger_account_id, summed.ledger_account_id), 0, summed.units, kept.units
FROM reports_accounttally kept
FULL JOIN (
    SELECT ledger_account_id, sum(units) AS units, count(*) AS postings FROM ledger_posting
    WHERE entry_id <= (SELECT max(entry_id) FROM reports_balancecheckpoint) GROUP BY 1
) summed USING (ledger_account_id)
WHERE (summed.units, summed.postings) IS DISTINCT FROM (kept.units, kept.postings)
"""


def checkpoint_breaks(most: int = 100) -> list[str]:
    """What of the current tenant's balance checkpoints the postings do not bear out, in words."""
    breaks = []
    with connection.cursor() as sql:
        for query, text in (
            (_TOTALS, "the checkpoint through entry {0}, line {1}: {2} by the postings, kept {3}"),
            (_ACCOUNTS, "ledger account {0} through entry {1}: {2} by the postings, kept {3}"),
            (_TALLIES, "the tally of ledger account {0}: {2} by the postings, kept {3}"),
        ):
            sql.execute(query + " LIMIT %s", [most])
            breaks += [text.format(*row) for row in sql.fetchall()]
    return breaks
