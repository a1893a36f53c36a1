"""Every write of refunds: asked for by one, agreed to by another, taken, sent once, known at last.

What the customer had of it is taken from him first; then the gateway is told, under a key of the
refund's own. An answer that did not come is asked for; nothing goes back to him meanwhile.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from wallets.payments.cards import claims, money, states
from wallets.payments.cards.calling import call
from wallets.payments.deposits import actions as deposits
from wallets.payments.errors import PaymentError
from wallets.payments.guards import (
    reason_of,
    require_another,
    require_not_own,
    require_staff,
    units_of,
)
from wallets.payments.models import (
    Booking,
    CardPayment,
    CardRefund,
    CardState,
    Deposit,
    DepositState,
    Rail,
    RefundState,
)
from wallets.payments.providers.gateway import (
    GatewayHasNone,
    GatewayRefused,
    GatewayUnknown,
    ToldRefund,
)
from wallets.payments.states import allows as deposit_allows
from wallets.payments.states import apply as apply_deposit

TAKE, BACK, SENT = "take", "back", "sent"
RETRY = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
MOST_AT_ONCE = 50

log = structlog.get_logger("payments")


def refundable_units(payment: CardPayment) -> int:
    """What of a credited payment can still be given back."""
    if payment.deposit is None or payment.deposit.state != DepositState.CREDITED:
        return 0
    return max(0, _left(payment))


def _left(payment: CardPayment) -> int:
    live = payment.refunds.exclude(state__in=states.REFUNDS_VOID)
    gone = _sum(live) + _sum(payment.claims.filter(is_won=False))
    return int(payment.paid_units) - gone


def ask_refund(
    *, payment: CardPayment, amount_units: int, reason: str, acting_user: Any
) -> CardRefund:
    """Ask a second person to give money back to the card. Raises PaymentError, PermissionDenied."""
    require_staff(acting_user, "deposits.handle")
    reason = reason_of(reason)
    with transaction.atomic():
        row = states.locked(payment.pk)
        require_not_own(row.user_id, acting_user)
        most = refundable_units(row)
        if row.state != CardState.PAID or most <= 0:
            raise PaymentError(_("Nothing of this payment can be given back from here."))
        if not 0 < amount_units <= most:
            raise PaymentError(
                _("At most %(amount)s can be given back.") % {"amount": row.asset.text(most)},
                "amount",
            )
        refund = CardRefund.objects.create(
            payment=row, amount_units=amount_units, reason=reason, asked_by=acting_user
        )
        states.begin(refund, acting_user=acting_user, note=reason)
        audit.record(
            "payments.ask_refund",
            refund,
            new={"payment": row.pk, "amount": row.asset.text(amount_units)},
            acting_user=acting_user,
            reason=reason,
        )
    return refund


def decide_refund(*, refund: CardRefund, agrees: bool, reason: str, acting_user: Any) -> CardRefund:
    """The second person's word. Raises PaymentError, PermissionDenied."""
    require_staff(acting_user, "deposits.decide")
    reason = reason.strip()[:500] if agrees else reason_of(reason)
    with transaction.atomic():
        payment = states.locked(refund.payment_id)
        row = _locked(refund.pk)
        if row.state != RefundState.ASKED:
            raise PaymentError(
                _("It is decided already: %(state)s.") % {"state": row.get_state_display().lower()}
            )
        require_another(row.asked_by_id, acting_user)
        require_not_own(row.payment.user_id, acting_user)
        if agrees and _left(payment) < 0:
            raise PaymentError(
                _("The gateway took money of this payment back meanwhile: refuse it.")
            )
        now = timezone.now()
        row.decided_by, row.decided_at = acting_user, now
        wanted = RefundState.TAKING if agrees else RefundState.NO
        states.apply(row, wanted, now=now, acting_user=acting_user, note=reason)
        if agrees:
            money.take(row.payment, money.step(TAKE, row), int(row.amount_units))
        audit.record(
            "payments.decide_refund",
            row,
            old={"state": "asked"},
            new={"state": row.state},
            acting_user=acting_user,
            reason=reason,
        )
    return row


def take_up_returns() -> int:
    """Deposits by card that two persons send back become refunds; how many."""
    rows = Deposit.objects.filter(
        state=DepositState.RETURNING, method__rail=Rail.CARD, card__isnull=False
    )
    count = 0
    for pk in rows.values_list("card", flat=True):
        with transaction.atomic():
            payment = states.locked(pk)
            deposit = _deposit(payment)
            if deposit.state != DepositState.RETURNING:
                continue
            live = payment.refunds.filter(from_suspense=True)
            if live.exclude(state__in=states.REFUNDS_ENDED).exists():
                continue
            refund = CardRefund.objects.create(
                payment=payment,
                amount_units=deposit.amount_units,
                from_suspense=True,
                state=RefundState.READY,
                reason=deposit.proposal_reason or "Sent back",
                asked_by=deposit.proposed_by,
                decided_by=deposit.decided_by,
                decided_at=deposit.decided_at,
                send_at=timezone.now(),
            )
            states.begin(refund, acting_user=deposit.decided_by)
            count += 1
    return count


def on_booked(refund_id: int, booking: Booking, accepted: bool) -> None:
    """Go on from what was taken for a refund; in the transaction that settles it."""
    row = _locked(refund_id)
    now = timezone.now()
    if accepted:
        row.send_at = now
        states.apply(row, RefundState.READY, now=now)
    else:
        states.apply(
            row,
            RefundState.DECLINED,
            now=now,
            note=f"The customer has not that much available (result {booking.result}).",
        )


def send_due(now: datetime) -> int:
    """Bring refunds forward at the gateway: tell it, or ask what became of them; how many."""
    rows = CardRefund.objects.filter(
        state__in=[
            RefundState.READY,
            RefundState.SENDING,
            RefundState.UNKNOWN,
        ],
        send_at__lte=now,
    ).order_by("send_at")
    found = list(rows.values_list("pk", "payment__gateway")[:MOST_AT_ONCE])
    silent: set[int] = set()
    for pk, gateway_id in found:
        if gateway_id in silent:
            continue
        try:
            if not send(pk, now):  # the others of a gateway that does not answer wait with it
                silent.add(gateway_id)
        except Exception:
            # Nothing of this one is kept and it is tried again; the others go on.
            log.exception("a refund cannot go on", refund_id=pk)
            CardRefund.objects.filter(pk=pk).update(send_at=now + RETRY)
    return len(found)


def send(refund_id: int, now: datetime) -> bool:
    """Tell the gateway of one refund, or tell it again: under the same key it is the same one.
    False: it gave no answer.

    That it is being told is committed before, so whoever finds it after a kill asks again.
    """
    with transaction.atomic():
        row = _locked(refund_id)
        if row.state in (RefundState.READY, RefundState.UNKNOWN):
            states.apply(row, RefundState.SENDING, now=now)
        elif row.state != RefundState.SENDING:
            return True
        row.sent_count += 1
        row.send_at = now + min(RETRY * 2 ** min(row.sent_count, 10), LONGEST_PAUSE)
        row.save(update_fields=["sent_count", "send_at"])
    payment = row.payment
    amount = payment.asset.text(int(row.amount_units))
    try:
        told = call(
            payment.gateway, lambda gateway: gateway.refund(payment.order_id, row.key, amount)
        )
    except (GatewayRefused, GatewayHasNone) as error:
        _settle(row.pk, RefundState.FAILED, str(error))
    except GatewayUnknown as error:
        _settle(row.pk, RefundState.UNKNOWN, str(error))
        return False
    else:
        with transaction.atomic():
            take_down(states.locked(payment.pk), told, timezone.now())
    return True


def take_down(payment: CardPayment, told: ToldRefund, now: datetime) -> None:
    """What the gateway says of a refund: of one of ours, or of one that was made there."""
    row = payment.refunds.filter(pk=_number(told.key)).first() if told.key else None
    if row is None or row.state in states.REFUNDS_VOID:
        if told.status == "done":
            claims.given_back_there(payment, told, now)
        return
    if row.state == RefundState.DONE and told.status == "done":
        return  # as is known already
    row = _locked(row.pk)
    if told.status == "done" and states.allows(row, RefundState.DONE):
        units = units_of(told.amount, payment.asset)
        if units != int(row.amount_units):
            # Another amount than ours was sent: nothing is booked by itself, a person looks.
            row.note = f"The gateway gave back {told.amount}, asked for was another amount."
            row.save(update_fields=["note"])
            return
        _done(row, payment, now)
    elif told.status == "failed" and states.allows(row, RefundState.FAILED):
        _failed(row, now, "The gateway says that it failed.")
    elif told.status == "pending" and states.allows(row, RefundState.PENDING):
        states.apply(row, RefundState.PENDING, now=now)


def _settle(refund_id: int, state: RefundState, note: str) -> None:
    with transaction.atomic():
        states.locked(CardRefund.objects.values_list("payment", flat=True).get(pk=refund_id))
        row = _locked(refund_id)
        if not states.allows(row, state):
            return
        if state == RefundState.FAILED:
            _failed(row, timezone.now(), note)
        else:
            states.apply(row, state, now=timezone.now(), note=note)


def _done(row: CardRefund, payment: CardPayment, now: datetime) -> None:
    states.apply(row, RefundState.DONE, now=now)
    if row.from_suspense:
        deposits.given_back(deposit=_deposit(payment), note=f"Back on the card: {row.key}")
    else:
        money.left(payment, money.step(SENT, row), int(row.amount_units))
    audit.record("payments.refunded", row, new={"payment": payment.pk}, acting_user=None)


def _failed(row: CardRefund, now: datetime, note: str) -> None:
    """The gateway's clear no: what was taken for it goes back."""
    states.apply(row, RefundState.FAILED, now=now, note=note)
    if row.from_suspense:
        deposit = _deposit(row.payment)
        if deposit_allows(deposit, DepositState.HELD):
            apply_deposit(deposit, DepositState.HELD, now=now, note=note)
    else:
        money.give(row.payment, money.step(BACK, row), int(row.amount_units))
    audit.record("payments.refund_failed", row, new={"why": note}, acting_user=None)


def _deposit(payment: CardPayment) -> Deposit:
    rows = Deposit.objects.select_for_update(of=("self",))
    found: Deposit = rows.get(pk=payment.deposit_id)
    return found


def _locked(refund_id: int) -> CardRefund:
    return (
        CardRefund.objects.select_for_update(of=("self",))
        .select_related("payment__gateway", "payment__asset", "payment__deposit__asset")
        .get(pk=refund_id)
    )


def _number(key: str) -> int:
    digits = key[1:]
    is_ours = key[:1] == "F" and len(digits) == 11 and digits.isascii() and digits.isdigit()
    return int(digits) if is_ours else 0


def _sum(rows: Any) -> int:
    return int(rows.aggregate(units=Sum("amount_units"))["units"] or 0)
