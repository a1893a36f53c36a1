"""Every write of every step fails once, every step is tried again, and everything comes twice.

A step that fails in the middle leaves nothing: its transaction is gone, as after a kill. Here each
statement that writes is made to fail in turn, the step is sent again until it is through, and then
once more. At the end the books hold each amount once.
"""

import contextlib
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from bank_files import Entry, camt053, pain002
from paying import REASON, Paying, line_units
from trading.commands.models import QueuedCommand
from trading.engine import commands
from wallets.ledger.models import Line
from wallets.payments import steps
from wallets.payments.deposits import actions as deposits
from wallets.payments.errors import PaymentError
from wallets.payments.methods import actions as methods
from wallets.payments.models import (
    Booking,
    Deposit,
    PaymentFile,
    Proposal,
    Step,
    Withdrawal,
)
from wallets.payments.statements import actions as statements
from wallets.payments.withdrawals import actions as withdrawals
from wallets.payments.withdrawals import files


class Killed(BaseException):
    """Nothing of the product catches it, as nothing catches a kill."""


class KillAt:
    """Fails the n-th statement that writes."""

    def __init__(self, number: int) -> None:
        self.left = number
        self.has_struck = False

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            self.left -= 1
            if self.left == 0:
                self.has_struck = True
                raise Killed
        return execute(sql, *rest)


def rows() -> tuple[int, ...]:
    return tuple(
        model.objects.count()
        for model in (QueuedCommand, Booking, Step, Deposit, Withdrawal, PaymentFile)
    )


def through(step: Callable[[], Any]) -> int:
    """Send a step until none of its writes fails; then once more. The number of failures."""
    for number in range(1, 400):
        before, kill = rows(), KillAt(number)
        try:
            with connection.execute_wrapper(kill):
                step()
        except Killed:
            assert rows() == before
            continue
        assert not kill.has_struck
        break
    else:
        raise AssertionError("the step never came through")
    after = rows()
    with contextlib.suppress(PaymentError, PermissionDenied):
        step()
    assert rows() == after, "the step did something when it was sent again"
    return number - 1


def settle(paying: Paying) -> int:
    """Engine and clearing bring receipts; each going on fails at each of its writes."""
    failures = 0
    paying.books.settle()
    while Booking.objects.filter(settled_at=None).exists():
        failures += _advance_once()
        paying.books.settle()
    return failures


def _advance_once() -> int:
    for number in range(1, 400):
        kill = KillAt(number)
        try:
            with connection.execute_wrapper(kill):
                steps.advance()
        except Killed:
            continue
        return number - 1
    raise AssertionError("it never came through")


def test_nothing_is_credited_or_paid_twice(paying, alice):
    reference = methods.reference_of(alice)
    data = camt053(
        [
            Entry("1000.00", name="Alice Example", text=reference),
            Entry("70.00", name="Somebody"),
        ]
    )
    failures = 0

    def the_statement():
        row = statements.BankStatement.objects.first() or statements.upload_statement(
            data=data, file_name="a.xml", acting_user=paying.finance
        )
        statements.accept_statement(statement=row, reason="", acting_user=paying.owner)

    def upload():
        statements.upload_statement(data=data, file_name="a.xml", acting_user=paying.finance)

    failures += through(upload)
    failures += through(the_statement)
    failures += settle(paying)
    assert paying.has(alice) == 1000_00
    unknown = Deposit.objects.get(amount_units=70_00)

    failures += through(
        lambda: deposits.propose(
            deposit=unknown,
            proposal=Proposal.ASSIGN,
            account=paying.account(alice),
            reason=REASON,
            acting_user=paying.finance,
        )
    )
    failures += through(
        lambda: deposits.decide(
            deposit=unknown, agrees=True, reason=REASON, acting_user=paying.compliance
        )
    )
    failures += settle(paying)
    assert paying.has(alice) == 1070_00

    paying.beneficiary(alice)
    keys = [uuid.uuid4() for _ in range(3)]
    for key in keys:
        failures += through(lambda key=key: paying.ask(alice, 100_00, request_key=key))
    failures += settle(paying)
    assert paying.has(alice) == 770_00
    first, second, third = Withdrawal.objects.order_by("pk")

    for row in (first, second):
        failures += through(
            lambda row=row: withdrawals.approve_withdrawal(
                withdrawal=row, reason=REASON, acting_user=paying.finance
            )
        )
    failures += through(
        lambda: withdrawals.refuse_withdrawal(
            withdrawal=third, reason=REASON, acting_user=paying.finance
        )
    )
    failures += settle(paying)
    failures += through(
        lambda: files.prepare_file(
            bank_account=paying.bank,
            execution_on=timezone.now().date(),
            acting_user=paying.finance,
        )
    )
    file = PaymentFile.objects.get()
    failures += through(
        lambda: files.release_file(file=file, reason=REASON, acting_user=paying.owner)
    )
    failures += through(lambda: files.hand_over(file=file, acting_user=paying.finance))
    file.refresh_from_db()
    assert file.count == 2
    for row in (first, second):
        assert file.xml.count(f"<EndToEndId>{row.end_to_end_id}<") == 1
    assert third.end_to_end_id not in file.xml

    # The bank pays the first and rejects the second; its reports come twice, the later one first.
    report = pain002(file.message_id, {second.end_to_end_id: "RJCT"})
    failures += through(lambda: files.take_in_status(data=report, acting_user=paying.finance))
    failures += through(
        lambda: withdrawals.confirm_outcome(
            withdrawal=second, agrees=True, reason=REASON, acting_user=paying.owner
        )
    )
    first.refresh_from_db()
    for number in (7, 6):
        paid = paying.upload([paying.entry_of(first, reference="PAID-1")], number=number)
        failures += through(
            lambda paid=paid: statements.accept_statement(
                statement=paid, reason="", acting_user=paying.owner
            )
        )
    failures += settle(paying)
    assert paying.has(alice) == 1070_00 - 100_00
    states = list(Withdrawal.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["paid", "failed", "refused"]

    assert line_units(Line.BANK, paying) == 1070_00 - 98_50
    assert line_units(Line.SUSPENSE, paying) == 0
    assert line_units(Line.WITHDRAWALS_IN_TRANSIT, paying) == 0
    assert line_units(Line.OTHER_INCOME, paying) == -1_50
    moved = [
        QueuedCommand.objects.filter(kind=kind.KIND, pk__in=Booking.objects.values("command"))
        for kind in (commands.CreditFunds, commands.DebitFunds, commands.RecordEntry)
    ]
    # 2 credits and 2 givings back; 3 reservations; 2 records, one payment and its fee.
    assert [rows.count() for rows in moved] == [4, 3, 4]
    assert failures > 80
    paying.books.prove()


@pytest.mark.parametrize("order", ["as sent", "turned round"])
def test_bookings_settle_in_any_order_and_more_than_once(paying, alice, order):
    reference = methods.reference_of(alice)
    paying.statement(
        [Entry("40.00", name="Alice Example", text=reference, reference=str(n)) for n in range(4)]
    )
    paying.books.settle()
    ids = list(Booking.objects.order_by("pk").values_list("pk", flat=True))
    for pk in ids if order == "as sent" else ids[::-1]:
        others = Booking.objects.exclude(pk=pk).filter(settled_at=None)
        held = list(others.values_list("pk", flat=True))
        # Only this one's receipt has come; it is looked at twice.
        Booking.objects.filter(pk__in=held).update(settled_at=timezone.now())
        steps.advance()
        steps.advance()
        Booking.objects.filter(pk__in=held).update(settled_at=None)
    paying.settle()
    assert paying.has(alice) == 160_00
    paying.books.prove()
