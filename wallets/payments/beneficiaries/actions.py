"""Every write of the beneficiary book."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from identity import selectors as identity
from identity import sessions
from riskrules import judging
from wallets.payments import limits, numbers, rules
from wallets.payments.errors import PaymentError
from wallets.payments.guards import reason_of, require_not_own, require_staff
from wallets.payments.models import Beneficiary, BeneficiaryState, PaymentMethod
from wallets.payments.tidings import tell

MOST = 20


def add_beneficiary(
    *,
    request: HttpRequest,
    method: PaymentMethod,
    label: str,
    holder: str,
    iban: str,
    bic: str = "",
) -> Beneficiary:
    """A customer names an account of his own; he has shown his second factor just now.

    In his own name it can be used after the method's cooling period; in another, staff look at it
    first. Raises IdentityError("step_up"), PaymentError.
    """
    user: Any = request.user
    if not identity.has_second_factor(user):
        raise PaymentError(_("Set up your second factor first: it guards where your money goes."))
    sessions.require_recent(request)
    if not limits.is_offered(method, user, withdrawal=True):
        raise PaymentError(_("This way of paying out is not open to you."))
    iban = numbers.clean_iban(iban)
    if method.countries and numbers.country_of(iban) not in method.countries.split():
        raise PaymentError(_("Banks of this country cannot be paid by this method."), "iban")
    holder, label = " ".join(holder.split()), " ".join(label.split())
    if not numbers.name_key(holder):
        raise PaymentError(_("Write the holder's name as the bank has it."), "holder")
    living = Beneficiary.objects.filter(
        user=user, state__in=[BeneficiaryState.REVIEW, BeneficiaryState.ACTIVE]
    )
    if living.count() >= MOST:
        raise PaymentError(_("Remove one that you do not need any more first."))
    is_own = numbers.is_same_name(holder, user.name)
    now = timezone.now()
    try:
        with transaction.atomic():
            decision = rules.judge_beneficiary(
                user=user, method=method, iban=iban, is_own=is_own, now=now
            )
            is_free = decision.is_allowed
            row = Beneficiary.objects.create(
                user=user,
                method=method,
                label=label[:60] or numbers.masked(iban),
                holder=holder[:70],
                iban=iban,
                bic=numbers.clean_bic(bic),
                is_own_name=is_own,
                state=BeneficiaryState.ACTIVE if is_free else BeneficiaryState.REVIEW,
                usable_from=now + timedelta(hours=method.cooling_hours) if is_free else None,
            )
            audit.record(
                "payments.add_beneficiary",
                row,
                new={
                    "iban": numbers.masked(iban),
                    "state": row.state,
                    "rules": decision.names,
                },
                acting_user=user,
            )
            tell("beneficiary_added", user, {"iban": numbers.masked(iban)})
    except judging.Refused as refused:
        refused.keep()
        raise PaymentError(refused.sentence) from None
    except IntegrityError as error:
        raise PaymentError(_("This account is in your book already."), "iban") from error
    return row


def remove_beneficiary(*, beneficiary: Beneficiary, acting_user: Any) -> None:
    """The customer takes one out of his book; withdrawals that were asked for go on."""
    with transaction.atomic():
        row = Beneficiary.objects.select_for_update().get(pk=beneficiary.pk, user=acting_user)
        if row.state == BeneficiaryState.REMOVED:
            return
        old, row.state = row.state, BeneficiaryState.REMOVED
        row.save()
        audit.record(
            "payments.remove_beneficiary",
            row,
            old={"state": old},
            new={"state": row.state},
            acting_user=acting_user,
        )


def decide_beneficiary(
    *, beneficiary: Beneficiary, approves: bool, reason: str, acting_user: Any
) -> Beneficiary:
    """Staff's word on one of another name. Raises PaymentError, PermissionDenied."""
    require_staff(acting_user, "withdrawals.decide")
    reason = reason_of(reason)
    with transaction.atomic():
        row = Beneficiary.objects.select_for_update().get(pk=beneficiary.pk)
        require_not_own(row.user_id, acting_user)
        if row.state != BeneficiaryState.REVIEW:
            raise PaymentError(_("This beneficiary does not wait for review."))
        now = timezone.now()
        row.state = BeneficiaryState.ACTIVE if approves else BeneficiaryState.REFUSED
        row.usable_from = now + timedelta(hours=row.method.cooling_hours) if approves else None
        row.decided_by, row.decided_at, row.decision_reason = acting_user, now, reason
        row.save()
        audit.record(
            "payments.decide_beneficiary",
            row,
            old={"state": "review"},
            new={"state": row.state},
            acting_user=acting_user,
            reason=reason,
        )
    return row
