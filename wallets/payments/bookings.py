"""What payments have booked, and going on from it once the engine has done so.

A step of a payment and the command it needs are written in one database transaction; a unique
row for each step makes that it is sent once, however often the step is tried. The outbox takes it
to the engine exactly once. The receipt that clearing writes is what a payment goes on from.
"""

from collections.abc import Callable

import structlog
from django.db import transaction
from django.utils import timezone

from audit import actions as audit
from trading.commands.actions import enqueue_command
from trading.commands.models import CommandReceipt
from trading.engine import commands
from trading.engine.enums import FundsReason
from trading.engine.message import Message
from trading.engine.results import Result
from wallets.ledger import chart, entries
from wallets.ledger.models import EntryKind, Line
from wallets.payments.models import Booking, Deposit, Withdrawal

SUSPENSE = chart.house_line(Line.SUSPENSE)
IN_TRANSIT = chart.house_line(Line.WITHDRAWALS_IN_TRANSIT)
FEES = chart.house_line(Line.OTHER_INCOME)
MOST_AT_ONCE = 200

log = structlog.get_logger("payments")

Subject = Deposit | Withdrawal


def moved(kind: EntryKind, subject: Subject, debited: int, credited: int, units: int) -> Message:
    """The command that books an amount between two house lines."""
    legs = [
        (chart.house_account_id(debited, subject.asset_id), units),
        (chart.house_account_id(credited, subject.asset_id), -units),
    ]
    return entries.record_entry(kind, legs, reference_id=subject.pk)


def credited(subject: Subject, reason: FundsReason, units: int, against: int) -> Message:
    """The command that gives an amount to the customer's account."""
    return commands.CreditFunds(
        account_id=subject.account_id or 0,
        asset_id=subject.asset_id,
        amount_units=units,
        reason=int(reason),
        reference_id=subject.pk,
        against=against,
    )


def debited(subject: Subject, reason: FundsReason, units: int, against: int) -> Message:
    """The command that takes an amount from the customer's account."""
    return commands.DebitFunds(
        account_id=subject.account_id or 0,
        asset_id=subject.asset_id,
        amount_units=units,
        reason=int(reason),
        reference_id=subject.pk,
        against=against,
    )


def book(subject: Subject, step: str, command: Message) -> Booking:
    """Queue the command of a step; raises IntegrityError if the step is booked already."""
    own = {"deposit": subject} if isinstance(subject, Deposit) else {"withdrawal": subject}
    return Booking.objects.create(
        **own, step=step, command=enqueue_command(command, acting_user=None)
    )


def advance(on_booked: Callable[[Booking, bool], None]) -> int:
    """Go on from every booking whose receipt is there, each in a transaction of its own.

    `on_booked` gets the booking, locked, and whether the engine accepted it. Returns how many.
    """
    waiting = list(
        Booking.objects.filter(settled_at=None, command__number__isnull=False)
        .order_by("id")
        .values_list("id", "command__number")[:MOST_AT_ONCE]
    )
    receipts = CommandReceipt.objects.in_bulk([number for _, number in waiting])
    done = 0
    for booking_id, number in waiting:
        if number not in receipts:
            continue
        try:
            done += _settle(booking_id, receipts[number], on_booked)
        except Exception:
            # Nothing of this one is kept, and it is tried again; the others go on.
            log.exception("a payment cannot go on", booking_id=booking_id)
    return done


def note_refused(subject: Subject, booking: Booking) -> None:
    """The engine refused an entry between house lines, which nothing but a fault can bring about:
    the payment stays where it is, and says so."""
    subject.note = f"The engine refused the entry “{booking.step}” (result {booking.result})."
    subject.save(update_fields=["note"])
    audit.record(
        "payments.booking_refused",
        subject,
        new={"step": booking.step, "result": booking.result},
        acting_user=None,
    )
    log.error("an entry of a payment was refused", booking_id=booking.pk, result=booking.result)


@transaction.atomic
def _settle(
    booking_id: int, receipt: CommandReceipt, on_booked: Callable[[Booking, bool], None]
) -> bool:
    booking = (
        Booking.objects.select_for_update(skip_locked=True)
        .filter(pk=booking_id, settled_at=None)
        .first()
    )
    if booking is None:
        return False
    accepted = receipt.result == Result.ACCEPTED
    booking.result, booking.result_seq = receipt.result, receipt.seq
    booking.is_rejected = not accepted
    booking.settled_at = timezone.now()
    booking.save()
    on_booked(booking, accepted)
    return True
