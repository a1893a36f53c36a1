"""Every entry kind with its worked example: who has what afterwards, in plain numbers."""

import numpy as np
import pytest

from trading.engine.enums import FundsReason
from wallets.ledger import chart, entries
from wallets.ledger.models import EntryKind, Line

CUSTOMER, SELLER, FEES = 7, 8, 1
BTC, USDT = 1, 3

FUNDS = {"account_id": CUSTOMER, "asset_id": USDT, "amount_units": 250}
OWN = (Line.ENGINE_ACCOUNT, CUSTOMER, USDT)
CUSTODY = (Line.CUSTODY, 0, USDT)
EXPENSE = (Line.ADJUSTMENTS, 0, USDT)


def house(line):
    return line, 0, USDT


BANK = house(Line.BANK)
MOVED = {"asset_id": USDT, "amount_units": 250}

# kind → (values, postings by (line, account, asset)); debits are positive
EXAMPLES = {
    # 0.5 BTC at 100 USDT, 1 % fees: the buyer gets 0.495 BTC, the seller 49.5 USDT.
    EntryKind.SPOT_FILL: (
        {
            "buyer_account_id": CUSTOMER,
            "seller_account_id": SELLER,
            "fee_account_id": FEES,
            "base_asset_id": BTC,
            "quote_asset_id": USDT,
            "base_units": 500,
            "quote_units": 50_000,
            "buyer_fee_units": 5,
            "seller_fee_units": 500,
        },
        {
            (Line.ENGINE_ACCOUNT, CUSTOMER, USDT): 50_000,
            (Line.ENGINE_ACCOUNT, SELLER, USDT): -49_500,
            (Line.ENGINE_ACCOUNT, FEES, USDT): -500,
            (Line.ENGINE_ACCOUNT, SELLER, BTC): 500,
            (Line.ENGINE_ACCOUNT, CUSTOMER, BTC): -495,
            (Line.ENGINE_ACCOUNT, FEES, BTC): -5,
        },
    ),
    EntryKind.DEPOSIT: (FUNDS, {CUSTODY: 250, OWN: -250}),
    EntryKind.DEPOSIT_REVERSED: (FUNDS, {CUSTODY: -250, OWN: 250}),
    EntryKind.WITHDRAWAL: (FUNDS, {CUSTODY: -250, OWN: 250}),
    EntryKind.WITHDRAWAL_RETURNED: (FUNDS, {CUSTODY: 250, OWN: -250}),
    EntryKind.ADJUSTMENT_CREDIT: (FUNDS, {EXPENSE: 250, OWN: -250}),
    EntryKind.ADJUSTMENT_DEBIT: (FUNDS, {EXPENSE: -250, OWN: 250}),
    EntryKind.TRANSFER_CREDIT: (FUNDS, {CUSTODY: 250, OWN: -250}),
    EntryKind.TRANSFER_DEBIT: (FUNDS, {CUSTODY: -250, OWN: 250}),
    EntryKind.HOUSE_FUNDING: (FUNDS, {CUSTODY: 250, OWN: -250}),
    EntryKind.HOUSE_WITHDRAWAL: (FUNDS, {CUSTODY: -250, OWN: 250}),
    EntryKind.REBATE: (FUNDS, {house(Line.REBATES): 250, OWN: -250}),
    EntryKind.REBATE_REVERSED: (FUNDS, {house(Line.REBATES): -250, OWN: 250}),
    EntryKind.BONUS: (FUNDS, {house(Line.BONUSES): 250, OWN: -250}),
    EntryKind.BONUS_REVERSED: (FUNDS, {house(Line.BONUSES): -250, OWN: 250}),
    EntryKind.FEE_DISCOUNT: (FUNDS, {house(Line.FEE_DISCOUNTS): 250, OWN: -250}),
    EntryKind.FEE_DISCOUNT_REVERSED: (FUNDS, {house(Line.FEE_DISCOUNTS): -250, OWN: 250}),
    EntryKind.INTEREST_PAID: (FUNDS, {house(Line.INTEREST_PAID): 250, OWN: -250}),
    EntryKind.INTEREST_CHARGED: (FUNDS, {house(Line.INTEREST): -250, OWN: 250}),
    EntryKind.SWAP_PAID: (FUNDS, {house(Line.SWAPS): 250, OWN: -250}),
    EntryKind.SWAP_CHARGED: (FUNDS, {house(Line.SWAPS): -250, OWN: 250}),
    EntryKind.INSURANCE_DRAW: (FUNDS, {house(Line.INSURANCE): 250, OWN: -250}),
    EntryKind.INSURANCE_CONTRIBUTION: (FUNDS, {house(Line.INSURANCE): -250, OWN: 250}),
    EntryKind.WRITE_OFF: (FUNDS, {house(Line.WRITE_OFFS): 250, OWN: -250}),
    EntryKind.REST_TAKEN: (FUNDS, {house(Line.OTHER_INCOME): -250, OWN: 250}),
    EntryKind.LIQUIDATION_FEE_RETURNED: (FUNDS, {house(Line.LIQUIDATION_FEES): 250, OWN: -250}),
    EntryKind.LIQUIDATION_FEE: (FUNDS, {house(Line.LIQUIDATION_FEES): -250, OWN: 250}),
    # 250 USDT leave one account of a customer and, by another entry, arrive in his other one.
    EntryKind.OWN_TRANSFER_OUT: (FUNDS, {house(Line.OWN_TRANSFERS_IN_TRANSIT): -250, OWN: 250}),
    EntryKind.OWN_TRANSFER_IN: (FUNDS, {house(Line.OWN_TRANSFERS_IN_TRANSIT): 250, OWN: -250}),
    # 250 USDT arrive at the bank, or leave it; nobody's account moves.
    EntryKind.DEPOSIT_RECORDED: (MOVED, {BANK: 250, house(Line.SUSPENSE): -250}),
    EntryKind.DEPOSIT_SENT_BACK: (MOVED, {house(Line.SUSPENSE): 250, BANK: -250}),
    EntryKind.WITHDRAWAL_PAID: (MOVED, {house(Line.WITHDRAWALS_IN_TRANSIT): 250, BANK: -250}),
    EntryKind.WITHDRAWAL_BOUNCED: (MOVED, {BANK: 250, house(Line.WITHDRAWALS_IN_TRANSIT): -250}),
    EntryKind.NETWORK_FEE: (MOVED, {house(Line.NETWORK_FEES): 250, house(Line.HOT_WALLET): -250}),
    EntryKind.BANK_FEE: (MOVED, {house(Line.BANK_FEES): 250, BANK: -250}),
    # From the main bank to the third cold wallet.
    EntryKind.CUSTODY_TRANSFER: (
        {**MOVED, "debited": chart.house_line(Line.COLD_WALLET, 3)},
        {house(Line.COLD_WALLET): 250, BANK: -250},
    ),
    EntryKind.CAPITAL_PAID_IN: (MOVED, {BANK: 250, house(Line.CAPITAL): -250}),
    EntryKind.CAPITAL_PAID_OUT: (MOVED, {house(Line.CAPITAL): 250, BANK: -250}),
    EntryKind.SPREAD_EARNED: (MOVED, {BANK: 250, house(Line.SPREADS): -250}),
    EntryKind.OTHER_INCOME: (MOVED, {BANK: 250, house(Line.OTHER_INCOME): -250}),
    EntryKind.OTHER_EXPENSE: (
        {**MOVED, "debited": chart.house_line(Line.BANK_FEES)},
        {house(Line.BANK_FEES): 250, BANK: -250},
    ),
    # A bank fee had been booked as a network fee.
    EntryKind.CORRECTION: (
        {
            **MOVED,
            "debited": chart.house_line(Line.BANK_FEES),
            "credited": chart.house_line(Line.NETWORK_FEES),
        },
        {house(Line.BANK_FEES): 250, house(Line.NETWORK_FEES): -250},
    ),
    # 900 earned, 250 spent: 650 are kept.
    EntryKind.YEAR_CLOSED: (
        {"asset_id": USDT, "income_units": 900, "expense_units": 250},
        {
            house(Line.INCOME_CARRIED): 900,
            house(Line.EXPENSES_CARRIED): -250,
            house(Line.RETAINED_EARNINGS): -650,
        },
    ),
}
# It has the legs of what it undoes, the other way round: tests/wallets/bookkeeping.
WITHOUT_TEMPLATE = {EntryKind.REVERSAL}


def test_every_kind_has_an_example():
    assert EXAMPLES.keys() == entries.TEMPLATES.keys() == set(EntryKind) - WITHOUT_TEMPLATE


@pytest.mark.parametrize("kind", list(EXAMPLES), ids=lambda kind: kind.name)
def test_the_worked_example(kind):
    values, expected = EXAMPLES[kind]
    posted = {
        chart.parts_of(ledger_id): units
        for _, ledger_id, units in entries.legs_of(entries.TEMPLATES[kind], values)
    }
    assert posted == expected
    for asset in (BTC, USDT):
        assert sum(units for (_, _, where), units in posted.items() if where == asset) == 0


@pytest.mark.parametrize("kind", list(EXAMPLES), ids=lambda kind: kind.name)
def test_what_is_recorded_is_written_as_the_template_says(kind):
    """The legs in the command, read back as clearing reads them, are those of the template."""
    if kind not in entries.RECORDED_KINDS:
        assert any(leg.line == Line.ENGINE_ACCOUNT for leg in entries.TEMPLATES[kind].legs)
        return
    legs = list(entries.legs_of(entries.TEMPLATES[kind], EXAMPLES[kind][0]))
    command = entries.record_entry(kind, [(ledger_id, units) for _, ledger_id, units in legs])
    values = {name: getattr(command, name) for name, _ in command.FIELDS}
    assert [leg for leg in entries.written_legs(kind, values) if leg[2]] == legs


def test_a_leg_goes_where_it_is_told():
    second = chart.house_line(Line.BANK, 2)
    values = {**FUNDS, "against": second}
    deposit = list(entries.legs_of(entries.TEMPLATES[EntryKind.DEPOSIT], values))
    assert deposit[0][1] == chart.house_account_id(second, USDT)
    columns = {
        "account_id": np.array([CUSTOMER] * 2),
        "asset_id": np.array([USDT] * 2),
        "amount_units": np.array([1, 2]),
        "against": np.array([0, second]),
    }
    (_, ids, _), _ = entries.legs_of(entries.TEMPLATES[EntryKind.DEPOSIT], columns)
    assert ids.tolist() == [
        chart.ledger_account_id(Line.CUSTODY, 0, USDT),
        chart.house_account_id(second, USDT),
    ]


def test_every_line_has_a_class_and_every_leg_a_choice():
    assert set(chart.CLASSIFICATION_OF_LINE) == set(Line) - {Line.ENGINE_ACCOUNT}
    for template in entries.TEMPLATES.values():
        for leg in template.legs:
            assert not leg.house or leg.line in leg.lines


def test_money_of_states_lies_at_the_bank():
    assert chart.main_custody("EUR") == chart.house_line(Line.BANK)
    assert chart.main_custody("USDT") == chart.house_line(Line.HOT_WALLET)


def test_every_reason_of_the_engine_has_a_kind():
    assert set(entries.CREDIT_KINDS) == set(entries.DEBIT_KINDS) == set(FundsReason)


def test_ids_say_where_they_come_from():
    entry_id = entries.entry_id(123_456, 789)
    assert entries.position_of(entry_id) == (123_456, 789)
    ledger_id = chart.ledger_account_id(Line.ENGINE_ACCOUNT, chart.MAX_ACCOUNT_ID, 77)
    assert ledger_id < 2**63
    assert chart.parts_of(ledger_id) == (Line.ENGINE_ACCOUNT, chart.MAX_ACCOUNT_ID, 77)
    assert chart.house_of(ledger_id) == 0


@pytest.mark.parametrize("line", [line for line in Line if line != Line.ENGINE_ACCOUNT])
@pytest.mark.parametrize("part", [0, 1, 2**16 - 1])
def test_ids_of_house_lines(line, part):
    number = chart.house_line(line, part)
    ledger_id = chart.house_account_id(number, 2**20 - 1)
    assert ledger_id < 2**63
    assert chart.parts_of(ledger_id) == (line, 0, 2**20 - 1)
    assert chart.house_of(ledger_id) == number
    assert chart.line_and_part(number) == (line, part)
    assert (ledger_id == chart.ledger_account_id(line, 0, 2**20 - 1)) == (part == 0)
