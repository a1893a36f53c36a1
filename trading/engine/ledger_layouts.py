"""The layouts of what only the ledger needs; a part of the table in :mod:`trading.engine.layouts`.

A *house line* is a line of the tenant's chart of accounts that is no account of the engine's: a
bank, a wallet, an expense. The engine keeps none of them; it sees to it that what is written
about them adds up and stands in the world's one order.
"""

from trading.engine.layout import Fields, Layout
from trading.engine.limits import MOST_ENTRY_LEGS

# At the end of what moves an account's funds.
AGAINST: Fields = (
    ("against", "i64"),  # the house line on the other side; 0: the one of the reason
    ("reverses_id", "i64"),  # the journal entry that it undoes; 0: none
)

_LEG_FIELDS = (("line", "u32"), ("asset_id", "u32"), ("amount_units", "i128"))

# A journal entry between house lines: each leg's amount is debited, or credited where it is
# negative, and those of each asset come to nothing. The engine's accounts move by CreditFunds and
# DebitFunds only, so no leg can name one.
_ENTRY_FIELDS: Fields = (
    ("entry_kind", "i64"),
    ("reference_id", "i64"),
    ("value_ns", "i64"),  # the time that it belongs to; 0: now
    ("reverses_id", "i64"),  # the journal entry that it undoes; 0: none
    *((f"{name}_{n}", kind) for n in range(1, MOST_ENTRY_LEGS + 1) for name, kind in _LEG_FIELDS),
)

COMMANDS: tuple[Layout, ...] = (Layout(50, 1, "RecordEntry", _ENTRY_FIELDS),)

EVENTS: tuple[Layout, ...] = (Layout(50, 1, "EntryRecorded", _ENTRY_FIELDS),)
