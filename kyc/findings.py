"""What the checks of a case find: what is missing, what does not fit, how risky it is."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kyc import mrz, sealed, selectors
from kyc.definition import Definition, text_of
from kyc.evidence import Evidence, tell
from kyc.forms import AnswersForm
from kyc.models import AGAINST, CheckState, Document, KycCase, ProviderCheck, Risk
from kyc.risk import Assessment, assess
from kyc.subjects import date_of
from tenants import registry

GOOD, WARN, BAD = "good", "warn", "bad"


@dataclass(frozen=True)
class Found:
    """``findings`` are (tone, what was found) for staff."""

    findings: tuple[tuple[str, Evidence], ...]
    assessment: Assessment


def missing(
    form: Definition,
    answers: dict[str, Any],
    uploaded: set[str],
    language: str,
    today: datetime.date,
) -> list[str]:
    """What has to be there before a case can be sent, in words for the customer."""
    found = []
    filled = AnswersForm(form, language, _as_data(form, answers), today=today)
    if not filled.is_valid():
        for field in form.fields():
            if field.name in filled.errors or f"{field.name}_0_name" in filled.errors:
                label = text_of(field.label, language)
                found.append(_("Fill in “%(field)s”.") % {"field": label})
    for slot in form.documents:
        if slot.required and slot.code not in uploaded:
            found.append(_("Upload “%(document)s”.") % {"document": text_of(slot.label, language)})
    return found


def _as_data(form: Definition, answers: dict[str, Any]) -> Any:
    """Kept answers as a browser would send them."""
    from django.http import QueryDict

    data = QueryDict(mutable=True)
    for field in form.fields():
        value = answers.get(field.name)
        if field.type == "people":
            for number, row in enumerate(value or []):
                for part, text in row.items():
                    data[f"{field.name}_{number}_{part}"] = str(text)
        elif isinstance(value, list):
            data.setlist(field.name, [str(each) for each in value])
        elif value is not None:
            data[field.name] = str(value)
    return data


def of_case(case: KycCase, today: datetime.date) -> Found:
    """Check a case's answers against each other, the zone, the lists and other customers."""
    form = selectors.definition_of(case.form)
    answers = selectors.answers_of(case)
    zone, zone_is_wrong = _zone_findings(form, answers, today)
    open_hits = selectors.open_hits(case.user).count()
    duplicates = selectors.duplicates_of(case.user)
    checks = list(selectors.checks_of(case))
    found = [*zone, *_expiry_findings(form, answers, today), *_same_files(case)]
    found += [_check_finding(check) for check in checks]
    for other, kinds in duplicates:
        found.append((BAD, Evidence("shares", {"kinds": kinds, "customer": other.pk})))
    if open_hits:
        found.append((BAD, Evidence("near_names", {"count": open_hits})))
    elif not selectors.watch_lists().filter(current__isnull=False).exists():
        found.append((WARN, Evidence("no_list")))
    else:
        found.append((GOOD, Evidence("no_names")))
    codes = registry.get("kyc.high_risk_countries").upper().replace(",", " ").split()
    assessment = assess(
        form,
        answers,
        high_risk_countries=frozenset(codes),
        open_hits=open_hits,
        duplicates=len(duplicates),
        zone_is_wrong=zone_is_wrong,
        checks_against=sum(check.state in AGAINST for check in checks),
    )
    return Found(tuple(found), assessment)


def _check_finding(check: ProviderCheck) -> tuple[str, Evidence]:
    """What a provider's check means for its case, in a sentence."""
    who = {"provider": check.provider.title}
    if check.state == CheckState.CLEAR:
        return GOOD, Evidence("check_clear", who)
    if check.state == CheckState.CONSIDER:
        sentences = "; ".join(text for _code, text in sealed.unseal(check.found, []))
        return BAD, Evidence("check_found", {**who, "what": sentences})
    if check.state == CheckState.CONTRADICTING:
        return BAD, Evidence("check_contradicts", who)
    if check.state == CheckState.ENDED:
        return WARN, Evidence("check_ended", who)
    return WARN, Evidence("check_waits", who)


def judge(case: KycCase, today: datetime.date) -> None:
    """Fill in findings and risk of a locked case; the caller saves it."""
    found = of_case(case, today)
    reasons = [(what.kept(), points) for what, points in found.assessment.reasons]
    case.found = sealed.seal(
        {
            "findings": [[tone, *what.kept()] for tone, what in found.findings],
            "reasons": [[said, points, *parts] for (said, *parts), points in reasons],
        }
    )
    case.risk_points = found.assessment.points
    case.risk = Risk.HIGH if case.escalated_at else found.assessment.risk


def kept(case: KycCase) -> dict[str, list[list[Any]]]:
    """What `judge` found, in the language in force: ``findings`` as [tone, sentence], ``reasons``
    of the risk as [sentence, points]. It quotes answers: call it only behind a guard."""
    found: dict[str, list[list[Any]]] = sealed.unseal(case.found, {"findings": [], "reasons": []})
    return {
        "findings": [[tone, tell(*what)] for tone, *what in found["findings"]],
        "reasons": [[tell(said, *parts), points] for said, points, *parts in found["reasons"]],
    }


def _zone_findings(
    form: Definition, answers: dict[str, Any], today: datetime.date
) -> tuple[list[tuple[str, Evidence]], bool]:
    text = form.value(answers, "mrz")
    if not text:
        return [], False
    zone = mrz.parse(text, today=today)
    found = []
    wrong = [name for name, right in zone.checks if not right]
    if wrong:
        found.append((BAD, Evidence("zone_wrong", {"parts": wrong})))
    else:
        found.append((GOOD, Evidence("zone_right", {"shape": zone.shape})))
    for name in zone.corrected:
        found.append((WARN, Evidence("zone_corrected", {"part": name})))
    told = {
        "surname": form.value(answers, "family_names"),
        "given_names": form.value(answers, "given_names"),
        "number": form.value(answers, "document_number"),
        "nationality": form.value(answers, "nationality"),
        "birth_date": date_of(form.value(answers, "birth_date")),
        "expires_on": date_of(form.value(answers, "document_expires")),
    }
    different = mrz.differences(zone, told)
    for name, in_zone, said in different:
        values = {"part": name, "in_zone": str(in_zone), "said": str(said)}
        found.append((BAD, Evidence("zone_differs", values)))
    if not different:
        found.append((GOOD, Evidence("zone_same")))
    if zone.expires_on is not None and zone.expires_on <= today:
        found.append((BAD, Evidence("zone_over", {"date": str(zone.expires_on)})))
    return found, bool(wrong or different)


def _expiry_findings(
    form: Definition, answers: dict[str, Any], today: datetime.date
) -> list[tuple[str, Evidence]]:
    ends = date_of(form.value(answers, "document_expires"))
    if ends is None:
        return []
    days = (ends - today).days
    if days <= 0:
        return [(BAD, Evidence("document_over", {"date": str(ends)}))]
    if days <= registry.get("kyc.expiry_notice_days"):
        return [(WARN, Evidence("document_ends", {"count": days}))]
    return []


def _same_files(case: KycCase) -> list[tuple[str, Evidence]]:
    """The very same file sent by another customer."""
    digests = list(selectors.documents_of(case).values_list("sha256", flat=True))
    others = Document.objects.filter(sha256__in=digests).exclude(user_id=case.user_id)
    return [
        (BAD, Evidence("same_file", {"customer": pk}))
        for pk in sorted(set(others.values_list("user_id", flat=True)))
    ]
