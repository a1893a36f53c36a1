"""Writes of cases by staff: take, ask for more, propose, decide, escalate, note."""

import datetime
from collections.abc import Sequence
from typing import Any

from dateutil.relativedelta import relativedelta
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from identity import actions as identity
from identity.models import User
from kyc import findings, sealed, selectors, states
from kyc.actions import rights
from kyc.actions.guards import locked, reason_of, require_staff
from kyc.errors import KycError
from kyc.models import (
    OUTSTANDING,
    CaseNote,
    CaseRequest,
    CaseState,
    CheckState,
    HitState,
    KycCase,
    ListKind,
    Risk,
)
from kyc.subjects import date_of
from messaging import actions as messaging
from tenants import registry

MOST_REQUESTS = 20


def _step(
    case: KycCase,
    wanted: CaseState,
    action: str,
    acting_user: Any,
    *,
    reason: str = "",
    **more: Any,
) -> None:
    """Take one step of a locked case, save it, and write it down."""
    before = states.apply(case, wanted)
    case.save()
    audit.record(
        action,
        case,
        old={"state": before.value},
        new={"state": wanted.value, **more},
        acting_user=acting_user,
        reason=reason,
    )


def take_case(*, case: KycCase, acting_user: Any) -> KycCase:
    """Begin to look at a case: it is yours. Taking your own again changes nothing."""
    require_staff(acting_user, "kyc.decide")
    with transaction.atomic():
        case = locked(case)
        if case.state == CaseState.IN_REVIEW and case.assigned_to_id == acting_user.pk:
            return case
        if case.assigned_to_id not in (None, acting_user.pk):
            raise KycError(
                _("%(who)s is looking at this case already.") % {"who": case.assigned_to}
            )
        case.assigned_to = acting_user
        _step(case, CaseState.IN_REVIEW, "kyc.take_case", acting_user)
    return case


def assign_case(*, case: KycCase, colleague: User | None, acting_user: Any) -> KycCase:
    """Give a case to a colleague, or (None) back to the queue."""
    require_staff(acting_user, "kyc.decide")
    if colleague is not None and not colleague.can("kyc.decide"):
        raise KycError(_("This colleague may not decide cases."), field="colleague")
    with transaction.atomic():
        case = locked(case)
        if case.state not in (CaseState.SUBMITTED, CaseState.IN_REVIEW):
            raise KycError(_("Only a case that waits for review is given to somebody."))
        before = case.assigned_to_id
        case.assigned_to = colleague
        if colleague is None and case.state == CaseState.IN_REVIEW:
            states.apply(case, CaseState.SUBMITTED)
        case.save(update_fields=["assigned_to", "state"])
        audit.record(
            "kyc.assign_case",
            case,
            old={"assigned_to": before},
            new={"assigned_to": colleague.pk if colleague else None},
            acting_user=acting_user,
        )
    return case


def ask_for_more(*, case: KycCase, items: Sequence[tuple[str, str]], acting_user: Any) -> KycCase:
    """Ask the customer for more: (``field:name``, ``document:code`` or "", what he reads) each.

    Raises KycError, PermissionDenied.
    """
    require_staff(acting_user, "kyc.decide")
    if not 1 <= len(items) <= MOST_REQUESTS:
        raise KycError(_("Say what you need."))
    form = selectors.definition_of(case.form)
    for item, message in items:
        kind, _colon, name = item.partition(":")
        known = {"field": form.field, "document": form.document}.get(kind)
        if item and (known is None or known(name) is None):
            raise KycError(_("This form has no such field or document."))
        if not message.strip():
            raise KycError(_("Say in words what the customer should do."), field="message")
    with transaction.atomic():
        case = _mine(locked(case), acting_user)
        case.requests.filter(answered_at__isnull=True).delete()
        CaseRequest.objects.bulk_create(
            CaseRequest(case=case, item=item, message=message.strip()[:500], asked_by=acting_user)
            for item, message in items
        )
        _step(
            case, CaseState.MORE_NEEDED, "kyc.ask_for_more", acting_user,
            items=[item for item, _message in items],
        )  # fmt: skip
        _tell(case, "more", messages=[message for _item, message in items])
    return case


def approve_case(
    *, case: KycCase, reason: str, acting_user: Any, now: datetime.datetime
) -> KycCase:
    """Approve a case; of high risk, or as long as somebody escalated it, two persons do.

    The first one's word puts it before a second, the second one's gives the tier. Raises KycError
    while a name on a list is undecided, PermissionDenied to the same person twice.
    """
    require_staff(acting_user, "kyc.decide")
    reason = reason_of(reason)
    with transaction.atomic():
        case = locked(case)
        _check_lists(case)
        _check_providers(case)
        if case.state == CaseState.SECOND:
            if case.proposed_by_id == acting_user.pk:
                raise PermissionDenied(_("A second person has to approve what you would."))
        else:
            _mine(case, acting_user)
            if case.risk == Risk.HIGH:
                case.proposed_by, case.proposed_reason = acting_user, reason
                case.proposed_at = now
                case.assigned_to = None
                _step(case, CaseState.SECOND, "kyc.propose_case", acting_user, reason=reason)
                return case
        case.decided_by, case.decided_at, case.decision_reason = acting_user, now, reason
        _step(
            case, CaseState.APPROVED, "kyc.approve_case", acting_user,
            reason=reason, tier=case.tier.number,
        )  # fmt: skip
        _give_tier(case, now, acting_user)
        rights.apply_rights(
            user=case.user, acting_user=acting_user, reason=f"Tier {case.tier.number}: {reason}"
        )
        _tell(case, "approved")
    return case


def _check_lists(case: KycCase) -> None:
    hits = selectors.hits_of(case.user)
    if hits.filter(state=HitState.OPEN).exists():
        raise KycError(_("Decide the names on the lists first."))
    if hits.filter(state=HitState.TRUE, list_kind=ListKind.SANCTIONS).exists():
        raise KycError(_("This customer is on a sanctions list: he cannot be approved."))
    if hits.filter(state=HitState.TRUE).exists() and case.risk != Risk.HIGH:
        case.risk = Risk.HIGH  # a person of public office is approved by two


def _check_providers(case: KycCase) -> None:
    """Nobody decides without a result by oversight: it is waited for, or ended with a reason."""
    if selectors.checks_of(case).filter(state__in=OUTSTANDING).exists():
        raise KycError(
            _(
                "A provider's check has no result yet. Wait for it, have it asked, or end it with "
                "your reason."
            )
        )


def approve_by_checks(*, case: KycCase, now: datetime.datetime) -> bool:
    """Approve a locked case without a person: only where the firm says so, of low risk, with every
    provider's check clear, everything else found good, and before anybody took it."""
    if not registry.get("kyc.checks_decide_low_risk") or case.state != CaseState.SUBMITTED:
        return False
    checks = list(selectors.checks_of(case))
    if not checks or any(check.state != CheckState.CLEAR for check in checks):
        return False
    is_good = all(tone == findings.GOOD for tone, _text in findings.kept(case)["findings"])
    if case.risk != Risk.LOW or not is_good or case.assigned_to_id is not None:
        return False
    reason = "Low risk, and every check is clear: approved by the firm's setting"
    case.decided_at, case.decision_reason = now, reason
    _step(
        case, CaseState.APPROVED, "kyc.approve_by_checks", None,
        reason=reason, tier=case.tier.number, checks=[check.pk for check in checks],
    )  # fmt: skip
    _give_tier(case, now, None)
    rights.apply_rights(user=case.user, acting_user=None, reason=f"Tier {case.tier.number}")
    _tell(case, "approved")
    return True


def _give_tier(case: KycCase, now: datetime.datetime, acting_user: Any) -> None:
    profile = rights.ensure_profile(case.user, for_update=True)
    form = selectors.definition_of(case.form)
    answers = selectors.answers_of(case)
    kept = sealed.unseal(profile.answers, {}) if profile.kind == case.kind else {}
    name = selectors.name_in(form, answers)
    profile.kind, profile.tier, profile.risk = case.kind, case.tier, case.risk
    profile.answers = sealed.seal({**kept, **answers, "_name": name})
    if name and name != case.user.name:
        identity.set_name(user=case.user, name=name, acting_user=acting_user)
    profile.verified_at = now
    ends = date_of(form.value(answers, "document_expires"))
    profile.document_expires_on = ends or profile.document_expires_on
    months = case.tier.valid_months
    profile.expires_at = now + relativedelta(months=months) if months else None
    profile.save()


def refuse_case(
    *, case: KycCase, reason: str, message: str, acting_user: Any, now: datetime.datetime
) -> KycCase:
    """Refuse a case: ``reason`` stays among staff, ``message`` is what the customer reads."""
    require_staff(acting_user, "kyc.decide")
    reason = reason_of(reason)
    if not message.strip():
        raise KycError(_("Say what the customer should read."), field="message")
    with transaction.atomic():
        case = locked(case)
        if case.state == CaseState.SECOND and case.proposed_by_id == acting_user.pk:
            raise PermissionDenied(_("A second person has to decide what you proposed."))
        if case.state == CaseState.IN_REVIEW:
            _mine(case, acting_user)
        case.decided_by, case.decided_at, case.decision_reason = acting_user, now, reason
        case.message = message.strip()[:500]
        _step(case, CaseState.REFUSED, "kyc.refuse_case", acting_user, reason=reason)
        _tell(case, "refused")
    return case


def disagree(*, case: KycCase, reason: str, acting_user: Any) -> KycCase:
    """The second person does not agree: the case goes back to review."""
    require_staff(acting_user, "kyc.decide")
    reason = reason_of(reason)
    with transaction.atomic():
        case = locked(case)
        if case.state == CaseState.SECOND and case.proposed_by_id == acting_user.pk:
            raise PermissionDenied(_("A second person has to decide what you proposed."))
        case.proposed_by, case.proposed_at, case.proposed_reason = None, None, ""
        case.assigned_to = acting_user
        _step(case, CaseState.IN_REVIEW, "kyc.disagree", acting_user, reason=reason)
    return case


def escalate_case(*, case: KycCase, reason: str, acting_user: Any) -> KycCase:
    """Raise a case: it becomes high risk, stands first in the queue and needs two persons."""
    require_staff(acting_user, "kyc.decide")
    reason = reason_of(reason)
    with transaction.atomic():
        case = locked(case)
        if case.state not in (CaseState.SUBMITTED, CaseState.IN_REVIEW):
            raise KycError(_("Only a case in review is escalated."))
        if case.escalated_at is not None:
            raise KycError(_("This case is escalated already."))
        before = case.risk
        case.escalated_at, case.escalation_reason = timezone.now(), reason
        case.risk = Risk.HIGH
        case.save(update_fields=["escalated_at", "escalation_reason", "risk"])
        audit.record(
            "kyc.escalate_case",
            case,
            old={"risk": before},
            new={"risk": case.risk},
            acting_user=acting_user,
            reason=reason,
        )
    return case


def add_note(*, case: KycCase, text: str, acting_user: Any) -> CaseNote:
    """Write a note among staff who may see the case's content."""
    require_staff(acting_user, "kyc.documents")
    text = text.strip()
    if not text or len(text) > 4000:
        raise KycError(_("Write a note, of at most 4,000 signs."), field="text")
    with transaction.atomic():
        note = CaseNote.objects.create(case=case, author=acting_user, text=sealed.seal(text))
        audit.record("kyc.add_note", case, new={"note": note.pk}, acting_user=acting_user)
    return note


def _mine(case: KycCase, acting_user: Any) -> KycCase:
    """A case is decided by who took it."""
    if case.state == CaseState.IN_REVIEW and case.assigned_to_id != acting_user.pk:
        raise KycError(_("Take this case first: somebody else has it, or nobody."))
    return case


def _tell(case: KycCase, event: str, **more: Any) -> None:
    """A word to the customer; what is asked for stands on his page, not in it."""
    messaging.tell(
        user=case.user,
        kind="verification",
        template="verification",
        context={"event": event, "count": len(more.get("messages", []))},
        path="/verification",
    )
