"""Asking a gateway, and taking down what it says.

Events only say that something changed; what is so, the gateway is asked. So events may come
twice, late, in any order or not at all. An answer is taken down in one transaction, each part of
it once: asking again, or an older answer that comes later, changes nothing.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from audit import actions as audit
from wallets.payments.cards import claims, money, refunds, states
from wallets.payments.cards.calling import call
from wallets.payments.deposits import actions as deposits
from wallets.payments.errors import PaymentError
from wallets.payments.guards import reason_of, require_staff, units_of
from wallets.payments.models import CardPayment, CardState, Match
from wallets.payments.providers.gateway import (
    GatewayHasNone,
    GatewayRefused,
    GatewayUnknown,
    Told,
)

FIRST_ASK = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=1)
# What the gateway never heard of within this time cannot reach it any more.
NEVER_ARRIVED = timedelta(hours=1)
LATE_PAYMENT = timedelta(days=3)  # how long a payment that ended is looked after
CHARGEBACKS_UNTIL = timedelta(days=180)
MOST_AT_ONCE = 50

log = structlog.get_logger("payments")


def ask(payment: CardPayment) -> bool:
    """Ask how a payment stands and take it down; False: no answer, it stays as it is."""
    try:
        told = call(payment.gateway, lambda gateway: gateway.look(payment.order_id))
    except GatewayHasNone:
        _not_there(payment)
    except (GatewayUnknown, GatewayRefused) as error:
        not_known(payment, str(error))
        return False
    else:
        take_down(payment, told)
    return True


def ask_due(now: datetime) -> int:
    """Ask about all whose time it is; how many."""
    rows = CardPayment.objects.filter(ask_at__lte=now).order_by("ask_at")
    found = list(rows.select_related("gateway")[:MOST_AT_ONCE])
    silent: set[int] = set()
    for row in found:
        if row.gateway_id in silent:
            continue
        try:
            if not ask(row):  # the others of a gateway that does not answer wait with this one
                silent.add(row.gateway_id)
        except Exception:
            # Nothing of this one is kept and it is asked about again; the others go on.
            log.exception("a card payment cannot be asked about", payment_id=row.pk)
            CardPayment.objects.filter(pk=row.pk).update(ask_at=now + FIRST_ASK)
    return len(found)


def take_down(payment: CardPayment, told: Told) -> CardPayment:
    """Take down an answer: state, refunds, chargebacks, each once."""
    now = timezone.now()
    with transaction.atomic():
        row = states.locked(payment.pk)
        row.gateway_ref = row.gateway_ref or told.gateway_ref
        row.page_url = told.page_url or row.page_url
        _state(row, told, now)
        if row.deposit_id is not None:
            _fee(row, told)
            for refund in told.refunds:
                refunds.take_down(row, refund, now)
            for claim in told.claims:
                claims.take_down(row, claim, now)
        _asked(row, now)
    return row


def not_known(payment: CardPayment, why: str) -> CardPayment:
    """The gateway gave no answer: it is asked again, and nothing is settled."""
    now = timezone.now()
    with transaction.atomic():
        row = states.locked(payment.pk)
        if row.state == CardState.CREATED:
            states.apply(row, CardState.UNKNOWN, now=now, note=why)
        _asked(row, now)
    return row


def _not_there(payment: CardPayment) -> None:
    """The gateway never heard of it: after a time it cannot any more."""
    now = timezone.now()
    with transaction.atomic():
        row = states.locked(payment.pk)
        waits = row.state in (CardState.CREATED, CardState.UNKNOWN)
        if waits and now - row.created_at > NEVER_ARRIVED:
            states.apply(row, CardState.EXPIRED, now=now, note="The gateway never heard of it.")
        _asked(row, now)


def _state(row: CardPayment, told: Told, now: datetime) -> None:
    if told.status == "paid":
        if row.deposit_id is None and row.state != CardState.ODD:
            _paid(row, told, now)
        return
    wanted = {
        "open": CardState.OPEN,
        "declined": CardState.DECLINED,
        "expired": CardState.EXPIRED,
    }[told.status]
    if states.allows(row, wanted):
        states.apply(row, wanted, now=now)


def _paid(row: CardPayment, told: Told, now: datetime) -> None:
    """It becomes a deposit: of what was paid, held where that is not what was asked for."""
    problem, units = "", 0
    if told.currency != row.asset.code:
        problem = f"Paid in {told.currency or '?'}, asked for in {row.asset.code}."
    else:
        try:
            with translation.override("en"):  # the problem is kept with the payment
                units = units_of(told.amount, row.asset)
        except PaymentError as error:
            problem = str(error)
        if not problem and units <= 0:
            problem = f"Paid, the gateway says, and the amount is {told.amount}."
    if problem:
        states.apply(row, CardState.ODD, now=now, note=problem)
        audit.record("payments.card_odd", row, new={"why": problem}, acting_user=None)
        return
    asked = int(row.amount_units)
    row.paid_units = units
    row.deposit = deposits.record_payment(
        method=row.method,
        asset=row.asset,
        account=row.account,
        house=row.gateway.house,
        amount_units=units,
        match=Match.CARD,
        sender_name=told.payer_name,
        remittance=f"{row.gateway.name} {row.order_id}",
        hold_reason=""
        if units == asked
        else f"The gateway says {told.amount}, asked for was {row.asset.text(asked)}.",
    )
    states.apply(row, CardState.PAID, now=now)
    audit.record(
        "payments.card_paid",
        row,
        new={"amount": row.asset.text(units), "asset": row.asset.code, "deposit": row.deposit.pk},
        acting_user=None,
    )


def _fee(row: CardPayment, told: Told) -> None:
    """What the gateway took for the payment: an expense, booked once."""
    assert row.deposit is not None
    try:
        units = units_of(told.fee, row.asset)
    except PaymentError:
        units = 0
    if units <= 0 or row.gateway_fee_units:
        return
    row.gateway_fee_units = units
    row.save(update_fields=["gateway_fee_units"])
    money.book_fee(row, money.GATEWAY_FEE, units)


def _asked(row: CardPayment, now: datetime) -> None:
    row.asked_count, row.asked_at = row.asked_count + 1, now
    row.ask_at = next_ask(row, now)
    row.save()


def next_ask(row: CardPayment, now: datetime) -> datetime | None:
    """When to ask next; None: not any more."""
    if row.state in (CardState.PAID, CardState.ODD):
        waits = row.refunds.exclude(state__in=states.REFUNDS_ENDED).exists()
        pause = timedelta(minutes=5) if waits else timedelta(days=1)
        return now + pause if now - row.created_at < CHARGEBACKS_UNTIL else None
    if row.state in (CardState.DECLINED, CardState.EXPIRED):
        is_over = now - row.created_at > LATE_PAYMENT
        return None if is_over else now + timedelta(hours=6)
    return now + min(FIRST_ASK * 2 ** min(row.asked_count, 10), LONGEST_PAUSE)


def ask_by_hand(*, payment: CardPayment, reason: str, acting_user: Any) -> None:
    """Staff want to know now. Raises PaymentError (no answer), PermissionDenied."""
    require_staff(acting_user, "deposits.handle")
    reason = reason_of(reason)
    audit.record("payments.ask_gateway", payment, acting_user=acting_user, reason=reason)
    if not ask(payment):
        raise PaymentError(_("The gateway gave no answer. It is asked again by itself."))
