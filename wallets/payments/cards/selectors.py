"""Reads of card payments, and the guards every access of a customer goes through."""

from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from wallets.payments.cards import states
from wallets.payments.errors import PaymentError
from wallets.payments.models import (
    CardGateway,
    CardPayment,
    CardRefund,
    CardState,
    Claim,
    ClaimState,
    GatewayEvent,
    RefundState,
)


def gateways() -> QuerySet[CardGateway]:
    return CardGateway.objects.select_related("health").prefetch_related("methods")


def payments() -> QuerySet[CardPayment]:
    """All card payments of the tenant, newest first."""
    return CardPayment.objects.select_related(
        "gateway", "method", "asset", "user", "account", "deposit"
    )


def events() -> QuerySet[GatewayEvent]:
    return GatewayEvent.objects.select_related("gateway", "payment")


def refunds() -> QuerySet[CardRefund]:
    return CardRefund.objects.select_related(
        "payment__asset", "payment__user", "payment__account", "payment__deposit", "asked_by",
        "decided_by",
    )  # fmt: skip


def waiting_refunds() -> QuerySet[CardRefund]:
    """Refunds that wait for a second person."""
    return refunds().filter(state=RefundState.ASKED).order_by("pk")


def claims() -> QuerySet[Claim]:
    return Claim.objects.select_related(
        "payment__asset", "payment__user", "payment__account", "write_off_by"
    ).order_by("-pk")


def debts() -> QuerySet[Claim]:
    """What customers owe of money that a gateway took back."""
    return claims().filter(state=ClaimState.OWED, taken_units__lt=F("amount_units"))


def waiting_write_offs() -> QuerySet[Claim]:
    """Debts that a second person is asked to write off."""
    return claims().filter(state=ClaimState.OWED, write_off_by__isnull=False).order_by("pk")


def doubtful() -> QuerySet[CardPayment]:
    """Payments of which it is not known how they stand, or that somebody has to look at."""
    return payments().filter(
        Q(state__in=[CardState.UNKNOWN, CardState.ODD])
        | Q(refunds__state=RefundState.UNKNOWN)
    ).distinct()  # fmt: skip


def payments_of(user: Any) -> QuerySet[CardPayment]:
    """A customer's own card payments, newest first."""
    is_own = bool(user.is_authenticated and user.home_schema == connection.schema_name)
    return payments().filter(user_id=user.pk) if is_own else CardPayment.objects.none()


def access_payment(user: Any, payment_id: int) -> CardPayment:
    """The customer's own payment; somebody else's and none are the same answer."""
    row = payments_of(user).filter(pk=payment_id).first() if payment_id < 2**63 else None
    if row is None:
        raise PaymentError(_("You have no such payment."))
    return row


def is_moving(payment: CardPayment) -> bool:
    """Whether the customer's page will look different before long."""
    if payment.state in states.PAYMENTS_ENDED and payment.deposit is None:
        return False
    return payment.deposit is None or payment.deposit.state in ("recorded", "suspense", "screened")
