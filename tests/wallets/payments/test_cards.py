"""Payments by card: begun, paid at a gateway that behaves well or badly, credited once."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from card_shop import API_KEY, SECRET, gateway_service, shop
from paying import REASON, line_units
from wallets.ledger.models import Line
from wallets.payments.cards import asking, setup
from wallets.payments.deposits import actions as deposits
from wallets.payments.errors import PaymentError
from wallets.payments.models import CardPayment, Deposit, GatewayEvent, GatewayHealth

__all__ = ["gateway_service", "shop"]


@pytest.fixture
def alice(shop):
    return shop.customer("alice", "Alice Example")


@pytest.fixture
def bob(shop):
    return shop.customer("bob", "Bob Brown")


def state_of(payment):
    payment.refresh_from_db()
    return payment.state


def test_a_payment_from_the_form_to_the_account(shop, alice):
    payment = shop.start(alice)
    assert payment.state == "open" and payment.page_url.startswith(shop.service.address)
    shop.settle()
    assert shop.has(alice) == 0 and not Deposit.objects.exists()
    shop.pay(payment)
    assert shop.deliver() == [200]
    shop.settle()
    assert state_of(payment) == "paid" and payment.deposit.state == "credited"
    assert GatewayEvent.objects.get().note == ""
    # 2 % to the firm, 1.4 % to the gateway.
    assert shop.has(alice) == 98_00
    assert shop.at_gateway() == 98_60 == shop.owed_by_gateway()
    assert line_units(Line.SUSPENSE, shop) == 0
    assert line_units(Line.OTHER_INCOME, shop) == -2_00
    assert line_units(Line.BANK_FEES, shop) == 1_40
    shop.books.prove()


def test_the_same_form_again_is_the_same_payment(shop, alice):
    key = uuid.uuid4()
    first = shop.start(alice, request_key=key)
    again = shop.start(alice, request_key=key)
    assert first.pk == again.pk and len(shop.till.payments) == 1


def test_nobody_pays_outside_of_limits_or_by_a_way_that_is_closed(shop, alice, bob):
    for units in (9_99, 5_000_01, 0, -5):
        with pytest.raises(PaymentError):
            shop.start(alice, units)
    with pytest.raises(PaymentError):
        shop.start(alice, account=shop.account(bob))
    with pytest.raises(PaymentError):
        shop.start(alice, method=shop.method)
    setup.change_gateway(
        gateway=shop.gateway, reason="Closed today", acting_user=shop.owner, is_active=False
    )
    shop.card_method.refresh_from_db()
    with pytest.raises(PaymentError):
        shop.start(alice)
    assert not CardPayment.objects.exists() and not shop.till.payments


def test_events_twice_late_and_in_any_order_change_nothing(shop, alice):
    payment = shop.start(alice)
    shop.till.want_fault({"step": "event", "fault": "duplicate"})
    shop.pay(payment)
    shop.till.charge_back(shop.there(payment), "40.00")
    events = shop.waiting()
    assert [event["body"]["type"] for event in events] == [
        "payment.paid", "payment.paid", "chargeback.created",
    ]  # fmt: skip
    # The chargeback comes first, the payment twice after it, and once more a while later.
    assert shop.deliver(events[::-1]) == [200, 200, 200]
    shop.settle()
    assert shop.deliver(events) == [200, 200, 200]
    shop.settle()
    assert GatewayEvent.objects.count() == 2
    assert sorted(GatewayEvent.objects.values_list("repeats", flat=True)) == [1, 3]
    deposit, claim = Deposit.objects.get(), payment.claims.get()
    # Charged back before it was credited, in part: two persons decide about the rest.
    assert (deposit.state, claim.state, shop.has(alice)) == ("held", "told", 0)
    deposits.propose(
        deposit=deposit,
        proposal="assign",
        account=shop.account(alice),
        reason=REASON,
        acting_user=shop.finance,
    )
    deposits.decide(deposit=deposit, agrees=True, reason=REASON, acting_user=shop.compliance)
    shop.settle()
    assert shop.has(alice) == 98_00 - 40_00
    assert shop.at_gateway() == shop.owed_by_gateway()
    shop.books.prove()


@pytest.mark.parametrize("fault", ["wrong_signature", "old"])
def test_a_forged_or_replayed_event_counts_for_nothing(shop, alice, fault):
    payment = shop.start(alice)
    shop.till.want_fault({"step": "event", "fault": fault})
    shop.pay(payment)
    assert shop.deliver() == [401]
    assert not GatewayEvent.objects.exists()
    assert GatewayHealth.objects.get().forged_count == 1
    shop.settle()
    assert state_of(payment) == "open"
    # It is found by asking all the same.
    shop.due()
    shop.settle()
    assert shop.has(alice) == 98_00


def test_what_no_event_told_is_found_by_asking(shop, alice):
    payment = shop.start(alice)
    shop.till.want_fault({"step": "event", "fault": "drop"})
    shop.pay(payment)
    assert shop.waiting() == []
    shop.settle()
    assert state_of(payment) == "open"
    shop.due()
    shop.settle()
    assert state_of(payment) == "paid" and shop.has(alice) == 98_00
    shop.books.prove()


def test_an_event_of_another_amount_books_what_the_gateway_says_when_asked(shop, alice):
    payment = shop.start(alice)
    shop.till.want_fault({"step": "event", "fault": "wrong_amount"})
    shop.pay(payment)
    shop.deliver()
    shop.settle()
    event = GatewayEvent.objects.get()
    assert event.state == "applied" and "0.01" in event.note
    assert shop.has(alice) == 98_00


def test_another_amount_than_asked_for_waits_for_a_person(shop, alice):
    payment = shop.start(alice)
    shop.pay(payment, amount="90.00")
    shop.deliver()
    shop.settle()
    payment.refresh_from_db()
    assert payment.deposit.state == "held" and "90.00" in payment.deposit.note
    assert shop.has(alice) == 0 and line_units(Line.SUSPENSE, shop) == -90_00
    shop.books.prove()


def test_a_card_in_another_name_waits_for_a_person(shop, alice):
    payment = shop.start(alice)
    shop.pay(payment, payer="Mallory Other")
    shop.deliver()
    shop.settle()
    payment.refresh_from_db()
    assert payment.deposit.state == "held" and shop.has(alice) == 0


def test_another_currency_is_booked_nowhere(shop, alice):
    payment = shop.start(alice)
    shop.pay(payment, currency="USD")
    shop.deliver()
    shop.settle()
    assert state_of(payment) == "odd" and "USD" in payment.note
    assert not Deposit.objects.exists() and shop.at_gateway() == 0


def test_declined_and_expired_and_paid_after_all(shop, alice):
    declined, expired = shop.start(alice), shop.start(alice)
    shop.till.end(shop.there(declined), "declined")
    shop.till.end(shop.there(expired), "expired")
    shop.deliver()
    shop.settle()
    assert (state_of(declined), state_of(expired)) == ("declined", "expired")
    assert shop.has(alice) == 0
    # The gateway took it all the same: what it says was paid was paid.
    shop.pay(expired, amount="100.00")
    shop.waiting()
    shop.due()
    shop.settle()
    assert state_of(expired) == "paid" and shop.has(alice) == 98_00
    shop.books.prove()


@pytest.mark.parametrize(
    "fault", ["timeout_before", "timeout_after", "cut_before", "cut_after", "error_after",
              "garbage_after"],
)  # fmt: skip
def test_a_page_that_nobody_answered_for_is_unknown_and_asked_about(shop, alice, fault):
    key = uuid.uuid4()
    shop.till.want_fault({"step": "open", "fault": fault})
    payment = shop.start(alice, request_key=key)
    assert payment.state == "unknown" and payment.page_url == ""
    assert GatewayHealth.objects.get().error
    is_there = fault.endswith("_after")
    assert len(shop.till.payments) == int(is_there)
    shop.due()
    shop.settle()
    assert state_of(payment) == ("open" if is_there else "unknown")
    if is_there:
        shop.pay(payment)
        shop.deliver()
        shop.settle()
        assert shop.has(alice) == 98_00
        return
    # The gateway never heard of it: after a time it cannot any more.
    CardPayment.objects.update(created_at=timezone.now() - timedelta(hours=2))
    shop.due()
    shop.settle()
    assert state_of(payment) == "expired" and shop.has(alice) == 0


def test_a_clear_no_is_the_end(shop, alice):
    shop.till.want_fault({"step": "open", "fault": "refused"})
    payment = shop.start(alice)
    assert payment.state == "declined" and "refused as wanted" in payment.note


@pytest.mark.parametrize("fault", ["timeout_before", "cut_after", "garbage_after", "error_before"])
def test_an_answer_that_does_not_come_settles_nothing(shop, alice, fault):
    payment = shop.start(alice)
    shop.pay(payment)
    shop.deliver()
    shop.till.want_fault({"step": "look", "fault": fault, "times": 1})
    shop.work()
    assert state_of(payment) == "open"
    assert GatewayEvent.objects.get().state == "received"
    shop.settle()
    assert state_of(payment) == "paid" and shop.has(alice) == 98_00
    shop.books.prove()


def test_an_event_of_no_payment_here_is_told_as_that(shop, alice):
    payment = shop.start(alice)
    for order in ("C99999999999", "nonsense", "C0000000000x"):
        body = {"id": f"evt_{order}", "type": "payment.paid", "order_id": order}
        event = {"url": shop.hook, "secret": SECRET, "fault": "", "body": body}
        assert shop.post(event) == 200
    shop.settle()
    assert set(GatewayEvent.objects.values_list("state", flat=True)) == {"ignored"}
    assert state_of(payment) == "open"


def test_new_keys_and_the_old_secret_of_events(shop, alice):
    payment = shop.start(alice)
    shop.pay(payment)
    new_key = "another-key-of-north-entirely"
    setup.change_gateway(
        gateway=shop.gateway,
        api_key=API_KEY,
        event_secret="whsec_" + "n" * 40,
        reason="They were turned over",
        acting_user=shop.owner,
    )
    assert shop.deliver() == [200]
    stored = bytes(type(shop.gateway).objects.get().sealed)
    assert API_KEY.encode() not in stored and b"whsec_" not in stored
    setup.change_gateway(
        gateway=shop.gateway, api_key=new_key, reason="Turned over", acting_user=shop.owner
    )
    shop.gateway.refresh_from_db()
    assert asking.ask(CardPayment.objects.select_related("gateway").get()) is True
    assert state_of(payment) == "open", "the gateway knows no payment of another key"


def test_only_so_many_open_payments(shop, alice):
    for _ in range(5):
        shop.start(alice)
    with pytest.raises(PaymentError, match="Several"):
        shop.start(alice)
