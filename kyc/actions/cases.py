"""Writes of cases by the customer: begin, fill in, send, answer what is asked for, withdraw."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from kyc import findings, rules, sealed, selectors, states
from kyc.actions import checks, rights, screening
from kyc.actions.guards import locked, require_own, require_staff
from kyc.errors import KycError
from kyc.forms import AnswersForm
from kyc.models import (
    CaseState,
    IdentityKey,
    KycCase,
    Origin,
    SubjectKind,
    Tier,
)
from kyc.subjects import identity_keys
from riskrules import judging
from tenants import registry

REFUSED_WAIT = datetime.timedelta(hours=1)


def open_case(
    *, user: Any, kind: str, tier: Tier, acting_user: Any, origin: str = Origin.CUSTOMER
) -> KycCase:
    """Begin a case for a tier; the answers of the last approved one are filled in already.

    By the customer, by compliance (who want him verified anew) or by the system (expiry). An open
    case for the same tier is given back. Raises KycError, PermissionDenied.
    """
    _require_opener(user, acting_user, origin)
    if user.is_staff:
        raise KycError(_("Staff are not verified as customers."))
    if kind not in SubjectKind.values:
        raise KycError(_("Say whether you are a person or a company."), field="kind")
    code = tier.form_code(kind)
    form = selectors.latest_form(code) if code else None
    if form is None:
        raise KycError(_("This tier is not open to you. Choose another one."))
    profile = rights.ensure_profile(user)
    if origin == Origin.CUSTOMER and tier.number < profile.tier.number:
        raise KycError(_("You have a higher tier already."))
    current = selectors.open_case_of(user)
    if current is not None:
        if current.tier_id == tier.pk and current.kind == kind:
            return current
        if current.state != CaseState.DRAFT:
            raise KycError(_("Another request of yours is being looked at. Wait for its answer."))
    try:
        with transaction.atomic():
            if current is not None:
                withdraw_case(case=current, acting_user=acting_user)
            case = KycCase.objects.create(
                user=user,
                kind=kind,
                tier=tier,
                form=form,
                origin=origin,
                answers=_known_answers(user, kind),
            )
            audit.record(
                "kyc.open_case",
                case,
                new={"tier": tier.number, "kind": kind, "origin": origin, "form": str(form)},
                acting_user=acting_user,
            )
    except IntegrityError as error:
        raise KycError(_("A request of yours is open already. Load the page again.")) from error
    return case


def _require_opener(user: Any, acting_user: Any, origin: str) -> None:
    if acting_user is None:
        return
    if origin == Origin.COMPLIANCE:
        require_staff(acting_user, "kyc.decide")
    elif acting_user.is_staff or acting_user.pk != user.pk:
        raise PermissionDenied(_("A customer asks for himself."))


def _known_answers(user: Any, kind: str) -> bytes:
    profile = selectors.profile_of(user)
    return bytes(profile.answers) if profile is not None and profile.kind == kind else b""


def save_answers(
    *, case: KycCase, data: Any, acting_user: Any, language: str, now: datetime.datetime
) -> AnswersForm:
    """Keep what is filled in of a draft, or of what was asked for; the form tells what is wrong.

    Nothing is kept while something is wrong. Raises KycError, PermissionDenied.
    """
    require_own(case, acting_user)
    with transaction.atomic():
        case = locked(case)
        only = fields_to_answer(case)
        form = AnswersForm(
            selectors.definition_of(case.form),
            language,
            data,
            only=only,
            today=now.date(),
            partial=case.state == CaseState.DRAFT,
        )
        if not form.is_valid():
            return form
        answers = {**selectors.answers_of(case), **form.answers()}
        case.answers = sealed.seal(answers)
        case.save(update_fields=["answers"])
        if only is not None:
            case.requests.filter(
                item__in=[f"field:{name}" for name in only], answered_at__isnull=True
            ).update(answered_at=now)
        audit.record(
            "kyc.save_answers", case, new={"fields": len(form.answers())}, acting_user=acting_user
        )
    return form


def fields_to_answer(case: KycCase) -> set[str] | None:
    """Which fields the customer may fill in now: None is all. Raises KycError if none."""
    if case.state == CaseState.DRAFT:
        return None
    if case.state == CaseState.MORE_NEEDED:
        items = case.requests.values_list("item", flat=True)
        return {item.removeprefix("field:") for item in items if item.startswith("field:")}
    raise KycError(_("This case is being looked at: nothing can be changed just now."))


def answer_in_words(
    *, case: KycCase, request_id: int, text: str, acting_user: Any, now: datetime.datetime
) -> None:
    """Answer what was asked in words. Raises KycError, PermissionDenied."""
    require_own(case, acting_user)
    text = text.strip()
    if not text or len(text) > 2000:
        raise KycError(_("Write your answer, in at most 2,000 signs."))
    with transaction.atomic():
        case = locked(case)
        asked = case.requests.filter(pk=request_id, item="").first()
        if asked is None or case.state != CaseState.MORE_NEEDED:
            raise KycError(_("This is not asked for just now."))
        asked.answer, asked.answered_at = sealed.seal(text), now
        asked.save(update_fields=["answer", "answered_at"])
        audit.record("kyc.answer_request", case, acting_user=acting_user)


def what_is_missing(case: KycCase, language: str, today: datetime.date) -> list[str]:
    """What has to be there before the case can be sent, in words for the customer."""
    form = selectors.definition_of(case.form)
    if case.state == CaseState.MORE_NEEDED:
        return [each.message for each in case.requests.filter(answered_at__isnull=True)]
    return findings.missing(
        form,
        selectors.answers_of(case),
        {document.code for document in selectors.documents_of(case)},
        language,
        today,
    )


def submit_case(
    *, case: KycCase, acting_user: Any, now: datetime.datetime, language: str = "en"
) -> KycCase:
    """Send a case to review: checked, screened, judged by risk, due by the firm's setting.

    Sending again what was sent changes nothing. Raises KycError, PermissionDenied.
    """
    require_own(case, acting_user)
    try:
        return _submit(case, acting_user, now, language)
    except judging.Refused as refused:
        refused.keep()
        raise KycError(refused.sentence) from None


def _submit(case: KycCase, acting_user: Any, now: datetime.datetime, language: str) -> KycCase:
    with transaction.atomic():
        case = locked(case)
        if case.state == CaseState.SUBMITTED:
            return case
        was = CaseState(case.state)
        missing = what_is_missing(case, language, now.date())
        if missing and was in (CaseState.DRAFT, CaseState.MORE_NEEDED):
            raise KycError(" ".join(missing))
        states.apply(case, CaseState.SUBMITTED)
        _keep_keys(case)
        checks.begin_checks(case=case, now=now)
        screening.screen_case(case=case, cause="case", acting_user=acting_user)
        findings.judge(case, now.date())
        decision = rules.judge_case(case, now)
        case.submitted_at = now
        case.due_at = now + datetime.timedelta(hours=registry.get("kyc.review_hours"))
        case.save()
        audit.record(
            "kyc.submit_case",
            case,
            old={"state": was.value},
            new={
                "state": case.state,
                "risk": case.risk,
                "points": case.risk_points,
                "rules": decision.names,
            },
            acting_user=acting_user,
        )
    return case


def _keep_keys(case: KycCase) -> None:
    form = selectors.definition_of(case.form)
    for kind, digest in identity_keys(form, selectors.answers_of(case)):
        IdentityKey.objects.get_or_create(user_id=case.user_id, kind=kind, digest=digest)


def withdraw_case(*, case: KycCase, acting_user: Any) -> KycCase:
    """Take a case back that nobody decided. Raises KycError, PermissionDenied."""
    require_own(case, acting_user)
    with transaction.atomic():
        case = locked(case)
        if case.state == CaseState.WITHDRAWN:
            return case
        before = states.apply(case, CaseState.WITHDRAWN)
        case.decided_at = timezone.now()
        case.save(update_fields=["state", "decided_at"])
        audit.record(
            "kyc.withdraw_case",
            case,
            old={"state": before.value},
            new={"state": case.state},
            acting_user=acting_user,
        )
    return case
