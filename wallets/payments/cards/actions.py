"""Every write of a customer's card payment up to the gateway's word, and of events.

The row is committed before the gateway is told, under a key that follows from its number: however
often that is tried, by whomever, the gateway has one payment.
"""

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from tenants.links import site_address
from tenants.selectors import current_tenant
from trading.accounts.models import Account
from wallets.payments import limits
from wallets.payments.cards import asking, setup, states
from wallets.payments.cards.calling import call, note_event, note_forged
from wallets.payments.errors import PaymentError
from wallets.payments.models import (
    CardGateway,
    CardPayment,
    CardState,
    EventState,
    GatewayEvent,
    PaymentMethod,
    Rail,
)
from wallets.payments.providers.gateway import (
    BadEvent,
    Event,
    GatewayRefused,
    GatewayUnknown,
    Order,
)

MOST_OPEN = 5
MOST_EVENTS = 100
_LOCK_CLASS = 0x4344  # "CD": starts of one customer wait for each other

log = structlog.get_logger("payments")


def start_payment(
    *, user: Any, account: Account, method: PaymentMethod, amount_units: int, request_key: UUID
) -> CardPayment:
    """A customer wants to pay in by card. Returns the payment, open at the gateway if it answered.

    The same `request_key` again gives the first one's payment. Raises PaymentError.
    """
    with transaction.atomic():
        _wait_for_own(user)
        known = CardPayment.objects.filter(request_key=request_key, user=user).first()
        if known is None:
            _check(user, account, method, amount_units)
            known = _create(user, account, method, amount_units, request_key)
    if known.state == CardState.CREATED:
        return open_page(known)
    return known


def open_page(payment: CardPayment) -> CardPayment:
    """Have the gateway open the payment page; what becomes of that is taken down."""
    order = Order(
        order_id=payment.order_id,
        amount=payment.asset.text(int(payment.amount_units)),
        currency=payment.asset.code,
        payer_name=payment.user.name,
        return_url=f"{site_address(current_tenant())}/deposit/cards/{payment.pk}?back=1",
        notify_url=setup.hook_address(payment.gateway),
    )
    try:
        told = call(payment.gateway, lambda gateway: gateway.open(order))
    except GatewayRefused as error:
        return _refused(payment, str(error))
    except GatewayUnknown as error:
        return asking.not_known(payment, str(error))
    return asking.take_down(payment, told)


def ask_soon(*, payment: CardPayment) -> None:
    """The customer is back from the gateway: its answer is wanted now."""
    CardPayment.objects.filter(
        pk=payment.pk, state__in=[CardState.CREATED, CardState.UNKNOWN, CardState.OPEN]
    ).update(ask_at=timezone.now())


def receive_event(*, gateway: CardGateway, body: bytes, signature: str) -> GatewayEvent:
    """Keep a signed event; the same one again is only counted. Raises BadEvent."""
    now = timezone.now()
    try:
        event = setup.provider_of(gateway).read_event(body, signature, now)
    except BadEvent:
        note_forged(gateway)
        raise
    note_event(gateway)
    row, is_new = GatewayEvent.objects.get_or_create(
        gateway=gateway, event_id=event.event_id, defaults=_event(event)
    )
    if not is_new:
        with transaction.atomic():
            row = GatewayEvent.objects.select_for_update().get(pk=row.pk)
            row.repeats += 1
            row.save(update_fields=["repeats"])
    return row


def apply_events() -> int:
    """Ask the gateway about each payment that an event names; how many events are done with."""
    waiting = list(
        GatewayEvent.objects.filter(state=EventState.RECEIVED)
        .select_related("gateway")
        .order_by("pk")[:MOST_EVENTS]
    )
    done, silent = 0, set()
    for event in waiting:
        if event.gateway_id in silent:
            continue
        try:
            is_done = _apply(event)
            done += is_done
            if not is_done:  # the others of a gateway that does not answer wait with this one
                silent.add(event.gateway_id)
        except Exception:
            # It stays where it is and is tried again; the others go on.
            log.exception("an event cannot be applied", event_id=event.pk)
    return done


def _apply(event: GatewayEvent) -> bool:
    payment = _named(event)
    if payment is None:
        return _close(event, EventState.IGNORED, None, "It names no payment of this gateway.")
    if not asking.ask(payment):
        return False  # no answer: the event waits for one
    payment.refresh_from_db()
    note = ""
    if event.amount and event.type == "payment.paid" and payment.deposit_id is not None:
        says = payment.asset.text(int(payment.paid_units))
        if event.currency != payment.asset.code or not _is_same(event.amount, says):
            note = (
                f"The event says {event.amount} {event.currency}, the gateway when asked "
                f"{says} {payment.asset.code}: the latter was booked."
            )
            audit.record("payments.event_differs", payment, new={"note": note}, acting_user=None)
    return _close(event, EventState.APPLIED, payment, note)


def _is_same(one: str, other: str) -> bool:
    """Whether two texts are the same amount."""
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False


def _named(event: GatewayEvent) -> CardPayment | None:
    digits = event.order_id[1:]
    is_ours = event.order_id[:1] == "C" and len(digits) == 11
    if not (is_ours and digits.isascii() and digits.isdigit()):
        return None
    rows = CardPayment.objects.select_related("gateway", "asset")
    return rows.filter(pk=int(digits), gateway=event.gateway).first()


def _close(event: GatewayEvent, state: EventState, payment: CardPayment | None, note: str) -> bool:
    rows = GatewayEvent.objects.filter(pk=event.pk, state=EventState.RECEIVED)
    rows.update(state=state, payment=payment, note=note[:300], applied_at=timezone.now())
    return True


def _event(event: Event) -> dict[str, Any]:
    return {
        "type": event.type,
        "order_id": event.order_id,
        "amount": event.amount,
        "currency": event.currency,
        "signed_at": event.signed_at,
    }


def _check(user: Any, account: Account, method: PaymentMethod, amount_units: int) -> None:
    if account.user_id != user.pk:
        raise PaymentError(_("You have no such account."))
    is_ready = method.rail == Rail.CARD and method.gateway is not None and method.gateway.is_active
    if not is_ready or not limits.is_offered(method, user, withdrawal=False):
        raise PaymentError(_("This way of paying in is not open to you."))
    low, high = int(method.deposit_min_units), int(method.deposit_max_units)
    if amount_units <= 0 or amount_units < low or (high and amount_units > high):
        raise PaymentError(_("The amount is outside of the limits."), "amount")
    if method.deposit_fee(amount_units) >= amount_units:
        raise PaymentError(_("The fee would take all of it."), "amount")
    waiting = CardPayment.objects.filter(
        user=user, state__in=[CardState.CREATED, CardState.UNKNOWN, CardState.OPEN]
    )
    if waiting.filter(created_at__gt=timezone.now() - timedelta(hours=1)).count() >= MOST_OPEN:
        raise PaymentError(_("Several card payments of yours are open: finish one of them first."))


def _create(
    user: Any, account: Account, method: PaymentMethod, amount_units: int, request_key: UUID
) -> CardPayment:
    now: datetime = timezone.now()
    row = CardPayment.objects.create(
        request_key=request_key,
        gateway=method.gateway,
        method=method,
        user=user,
        account=account,
        asset=method.asset,
        amount_units=amount_units,
        ask_at=now + asking.FIRST_ASK,
    )
    states.begin(row, acting_user=user)
    audit.record(
        "payments.start_card_payment",
        row,
        new={
            "account": account.pk,
            "amount": row.asset.text(amount_units),
            "asset": row.asset.code,
        },
        acting_user=user,
    )
    return row


def _refused(payment: CardPayment, why: str) -> CardPayment:
    with transaction.atomic():
        row = states.locked(payment.pk)
        if states.allows(row, CardState.DECLINED):
            now = timezone.now()
            states.apply(row, CardState.DECLINED, now=now, note=why)
            row.ask_at = None
            row.save(update_fields=["ask_at"])
    return row


def _wait_for_own(user: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(current_schema() || %s))",
            [_LOCK_CLASS, f":{user.pk}"],
        )
