"""Every entry kind with its worked example: who has what afterwards, in plain numbers."""

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
}


def test_every_kind_has_an_example():
    assert EXAMPLES.keys() == entries.TEMPLATES.keys() == set(EntryKind)


@pytest.mark.parametrize("kind", list(EntryKind), ids=lambda kind: kind.name)
def test_the_worked_example(kind):
    values, expected = EXAMPLES[kind]
    posted = {
        chart.parts_of(ledger_id): units
        for _, ledger_id, units in entries.legs_of(entries.TEMPLATES[kind], values)
    }
    assert posted == expected
    for asset in (BTC, USDT):
        assert sum(units for (_, _, where), units in posted.items() if where == asset) == 0


def test_every_reason_of_the_engine_has_a_kind():
    assert set(entries.CREDIT_KINDS) == set(entries.DEBIT_KINDS) == set(FundsReason)


def test_ids_say_where_they_come_from():
    entry_id = entries.entry_id(123_456, 789)
    assert entries.position_of(entry_id) == (123_456, 789)
    ledger_id = chart.ledger_account_id(Line.ENGINE_ACCOUNT, chart.MAX_ACCOUNT_ID, 77)
    assert ledger_id < 2**63
    assert chart.parts_of(ledger_id) == (Line.ENGINE_ACCOUNT, chart.MAX_ACCOUNT_ID, 77)
