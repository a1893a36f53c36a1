"""Every write of deposits: recorded, in suspense, screened, credited; and the work list.

Money is booked to suspense as soon as the bank shows it, whoever sent it. What leads on from
there is one table of steps (`states`), each step in a transaction with what it books.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from riskrules import judging
from riskrules.evaluation import Decision
from trading.accounts.errors import NoAccount
from trading.accounts.models import Account
from trading.accounts.selectors import access_account
from trading.engine.enums import FundsReason
from trading.instruments.models import Asset
from wallets.ledger.models import EntryKind
from wallets.payments import bookings, limits, rules, states
from wallets.payments.deposits.matching import Owner
from wallets.payments.errors import PaymentError
from wallets.payments.guards import (
    reason_of,
    require_another,
    require_not_own,
    require_staff,
)
from wallets.payments.models import (
    Announcement,
    Booking,
    Deposit,
    DepositState,
    Match,
    PaymentMethod,
    Proposal,
    Rail,
    StatementLine,
)
from wallets.payments.tidings import tell

RECORD, CREDIT, FEE, SEND_BACK = "record", "credit", "fee", "send_back"


def announce_deposit(*, user: Any, method: PaymentMethod, amount_units: int) -> Announcement:
    """A customer says what he is about to send. Raises PaymentError."""
    if not limits.is_offered(method, user, withdrawal=False):
        raise PaymentError(_("This way of paying in is not open to you."))
    low, high = int(method.deposit_min_units), int(method.deposit_max_units)
    if amount_units <= 0 or amount_units < low or (high and amount_units > high):
        raise PaymentError(_("The amount is outside of the limits."), "amount")
    return Announcement.objects.create(user=user, method=method, amount_units=amount_units)


def record_deposit(*, line: StatementLine, owner: Owner | None) -> Deposit:
    """Write down what a bank's line brought, and have it booked to suspense.

    To be called in the transaction that books the line; `owner` is whose it seems to be.
    """
    bank = line.bank_account
    method = (
        owner.method
        if owner is not None and owner.method is not None
        else PaymentMethod.objects.filter(bank_account=bank, is_active=True).first()
    )
    units = int(line.amount_units)
    fee = method.deposit_fee(units) if method is not None else 0
    deposit = Deposit.objects.create(
        bank_account=bank,
        method=method,
        line=line,
        asset=bank.asset,
        amount_units=units,
        # Who sends less than the fee gets nothing of it back, but nothing is taken from him.
        fee_units=fee if fee < units else 0,
        user=owner.user if owner is not None else None,
        account=owner.account if owner is not None else None,
        match=owner.match if owner is not None else Match.NONE,
        sender_name=line.name,
        sender_iban=line.iban,
        remittance=line.remittance,
        house=bank.house,
    )
    if owner is not None and owner.announcement is not None:
        owner.announcement.deposit = deposit
        owner.announcement.save(update_fields=["deposit"])
    _record(deposit)
    return deposit


def record_payment(
    *,
    method: PaymentMethod | None,
    asset: Asset,
    account: Account,
    house: int,
    amount_units: int,
    match: Match,
    sender_name: str = "",
    remittance: str = "",
    hold_reason: str = "",
) -> Deposit:
    """Write down what came in without a bank's line: at a gateway, or in cash.

    `house` is the house line where it is; with a `hold_reason` a person looks first. To be called
    in the transaction that knows of it once.
    """
    fee = method.deposit_fee(amount_units) if method is not None else 0
    deposit = Deposit.objects.create(
        method=method,
        asset=asset,
        amount_units=amount_units,
        fee_units=fee if fee < amount_units else 0,
        user=account.user,
        account=account,
        match=match,
        sender_name=sender_name[:140],
        remittance=remittance[:500],
        house=house,
        hold_reason=hold_reason[:300],
    )
    _record(deposit)
    return deposit


def _record(deposit: Deposit) -> None:
    states.begin(deposit)
    bookings.book(
        deposit,
        RECORD,
        bookings.moved(
            EntryKind.DEPOSIT_RECORDED,
            deposit,
            deposit.house,
            bookings.SUSPENSE,
            int(deposit.amount_units),
        ),
    )


def on_booked(booking: Booking, accepted: bool) -> None:
    """Go on from a booking of a deposit; in the transaction that settles it."""
    deposit = locked(booking.deposit_id)
    now = timezone.now()
    if not accepted and booking.step != CREDIT:
        bookings.note_refused(deposit, booking)
    elif booking.step == RECORD:
        states.apply(deposit, DepositState.SUSPENSE, now=now)
        if deposit.hold_reason:
            _hold(deposit, now, deposit.hold_reason)
        elif deposit.user_id is not None:
            _screen(deposit, now)
    elif booking.step == CREDIT:
        if accepted:
            _credited(deposit, now)
        else:
            states.apply(
                deposit,
                DepositState.HELD,
                now=now,
                note=f"The engine refused to credit it (result {booking.result}).",
            )


def _screen(deposit: Deposit, now: datetime) -> None:
    """Ask the rules; credit it, or hold it for a person."""
    decision = _judged(deposit, now)
    deposit.fired = decision.names
    if decision.is_allowed:
        _credit(deposit, now)
        return
    _hold(deposit, now, " ".join(decision.sentences))


def _hold(deposit: Deposit, now: datetime, sentence: str) -> None:
    states.apply(deposit, DepositState.HELD, now=now, note=sentence)
    audit.record("payments.hold_deposit", deposit, new={"rules": deposit.fired}, acting_user=None)


def _judged(deposit: Deposit, now: datetime, *, by_staff: bool = False) -> Decision:
    method = deposit.method
    offered = method is None or limits.is_offered(method, deposit.user, withdrawal=False)
    return rules.judge_deposit(deposit, is_offered=offered, now=now, by_staff=by_staff)


def _credit(deposit: Deposit, now: datetime, *, acting_user: Any = None, note: str = "") -> None:
    states.apply(deposit, DepositState.SCREENED, now=now, acting_user=acting_user, note=note)
    bookings.book(
        deposit,
        CREDIT,
        bookings.credited(deposit, FundsReason.DEPOSIT, deposit.credited_units, bookings.SUSPENSE),
    )


def _credited(deposit: Deposit, now: datetime) -> None:
    states.apply(deposit, DepositState.CREDITED, now=now)
    if deposit.fee_units:
        bookings.book(
            deposit,
            FEE,
            bookings.moved(
                EntryKind.OTHER_INCOME,
                deposit,
                bookings.SUSPENSE,
                bookings.FEES,
                int(deposit.fee_units),
            ),
        )
    audit.record(
        "payments.credit_deposit",
        deposit,
        new={
            "account": deposit.account_id,
            "amount": deposit.asset.text(deposit.credited_units),
            "asset": deposit.asset.code,
        },
        acting_user=None,
    )
    tell(
        "deposit_credited",
        deposit.user,
        {"amount": deposit.asset.text(deposit.credited_units), "asset": deposit.asset.code},
    )


def propose(
    *,
    deposit: Deposit,
    proposal: str,
    reason: str,
    acting_user: Any,
    account: Account | None = None,
) -> Deposit:
    """Ask a second person to credit a deposit to an account, send it back, or leave it.

    Raises PaymentError, PermissionDenied.
    """
    require_staff(acting_user, "deposits.handle")
    reason = reason_of(reason)
    if proposal not in (Proposal.ASSIGN, Proposal.RETURN, Proposal.IGNORE):
        raise PaymentError(_("Choose what is to become of it."), "proposal")
    with transaction.atomic():
        row = locked(deposit.pk)
        states.require(row, DepositState.PROPOSED)
        if proposal == Proposal.ASSIGN:
            if account is None or account.user is None:
                raise PaymentError(_("Say whose it is: a customer's account."), "account")
            require_not_own(account.user_id, acting_user)
            row.proposed_user = account.user
        by_card = row.method is not None and row.method.rail == Rail.CARD
        if proposal == Proposal.RETURN and not row.sender_iban and not by_card:
            raise PaymentError(_("The bank does not say which account it came from."))
        row.proposal, row.proposal_reason = proposal, reason
        row.proposed_by, row.proposed_at = acting_user, timezone.now()
        row.decided_by = row.decided_at = None
        row.before_proposal = row.state
        states.apply(
            row, DepositState.PROPOSED, now=row.proposed_at, acting_user=acting_user, note=reason
        )
        audit.record(
            "payments.propose_deposit",
            row,
            new={"proposal": proposal, "customer": row.proposed_user_id},
            acting_user=acting_user,
            reason=reason,
        )
    return row


def decide(*, deposit: Deposit, agrees: bool, reason: str, acting_user: Any) -> Deposit:
    """The second person's word on what was proposed. Raises PaymentError, PermissionDenied."""
    require_staff(acting_user, "deposits.decide")
    reason = reason_of(reason)
    try:
        return _decide(deposit, agrees, reason, acting_user)
    except judging.Refused as refused:
        refused.keep()
        raise PaymentError(refused.sentence) from None


def _decide(deposit: Deposit, agrees: bool, reason: str, acting_user: Any) -> Deposit:
    with transaction.atomic():
        row = locked(deposit.pk)
        if row.state != DepositState.PROPOSED:
            raise PaymentError(_("Nobody waits for a decision about this deposit."))
        require_another(row.proposed_by_id, acting_user)
        require_not_own(row.proposed_user_id, acting_user)
        now = timezone.now()
        row.decided_by, row.decided_at = acting_user, now
        proposal = row.proposal
        if not agrees:
            back_to = DepositState(row.before_proposal)
            row.proposal, row.proposed_user, row.proposed_by = Proposal.NONE, None, None
            row.decided_by = None
            states.apply(row, back_to, now=now, acting_user=acting_user, note=reason)
        elif proposal == Proposal.ASSIGN:
            _assign(row, now, acting_user, reason)
        else:
            wanted = DepositState.RETURNING if proposal == Proposal.RETURN else DepositState.IGNORED
            states.apply(row, wanted, now=now, acting_user=acting_user, note=reason)
        audit.record(
            "payments.decide_deposit",
            row,
            old={"proposal": str(proposal)},
            new={"agrees": agrees, "state": row.state},
            acting_user=acting_user,
            reason=reason,
        )
    return row


def _assign(row: Deposit, now: datetime, acting_user: Any, reason: str) -> None:
    """Two persons know better than a rule that holds; one that denies stays."""
    try:
        account = access_account(row.proposed_user)
    except NoAccount:
        raise PaymentError(_("The customer has no account any more.")) from None
    row.user, row.account, row.match = row.proposed_user, account, Match.STAFF
    row.fired = _judged(row, now, by_staff=True).names
    _credit(row, now, acting_user=acting_user, note=reason)


def sent_back(*, deposit: Deposit, line: StatementLine) -> None:
    """The bank's line shows that it left; in the transaction that books the line."""
    _sent_back(locked(deposit.pk), f"Bank entry: {line}")


def given_back(*, deposit: Deposit, note: str) -> None:
    """The gateway says that it is back on the card; in the transaction that knows of it."""
    _sent_back(locked(deposit.pk), note)


def _sent_back(row: Deposit, note: str) -> None:
    states.apply(row, DepositState.RETURNED, now=timezone.now(), note=note)
    assert row.bank_account is not None or row.house
    house = row.house or (row.bank_account.house if row.bank_account else 0)
    bookings.book(
        row,
        SEND_BACK,
        bookings.moved(
            EntryKind.DEPOSIT_SENT_BACK, row, bookings.SUSPENSE, house, int(row.amount_units)
        ),
    )


def locked(deposit_id: Any) -> Deposit:
    """The deposit, nobody else's until the transaction's end."""
    return (
        Deposit.objects.select_for_update(of=("self",))
        .select_related("asset", "bank_account", "method", "user", "account")
        .get(pk=deposit_id)
    )
