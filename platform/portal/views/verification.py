"""Verification: what tier one has, what it allows, what is next; filling in, uploading, sending."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kyc import actions, selectors
from kyc.actions import privacy
from kyc.actions.cases import fields_to_answer
from kyc.definition import text_of
from kyc.documents.checks import MOST_BYTES
from kyc.errors import KycError
from kyc.forms import AnswersForm
from kyc.models import CaseState, KycCase, SubjectKind, Tier
from portal.guard import customer_page, limited

form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@customer_page
def verification(request: HttpRequest) -> HttpResponse:
    """Where one stands, and what is next."""
    user: Any = request.user
    language = _language(request)
    allowance = selectors.allowance(user, language)
    profile = selectors.profile_of(user)
    case = selectors.open_case_of(user)
    last = selectors.last_case_of(user) if case is None else None
    kinds = [profile.kind] if profile is not None and profile.verified_at else SubjectKind.values
    values = {
        "allowance": allowance,
        "profile": profile,
        "case": case,
        "case_state": _state_words(case) if case else None,
        "refused": last if last is not None and last.state == CaseState.REFUSED else None,
        "tiers": [_tier_row(tier, language, allowance.tier_number) for tier in selectors.tiers()],
        "offers": [
            (kind, _kind_words(kind), _tier_row(tier, language, allowance.tier_number))
            for kind in kinds
            for tier in selectors.next_tiers(user, kind)[:1]
        ],
        "asked_erasure": profile is not None and profile.erase_asked_at is not None,
    }
    return render(request, "portal/verification.html", values)


def _language(request: HttpRequest) -> str:
    return str(request.LANGUAGE_CODE)  # type: ignore[attr-defined]


def _tier_row(tier: Tier, language: str, current: int) -> dict[str, Any]:
    return {
        "tier": tier,
        "number": tier.number,
        "name": tier.name(language),
        "day": tier.withdraw_day_units,
        "month": tier.withdraw_month_units,
        "is_current": tier.number == current,
    }


def _kind_words(kind: str) -> str:
    return _("A company") if kind == SubjectKind.COMPANY else _("A person")


def _state_words(case: KycCase) -> tuple[str, str, str]:
    """A case's state for its customer: tone, headline, sentence."""
    if case.state == CaseState.DRAFT:
        return "info", _("Begun, not sent yet"), _("Fill in what is missing and send it.")
    if case.state == CaseState.MORE_NEEDED:
        return "warn", _("We need something more"), _("See what exactly, and send it.")
    return "info", _("Being looked at"), _("We write to you as soon as it is decided.")


@require_POST
@limited("verification-start", per_minute=10)
@customer_page
def start_verification(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    number = request.POST.get("tier", "")
    tier = get_object_or_404(
        Tier,
        number=int(number) if number.isascii() and number.isdigit() and len(number) < 3 else -1,
    )
    try:
        case = actions.open_case(
            user=user, kind=request.POST.get("kind", ""), tier=tier, acting_user=user
        )
    except KycError as error:
        messages.error(request, error.message)
        return redirect("portal:verification")
    return redirect("portal:verification_case", case.pk)


@form_page
@sensitive_post_parameters()
@limited("verification", per_minute=30)
@customer_page
def verification_case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case: its questions, its documents, what is missing, and sending it."""
    user: Any = request.user
    case = selectors.access_own_case(user, case_id)
    form = None
    if request.method == "POST":
        try:
            form = actions.save_answers(
                case=case,
                data=request.POST,
                acting_user=user,
                language=_language(request),
                now=timezone.now(),
            )
        except KycError as error:
            messages.error(request, error.message)
            return redirect("portal:verification_case", case.pk)
        if form.is_valid():
            messages.success(request, _("Saved."))
            return redirect(reverse("portal:verification_case", args=[case.pk]) + "#documents")
    return _case_page(request, case, form)


def _case_page(
    request: HttpRequest, case: KycCase, form: AnswersForm | None, error: str = "", code: str = ""
) -> HttpResponse:
    language = _language(request)
    now = timezone.now()
    values: dict[str, Any] = {"case": case, "tier_name": case.tier.name(language)}
    if case.state in (CaseState.DRAFT, CaseState.MORE_NEEDED):
        definition = selectors.definition_of(case.form)
        form = form or AnswersForm(
            definition,
            language,
            answers=selectors.answers_of(case),
            only=fields_to_answer(case),
            today=now.date(),
        )
        asked = list(case.requests.all())
        codes = {each.item.removeprefix("document:") for each in asked}
        values |= {
            "title": text_of(definition.title, language),
            "form": form,
            "groups": form.groups(),
            "asked": asked,
            "in_words": [each for each in asked if not each.item],
            "documents": [
                slot
                for slot in _slots(case, language)
                if case.state == CaseState.DRAFT or slot["code"] in codes
            ],
            "missing": actions.what_is_missing(case, language, now.date()),
            "checkers": ", ".join(selectors.checkers_of(case)),
            "most_mb": MOST_BYTES // 1024 // 1024,
            "upload_error": error,
            "upload_code": code,
        }
        is_wrong = bool(error) or (form.is_bound and not form.is_valid())
        return render(
            request, "portal/verification_case.html", values, status=422 if is_wrong else 200
        )
    return redirect("portal:verification")


def _slots(case: KycCase, language: str) -> list[dict[str, Any]]:
    there = {document.code: document for document in selectors.documents_of(case)}
    asked_again = set(case.requests.filter(answered_at__isnull=True).values_list("item", flat=True))
    return [
        {
            "code": slot.code,
            "label": text_of(slot.label, language),
            "help": text_of(slot.help, language),
            "required": slot.required,
            "document": None if f"document:{slot.code}" in asked_again else there.get(slot.code),
        }
        for slot in selectors.definition_of(case.form).documents
    ]


@require_POST
@limited("verification-upload", per_minute=20)
@customer_page
def upload_document(request: HttpRequest, case_id: int, code: str) -> HttpResponse:
    user: Any = request.user
    case = selectors.access_own_case(user, case_id)
    file = request.FILES.get("file")
    try:
        if file is None:
            raise KycError(_("Choose a file."))
        # One byte more than is taken tells that there is more: nothing large is read whole.
        actions.upload_document(
            case=case,
            code=code,
            data=file.read(MOST_BYTES + 1),
            name=file.name or "",
            content_type=file.content_type or "",
            acting_user=user,
        )
    except KycError as error:
        return _case_page(request, case, None, error.message, code)
    messages.success(request, _("Received."))
    return redirect(reverse("portal:verification_case", args=[case.pk]) + "#documents")


@require_POST
@limited("verification", per_minute=30)
@customer_page
def answer_request(request: HttpRequest, case_id: int, asked_id: int) -> HttpResponse:
    user: Any = request.user
    case = selectors.access_own_case(user, case_id)
    try:
        actions.answer_in_words(
            case=case,
            request_id=asked_id,
            text=request.POST.get("answer", ""),
            acting_user=user,
            now=timezone.now(),
        )
    except KycError as error:
        messages.error(request, error.message)
    return redirect("portal:verification_case", case.pk)


@require_POST
@limited("verification", per_minute=30)
@customer_page
def send_verification(request: HttpRequest, case_id: int) -> HttpResponse:
    user: Any = request.user
    case = selectors.access_own_case(user, case_id)
    try:
        actions.submit_case(
            case=case, acting_user=user, now=timezone.now(), language=_language(request)
        )
    except KycError as error:
        messages.error(request, error.message)
        return redirect("portal:verification_case", case.pk)
    messages.success(request, _("Sent. We write to you as soon as it is decided."))
    return redirect("portal:verification")


@require_POST
@limited("verification", per_minute=30)
@customer_page
def withdraw_verification(request: HttpRequest, case_id: int) -> HttpResponse:
    user: Any = request.user
    case = selectors.access_own_case(user, case_id)
    try:
        actions.withdraw_case(case=case, acting_user=user)
    except KycError as error:
        messages.error(request, error.message)
    return redirect("portal:verification")


@require_POST
@limited("verification-data", per_minute=6)
@customer_page
def verification_data(request: HttpRequest) -> HttpResponse:
    """What is held of the customer, as a file."""
    user: Any = request.user
    data = privacy.export_data(user=user, acting_user=user)
    response = HttpResponse(
        json.dumps(data, ensure_ascii=False, indent=2), content_type="application/json"
    )
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@require_POST
@limited("verification-data", per_minute=6)
@customer_page
def erase_verification(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    try:
        kept_until = privacy.ask_erasure(user=user, acting_user=user, now=timezone.now())
    except KycError as error:
        messages.error(request, error.message)
        return redirect("portal:verification")
    if kept_until is None:
        messages.success(request, _("What you gave us for verification is erased."))
    else:
        messages.info(
            request,
            _("Noted. What was not decided about is erased. The law has us keep the rest until "
              "%(day)s, or longer while you stay our customer; then it is erased by itself.")
            % {"day": kept_until.date().isoformat()},
        )  # fmt: skip
    return redirect("portal:verification")
