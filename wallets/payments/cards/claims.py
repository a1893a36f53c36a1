"""Every write of claims: what a gateway took back of a payment, and from whom it comes.

The gateway takes its money at once, so that is booked at once: suspense against the gateway. A
deposit that was not credited yet ends there. Of one that was, the customer owes the amount: what
he has available is taken, the rest stays his debt, stands in suspense, is shown as owed and is
tried again, until it is taken, the gateway gives it back, or two persons write it off. Nobody's
balance goes below zero: the engine allows none.
"""

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from audit import actions as audit
from trading.accounts import actions as accounts
from trading.accounts.models import AccountState
from trading.accounts.selectors import available_units
from wallets.payments import states as deposit_states
from wallets.payments.cards import money, states
from wallets.payments.errors import PaymentError
from wallets.payments.guards import (
    reason_of,
    require_another,
    require_not_own,
    require_staff,
    units_of,
)
from wallets.payments.models import (
    CardPayment,
    Claim,
    ClaimKind,
    ClaimState,
    Deposit,
    DepositState,
)
from wallets.payments.providers.gateway import ToldClaim, ToldRefund

LOST, FEE, TAKE, WON, GIVE, OFF, ON = "lost", "fee", "claim", "won", "give", "off", "on"
WAITING_DEPOSITS = (DepositState.SUSPENSE, DepositState.HELD, DepositState.PROPOSED)
HAD_DEPOSITS = (DepositState.CREDITED, DepositState.RETURNED)

log = structlog.get_logger("payments")


def take_down(payment: CardPayment, told: ToldClaim, now: datetime) -> None:
    """What the gateway says of a chargeback; the payment is locked."""
    if told.amount <= 0:
        return
    row = _told(payment, ClaimKind.CHARGEBACK, told.gateway_ref, told.amount, told.fee, now)
    if told.is_won and not row.is_won:
        row.is_won = True
        row.save(update_fields=["is_won"])
    go_on(row, payment, now)


def given_back_there(payment: CardPayment, told: ToldRefund, now: datetime) -> None:
    """A refund that nobody asked for here: the money is gone all the same."""
    if told.amount <= 0:
        return
    row = _told(payment, ClaimKind.REFUND, told.gateway_ref, told.amount, 0, now)
    go_on(row, payment, now)


def go_on_with_all(now: datetime) -> int:
    """Bring every claim forward that is not at its end; how many were looked at."""
    rows = Claim.objects.filter(state__in=[ClaimState.TOLD, ClaimState.OWED]).order_by("pk")
    count = 0
    for pk, payment_id in rows.values_list("pk", "payment_id"):
        try:
            with transaction.atomic():
                payment = states.locked(payment_id)
                go_on(_locked(pk), payment, now)
            count += 1
        except Exception:
            # Nothing of this one is kept and it is tried again; the others go on.
            log.exception("a claim cannot go on", claim_id=pk)
    return count


def go_on(row: Claim, payment: CardPayment, now: datetime) -> None:
    """Bring a claim as far as it can be now; payment and claim are locked."""
    if row.state == ClaimState.TOLD:
        _place(row, payment, now)
    if row.is_won and states.allows(row, ClaimState.WON) and not row.taking_units:
        _won(row, payment, now)
    elif row.state == ClaimState.OWED and not row.is_won:
        _take(row, payment, now)


def on_booked(claim_id: int, accepted: bool) -> None:
    """Go on from what was taken for a claim; in the transaction that settles it."""
    payment = states.locked(Claim.objects.values_list("payment", flat=True).get(pk=claim_id))
    row = _locked(claim_id)
    now = timezone.now()
    if accepted:
        row.taken_units = int(row.taken_units) + int(row.taking_units)
    row.taking_units = 0
    row.save(update_fields=["taken_units", "taking_units"])
    if accepted and row.state == ClaimState.OWED and row.debt_units == 0:
        states.apply(row, ClaimState.SETTLED, now=now)
    if row.is_won:
        go_on(row, payment, now)


def ask_write_off(*, claim: Claim, reason: str, acting_user: Any) -> Claim:
    """Ask a second person that the firm bears what a customer owes of a claim.

    Raises PaymentError, PermissionDenied.
    """
    require_staff(acting_user, "deposits.handle")
    reason = reason_of(reason)
    with transaction.atomic():
        row = _locked(claim.pk)
        require_not_own(row.payment.user_id, acting_user)
        if row.debt_units <= 0 or row.is_won:
            raise PaymentError(_("Nothing is owed here."))
        if row.write_off_by_id is not None:
            raise PaymentError(_("It waits for a second person already."))
        row.write_off_by, row.write_off_at = acting_user, timezone.now()
        row.write_off_reason = reason
        row.save()
        audit.record(
            "payments.ask_write_off",
            row,
            new={"owed": row.payment.asset.text(row.debt_units)},
            acting_user=acting_user,
            reason=reason,
        )
    return row


def decide_write_off(*, claim: Claim, agrees: bool, reason: str, acting_user: Any) -> Claim:
    """The second person's word on writing a debt off. Raises PaymentError, PermissionDenied."""
    require_staff(acting_user, "deposits.decide")
    reason = reason.strip()[:500] if agrees else reason_of(reason)
    with transaction.atomic():
        payment = states.locked(claim.payment_id)
        row = _locked(claim.pk)
        if row.write_off_by_id is None or row.state != ClaimState.OWED:
            raise PaymentError(_("Nobody waits for a decision about this."))
        require_another(row.write_off_by_id, acting_user)
        require_not_own(payment.user_id, acting_user)
        owed = row.debt_units
        if not agrees:
            row.write_off_by, row.write_off_at, row.write_off_reason = None, None, ""
            row.save()
        else:
            if row.taking_units:
                raise PaymentError(_("Something is being taken just now: look again in a moment."))
            row.decided_by = acting_user
            states.apply(
                row, ClaimState.WRITTEN_OFF, now=timezone.now(), acting_user=acting_user,
                note=reason,
            )  # fmt: skip
            money.write_off(payment, money.step(OFF, row), owed)
        audit.record(
            "payments.decide_write_off",
            row,
            new={"agrees": agrees, "owed": payment.asset.text(owed)},
            acting_user=acting_user,
            reason=reason,
        )
    return row


def _told(
    payment: CardPayment, kind: ClaimKind, ref: str, amount: Any, fee: Any, now: datetime
) -> Claim:
    """The claim's row; where it is new, what the gateway took is booked with it."""
    known = payment.claims.filter(kind=kind, gateway_ref=ref).first()
    if known is not None:
        return _locked(known.pk)
    units, fee_units = units_of(amount, payment.asset), units_of(fee, payment.asset) if fee else 0
    row = Claim.objects.create(
        payment=payment, kind=kind, gateway_ref=ref, amount_units=units, fee_units=fee_units
    )
    states.begin(row)
    money.left(payment, money.step(LOST, row), units)
    if fee_units:
        money.book_fee(payment, money.step(FEE, row), fee_units)
    audit.record(
        "payments.claim",
        row,
        new={"payment": payment.pk, "kind": str(kind), "amount": payment.asset.text(units)},
        acting_user=None,
    )
    if kind == ClaimKind.CHARGEBACK and payment.account.state == AccountState.ACTIVE:
        accounts.set_account_state(
            account=payment.account,
            state=AccountState.CANCEL_ONLY,
            acting_user=None,
            reason=f"Chargeback of card payment {payment.pk}",
        )
    return _locked(row.pk)


def _place(row: Claim, payment: CardPayment, now: datetime) -> None:
    """Whose the loss is, once the deposit stands still."""
    deposit: Deposit = Deposit.objects.select_for_update(of=("self",)).get(pk=payment.deposit_id)
    if deposit.state in WAITING_DEPOSITS and int(row.amount_units) == int(deposit.amount_units):
        with translation.override("en"):  # the note is kept
            note = f"{row.get_kind_display()} {row.pk}"
        deposit_states.apply(deposit, DepositState.REVERSED, now=now, note=note)
        states.apply(row, ClaimState.UNUSED, now=now)
    elif deposit.state == DepositState.IGNORED:
        states.apply(row, ClaimState.UNUSED, now=now, note="It was left to the bookkeeper.")
    elif deposit.state in HAD_DEPOSITS:
        states.apply(row, ClaimState.OWED, now=now)


def _take(row: Claim, payment: CardPayment, now: datetime) -> None:
    """Take what the customer has of what he owes; the engine has the last word."""
    if row.taking_units:
        return
    units = min(row.debt_units, _available(payment))
    if units <= 0:
        return
    row.tries, row.taking_units = row.tries + 1, units
    row.save(update_fields=["tries", "taking_units"])
    money.take(payment, money.step(TAKE, row, row.tries), units)


def _won(row: Claim, payment: CardPayment, now: datetime) -> None:
    """The gateway gave it back: the customer gets what was taken, the firm what it bore."""
    before = row.state
    states.apply(row, ClaimState.WON, now=now)
    money.came(payment, money.step(WON, row), int(row.amount_units))
    if before == ClaimState.WRITTEN_OFF:
        rest = int(row.amount_units) - int(row.taken_units)
        money.write_back(payment, money.step(ON, row), rest)
    if before == ClaimState.UNUSED:
        deposit = Deposit.objects.select_for_update(of=("self",)).get(pk=payment.deposit_id)
        if deposit.state == DepositState.REVERSED:
            deposit_states.apply(
                deposit, DepositState.HELD, now=now, note="The gateway gave it again: decide anew."
            )
    elif row.taken_units:
        money.give(payment, money.step(GIVE, row), int(row.taken_units))
    audit.record("payments.claim_won", row, new={"payment": payment.pk}, acting_user=None)


def _available(payment: CardPayment) -> int:
    """What of the asset the customer's account has available now; 0 while nobody answers."""
    return available_units(payment.account_id, payment.asset_id) or 0


def _locked(claim_id: int) -> Claim:
    return (
        Claim.objects.select_for_update(of=("self",))
        .select_related("payment__asset", "payment__user")
        .get(pk=claim_id)
    )
