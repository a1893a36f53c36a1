"""Which tables are built out of the engine journal alone, and how their rows are compared."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A table whose rows follow from the journal.

    `key` names a row in both. `ignored` columns are not from the journal (numbers given by the
    database, names that may change). `only` leaves out rows that others wrote. With `may_have_more`
    rows that only the live table has are no difference. `seq` is the column of the engine record
    to look at first, `entry_id` that of a journal entry, whose id begins with it.
    """

    name: str
    key: tuple[str, ...]
    ignored: frozenset[str] = frozenset()
    only: str = "TRUE"
    may_have_more: bool = False
    seq: str = ""
    entry_id: str = ""
    is_guarded: bool = False  # triggers refuse any change


TABLES: tuple[Rebuilt, ...] = (
    Rebuilt("orders_order", ("id",), seq="updated_seq"),
    Rebuilt("orders_orderlist", ("id",), seq="placed_seq"),
    Rebuilt("orders_replacement", ("order_id", "seq"), frozenset({"id"}), seq="seq"),
    Rebuilt("orders_trade", ("id",), seq="seq"),
    Rebuilt("ledger_ledgeraccount", ("id",), frozenset({"name"}), may_have_more=True),
    Rebuilt("ledger_journalentry", ("id",), entry_id="id", is_guarded=True),
    Rebuilt("ledger_posting", ("entry_id", "line"), entry_id="entry_id", is_guarded=True),
    Rebuilt("ledger_entrynote", ("entry_id",), entry_id="entry_id", is_guarded=True),
    Rebuilt("ledger_balance", ("ledger_account_id",), entry_id="entry_id"),
    Rebuilt(
        "market_data_candle",
        ("instrument_id", "interval_seconds", "open_second"),
        frozenset({"id"}),
        seq="last_seq",
    ),
    Rebuilt("fees_tierchange", ("seq", "event_index"), frozenset({"id"}), seq="seq"),
    # What the engine's door refused stands in no journal: the relay wrote it, without a seq.
    Rebuilt("commands_commandreceipt", ("source_no",), only="seq > 0", seq="seq"),
)
BY_NAME = {table.name: table for table in TABLES}

# Written while building, beside rows that are people's; copied, so that the live ones stay.
COPIED = (
    "adjustments_adjustment",
    "bookkeeping_entryrequest",
    "campaigns_award",
    "instruments_instrument",
)
EMPTY = ("instruments_statechange", "clearing_checkpoint")
