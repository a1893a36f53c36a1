"""What card payments book. All stands with the deposit, under steps that name refund or claim."""

from typing import Any

from trading.engine.enums import FundsReason
from wallets.ledger import chart
from wallets.ledger.models import EntryKind, Line
from wallets.payments import bookings
from wallets.payments.models import Booking, CardPayment, Deposit

BANK_FEES = chart.house_line(Line.BANK_FEES)
WRITE_OFFS = chart.house_line(Line.WRITE_OFFS)
PREFIX = "card:"  # bookings that cards go on from, not the deposit
GATEWAY_FEE = "card:fee:0"


def step(kind: str, row: Any, number: int = 0) -> str:
    """The name of a step about a refund or claim; with a number where it may be tried again."""
    return f"{PREFIX}{kind}:{row.pk}" + (f":{number}" if number else "")


def read_step(text: str) -> tuple[str, int]:
    """(kind, id of the refund or claim) of a step."""
    _, kind, row_id, *_ = text.split(":")
    return kind, int(row_id)


def is_of_cards(booking: Booking) -> bool:
    return booking.step.startswith(PREFIX)


def deposit_of(payment: CardPayment) -> Deposit:
    """The deposit that a paid one became."""
    assert payment.deposit is not None
    return payment.deposit


def take(payment: CardPayment, name: str, units: int) -> None:
    """From the customer to suspense; the engine refuses what he has not available."""
    deposit = deposit_of(payment)
    bookings.book(
        deposit, name, bookings.debited(deposit, FundsReason.DEPOSIT, units, bookings.SUSPENSE)
    )


def give(payment: CardPayment, name: str, units: int) -> None:
    """From suspense to the customer."""
    deposit = deposit_of(payment)
    bookings.book(
        deposit, name, bookings.credited(deposit, FundsReason.DEPOSIT, units, bookings.SUSPENSE)
    )


def left(payment: CardPayment, name: str, units: int) -> None:
    """From suspense out of what the gateway owes the firm."""
    _move(payment, name, EntryKind.DEPOSIT_SENT_BACK, bookings.SUSPENSE, _house(payment), units)


def came(payment: CardPayment, name: str, units: int) -> None:
    """The gateway owes it to the firm again; it stands in suspense."""
    _move(payment, name, EntryKind.DEPOSIT_RECORDED, _house(payment), bookings.SUSPENSE, units)


def write_off(payment: CardPayment, name: str, units: int) -> None:
    """The firm bears what a customer owes."""
    _move(payment, name, EntryKind.CORRECTION, WRITE_OFFS, bookings.SUSPENSE, units)


def write_back(payment: CardPayment, name: str, units: int) -> None:
    """What the firm bore came back after all."""
    _move(payment, name, EntryKind.CORRECTION, bookings.SUSPENSE, WRITE_OFFS, units)


def book_fee(payment: CardPayment, name: str, units: int) -> None:
    """What the gateway keeps for itself is the firm's expense."""
    _move(payment, name, EntryKind.BANK_FEE, BANK_FEES, _house(payment), units)


def _house(payment: CardPayment) -> int:
    return payment.gateway.house


def _move(
    payment: CardPayment, name: str, kind: EntryKind, debited: int, credited: int, units: int
) -> None:
    deposit = deposit_of(payment)
    bookings.book(deposit, name, bookings.moved(kind, deposit, debited, credited, units))
