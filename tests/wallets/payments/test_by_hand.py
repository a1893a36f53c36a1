"""Payments by hand: one records, another agrees, then they are deposits like any."""

import pytest
from django.core.exceptions import PermissionDenied

from paying import REASON, line_units
from wallets.ledger import chart
from wallets.ledger.models import Line
from wallets.payments.errors import PaymentError
from wallets.payments.manual import actions
from wallets.payments.models import Deposit, ManualPayment


def record(paying, user, **changes):
    values = {
        "account": paying.account(user),
        "asset": paying.euro,
        "amount_units": 250_00,
        "house": chart.house_line(Line.BANK),
        "payer": user.name,
        "paper": "CASH-17",
        "reason": REASON,
        "acting_user": paying.finance,
    }
    return actions.record_by_hand(**(values | changes))


def test_cash_is_credited_once_two_persons_said_so(paying, alice):
    row = record(paying, alice)
    paying.settle()
    assert paying.has(alice) == 0 and not Deposit.objects.exists()
    with pytest.raises(PermissionDenied):
        actions.decide_by_hand(payment=row, agrees=True, reason="", acting_user=paying.finance)
    row = actions.decide_by_hand(payment=row, agrees=True, reason="", acting_user=paying.finance_2)
    with pytest.raises(PaymentError, match="decided already"):
        actions.decide_by_hand(payment=row, agrees=True, reason="", acting_user=paying.owner)
    paying.settle()
    assert paying.has(alice) == 250_00
    assert line_units(Line.BANK, paying) == 250_00 and line_units(Line.SUSPENSE, paying) == 0
    paying.books.prove()


def test_somebody_elses_cash_is_held(paying, alice):
    row = record(paying, alice, payer="Mallory Other")
    actions.decide_by_hand(payment=row, agrees=True, reason="", acting_user=paying.finance_2)
    paying.settle()
    assert Deposit.objects.get().state == "held" and paying.has(alice) == 0
    paying.books.prove()


def test_a_receipt_counts_once_and_a_no_frees_it(paying, alice):
    row = record(paying, alice)
    with pytest.raises(PaymentError, match="receipt"):
        record(paying, alice)
    actions.decide_by_hand(payment=row, agrees=False, reason=REASON, acting_user=paying.owner)
    record(paying, alice)
    paying.settle()
    assert paying.has(alice) == 0 and ManualPayment.objects.count() == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_units": 0},
        {"amount_units": -1},
        {"account": None},
        {"house": chart.house_line(Line.BANK, 77)},
        {"house": chart.house_line(Line.CAPITAL)},
        {"paper": " "},
        {"payer": ""},
        {"reason": "no"},
    ],
)
def test_what_cannot_be_is_refused(paying, alice, changes):
    with pytest.raises(PaymentError):
        record(paying, alice, **changes)
    assert not ManualPayment.objects.exists()


def test_who_may_not_changes_nothing(paying, alice, staff_of):
    for person in (alice, staff_of("support"), staff_of("auditor"), staff_of("admin")):
        with pytest.raises(PermissionDenied):
            record(paying, alice, acting_user=person)
    row = record(paying, alice)
    for person in (alice, staff_of("support"), staff_of("auditor")):
        with pytest.raises(PermissionDenied):
            actions.decide_by_hand(payment=row, agrees=True, reason="", acting_user=person)
    row.refresh_from_db()
    assert row.state == "asked" and not Deposit.objects.exists()
