"""Going on from bookings: each to the room whose payment it is of."""

from wallets.payments import bookings
from wallets.payments.cards import claims, money, refunds
from wallets.payments.deposits import actions as deposits
from wallets.payments.models import Booking
from wallets.payments.withdrawals import actions as withdrawals


def advance() -> int:
    """Go on from every booking that the engine has answered; returns how many."""
    return bookings.advance(_on_booked)


def _on_booked(booking: Booking, accepted: bool) -> None:
    if money.is_of_cards(booking):
        _of_cards(booking, accepted)
    elif booking.deposit_id is not None:
        deposits.on_booked(booking, accepted)
    else:
        withdrawals.on_booked(booking, accepted)


def _of_cards(booking: Booking, accepted: bool) -> None:
    """What a card payment booked beside its deposit's own steps."""
    kind, row_id = money.read_step(booking.step)
    if kind == refunds.TAKE:
        refunds.on_booked(row_id, booking, accepted)
    elif kind == claims.TAKE:
        claims.on_booked(row_id, accepted)
    elif not accepted:
        bookings.note_refused(deposits.locked(booking.deposit_id), booking)
