"""The lives of card payments, refunds and claims, each as one table of steps, and the `apply`."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from wallets.payments.errors import PaymentError
from wallets.payments.models import (
    CardPayment,
    CardRefund,
    CardState,
    CardStep,
    Claim,
    ClaimState,
    RefundState,
)
from wallets.payments.models.cards import Subject, payment_of

P, R, C = CardState, RefundState, ClaimState

PAYMENT_STEPS = frozenset(
    {
        (P.CREATED, P.UNKNOWN),
        (P.CREATED, P.OPEN),
        (P.UNKNOWN, P.OPEN),
        (P.CREATED, P.DECLINED),
        (P.UNKNOWN, P.DECLINED),
        (P.OPEN, P.DECLINED),
        (P.CREATED, P.EXPIRED),
        (P.UNKNOWN, P.EXPIRED),
        (P.OPEN, P.EXPIRED),
        # Whatever was believed before: what the gateway says was paid was paid.
        *((before, P.PAID) for before in P if before != P.PAID),
        *((before, P.ODD) for before in P if before not in (P.PAID, P.ODD)),
    }
)
REFUND_STEPS = frozenset(
    {
        (R.ASKED, R.NO),
        (R.ASKED, R.TAKING),
        (R.TAKING, R.READY),  # booked: customer against suspense
        (R.TAKING, R.DECLINED),  # the engine refused: too little money
        (R.READY, R.SENDING),
        (R.UNKNOWN, R.SENDING),
        (R.SENDING, R.UNKNOWN),
        (R.SENDING, R.PENDING),
        (R.SENDING, R.DONE),
        (R.SENDING, R.FAILED),
        (R.UNKNOWN, R.PENDING),
        (R.UNKNOWN, R.DONE),
        (R.UNKNOWN, R.FAILED),
        (R.PENDING, R.DONE),
        (R.PENDING, R.FAILED),
    }
)
CLAIM_STEPS = frozenset(
    {
        (C.TOLD, C.OWED),
        (C.TOLD, C.UNUSED),  # the deposit was not credited yet, and will not be
        (C.TOLD, C.WON),
        (C.OWED, C.SETTLED),
        (C.OWED, C.WON),
        (C.OWED, C.WRITTEN_OFF),
        (C.SETTLED, C.WON),
        (C.WRITTEN_OFF, C.WON),
        (C.UNUSED, C.WON),
    }
)
PAYMENTS_ENDED = frozenset({P.PAID, P.DECLINED, P.EXPIRED})
REFUNDS_ENDED = frozenset({R.NO, R.DECLINED, R.DONE, R.FAILED})
# These give nothing back: what they asked for may be asked for again.
REFUNDS_VOID = frozenset({R.NO, R.DECLINED, R.FAILED})
CLAIMS_ENDED = frozenset({C.SETTLED, C.UNUSED, C.WON, C.WRITTEN_OFF})


def allows(row: Subject, wanted: str) -> bool:
    """Whether a row may go on to a state."""
    if isinstance(row, CardPayment):
        return (P(row.state), P(wanted)) in PAYMENT_STEPS
    if isinstance(row, CardRefund):
        return (R(row.state), R(wanted)) in REFUND_STEPS
    return (C(row.state), C(wanted)) in CLAIM_STEPS


def require(row: Subject, wanted: str) -> None:
    """Raise PaymentError unless a row may go on to a state."""
    if not allows(row, wanted):
        raise PaymentError(
            _("It is past that: %(state)s.") % {"state": row.get_state_display().lower()}
        )


def apply(row: Subject, wanted: str, *, now: Any, acting_user: Any = None, note: str = "") -> None:
    """Take one step: the row's state, its note, its story. The row is locked by the caller.

    Raises PaymentError.
    """
    require(row, wanted)
    before = str(row.state)
    row.state, row.note = str(wanted), note[:500]
    if isinstance(row, CardPayment):
        is_ended = row.state in PAYMENTS_ENDED
    elif isinstance(row, CardRefund):
        is_ended = row.state in REFUNDS_ENDED
    else:
        is_ended = row.state in CLAIMS_ENDED
    row.ended_at = now if is_ended else None
    row.save()
    _tell(row, before, acting_user)


def begin(row: Subject, *, acting_user: Any = None, note: str = "") -> None:
    """Write down that a row came to be."""
    _tell(row, "", acting_user, note)


def _tell(row: Subject, before: str, acting_user: Any, note: str = "") -> None:
    # Kept in English, whoever causes it in whatever language.
    with translation.override("en"):
        about = "" if isinstance(row, CardPayment) else about_of(row)
        label = row.get_state_display()[:80]
    CardStep.objects.create(
        payment=payment_of(row),
        about=about,
        state_before=before,
        state=row.state,
        label=label,
        by=acting_user,
        note=(note or row.note)[:500],
    )


def about_of(row: CardRefund | Claim) -> str:
    """How a story names what a step is about."""
    if isinstance(row, CardRefund):
        return f"Refund {row.pk}"
    return f"{row.get_kind_display()[:24]} {row.pk}"


def locked(payment_id: Any) -> CardPayment:
    """The payment, nobody else's until the transaction's end; its refunds and claims with it."""
    return (
        CardPayment.objects.select_for_update(of=("self",))
        .select_related("gateway", "method", "asset", "user", "account", "deposit")
        .get(pk=payment_id)
    )
