"""Entry kinds and their postings, each declared once.

A leg says which ledger account it touches and with which amount, by the names of the values a
kind needs. Debits are positive. The same declaration is applied to single values and to numpy
columns, so that the worked examples prove what clearing writes in bulk.

What touches an account of the engine comes of its Traded, FundsCredited and FundsDebited, and its
postings are worked out when it is written. What does not is worked out at the door, by the same
kind of template, into the legs of a RecordEntry; clearing writes the legs as they stand.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from trading.engine import commands
from trading.engine.enums import FundsReason
from trading.engine.limits import MOST_ENTRY_LEGS
from wallets.ledger import chart
from wallets.ledger.models import Classification, EntryKind, Line

ENTRY_INDEX_BITS = 20


class UnknownReason(LookupError):
    """The engine's journal holds a movement of funds that no entry kind is declared for."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One posting: `units` are (sign, value name) pairs that are summed.

    A leg of a house line is on `line`, or where the value named `house` names a house line, on
    that one, which is of one of the `lines`.
    """

    line: Line
    account: str  # name of the value that holds the account id; "" for the house's own lines
    asset: str
    units: tuple[tuple[int, str], ...]
    house: str = ""
    lines: tuple[Line, ...] = ()

    def ledger_id(self, values: Mapping[str, Any]) -> Any:
        """The ledger account it touches; a column of them for columns of values."""
        asset_id = values[self.asset]
        if self.line == Line.ENGINE_ACCOUNT:
            return chart.ledger_account_id(self.line, values[self.account], asset_id)
        default = chart.house_line(self.line)
        return chart.house_account_id(chart.named_houses(values, self.house, default), asset_id)


@dataclass(frozen=True, slots=True)
class EntryTemplate:
    """An entry kind: its legs, and in words who owes whom afterwards."""

    kind: EntryKind
    meaning: Any
    legs: tuple[Leg, ...]

    @property
    def is_recorded(self) -> bool:
        """Whether it is between house lines only, and so comes as a RecordEntry."""
        return all(leg.line != Line.ENGINE_ACCOUNT for leg in self.legs)


def _own(account: str, asset: str, *units: tuple[int, str]) -> Leg:
    return Leg(Line.ENGINE_ACCOUNT, account, asset, units)


def _funds(
    kind: EntryKind, meaning: Any, line: Line, *others: Line, credited: bool
) -> EntryTemplate:
    """A movement of an account's funds; against `line`, or one of the others if it is named."""
    sign = 1 if credited else -1
    return EntryTemplate(
        kind,
        meaning,
        (
            Leg(line, "", "asset_id", ((sign, "amount_units"),), "against", (line, *others)),
            _own("account_id", "asset_id", (-sign, "amount_units")),
        ),
    )


def _recorded(
    kind: EntryKind, meaning: Any, debit: tuple[Line, ...], credit: tuple[Line, ...]
) -> EntryTemplate:
    """A movement between two house lines, each one of several; the first is the default."""
    return EntryTemplate(
        kind,
        meaning,
        (
            Leg(debit[0], "", "asset_id", ((1, "amount_units"),), "debited", debit),
            Leg(credit[0], "", "asset_id", ((-1, "amount_units"),), "credited", credit),
        ),
    )


SPOT_FILL = EntryTemplate(
    EntryKind.SPOT_FILL,
    _(
        "The buyer pays quote and receives base less its fee; the seller the other way round; "
        "each fee is taken from what its payer receives and is the house's income."
    ),
    (
        _own("buyer_account_id", "quote_asset_id", (1, "quote_units")),
        _own("seller_account_id", "quote_asset_id", (-1, "quote_units"), (1, "seller_fee_units")),
        _own("fee_account_id", "quote_asset_id", (-1, "seller_fee_units")),
        _own("seller_account_id", "base_asset_id", (1, "base_units")),
        _own("buyer_account_id", "base_asset_id", (-1, "base_units"), (1, "buyer_fee_units")),
        _own("fee_account_id", "base_asset_id", (-1, "buyer_fee_units")),
    ),
)

PLACES = (Line.CUSTODY, *chart.CUSTODY_LINES)
EXPENSES = tuple(
    line
    for line, its_class in chart.CLASSIFICATION_OF_LINE.items()
    if its_class == Classification.EXPENSE and line != Line.EXPENSES_CARRIED
)
CORRECTED = tuple(
    line
    for line in chart.CLASSIFICATION_OF_LINE
    if line not in (Line.INCOME_CARRIED, Line.EXPENSES_CARRIED)
)

_OF_ACCOUNTS = (
    SPOT_FILL,
    _funds(
        EntryKind.DEPOSIT,
        _(
            "Money arrived in custody, or was waiting in suspense; the tenant owes it to the "
            "customer."
        ),
        *PLACES,
        Line.SUSPENSE,
        credited=True,
    ),
    _funds(
        EntryKind.DEPOSIT_REVERSED,
        _("A deposit turned out not to have arrived."),
        *PLACES,
        Line.SUSPENSE,
        credited=False,
    ),
    _funds(
        EntryKind.WITHDRAWAL,
        _("Money left custody, or is on its way out; the tenant owes the customer that much less."),
        *PLACES,
        Line.WITHDRAWALS_IN_TRANSIT,
        credited=False,
    ),
    _funds(
        EntryKind.WITHDRAWAL_RETURNED,
        _("A withdrawal came back."),
        *PLACES,
        Line.WITHDRAWALS_IN_TRANSIT,
        credited=True,
    ),
    _funds(
        EntryKind.ADJUSTMENT_CREDIT,
        _("Staff credited a customer at the tenant's expense."),
        Line.ADJUSTMENTS,
        credited=True,
    ),
    _funds(
        EntryKind.ADJUSTMENT_DEBIT,
        _("Staff took back from a customer, to the tenant's benefit."),
        Line.ADJUSTMENTS,
        credited=False,
    ),
    _funds(
        EntryKind.TRANSFER_CREDIT,
        _("Money that staff saw arriving outside, booked by hand."),
        *PLACES,
        credited=True,
    ),
    _funds(
        EntryKind.TRANSFER_DEBIT,
        _("Money that staff paid out outside, booked by hand."),
        *PLACES,
        credited=False,
    ),
    _funds(
        EntryKind.HOUSE_FUNDING,
        _("The tenant's own capital in custody, given to a house account."),
        *PLACES,
        Line.CAPITAL,
        credited=True,
    ),
    _funds(
        EntryKind.HOUSE_WITHDRAWAL,
        _("The tenant took own capital back out of a house account."),
        *PLACES,
        Line.CAPITAL,
        credited=False,
    ),
    _funds(
        EntryKind.REBATE,
        _("A part of the fees is given back to a customer."),
        Line.REBATES,
        credited=True,
    ),
    _funds(EntryKind.REBATE_REVERSED, _("A rebate is taken back."), Line.REBATES, credited=False),
    _funds(EntryKind.BONUS, _("The tenant gives a customer money."), Line.BONUSES, credited=True),
    _funds(EntryKind.BONUS_REVERSED, _("A bonus is taken back."), Line.BONUSES, credited=False),
    _funds(
        EntryKind.FEE_DISCOUNT,
        _("A fee that was charged is made smaller afterwards."),
        Line.FEE_DISCOUNTS,
        credited=True,
    ),
    _funds(
        EntryKind.FEE_DISCOUNT_REVERSED,
        _("A fee discount is taken back."),
        Line.FEE_DISCOUNTS,
        credited=False,
    ),
    _funds(
        EntryKind.INTEREST_PAID,
        _("The tenant pays a customer interest on what it owes him."),
        Line.INTEREST_PAID,
        Line.INTEREST,
        credited=True,
    ),
    _funds(
        EntryKind.INTEREST_CHARGED,
        _("A customer pays the tenant interest on what he borrowed."),
        Line.INTEREST,
        Line.INTEREST_PAID,
        credited=False,
    ),
    _funds(
        EntryKind.SWAP_PAID,
        _("Overnight financing of a position, to the customer's benefit."),
        Line.SWAPS,
        credited=True,
    ),
    _funds(
        EntryKind.SWAP_CHARGED,
        _("Overnight financing of a position, paid by the customer."),
        Line.SWAPS,
        credited=False,
    ),
    _funds(
        EntryKind.INSURANCE_DRAW,
        _("The tenant covers what a liquidation left a customer short of."),
        Line.INSURANCE,
        credited=True,
    ),
    _funds(
        EntryKind.INSURANCE_CONTRIBUTION,
        _("What a liquidation left over goes to the tenant's insurance."),
        Line.INSURANCE,
        credited=False,
    ),
    _funds(
        EntryKind.WRITE_OFF,
        _("The tenant lets go what a customer owes it."),
        Line.WRITE_OFFS,
        credited=True,
    ),
    _funds(
        EntryKind.REST_TAKEN,
        _("A rest that its owner gave up becomes the tenant's."),
        Line.OTHER_INCOME,
        Line.WRITE_OFFS,
        credited=False,
    ),
    _funds(
        EntryKind.LIQUIDATION_FEE_RETURNED,
        _("A liquidation fee is given back."),
        Line.LIQUIDATION_FEES,
        credited=True,
    ),
    _funds(
        EntryKind.LIQUIDATION_FEE,
        _("A customer pays for the forced closing of a position."),
        Line.LIQUIDATION_FEES,
        credited=False,
    ),
    _funds(
        EntryKind.OWN_TRANSFER_OUT,
        _("A customer moves money to another account of his; it is owed to him as before."),
        Line.OWN_TRANSFERS_IN_TRANSIT,
        credited=False,
    ),
    _funds(
        EntryKind.OWN_TRANSFER_IN,
        _("What a customer moved from another account of his arrives, or comes back where it was."),
        Line.OWN_TRANSFERS_IN_TRANSIT,
        credited=True,
    ),
)

_OF_THE_HOUSE = (
    _recorded(
        EntryKind.DEPOSIT_RECORDED,
        _("Money arrived in custody, and it is not known yet whose it is."),
        chart.CUSTODY_LINES,
        (Line.SUSPENSE,),
    ),
    _recorded(
        EntryKind.DEPOSIT_SENT_BACK,
        _("Money that could not be attributed went back to its sender."),
        (Line.SUSPENSE,),
        chart.CUSTODY_LINES,
    ),
    _recorded(
        EntryKind.WITHDRAWAL_PAID,
        _("A withdrawal that was on its way has left custody."),
        (Line.WITHDRAWALS_IN_TRANSIT,),
        chart.CUSTODY_LINES,
    ),
    _recorded(
        EntryKind.WITHDRAWAL_BOUNCED,
        _("A withdrawal that had left came back and is on its way again."),
        chart.CUSTODY_LINES,
        (Line.WITHDRAWALS_IN_TRANSIT,),
    ),
    _recorded(
        EntryKind.NETWORK_FEE,
        _("A chain took a fee out of a wallet."),
        (Line.NETWORK_FEES,),
        (Line.HOT_WALLET, Line.WARM_WALLET, Line.COLD_WALLET, Line.PRIME_BROKER),
    ),
    _recorded(
        EntryKind.BANK_FEE,
        _("A bank or prime broker took a fee."),
        (Line.BANK_FEES,),
        (Line.BANK, Line.PRIME_BROKER),
    ),
    _recorded(
        EntryKind.CUSTODY_TRANSFER,
        _("The tenant's money went from one bank, wallet or broker to another."),
        PLACES[1:] + PLACES[:1],
        PLACES[1:] + PLACES[:1],
    ),
    _recorded(
        EntryKind.CAPITAL_PAID_IN,
        _("The owners put capital into the firm."),
        chart.CUSTODY_LINES,
        (Line.CAPITAL,),
    ),
    _recorded(
        EntryKind.CAPITAL_PAID_OUT,
        _("The owners took capital, or profit, out of the firm."),
        (Line.CAPITAL, Line.RETAINED_EARNINGS),
        chart.CUSTODY_LINES,
    ),
    _recorded(
        EntryKind.SPREAD_EARNED,
        _("The tenant earned a spread with its counterparty."),
        chart.CUSTODY_LINES,
        (Line.SPREADS,),
    ),
    _recorded(
        EntryKind.OTHER_INCOME,
        _("The tenant earned something else, such as the fee of a deposit or withdrawal."),
        (*chart.CUSTODY_LINES, Line.SUSPENSE, Line.WITHDRAWALS_IN_TRANSIT),
        (Line.OTHER_INCOME, Line.INTEREST, Line.SWAPS, Line.LIQUIDATION_FEES),
    ),
    _recorded(
        EntryKind.OTHER_EXPENSE,
        _("The tenant paid for something."),
        EXPENSES,
        chart.CUSTODY_LINES,
    ),
    _recorded(
        EntryKind.CORRECTION,
        _("What stood on one line belongs on another."),
        CORRECTED,
        CORRECTED,
    ),
    EntryTemplate(
        EntryKind.YEAR_CLOSED,
        _("What a year earned and spent becomes retained earnings."),
        (
            Leg(Line.INCOME_CARRIED, "", "asset_id", ((1, "income_units"),)),
            Leg(Line.EXPENSES_CARRIED, "", "asset_id", ((-1, "expense_units"),)),
            Leg(
                Line.RETAINED_EARNINGS,
                "",
                "asset_id",
                ((-1, "income_units"), (1, "expense_units")),
            ),
        ),
    ),
)

TEMPLATES: dict[EntryKind, EntryTemplate] = {
    template.kind: template for template in (*_OF_ACCOUNTS, *_OF_THE_HOUSE)
}
# A reversal has the legs of what it undoes, the other way round, so it has no template of its own.
RECORDED_KINDS = frozenset(
    {template.kind for template in _OF_THE_HOUSE if template.is_recorded} | {EntryKind.REVERSAL}
)

CREDIT_KINDS: dict[int, EntryKind] = {
    FundsReason.DEPOSIT: EntryKind.DEPOSIT,
    FundsReason.WITHDRAWAL: EntryKind.WITHDRAWAL_RETURNED,
    FundsReason.ADJUSTMENT: EntryKind.ADJUSTMENT_CREDIT,
    FundsReason.HOUSE_FUNDING: EntryKind.HOUSE_FUNDING,
    FundsReason.TRANSFER: EntryKind.TRANSFER_CREDIT,
    FundsReason.REBATE: EntryKind.REBATE,
    FundsReason.BONUS: EntryKind.BONUS,
    FundsReason.FEE_DISCOUNT: EntryKind.FEE_DISCOUNT,
    FundsReason.INTEREST: EntryKind.INTEREST_PAID,
    FundsReason.SWAP: EntryKind.SWAP_PAID,
    FundsReason.INSURANCE: EntryKind.INSURANCE_DRAW,
    FundsReason.WRITE_OFF: EntryKind.WRITE_OFF,
    FundsReason.LIQUIDATION_FEE: EntryKind.LIQUIDATION_FEE_RETURNED,
}
DEBIT_KINDS: dict[int, EntryKind] = {
    FundsReason.DEPOSIT: EntryKind.DEPOSIT_REVERSED,
    FundsReason.WITHDRAWAL: EntryKind.WITHDRAWAL,
    FundsReason.ADJUSTMENT: EntryKind.ADJUSTMENT_DEBIT,
    FundsReason.HOUSE_FUNDING: EntryKind.HOUSE_WITHDRAWAL,
    FundsReason.TRANSFER: EntryKind.TRANSFER_DEBIT,
    FundsReason.REBATE: EntryKind.REBATE_REVERSED,
    FundsReason.BONUS: EntryKind.BONUS_REVERSED,
    FundsReason.FEE_DISCOUNT: EntryKind.FEE_DISCOUNT_REVERSED,
    FundsReason.INTEREST: EntryKind.INTEREST_CHARGED,
    FundsReason.SWAP: EntryKind.SWAP_CHARGED,
    FundsReason.INSURANCE: EntryKind.INSURANCE_CONTRIBUTION,
    FundsReason.WRITE_OFF: EntryKind.REST_TAKEN,
    FundsReason.LIQUIDATION_FEE: EntryKind.LIQUIDATION_FEE,
}
# The engine's reason for both is TRANSFER. What stands against the account tells a transfer between
# a customer's own accounts from one that staff booked, which never names this line.
OWN_TRANSFERS = chart.house_line(Line.OWN_TRANSFERS_IN_TRANSIT)


def own_transfers(reason: int, against: Any) -> Any:
    """Which movements of funds of a reason are of transfers between own accounts; of a column of
    house lines a column of flags."""
    return (against == OWN_TRANSFERS) & (reason == FundsReason.TRANSFER)


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
        yield number, leg.ledger_id(values), sum(sign * values[name] for sign, name in leg.units)


def written_legs(kind: EntryKind, values: Mapping[str, Any]) -> Iterator[tuple[int, Any, Any]]:
    """The same for what the engine's journal says of a kind."""
    if kind not in RECORDED_KINDS:
        yield from legs_of(TEMPLATES[kind], values)
        return
    for number in range(1, MOST_ENTRY_LEGS + 1):
        house, asset_id = values[f"line_{number}"], values[f"asset_id_{number}"]
        ledger_id = chart.house_account_id(house, asset_id)
        yield number, ledger_id, values[f"amount_units_{number}"]


def record_entry(
    kind: EntryKind,
    legs: Iterable[tuple[int, int]],
    *,
    reference_id: int = 0,
    value_ns: int = 0,
    reverses_id: int = 0,
) -> commands.RecordEntry:
    """The command that has an entry between house lines written.

    `legs` are (ledger account id, units) of at most eight postings.
    """
    fields: dict[str, int] = {}
    for number, (ledger_id, units) in enumerate(legs, start=1):
        asset_id = chart.parts_of(ledger_id)[2]
        fields[f"line_{number}"] = chart.house_of(ledger_id)
        fields[f"asset_id_{number}"] = asset_id
        fields[f"amount_units_{number}"] = units
    return commands.RecordEntry(
        entry_kind=int(kind),
        reference_id=reference_id,
        value_ns=value_ns,
        reverses_id=reverses_id,
        **fields,
    )
