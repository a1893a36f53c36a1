"""Every write of withdrawals, from the request to the word of the bank.

The engine knows no hold but an order's. So a request moves the amount from the customer to the
line *withdrawals in transit* at once: he cannot use it twice, the firm still owes it, and the
books say whose step it is. What is not paid goes back from that line.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from identity import selectors as identity
from identity import sessions
from riskrules import judging
from riskrules.rulesets import Outcome
from trading.accounts.models import Account
from trading.engine.enums import FundsReason
from trading.engine.results import Result
from wallets.ledger.models import EntryKind
from wallets.payments import bookings, limits, numbers, rules, states
from wallets.payments.errors import PaymentError
from wallets.payments.guards import (
    reason_of,
    require_another,
    require_not_own,
    require_staff,
)
from wallets.payments.models import (
    Beneficiary,
    BeneficiaryState,
    Booking,
    StatementLine,
    Withdrawal,
    WithdrawalState,
)
from wallets.payments.tidings import tell

HOLD, PAID, FEE, BOUNCED, GIVE_BACK = "hold", "paid", "fee", "bounced", "give_back"
DOUBTED_AFTER = timedelta(days=3)
TOLD_STATES = (WithdrawalState.FAILED, WithdrawalState.UNKNOWN)
_LOCK_CLASS = 0x5744  # "WD": requests of one customer wait for each other


def request_withdrawal(
    *,
    request: HttpRequest,
    account: Account,
    beneficiary: Beneficiary,
    amount_units: int,
    request_key: UUID,
) -> Withdrawal:
    """A customer, who has shown his second factor just now, asks to be paid.

    `amount_units` leaves his account; the fee is taken from it. The same `request_key` again gives
    the first one's withdrawal. Raises IdentityError("step_up"), PaymentError.
    """
    user: Any = request.user
    if not identity.has_second_factor(user):
        raise PaymentError(_("Set up your second factor first: it guards where your money goes."))
    sessions.require_recent(request)
    try:
        return _request(user, account, beneficiary, amount_units, request_key)
    except judging.Refused as refused:
        refused.keep()
        raise PaymentError(refused.sentence) from None


def _request(
    user: Any, account: Account, beneficiary: Beneficiary, amount_units: int, request_key: UUID
) -> Withdrawal:
    with transaction.atomic():
        _wait_for_own(user)
        known = Withdrawal.objects.filter(request_key=request_key, user=user).first()
        if known is not None:
            return known
        beneficiary = Beneficiary.objects.select_for_update().get(pk=beneficiary.pk, user=user)
        now = timezone.now()
        fee_units = check_withdrawal(
            user=user,
            account=account,
            beneficiary=beneficiary,
            amount_units=amount_units,
            now=now,
        )
        method = beneficiary.method
        decision = rules.judge_withdrawal(
            user=user,
            account=account,
            beneficiary=beneficiary,
            amount_units=amount_units,
            now=now,
        )
        one_is_enough = decision.outcome < Outcome.HOLD and amount_units <= int(
            method.one_person_units
        )
        value = limits.value_of(user, method.asset, amount_units, now)
        row = Withdrawal.objects.create(
            request_key=request_key,
            user=user,
            account=account,
            asset=method.asset,
            method=method,
            beneficiary=beneficiary,
            holder=beneficiary.holder,
            iban=beneficiary.iban,
            bic=beneficiary.bic,
            amount_units=amount_units,
            fee_units=fee_units,
            tier_asset=value.asset if value else None,
            tier_units=value.units if value else None,
            tier_rate=value.source[:200] if value else "",
            fired=decision.names,
            approvals_needed=1 if one_is_enough else 2,
        )
        states.begin(row, acting_user=user)
        bookings.book(
            row,
            HOLD,
            bookings.debited(row, FundsReason.WITHDRAWAL, amount_units, bookings.IN_TRANSIT),
        )
        audit.record(
            "payments.request_withdrawal",
            row,
            new={
                "account": account.pk,
                "amount": row.asset.text(amount_units),
                "asset": row.asset.code,
                "iban": numbers.masked(row.iban),
                "rules": row.fired,
            },
            acting_user=user,
        )
        tell("withdrawal_requested", user, _mail_facts(row))
    return row


def check_withdrawal(
    *, user: Any, account: Account, beneficiary: Beneficiary, amount_units: int, now: datetime
) -> int:
    """The fee; raises PaymentError with the first thing that is in the way. Nothing is written."""
    method = beneficiary.method
    if account.user_id != user.pk:
        raise PaymentError(_("You have no such account."))
    if not limits.is_offered(method, user, withdrawal=True):
        raise PaymentError(_("This way of paying out is not open to you."))
    if beneficiary.state != BeneficiaryState.ACTIVE:
        raise PaymentError(_("This beneficiary is not approved."), "beneficiary")
    if beneficiary.usable_from is None or beneficiary.usable_from > now:
        raise PaymentError(
            _("This beneficiary is too new: wait until it is usable."), "beneficiary"
        )
    low, high = int(method.withdrawal_min_units), int(method.withdrawal_max_units)
    text = method.asset.text
    if amount_units <= 0 or amount_units < low:
        raise PaymentError(_("The least is %(amount)s.") % {"amount": text(max(low, 1))}, "amount")
    if high and amount_units > high:
        raise PaymentError(_("The most is %(amount)s.") % {"amount": text(high)}, "amount")
    fee_units = method.withdrawal_fee(amount_units)
    if fee_units >= amount_units:
        raise PaymentError(_("The fee would take all of it."), "amount")
    room = limits.withdrawal_room(method, user, now)
    if room.unvalued:
        raise PaymentError(
            _(
                "Your limits are counted in %(currency)s, and nobody knows just now what "
                "%(asset)s is worth in it. Try again later, or write to support."
            )
            % {"currency": room.currency, "asset": room.unvalued},
            "amount",
        )
    left = room.left_units
    if left is not None and amount_units > left:
        raise PaymentError(
            _("Your limits leave %(amount)s for now.") % {"amount": text(left)}, "amount"
        )
    return fee_units


def cancel_withdrawal(*, withdrawal: Withdrawal, acting_user: Any) -> Withdrawal:
    """The customer takes his request back while nobody has approved it."""

    def step(row: Withdrawal, now: datetime) -> None:
        if row.user_id != acting_user.pk:
            raise PaymentError(_("You have no such withdrawal."))
        if row.first_by_id is not None:
            raise PaymentError(_("It is being worked on: ask support."))
        states.apply(row, WithdrawalState.CANCELED, now=now, acting_user=acting_user)
        _give_back(row)

    return _change(withdrawal, step, "payments.cancel_withdrawal", acting_user)


def approve_withdrawal(*, withdrawal: Withdrawal, reason: str, acting_user: Any) -> Withdrawal:
    """One person's yes; approved once as many have said it as it takes.

    The same person again changes nothing. Raises PaymentError, PermissionDenied.
    """
    require_staff(acting_user, "withdrawals.decide")

    def step(row: Withdrawal, now: datetime) -> None:
        require_not_own(row.user_id, acting_user)
        states.require(row, WithdrawalState.APPROVED)
        if row.first_by_id is None:
            row.first_by, row.first_at = acting_user, now
        elif row.first_by_id == acting_user.pk:
            raise PaymentError(_("You approved this already: another person has to as well."))
        else:
            row.second_by, row.second_at = acting_user, now
        if row.approvals_needed == 1 or row.second_by_id is not None:
            states.apply(
                row, WithdrawalState.APPROVED, now=now, acting_user=acting_user, note=reason
            )
        else:
            row.save()

    return _change(withdrawal, step, "payments.approve_withdrawal", acting_user, reason)


def refuse_withdrawal(*, withdrawal: Withdrawal, reason: str, acting_user: Any) -> Withdrawal:
    """One person's no: the customer has his money back. Raises PaymentError, PermissionDenied."""
    require_staff(acting_user, "withdrawals.decide")
    reason = reason_of(reason)

    def step(row: Withdrawal, now: datetime) -> None:
        require_not_own(row.user_id, acting_user)
        states.apply(row, WithdrawalState.REFUSED, now=now, acting_user=acting_user, note=reason)
        _give_back(row)

    return _change(withdrawal, step, "payments.refuse_withdrawal", acting_user, reason)


def tell_outcome(
    *, withdrawal: Withdrawal, outcome: str, reason: str, acting_user: Any
) -> Withdrawal:
    """One person says what the bank said of a payment that was sent: that it is not known what
    became of it, at once; that it was not paid, for a second person to confirm.

    Raises PaymentError, PermissionDenied.
    """
    require_staff(acting_user, "bank.prepare")
    reason = reason_of(reason)
    if outcome not in TOLD_STATES:
        raise PaymentError(_("Choose whether it was not paid or is not known."), "outcome")

    def step(row: Withdrawal, now: datetime) -> None:
        if row.state not in (WithdrawalState.SENT, WithdrawalState.UNKNOWN):
            raise PaymentError(_("Only of a payment that was sent the bank can say something."))
        if row.state == WithdrawalState.SENT:
            states.apply(
                row, WithdrawalState.UNKNOWN, now=now, acting_user=acting_user, note=reason
            )
        is_failed = outcome == WithdrawalState.FAILED
        row.told_state = outcome if is_failed else ""
        row.told_by = acting_user if is_failed else None
        row.told_reason = reason if is_failed else ""
        row.save()

    return _change(withdrawal, step, "payments.tell_outcome", acting_user, reason)


def confirm_outcome(
    *, withdrawal: Withdrawal, agrees: bool, reason: str, acting_user: Any
) -> Withdrawal:
    """Another person agrees that it was not paid: the customer has his money back.

    Raises PaymentError, PermissionDenied.
    """
    require_staff(acting_user, "bank.release")
    reason = reason_of(reason)

    def step(row: Withdrawal, now: datetime) -> None:
        if row.told_state != WithdrawalState.FAILED:
            raise PaymentError(_("Nobody has said that this payment failed."))
        require_another(row.told_by_id, acting_user)
        if agrees:
            states.apply(row, WithdrawalState.FAILED, now=now, acting_user=acting_user, note=reason)
            _give_back(row)
        row.told_state, row.told_by, row.told_reason = "", None, ""
        row.save()

    return _change(withdrawal, step, "payments.confirm_outcome", acting_user, reason)


def paid(*, withdrawal: Withdrawal, line: StatementLine) -> None:
    """The bank's line shows that it left; in the transaction that books the line."""
    row = _locked(withdrawal.pk)
    bank = line.bank_account
    states.apply(row, WithdrawalState.PAID, now=timezone.now(), note=f"Bank entry: {line}")
    bookings.book(
        row,
        PAID,
        bookings.moved(
            EntryKind.WITHDRAWAL_PAID, row, bookings.IN_TRANSIT, bank.house, row.net_units
        ),
    )
    if row.fee_units:
        bookings.book(
            row,
            FEE,
            bookings.moved(
                EntryKind.OTHER_INCOME,
                row,
                bookings.IN_TRANSIT,
                bookings.FEES,
                int(row.fee_units),
            ),
        )
    audit.record(
        "payments.withdrawal_paid", row, new={"line": line.pk, "state": row.state}, acting_user=None
    )
    tell("withdrawal_paid", row.user, _mail_facts(row))


def came_back(*, withdrawal: Withdrawal, line: StatementLine) -> None:
    """The bank's line shows that a paid one came back; in the transaction that books the line.

    It is given back to the customer once the books have it; the fee is not.
    """
    row = _locked(withdrawal.pk)
    states.apply(row, WithdrawalState.RETURNED, now=timezone.now(), note=f"Bank entry: {line}")
    bookings.book(
        row,
        BOUNCED,
        bookings.moved(
            EntryKind.WITHDRAWAL_BOUNCED,
            row,
            line.bank_account.house,
            bookings.IN_TRANSIT,
            row.net_units,
        ),
    )
    audit.record("payments.withdrawal_returned", row, new={"line": line.pk}, acting_user=None)


def on_booked(booking: Booking, accepted: bool) -> None:
    """Go on from a booking of a withdrawal; in the transaction that settles it."""
    row = _locked(booking.withdrawal_id)
    now = timezone.now()
    if booking.step == HOLD:
        if accepted:
            states.apply(row, WithdrawalState.WAITING, now=now)
        else:
            states.apply(row, WithdrawalState.DECLINED, now=now, note=_why(booking.result))
    elif not accepted:
        bookings.note_refused(row, booking)
    elif booking.step == BOUNCED:
        _give_back(row)
    elif booking.step == GIVE_BACK:
        tell("withdrawal_given_back", row.user, _mail_facts(row))


def doubt_overdue(now: datetime) -> int:
    """What was sent days ago and stands on no statement is not known: somebody asks the bank."""
    rows = Withdrawal.objects.filter(state=WithdrawalState.SENT, sent_at__lt=now - DOUBTED_AFTER)
    count = 0
    for pk in rows.values_list("pk", flat=True):
        with transaction.atomic():
            row = _locked(pk)
            if row.state != WithdrawalState.SENT:
                continue
            states.apply(
                row,
                WithdrawalState.UNKNOWN,
                now=now,
                note="It stands on no statement after three days.",
            )
            audit.record("payments.withdrawal_unknown", row, acting_user=None)
            count += 1
    return count


def _give_back(row: Withdrawal) -> None:
    """What was taken goes back; of one that was paid, what came back: its fee was earned."""
    was_paid = row.state == WithdrawalState.RETURNED
    units = row.net_units if was_paid else int(row.amount_units)
    bookings.book(
        row,
        GIVE_BACK,
        bookings.credited(row, FundsReason.WITHDRAWAL, units, bookings.IN_TRANSIT),
    )


def _why(result: int | None) -> str:
    if result == Result.INSUFFICIENT_FUNDS:
        return _("There is not enough available: part of it may be held by open orders.")
    return f"The engine declined it (result {result})."


def _change(
    withdrawal: Withdrawal,
    step: Callable[[Withdrawal, datetime], None],
    action: str,
    acting_user: Any,
    reason: str = "",
) -> Withdrawal:
    with transaction.atomic():
        row = _locked(withdrawal.pk)
        old = row.state
        step(row, timezone.now())
        audit.record(
            action,
            row,
            old={"state": old},
            new={"state": row.state},
            acting_user=acting_user,
            reason=reason.strip(),
        )
    return row


def _locked(withdrawal_id: Any) -> Withdrawal:
    return (
        Withdrawal.objects.select_for_update(of=("self",))
        .select_related("asset", "method", "user", "account")
        .get(pk=withdrawal_id)
    )


def _wait_for_own(user: Any) -> None:
    """Until the transaction's end nobody else asks for this customer: limits are counted once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(current_schema() || %s))",
            [_LOCK_CLASS, f":{user.pk}"],
        )


def _mail_facts(row: Withdrawal) -> dict[str, str]:
    return {
        "amount": row.asset.text(int(row.amount_units)),
        "arrives": row.asset.text(row.net_units),
        "asset": row.asset.code,
        "iban": numbers.masked(row.iban),
        "note": row.note,
    }
