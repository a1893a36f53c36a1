"""Entry kinds and their postings, each declared once.

A leg says which ledger account it touches and with which amount, by the names of the values a
kind needs. Debits are positive. The same declaration is applied to single values and to numpy
columns, so that the worked examples prove what clearing writes in bulk.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trading.engine.enums import FundsReason
from wallets.ledger import chart
from wallets.ledger.models import EntryKind, Line

ENTRY_INDEX_BITS = 20


class UnknownReason(LookupError):
    """The engine's journal holds a movement of funds that no entry kind is declared for."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One posting: `units` are (sign, value name) pairs that are summed."""

    line: Line
    account: str  # name of the value that holds the account id; "" for the house's own lines
    asset: str
    units: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class EntryTemplate:
    """An entry kind: its legs, and in words who owes whom afterwards."""

    kind: EntryKind
    meaning: str
    legs: tuple[Leg, ...]


def _own(account: str, asset: str, *units: tuple[int, str]) -> Leg:
    return Leg(Line.ENGINE_ACCOUNT, account, asset, units)


def _funds(kind: EntryKind, meaning: str, line: Line, *, credited: bool) -> EntryTemplate:
    sign = 1 if credited else -1
    return EntryTemplate(
        kind,
        meaning,
        (
            Leg(line, "", "asset_id", ((sign, "amount_units"),)),
            _own("account_id", "asset_id", (-sign, "amount_units")),
        ),
    )


SPOT_FILL = EntryTemplate(
    EntryKind.SPOT_FILL,
    "The buyer pays quote and receives base less its fee; the seller the other way round; "
    "each fee is taken from what its payer receives and is the house's income.",
    (
        _own("buyer_account_id", "quote_asset_id", (1, "quote_units")),
        _own("seller_account_id", "quote_asset_id", (-1, "quote_units"), (1, "seller_fee_units")),
        _own("fee_account_id", "quote_asset_id", (-1, "seller_fee_units")),
        _own("seller_account_id", "base_asset_id", (1, "base_units")),
        _own("buyer_account_id", "base_asset_id", (-1, "base_units"), (1, "buyer_fee_units")),
        _own("fee_account_id", "base_asset_id", (-1, "buyer_fee_units")),
    ),
)

TEMPLATES: dict[EntryKind, EntryTemplate] = {
    template.kind: template
    for template in (
        SPOT_FILL,
        _funds(
            EntryKind.DEPOSIT,
            "Money arrived in custody; the tenant owes it to the customer.",
            Line.CUSTODY,
            credited=True,
        ),
        _funds(
            EntryKind.DEPOSIT_REVERSED,
            "A deposit turned out not to have arrived.",
            Line.CUSTODY,
            credited=False,
        ),
        _funds(
            EntryKind.WITHDRAWAL,
            "Money left custody; the tenant owes the customer that much less.",
            Line.CUSTODY,
            credited=False,
        ),
        _funds(
            EntryKind.WITHDRAWAL_RETURNED,
            "A withdrawal came back.",
            Line.CUSTODY,
            credited=True,
        ),
        _funds(
            EntryKind.ADJUSTMENT_CREDIT,
            "Staff credited a customer at the tenant's expense.",
            Line.ADJUSTMENTS,
            credited=True,
        ),
        _funds(
            EntryKind.ADJUSTMENT_DEBIT,
            "Staff took back from a customer, to the tenant's benefit.",
            Line.ADJUSTMENTS,
            credited=False,
        ),
        _funds(
            EntryKind.TRANSFER_CREDIT,
            "Money that staff saw arriving outside, booked by hand.",
            Line.CUSTODY,
            credited=True,
        ),
        _funds(
            EntryKind.TRANSFER_DEBIT,
            "Money that staff paid out outside, booked by hand.",
            Line.CUSTODY,
            credited=False,
        ),
        _funds(
            EntryKind.HOUSE_FUNDING,
            "The tenant's own capital in custody, given to a house account.",
            Line.CUSTODY,
            credited=True,
        ),
        _funds(
            EntryKind.HOUSE_WITHDRAWAL,
            "The tenant took own capital back out of a house account.",
            Line.CUSTODY,
            credited=False,
        ),
    )
}

CREDIT_KINDS: dict[int, EntryKind] = {
    FundsReason.DEPOSIT: EntryKind.DEPOSIT,
    FundsReason.WITHDRAWAL: EntryKind.WITHDRAWAL_RETURNED,
    FundsReason.ADJUSTMENT: EntryKind.ADJUSTMENT_CREDIT,
    FundsReason.HOUSE_FUNDING: EntryKind.HOUSE_FUNDING,
    FundsReason.TRANSFER: EntryKind.TRANSFER_CREDIT,
}
DEBIT_KINDS: dict[int, EntryKind] = {
    FundsReason.DEPOSIT: EntryKind.DEPOSIT_REVERSED,
    FundsReason.WITHDRAWAL: EntryKind.WITHDRAWAL,
    FundsReason.ADJUSTMENT: EntryKind.ADJUSTMENT_DEBIT,
    FundsReason.HOUSE_FUNDING: EntryKind.HOUSE_WITHDRAWAL,
    FundsReason.TRANSFER: EntryKind.TRANSFER_DEBIT,
}


def entry_id(seq: Any, index: Any) -> Any:
    """The id of the entry that an event makes; works on numpy columns alike."""
    return (seq << ENTRY_INDEX_BITS) | index


def position_of(entry_id: int) -> tuple[int, int]:
    """(seq, event index) of the event behind an entry."""
    return entry_id >> ENTRY_INDEX_BITS, entry_id & ((1 << ENTRY_INDEX_BITS) - 1)


def legs_of(template: EntryTemplate, values: Mapping[str, Any]) -> Iterator[tuple[int, Any, Any]]:
    """(line number, ledger account id, units) of each leg; zero units mean no posting.

    `values` holds integers or numpy columns by name.
    """
    for number, leg in enumerate(template.legs, start=1):
        account = values[leg.account] if leg.account else 0
        units = sum(sign * values[name] for sign, name in leg.units)
        yield number, chart.ledger_account_id(leg.line, account, values[leg.asset]), units
