"""Every write of payments by hand: recorded by one, agreed by another, then a deposit like any."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from trading.accounts.models import Account
from trading.instruments.models import Asset
from wallets.ledger import chart
from wallets.ledger.models import CustodyAccount
from wallets.payments.deposits import actions as deposits
from wallets.payments.errors import PaymentError
from wallets.payments.guards import (
    reason_of,
    require_another,
    require_not_own,
    require_staff,
)
from wallets.payments.models import ManualPayment, ManualState, Match


def record_by_hand(
    *,
    account: Account | None,
    asset: Asset,
    amount_units: int,
    house: int,
    payer: str,
    paper: str,
    reason: str,
    acting_user: Any,
) -> ManualPayment:
    """One person says what came in, of whom, and where it is. Nothing is booked yet.

    Raises PaymentError, PermissionDenied.
    """
    require_staff(acting_user, "deposits.handle")
    reason = reason_of(reason)
    if account is None or account.user_id is None:
        raise PaymentError(_("Say whose it is: a customer's account."), "account")
    require_not_own(account.user_id, acting_user)
    if amount_units <= 0:
        raise PaymentError(_("Enter an amount above zero."), "amount")
    if not payer.strip() or not paper.strip():
        raise PaymentError(_("Say who paid, and the number of the receipt."), "paper")
    if not _is_place(house):
        raise PaymentError(_("Choose where the money is."), "house")
    try:
        with transaction.atomic():
            row = ManualPayment.objects.create(
                account=account,
                asset=asset,
                amount_units=amount_units,
                house=house,
                payer=payer.strip()[:140],
                paper=" ".join(paper.split())[:80],
                reason=reason,
                asked_by=acting_user,
            )
            audit.record(
                "payments.record_by_hand",
                row,
                new={
                    "account": account.pk,
                    "amount": asset.text(amount_units),
                    "asset": asset.code,
                    "paper": row.paper,
                },
                acting_user=acting_user,
                reason=reason,
            )
    except IntegrityError as error:
        raise PaymentError(_("A payment with this receipt is there already."), "paper") from error
    return row


def decide_by_hand(
    *, payment: ManualPayment, agrees: bool, reason: str, acting_user: Any
) -> ManualPayment:
    """The second person's word: recorded as a deposit, or not.

    Raises PaymentError, PermissionDenied.
    """
    require_staff(acting_user, "deposits.decide")
    reason = reason.strip()[:500] if agrees else reason_of(reason)
    with transaction.atomic():
        row = (
            ManualPayment.objects.select_for_update(of=("self",))
            .select_related("account__user", "asset")
            .get(pk=payment.pk)
        )
        if row.state != ManualState.ASKED:
            raise PaymentError(
                _("It is decided already: %(state)s.") % {"state": row.get_state_display().lower()}
            )
        require_another(row.asked_by_id, acting_user)
        require_not_own(row.account.user_id, acting_user)
        row.decided_by, row.decided_at = acting_user, timezone.now()
        row.decision_reason = reason
        row.state = ManualState.RECORDED if agrees else ManualState.REFUSED
        if agrees:
            row.deposit = deposits.record_payment(
                method=None,
                asset=row.asset,
                account=row.account,
                house=int(row.house),
                amount_units=int(row.amount_units),
                match=Match.STAFF,
                sender_name=row.payer,
                remittance=f"By hand: {row.paper}",
            )
        row.save()
        audit.record(
            "payments.decide_by_hand",
            row,
            old={"state": "asked"},
            new={"state": row.state, "deposit": row.deposit_id},
            acting_user=acting_user,
            reason=reason,
        )
    return row


def places() -> list[tuple[int, str]]:
    """Where money by hand can be: the house lines of banks and boxes, with names."""
    found = [(chart.house_line(chart.CUSTODY_LINES[0]), _("Main bank"))]
    rows = CustodyAccount.objects.filter(line=int(chart.CUSTODY_LINES[0])).order_by("part")
    return found + [(chart.house_line(row.line, row.part), row.name) for row in rows]


def _is_place(house: int) -> bool:
    return house in {number for number, _name in places()}
