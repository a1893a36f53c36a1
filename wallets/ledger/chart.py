"""The chart of accounts: which ledger accounts there are and how their ids are made.

An id is whose * 2**24 + asset id * 2**4 + space, so that clearing computes it without a lookup and
a rebuild gives the same rows. In space 0 stand the engine's accounts, `whose` being the account
id. In space 1 stand the house's own lines, `whose` being the *house line*: the line's number *
2**16 + the number of its part. Part 0 is the main one; a firm with several banks or wallets gives
the others numbers (`CustodyAccount`). The engine's commands name a house line by that number.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np
import psycopg
from babel.numbers import list_currencies
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from trading.bulk.arrays import Array
from trading.engine.enums import AccountRole
from trading.engine.limits import LINE_SHIFT
from wallets.ledger.models import Classification, Line

ASSET_SHIFT = 4
ACCOUNT_SHIFT = 24
ASSET_MASK = (1 << (ACCOUNT_SHIFT - ASSET_SHIFT)) - 1
LINE_MASK = (1 << ASSET_SHIFT) - 1  # the space; an engine account's is 0, as its line is
HOUSE_SPACE = 1
MAX_ACCOUNT_ID = (1 << 38) - 1
PART_MASK = (1 << LINE_SHIFT) - 1

CUSTODY_LINES = (
    Line.BANK,
    Line.HOT_WALLET,
    Line.WARM_WALLET,
    Line.COLD_WALLET,
    Line.PRIME_BROKER,
)
CLASSIFICATION_OF_LINE = {
    Line.CUSTODY: Classification.ASSET,
    Line.BANK: Classification.ASSET,
    Line.HOT_WALLET: Classification.ASSET,
    Line.WARM_WALLET: Classification.ASSET,
    Line.COLD_WALLET: Classification.ASSET,
    Line.PRIME_BROKER: Classification.ASSET,
    Line.SUSPENSE: Classification.LIABILITY,
    Line.WITHDRAWALS_IN_TRANSIT: Classification.LIABILITY,
    Line.OWN_TRANSFERS_IN_TRANSIT: Classification.LIABILITY,
    Line.CAPITAL: Classification.EQUITY,
    Line.RETAINED_EARNINGS: Classification.EQUITY,
    Line.SPREADS: Classification.INCOME,
    Line.SWAPS: Classification.INCOME,
    Line.INTEREST: Classification.INCOME,
    Line.LIQUIDATION_FEES: Classification.INCOME,
    Line.OTHER_INCOME: Classification.INCOME,
    Line.INCOME_CARRIED: Classification.INCOME,
    Line.ADJUSTMENTS: Classification.EXPENSE,
    Line.NETWORK_FEES: Classification.EXPENSE,
    Line.BANK_FEES: Classification.EXPENSE,
    Line.REBATES: Classification.EXPENSE,
    Line.BONUSES: Classification.EXPENSE,
    Line.FEE_DISCOUNTS: Classification.EXPENSE,
    Line.INSURANCE: Classification.EXPENSE,
    Line.INTEREST_PAID: Classification.EXPENSE,
    Line.WRITE_OFFS: Classification.EXPENSE,
    Line.EXPENSES_CARRIED: Classification.EXPENSE,
}
CLASSIFICATION_OF_ROLE = {
    AccountRole.CUSTOMER: Classification.LIABILITY,
    AccountRole.HOUSE_FEES: Classification.INCOME,
    AccountRole.HOUSE_MARKET_MAKER: Classification.EQUITY,
    AccountRole.HOUSE_OTHER: Classification.EQUITY,
}


def house_line(line: int, part: int = 0) -> int:
    """The number by which the engine's commands name a house line."""
    return int(line) << LINE_SHIFT | part


def line_and_part(house: int) -> tuple[Line, int]:
    """The line and part of a house line; raises ValueError for a line that is none."""
    return Line(house >> LINE_SHIFT), house & PART_MASK


def house_account_id(house: "int | Array", asset_id: "int | Array") -> Any:
    """The id of a house line's ledger account; works on numpy columns alike."""
    return house << ACCOUNT_SHIFT | asset_id << ASSET_SHIFT | HOUSE_SPACE


def ledger_account_id(line: int, account_id: "int | Array", asset_id: "int | Array") -> Any:
    """The id of a line's ledger account, of the main part; works on numpy columns alike.

    `account_id` is 0 but for the line of the engine's accounts.
    """
    if line == Line.ENGINE_ACCOUNT:
        return account_id << ACCOUNT_SHIFT | asset_id << ASSET_SHIFT
    return house_account_id(house_line(line), asset_id)


def parts_of(ledger_account_id: int) -> tuple[Line, int, int]:
    """(line, account id or 0, asset id)."""
    asset_id = (ledger_account_id >> ASSET_SHIFT) & ASSET_MASK
    whose = ledger_account_id >> ACCOUNT_SHIFT
    if ledger_account_id & LINE_MASK == HOUSE_SPACE:
        return line_and_part(whose)[0], 0, asset_id
    return Line.ENGINE_ACCOUNT, whose, asset_id


def house_of(ledger_account_id: int) -> int:
    """The house line of a ledger account; 0 for one of the engine's accounts."""
    is_house = ledger_account_id & LINE_MASK == HOUSE_SPACE
    return ledger_account_id >> ACCOUNT_SHIFT if is_house else 0


def chosen_house(named: Any, default: int) -> Any:
    """The house line that a command named, or the default where it named none (0)."""
    if isinstance(named, np.ndarray):
        return np.where(named == 0, default, named)
    return named or default


def named_houses(values: Mapping[str, Any], name: str, default: int) -> Any:
    """`chosen_house` of the value with this name, if there is one."""
    return chosen_house(values[name], default) if name in values else default


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def main_custody(asset_code: str) -> int:
    """The house line where an asset is unless somebody says otherwise: money of states lies at
    the main bank, all else in the main hot wallet."""
    return house_line(Line.BANK if asset_code in _currencies() else Line.HOT_WALLET)


MAIN_NAMES = {
    Line.BANK: _("Main bank"),
    Line.HOT_WALLET: _("Main hot wallet"),
    Line.WARM_WALLET: _("Main warm wallet"),
    Line.COLD_WALLET: _("Main cold wallet"),
    Line.PRIME_BROKER: _("Main prime broker"),
}


def line_name(line: Line) -> str:
    """What the main part of a line is called, in the reader's language."""
    return str(MAIN_NAMES.get(line, line.label))


def english(label: Any) -> str:
    """A label as it is kept in rows, records and messages, whoever causes them."""
    with translation.override("en"):
        return str(label)


def shown_name(ledger_account_id: int, name: str) -> str:
    """The name of a ledger account for a reader, with its asset's code where the name has it.

    Rows are named in English; what people named themselves is called so in every language.
    """
    house = house_of(ledger_account_id)
    if not house or house & PART_MASK:
        return name
    line, _part = line_and_part(house)
    kept = kept_line_name(line)
    is_own = name == kept or name.startswith(f"{kept} ")
    return line_name(line) + name[len(kept) :] if is_own else name


def kept_line_name(line: Line) -> str:
    """What the main part of a line is called in rows."""
    return english(MAIN_NAMES.get(line, line.label))


class UnknownLedgerAccount(LookupError):
    """The journal names an account or asset that has no row in this tenant's schema."""


_INSERT = """
INSERT INTO ledger_ledgeraccount (id, line, part, classification, name, account_id, asset_id)
SELECT wanted.id, wanted.line, wanted.part,
       coalesce(roles.classification, lines.classification),
       coalesce(account.name, custody.name, lines.name) || ' ' || asset.code,
       account.id, asset.id
FROM unnest(%(ids)s::bigint[], %(lines)s::smallint[], %(parts)s::int[], %(accounts)s::bigint[],
            %(assets)s::bigint[]) AS wanted (id, line, part, account_id, asset_id)
JOIN instruments_asset asset ON asset.id = wanted.asset_id
LEFT JOIN accounts_account account ON account.id = wanted.account_id
LEFT JOIN ledger_custodyaccount custody
       ON custody.line = wanted.line AND custody.part = wanted.part
LEFT JOIN unnest(%(role_numbers)s::smallint[], %(role_classes)s::text[])
     AS roles (role, classification) ON roles.role = account.role
LEFT JOIN unnest(%(line_numbers)s::smallint[], %(line_classes)s::text[], %(line_names)s::text[])
     AS lines (line, classification, name) ON lines.line = wanted.line
WHERE (wanted.account_id = 0) = (account.id IS NULL)
  AND (wanted.part = 0) = (custody.id IS NULL)
ORDER BY wanted.id
ON CONFLICT (id) DO NOTHING
"""


def ensure_ledger_accounts(cursor: "psycopg.Cursor[tuple[int]]", ids: Iterable[int]) -> None:
    """Insert the ledger accounts that are missing; raises UnknownLedgerAccount."""
    wanted = sorted(ids)
    if not wanted:
        return
    try:
        parts = [parts_of(ledger_id) for ledger_id in wanted]
    except ValueError as error:
        raise UnknownLedgerAccount(
            f"The engine's journal names a house line that no chart of accounts has: {error}."
        ) from error
    cursor.execute(
        _INSERT,
        {
            "ids": wanted,
            "lines": [int(line) for line, _account, _asset in parts],
            "parts": [house_of(ledger_id) & PART_MASK for ledger_id in wanted],
            "accounts": [account_id for _line, account_id, _asset in parts],
            "assets": [asset_id for _line, _account, asset_id in parts],
            "role_numbers": [int(role) for role in CLASSIFICATION_OF_ROLE],
            "role_classes": [str(value) for value in CLASSIFICATION_OF_ROLE.values()],
            "line_numbers": [int(line) for line in CLASSIFICATION_OF_LINE],
            "line_classes": [str(value) for value in CLASSIFICATION_OF_LINE.values()],
            "line_names": [kept_line_name(line) for line in CLASSIFICATION_OF_LINE],
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
            f"The engine's journal names account {account_id} and asset {asset_id} "
            f"({english(line.label)}), which this tenant's tables do not have."
        )
