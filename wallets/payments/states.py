"""The lives of deposits and withdrawals, each as one table of steps, and the one `apply`."""

from typing import Any

from django.utils.translation import gettext as _

from wallets.payments.errors import PaymentError
from wallets.payments.models import (
    Deposit,
    DepositState,
    FileState,
    PaymentFile,
    Step,
    Withdrawal,
    WithdrawalState,
)

D, W, F = DepositState, WithdrawalState, FileState

DEPOSIT_STEPS = frozenset(
    {
        (D.RECORDED, D.SUSPENSE),  # booked: bank against suspense
        (D.SUSPENSE, D.HELD),  # the rules want a person to look
        (D.SUSPENSE, D.SCREENED),
        (D.SUSPENSE, D.PROPOSED),
        (D.HELD, D.PROPOSED),
        (D.PROPOSED, D.SUSPENSE),  # the second person said no
        (D.PROPOSED, D.HELD),
        (D.PROPOSED, D.SCREENED),
        (D.PROPOSED, D.RETURNING),
        (D.PROPOSED, D.IGNORED),
        (D.SCREENED, D.CREDITED),  # booked: suspense against the customer
        (D.SCREENED, D.HELD),  # the engine refused the credit
        (D.RETURNING, D.RETURN_IN_FILE),
        (D.RETURN_IN_FILE, D.RETURNING),  # the file was discarded
        (D.RETURN_IN_FILE, D.RETURNED),  # the bank's line shows that it left
        (D.RETURNING, D.RETURNED),
        (D.RETURNING, D.HELD),  # the gateway refused to give it back
        (D.SUSPENSE, D.REVERSED),  # the gateway took it back before it was credited
        (D.HELD, D.REVERSED),
        (D.PROPOSED, D.REVERSED),
        (D.REVERSED, D.HELD),  # and gave it again
    }
)
WITHDRAWAL_STEPS = frozenset(
    {
        (W.REQUESTED, W.WAITING),  # booked: customer against withdrawals in transit
        (W.REQUESTED, W.DECLINED),  # the engine refused: too little money, say
        (W.WAITING, W.APPROVED),
        (W.WAITING, W.REFUSED),
        (W.WAITING, W.CANCELED),
        (W.APPROVED, W.REFUSED),
        (W.APPROVED, W.IN_FILE),
        (W.IN_FILE, W.APPROVED),  # the file was discarded before anybody had it
        (W.IN_FILE, W.SENT),
        (W.SENT, W.UNKNOWN),
        (W.SENT, W.PAID),  # the bank's line shows that it left
        (W.UNKNOWN, W.PAID),
        (W.SENT, W.FAILED),  # the bank said so, and a second person
        (W.UNKNOWN, W.FAILED),
        (W.PAID, W.RETURNED),  # the bank's line shows that it came back
    }
)
FILE_STEPS = frozenset(
    {
        (F.PREPARED, F.RELEASED),
        (F.PREPARED, F.DISCARDED),
        (F.RELEASED, F.DISCARDED),
        (F.RELEASED, F.SENT),
    }
)
DEPOSITS_ENDED = frozenset({D.CREDITED, D.RETURNED, D.IGNORED, D.REVERSED})
WITHDRAWALS_ENDED = frozenset({W.PAID, W.RETURNED, W.FAILED, W.REFUSED, W.CANCELED, W.DECLINED})
# The customer has his money back, or never parted with it: these count for no limit.
WITHDRAWALS_VOID = frozenset({W.RETURNED, W.FAILED, W.REFUSED, W.CANCELED, W.DECLINED})


def allows(row: Deposit | Withdrawal | PaymentFile, wanted: str) -> bool:
    """Whether a row may go on to a state."""
    if isinstance(row, Deposit):
        return (D(row.state), D(wanted)) in DEPOSIT_STEPS
    if isinstance(row, Withdrawal):
        return (W(row.state), W(wanted)) in WITHDRAWAL_STEPS
    return (F(row.state), F(wanted)) in FILE_STEPS


def require(row: Deposit | Withdrawal | PaymentFile, wanted: str) -> None:
    """Raise PaymentError unless a row may go on to a state."""
    if not allows(row, wanted):
        raise PaymentError(
            _("It is past that: %(state)s.") % {"state": row.get_state_display().lower()}
        )


def apply(
    row: Deposit | Withdrawal, wanted: str, *, now: Any, acting_user: Any = None, note: str = ""
) -> str:
    """Take one step: the row's state, its note, its story. The row is locked by the caller.

    Returns the state before. Raises PaymentError.
    """
    require(row, wanted)
    before = str(row.state)
    row.state, row.note = str(wanted), note[:500]
    subject: dict[str, Any]
    if isinstance(row, Deposit):
        ended, subject = row.state in DEPOSITS_ENDED, {"deposit": row}
    else:
        ended, subject = row.state in WITHDRAWALS_ENDED, {"withdrawal": row}
    row.ended_at = now if ended else None
    row.save()
    Step.objects.create(
        **subject, state_before=before, state=row.state, by=acting_user, note=row.note
    )
    return before


def begin(row: Deposit | Withdrawal, *, acting_user: Any = None, note: str = "") -> None:
    """Write down that a row came to be."""
    subject: dict[str, Any] = {"deposit": row} if isinstance(row, Deposit) else {"withdrawal": row}
    Step.objects.create(**subject, state=row.state, by=acting_user, note=note[:500])
