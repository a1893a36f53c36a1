"""Money back: refunds by two persons, refunds made at the gateway, chargebacks and debts."""

import pytest
from django.core.exceptions import PermissionDenied

from card_shop import gateway_service, shop
from paying import REASON, line_units
from trading.accounts.models import AccountState
from wallets.ledger.models import Line
from wallets.payments import steps
from wallets.payments.cards import claims, refunds
from wallets.payments.deposits import actions as deposits
from wallets.payments.errors import PaymentError
from wallets.payments.models import CardRefund, Claim, Deposit

__all__ = ["gateway_service", "shop"]


@pytest.fixture
def alice(shop):
    return shop.customer("alice", "Alice Example")


def refund(shop, payment, units=50_00, *, agrees=True):
    row = refunds.ask_refund(
        payment=payment, amount_units=units, reason=REASON, acting_user=shop.finance
    )
    return refunds.decide_refund(
        refund=row, agrees=agrees, reason=REASON, acting_user=shop.finance_2
    )


def whole(shop, alice):
    """What must always be so once everything has come to rest."""
    owed = sum(claim.debt_units for claim in Claim.objects.all())
    assert shop.at_gateway() == shop.owed_by_gateway()
    assert line_units(Line.SUSPENSE, shop) == owed
    shop.books.prove()


def test_a_refund_takes_from_the_customer_then_from_the_gateway(shop, alice):
    payment = shop.credited(alice)
    row = refund(shop, payment)
    shop.settle()
    row.refresh_from_db()
    assert row.state == "done" and shop.has(alice) == 48_00
    assert len(shop.there(payment)["refunds"]) == 1
    assert refunds.refundable_units(payment) == 50_00
    shop.deliver()
    shop.settle()
    assert not Claim.objects.exists(), "its own event is no refund made elsewhere"
    whole(shop, alice)


def test_two_persons_and_nobody_for_himself(shop, alice):
    payment = shop.credited(alice)
    row = refunds.ask_refund(
        payment=payment, amount_units=50_00, reason=REASON, acting_user=shop.finance
    )
    with pytest.raises(PermissionDenied):
        refunds.decide_refund(refund=row, agrees=True, reason="", acting_user=shop.finance)
    with pytest.raises(PaymentError, match="At most 50 "):
        refunds.ask_refund(
            payment=payment, amount_units=50_01, reason=REASON, acting_user=shop.finance
        )
    refunds.decide_refund(refund=row, agrees=False, reason=REASON, acting_user=shop.finance_2)
    shop.settle()
    assert shop.has(alice) == 98_00 and not shop.there(payment)["refunds"]
    assert refunds.refundable_units(payment) == 100_00


def test_what_the_customer_has_not_is_not_sent(shop, alice):
    payment = shop.credited(alice)
    shop.beneficiary(alice)
    shop.ask(alice, 90_00)
    shop.settle()
    row = refund(shop, payment)
    shop.settle()
    row.refresh_from_db()
    assert row.state == "declined" and not shop.there(payment)["refunds"]
    assert shop.has(alice) == 8_00
    shop.books.prove()


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after", "cut_after", "error_before",
                                   "garbage_after"])  # fmt: skip
def test_a_refund_without_an_answer_is_asked_about_and_sent_once(shop, alice, fault):
    payment = shop.credited(alice)
    row = refund(shop, payment)
    shop.books.settle()
    steps.advance()
    shop.till.want_fault({"step": "refund", "fault": fault})
    shop.work()
    row.refresh_from_db()
    assert row.state == "unknown" and shop.has(alice) == 48_00
    shop.work()
    row.refresh_from_db()
    assert row.state == "unknown", "it is asked again in its time"
    shop.due()
    shop.settle()
    row.refresh_from_db()
    assert row.state == "done" and len(shop.there(payment)["refunds"]) == 1
    assert shop.has(alice) == 48_00
    whole(shop, alice)


def test_a_refund_that_the_gateway_refuses_goes_back_to_the_customer(shop, alice):
    payment = shop.credited(alice)
    shop.till.want_fault({"step": "refund", "fault": "refused"})
    row = refund(shop, payment)
    shop.settle()
    row.refresh_from_db()
    assert row.state == "failed" and shop.has(alice) == 98_00
    whole(shop, alice)


@pytest.mark.parametrize(("end", "has"), [("done", 48_00), ("failed", 98_00)])
def test_a_refund_that_takes_its_time(shop, alice, end, has):
    payment = shop.credited(alice)
    shop.till.want_fault({"step": "refund_status", "fault": "pending"})
    row = refund(shop, payment)
    shop.settle()
    row.refresh_from_db()
    assert row.state == "pending" and shop.has(alice) == 48_00
    shop.till.settle_refund(shop.there(payment), end)
    shop.deliver()
    shop.settle()
    row.refresh_from_db()
    assert row.state == end and shop.has(alice) == has
    whole(shop, alice)


def test_a_deposit_that_is_held_goes_back_to_the_card(shop, alice):
    payment = shop.start(alice)
    shop.pay(payment, payer="Mallory Other")
    shop.deliver()
    shop.settle()
    deposit = Deposit.objects.get()
    deposits.propose(deposit=deposit, proposal="return", reason=REASON, acting_user=shop.finance)
    deposits.decide(deposit=deposit, agrees=True, reason=REASON, acting_user=shop.compliance)
    shop.settle()
    deposit.refresh_from_db()
    assert deposit.state == "returned" and CardRefund.objects.get().state == "done"
    assert shop.has(alice) == 0
    whole(shop, alice)


def test_a_refund_made_at_the_gateway_is_taken_from_the_customer(shop, alice):
    payment = shop.credited(alice)
    shop.till.refund(shop.there(payment), "", "30.00")
    shop.deliver()
    shop.settle()
    assert shop.has(alice) == 68_00
    claim = Claim.objects.get()
    assert (claim.kind, claim.state) == ("refund", "settled")
    whole(shop, alice)


def test_a_chargeback_takes_what_there_is_and_leaves_a_debt(shop, alice):
    payment = shop.credited(alice)
    shop.beneficiary(alice)
    shop.ask(alice, 90_00)
    shop.settle()
    assert shop.has(alice) == 8_00
    shop.till.charge_back(shop.there(payment))
    shop.deliver()
    shop.settle()
    claim = Claim.objects.get()
    assert claim.state == "owed" and claim.debt_units == 92_00
    assert shop.has(alice) == 0 and line_units(Line.SUSPENSE, shop) == 92_00
    assert line_units(Line.BANK_FEES, shop) == 1_40 + 15_00
    assert shop.account(alice).state == AccountState.CANCEL_ONLY
    whole(shop, alice)
    # What he pays in later is taken as far as he owes; held for a person as he is restricted.
    shop.paid_in(alice, "50.00")
    deposit = Deposit.objects.get(amount_units=50_00)
    assert deposit.state == "held"
    deposits.propose(
        deposit=deposit,
        proposal="assign",
        account=shop.account(alice),
        reason=REASON,
        acting_user=shop.finance,
    )
    deposits.decide(deposit=deposit, agrees=True, reason=REASON, acting_user=shop.compliance)
    shop.settle()
    claim.refresh_from_db()
    assert shop.has(alice) == 0 and claim.debt_units == 42_00
    claims.ask_write_off(claim=claim, reason=REASON, acting_user=shop.finance)
    with pytest.raises(PermissionDenied):
        claims.decide_write_off(claim=claim, agrees=True, reason="", acting_user=shop.finance)
    claims.decide_write_off(claim=claim, agrees=True, reason="", acting_user=shop.compliance)
    shop.settle()
    assert line_units(Line.WRITE_OFFS, shop) == 42_00
    whole(shop, alice)


@pytest.mark.parametrize("when", ["settled", "owed", "written off"])
def test_a_chargeback_that_is_won_gives_everything_back(shop, alice, when):
    payment = shop.credited(alice)
    if when != "settled":
        shop.beneficiary(alice)
        shop.ask(alice, 90_00)
        shop.settle()
    else:
        shop.paid_in(alice, "10.00")
    before = shop.has(alice)
    shop.till.charge_back(shop.there(payment))
    shop.deliver()
    shop.settle()
    claim = Claim.objects.get()
    if when == "written off":
        claims.ask_write_off(claim=claim, reason=REASON, acting_user=shop.finance)
        claims.decide_write_off(claim=claim, agrees=True, reason="", acting_user=shop.compliance)
        shop.settle()
    claim.refresh_from_db()
    assert claim.state == when.replace(" ", "_")
    assert claim.taken_units == min(before, 100_00)
    shop.till.win(shop.there(payment))
    shop.deliver()
    shop.settle()
    claim.refresh_from_db()
    assert claim.state == "won" and shop.has(alice) == before
    assert line_units(Line.WRITE_OFFS, shop) == 0
    whole(shop, alice)


def test_a_chargeback_before_the_credit_ends_the_deposit(shop, alice):
    payment = shop.start(alice)
    shop.pay(payment, payer="Mallory Other")
    shop.deliver()
    shop.settle()
    shop.till.charge_back(shop.there(payment))
    shop.deliver()
    shop.settle()
    deposit = Deposit.objects.get()
    assert deposit.state == "reversed" and Claim.objects.get().state == "unused"
    assert shop.has(alice) == 0
    whole(shop, alice)
    shop.till.win(shop.there(payment))
    shop.deliver()
    shop.settle()
    deposit.refresh_from_db()
    assert deposit.state == "held" and line_units(Line.SUSPENSE, shop) == -100_00
    shop.books.prove()


def test_a_refund_asked_for_before_a_chargeback_cannot_give_twice(shop, alice):
    payment = shop.credited(alice)
    row = refunds.ask_refund(
        payment=payment, amount_units=80_00, reason=REASON, acting_user=shop.finance
    )
    shop.till.charge_back(shop.there(payment))
    shop.deliver()
    shop.settle()
    with pytest.raises(PaymentError, match="meanwhile"):
        refunds.decide_refund(refund=row, agrees=True, reason="", acting_user=shop.finance_2)
    whole(shop, alice)
