"""The process dies at each write and before and after each call to the gateway; then it goes on.

Each try takes one step further before it is killed, with everything that was not committed gone
and everything that the gateway did done. Then the ordinary tasks run. In the end each amount is
where it belongs once, and the books agree with what the gateway itself says.
"""

import contextlib
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from card_shop import CardShop, gateway_service, shop
from paying import REASON, line_units
from trading.accounts import actions as accounts
from trading.accounts.models import AccountState
from wallets.ledger.models import Line
from wallets.payments import steps
from wallets.payments.cards import refunds
from wallets.payments.errors import PaymentError
from wallets.payments.models import CardPayment, Claim, Deposit
from wallets.payments.providers.hosted import client

__all__ = ["gateway_service", "shop"]

pytestmark = pytest.mark.timeout(900)

MOST_STEPS = 300


class Killed(BaseException):
    """Nothing of the product catches it, as nothing catches a kill."""


class Killer:
    """Strikes at the n-th of all writes, calls to the gateway, and returns from them."""

    def __init__(self) -> None:
        self.left = 0
        self.has_struck = False

    def arm(self, number: int) -> None:
        self.left, self.has_struck = number, False

    def disarm(self) -> None:
        self.left = 0

    def point(self) -> None:
        if self.left:
            self.left -= 1
            if self.left == 0:
                self.has_struck = True
                raise Killed

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            self.point()
        return execute(sql, *rest)


@pytest.fixture
def killer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Killer]:
    own = Killer()
    plain = client.HostedGateway._call

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        own.point()
        answer = plain(self, *args, **kwargs)
        own.point()
        return answer

    monkeypatch.setattr(client.HostedGateway, "_call", call)
    with connection.execute_wrapper(own):
        yield own


@pytest.fixture
def alice(shop):
    return shop.customer("alice", "Alice Example")


def until_done(killer: Killer, one: Callable[[int], None], recover: Callable[[], None]) -> int:
    """Do it again and again, killed one step later each time; the number of kills."""
    for number in range(1, MOST_STEPS):
        killer.arm(number)
        try:
            one(number)
        except Killed:
            killer.disarm()
            recover()
            continue
        killer.disarm()
        assert not killer.has_struck
        recover()
        return number - 1
    raise AssertionError("it never came through")


def recovered(shop: CardShop, payment: CardPayment) -> None:
    """The process is back: whatever waits is due, and the tasks run."""
    shop.deliver()
    for _ in range(2):
        shop.due(payment)
        shop.settle()
    # More than ten deposits of a day are held for a person: these are of other days.
    Deposit.objects.update(recorded_at=timezone.now() - timedelta(days=2))


def all_is_there_once(shop: CardShop) -> None:
    owed = sum(claim.debt_units for claim in Claim.objects.all())
    assert shop.at_gateway() == shop.owed_by_gateway()
    assert line_units(Line.SUSPENSE, shop) == owed
    shop.books.prove()


def tasks(shop: CardShop, payment: CardPayment) -> None:
    """All that the worker does, engine and clearing between."""
    for _ in range(4):
        shop.due(payment)
        shop.work()
        shop.books.settle()
        steps.advance()
        shop.books.settle()


@pytest.mark.slow
def test_a_payment_is_credited_once_wherever_the_process_dies(shop, alice, killer):
    keys: list[Any] = []

    def one(number: int) -> None:
        keys.append(uuid.uuid4())
        payment = shop.start(alice, request_key=keys[-1])
        shop.pay(payment)
        shop.deliver()
        tasks(shop, payment)

    def recover() -> None:
        # The customer sends his form again, and pays if he has not.
        payment = shop.start(alice, request_key=keys[-1])
        shop.due(payment)
        shop.settle()
        payment.refresh_from_db()
        shop.pay(payment)
        recovered(shop, payment)

    kills = until_done(killer, one, recover)
    assert kills > 25
    count = len(keys)
    assert CardPayment.objects.count() == count == Deposit.objects.count()
    assert set(CardPayment.objects.values_list("state", flat=True)) == {"paid"}
    assert set(Deposit.objects.values_list("state", flat=True)) == {"credited"}
    assert len(shop.till.payments) == count
    assert shop.has(alice) == count * 98_00
    all_is_there_once(shop)


@pytest.mark.slow
def test_a_refund_is_given_once_wherever_the_process_dies(shop, alice, killer):
    payment = shop.credited(alice, 5_000_00)
    asked: list[str] = []

    def one(number: int) -> None:
        reason = f"{REASON} {number}"
        asked.append(reason)
        row = refunds.ask_refund(
            payment=payment, amount_units=10_00, reason=reason, acting_user=shop.finance
        )
        refunds.decide_refund(refund=row, agrees=True, reason="", acting_user=shop.finance_2)
        tasks(shop, payment)

    def recover() -> None:
        rows = payment.refunds.filter(reason=asked[-1])
        if not rows.exists():
            refunds.ask_refund(
                payment=payment, amount_units=10_00, reason=asked[-1], acting_user=shop.finance
            )
        with contextlib.suppress(PaymentError):
            refunds.decide_refund(
                refund=rows.get(), agrees=True, reason="", acting_user=shop.finance_2
            )
        recovered(shop, payment)

    kills = until_done(killer, one, recover)
    assert kills > 20
    count = len(asked)
    assert payment.refunds.count() == count
    assert set(payment.refunds.values_list("state", flat=True)) == {"done"}
    assert len(shop.there(payment)["refunds"]) == count
    assert shop.has(alice) == 4_900_00 - count * 10_00
    assert not Claim.objects.exists()
    all_is_there_once(shop)


@pytest.mark.slow
def test_a_chargeback_and_its_winning_are_booked_once_wherever_the_process_dies(
    shop, alice, killer
):
    payments: list[CardPayment] = []

    def one(number: int) -> None:
        left, killer.left = killer.left, 0
        accounts.set_account_state(
            account=shop.account(alice), state=AccountState.ACTIVE, acting_user=None
        )
        payments.append(shop.credited(alice))
        there = shop.there(payments[-1])
        shop.till.charge_back(there)
        killer.left = left
        shop.deliver()
        tasks(shop, payments[-1])
        if number % 2:
            left, killer.left = killer.left, 0
            shop.till.win(there)
            killer.left = left
            shop.deliver()
            tasks(shop, payments[-1])

    def recover() -> None:
        there = shop.there(payments[-1])
        if len(payments) % 2:
            shop.till.win(there)
        recovered(shop, payments[-1])

    kills = until_done(killer, one, recover)
    assert kills > 15
    won = (len(payments) + 1) // 2
    assert Claim.objects.count() == len(payments)
    assert Claim.objects.filter(state="won").count() == won
    assert not Claim.objects.exclude(state__in=["won", "settled", "owed"]).exists()
    all_is_there_once(shop)
    credited = 98_00 * len(payments)
    charged = 100_00 * (len(payments) - won)
    owed = sum(claim.debt_units for claim in Claim.objects.all())
    assert shop.has(alice) == credited - charged + owed


@pytest.mark.slow
@pytest.mark.parametrize("step", ["open", "look", "refund"])
@pytest.mark.parametrize(
    "fault", ["timeout_before", "timeout_after", "cut_after", "error_before", "garbage_after"]
)
def test_every_call_fails_in_every_way_and_nothing_is_lost(shop, alice, step, fault):
    shop.till.want_fault({"step": step, "fault": fault, "times": 2})
    key = uuid.uuid4()
    payment = shop.start(alice, request_key=key)
    for _ in range(3):
        shop.due()
        shop.settle()
    payment.refresh_from_db()
    if payment.state == "unknown":
        # It never arrived; the customer begins anew.
        assert fault.endswith("_before")
        payment = shop.start(alice)
    if payment.state != "open":
        payment = shop.start(alice)
    shop.pay(payment)
    shop.deliver()
    for _ in range(3):
        shop.due()
        shop.settle()
    row = refunds.ask_refund(
        payment=payment, amount_units=20_00, reason=REASON, acting_user=shop.finance
    )
    refunds.decide_refund(refund=row, agrees=True, reason="", acting_user=shop.finance_2)
    for _ in range(4):
        shop.due()
        shop.settle()
    row.refresh_from_db()
    assert row.state == "done" and len(shop.there(payment)["refunds"]) == 1
    assert shop.has(alice) == 78_00
    all_is_there_once(shop)
