"""What a customer may ask of his own data: a copy, and that it is erased once it may be.

Both reach over all rooms that hold something of him (`identity.personal_data`); what is KYC's own
is here as well.
"""

import datetime
from typing import Any

from dateutil.relativedelta import relativedelta
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from identity import personal_data
from kyc import sealed, selectors
from kyc.actions import rights
from kyc.actions.checks import forget_checks
from kyc.actions.documents import erase_document
from kyc.errors import KycError
from kyc.models import CaseNote, CaseState, Hit, IdentityKey, KycCase, KycProfile
from tenants import registry

DRAFT_KEPT = datetime.timedelta(days=90)


def export_data(*, user: Any, acting_user: Any) -> dict[str, Any]:
    """Everything the firm holds of a customer that he may read, by room; written down in the
    trail."""
    if acting_user is None or acting_user.is_staff or acting_user.pk != user.pk:
        raise PermissionDenied(_("A customer asks for his own data."))
    found = personal_data.copy_of(user)
    audit.record("kyc.export_data", user, new={"rooms": list(found)}, acting_user=acting_user)
    return found


def export_case_data(user: Any) -> dict[str, Any]:
    """What KYC holds of a customer that he may read.

    Notes among staff and screening are not in it: the law does not let a firm tell of them.
    """
    profile = selectors.profile_of(user)
    return {
        "tier": profile.tier.number if profile else 0,
        "verified_at": _text(profile.verified_at) if profile else None,
        "expires_at": _text(profile.expires_at) if profile else None,
        "cases": [_case(case) for case in selectors.cases().filter(user_id=user.pk).order_by("id")],
    }


def _case(case: KycCase) -> dict[str, Any]:
    return {
        "number": case.pk,
        "tier": case.tier.number,
        "kind": case.kind,
        "state": case.state,
        "opened_at": _text(case.opened_at),
        "submitted_at": _text(case.submitted_at),
        "decided_at": _text(case.decided_at),
        "answers": {k: v for k, v in selectors.answers_of(case).items() if not k.startswith("_")},
        "asked": [
            {"message": each.message, "answer": sealed.unseal(each.answer, "")}
            for each in case.requests.all()
        ],
        "documents": [
            {
                "document": each.code,
                "pages": each.pages,
                "uploaded_at": _text(each.uploaded_at),
                "sha256": each.sha256,
            }
            for each in case.documents.filter(erased_at__isnull=True)
        ],
        "checked_by": [
            {"provider": each.provider.title, "sent_at": _text(each.sent_at)}
            for each in case.checks.select_related("provider")
        ],
        "message": case.message,
    }


def _text(moment: datetime.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def ask_erasure(*, user: Any, acting_user: Any, now: datetime.datetime) -> datetime.datetime | None:
    """A customer wants his data erased. What nobody decided about goes at once; the rest when the
    time is over for which the law wants it kept, which is given back (None: nothing is left).
    """
    if acting_user is None or acting_user.is_staff or acting_user.pk != user.pk:
        raise PermissionDenied(_("A customer asks for his own data."))
    with transaction.atomic():
        for case in KycCase.objects.select_for_update().filter(user_id=user.pk):
            if case.state in (CaseState.SUBMITTED, CaseState.IN_REVIEW, CaseState.SECOND):
                raise KycError(_("Your request is being looked at. Ask again when it is decided."))
            if case.state in (CaseState.DRAFT, CaseState.WITHDRAWN, CaseState.MORE_NEEDED):
                _erase_case(case)
        profile = rights.ensure_profile(user, for_update=True)
        profile.erase_asked_at = profile.erase_asked_at or now
        profile.save(update_fields=["erase_asked_at"])
        until = personal_data.kept_until(user)
        audit.record(
            "kyc.ask_erasure",
            user,
            new={"kept_until": _text(until)},
            acting_user=acting_user,
        )
    return until


def kept_until(user: Any) -> datetime.datetime | None:
    """Until when decided cases are kept: the firm's years after the last decision."""
    last = (
        KycCase.objects.filter(user_id=user.pk, decided_at__isnull=False)
        .filter(state__in=(CaseState.APPROVED, CaseState.REFUSED))
        .exclude(answers=b"")
        .order_by("-decided_at")
        .first()
    )
    if last is None or last.decided_at is None:
        return None
    return last.decided_at + relativedelta(years=registry.get("kyc.retention_years"))


def erase_due(*, now: datetime.datetime) -> int:
    """Erase drafts nobody sent, and customers who left and whose time is over; how many."""
    count = 0
    stale = KycCase.objects.filter(
        state__in=(CaseState.DRAFT, CaseState.WITHDRAWN), opened_at__lt=now - DRAFT_KEPT
    ).exclude(answers=b"")
    for case in stale[:500]:
        with transaction.atomic():
            _erase_case(KycCase.objects.select_for_update().get(pk=case.pk))
        count += 1
    leaving = KycProfile.objects.filter(erased_at__isnull=True).select_related("user")
    for profile in leaving.filter(erase_asked_at__isnull=False, user__is_active=False):
        until = personal_data.kept_until(profile.user)
        if until is None or until <= now:
            _erase_customer(profile.user, now)
            count += 1
    return count


def _erase_case(case: KycCase) -> None:
    case.answers = case.found = b""
    if case.state in (CaseState.DRAFT, CaseState.MORE_NEEDED):
        case.state = CaseState.WITHDRAWN
    case.save()
    CaseNote.objects.filter(case=case).delete()
    case.requests.all().delete()
    forget_checks(case)
    for document in case.documents.filter(erased_at__isnull=True):
        erase_document(document)


def _erase_customer(user: Any, now: datetime.datetime) -> None:
    with transaction.atomic():
        rooms = personal_data.erase(user, now)
        audit.record("kyc.erase", user, new={"rooms": rooms}, acting_user=None)


def erase_profile(user: Any, now: datetime.datetime) -> None:
    """What KYC holds of somebody goes; that there was a case, and how it ended, stays."""
    for case in KycCase.objects.select_for_update().filter(user_id=user.pk):
        case.decision_reason = case.proposed_reason = case.escalation_reason = case.message = ""
        _erase_case(case)
    IdentityKey.objects.filter(user_id=user.pk).delete()
    Hit.objects.filter(user_id=user.pk).update(why=b"")
    Hit.objects.filter(user_id=user.pk).exclude(reason="").update(reason="erased")
    KycProfile.objects.filter(user_id=user.pk).update(
        answers=b"", erased_at=now, screen_due_at=None, restricted_reason=""
    )
