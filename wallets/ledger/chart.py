"""The chart of accounts: which ledger accounts there are and how their ids are made.

An id is account id * 2**24 + asset id * 2**4 + line, so that clearing computes it without a
lookup and a rebuild gives the same rows. Lines that belong to no account have account id 0.
"""

from collections.abc import Iterable

import psycopg

from trading.bulk.arrays import Array
from trading.engine.enums import AccountRole
from wallets.ledger.models import Classification, Line

ASSET_SHIFT = 4
ACCOUNT_SHIFT = 24
ASSET_MASK = (1 << (ACCOUNT_SHIFT - ASSET_SHIFT)) - 1
LINE_MASK = (1 << ASSET_SHIFT) - 1
MAX_ACCOUNT_ID = (1 << 38) - 1

CLASSIFICATION_OF_LINE = {
    Line.CUSTODY: Classification.ASSET,
    Line.ADJUSTMENTS: Classification.EXPENSE,
}
CLASSIFICATION_OF_ROLE = {
    AccountRole.CUSTOMER: Classification.LIABILITY,
    AccountRole.HOUSE_FEES: Classification.INCOME,
    AccountRole.HOUSE_MARKET_MAKER: Classification.EQUITY,
    AccountRole.HOUSE_OTHER: Classification.EQUITY,
}


def ledger_account_id(line: int, account_id: "int | Array", asset_id: "int | Array") -> "int":
    """The id of a line's ledger account; works on numpy columns alike."""
    return (account_id << ACCOUNT_SHIFT) | (asset_id << ASSET_SHIFT) | int(line)  # type: ignore[return-value]


def parts_of(ledger_account_id: int) -> tuple[Line, int, int]:
    """(line, account id or 0, asset id)."""
    return (
        Line(ledger_account_id & LINE_MASK),
        ledger_account_id >> ACCOUNT_SHIFT,
        (ledger_account_id >> ASSET_SHIFT) & ASSET_MASK,
    )


class UnknownLedgerAccount(LookupError):
    """The journal names an account or asset that has no row in this tenant's schema."""


_INSERT = """
INSERT INTO ledger_ledgeraccount (id, line, classification, name, account_id, asset_id)
SELECT wanted.id, wanted.line,
       coalesce(roles.classification, lines.classification),
       coalesce(account.name, lines.name) || ' ' || asset.code,
       account.id, asset.id
FROM unnest(%(ids)s::bigint[], %(lines)s::smallint[], %(accounts)s::bigint[],
            %(assets)s::bigint[]) AS wanted (id, line, account_id, asset_id)
JOIN instruments_asset asset ON asset.id = wanted.asset_id
LEFT JOIN accounts_account account ON account.id = wanted.account_id
LEFT JOIN unnest(%(role_numbers)s::smallint[], %(role_classes)s::text[])
     AS roles (role, classification) ON roles.role = account.role
LEFT JOIN unnest(%(line_numbers)s::smallint[], %(line_classes)s::text[], %(line_names)s::text[])
     AS lines (line, classification, name) ON lines.line = wanted.line
WHERE (wanted.account_id = 0) = (account.id IS NULL)
ORDER BY wanted.id
ON CONFLICT (id) DO NOTHING
"""


def ensure_ledger_accounts(cursor: "psycopg.Cursor[tuple[int]]", ids: Iterable[int]) -> None:
    """Insert the ledger accounts that are missing; raises UnknownLedgerAccount."""
    wanted = sorted(ids)
    if not wanted:
        return
    parts = [parts_of(ledger_id) for ledger_id in wanted]
    cursor.execute(
        _INSERT,
        {
            "ids": wanted,
            "lines": [int(line) for line, _, _ in parts],
            "accounts": [account_id for _, account_id, _ in parts],
            "assets": [asset_id for _, _, asset_id in parts],
            "role_numbers": [int(role) for role in CLASSIFICATION_OF_ROLE],
            "role_classes": [str(value) for value in CLASSIFICATION_OF_ROLE.values()],
            "line_numbers": [int(line) for line in CLASSIFICATION_OF_LINE],
            "line_classes": [str(value) for value in CLASSIFICATION_OF_LINE.values()],
            "line_names": [str(line.label) for line in CLASSIFICATION_OF_LINE],
        },
    )
    cursor.execute(
        "SELECT wanted.id FROM unnest(%s::bigint[]) AS wanted (id) "
        "LEFT JOIN ledger_ledgeraccount known ON known.id = wanted.id "
        "WHERE known.id IS NULL",
        [wanted],
    )
    missing = [row[0] for row in cursor.fetchall()]
    if missing:
        line, account_id, asset_id = parts_of(missing[0])
        raise UnknownLedgerAccount(
            f"The engine's journal names account {account_id} and asset {asset_id} ({line.label}), "
            "which this tenant's tables do not have."
        )
