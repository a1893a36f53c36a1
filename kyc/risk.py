"""The risk of a case: points with their reasons, never a number alone."""

from dataclasses import dataclass
from typing import Any

from kyc.definition import Definition
from kyc.evidence import Evidence
from kyc.models import Risk, SubjectKind

MEDIUM_POINTS = 25
HIGH_POINTS = 50
COUNTRY_POINTS = 60
HIT_POINTS = 60
DUPLICATE_POINTS = 30
COMPANY_POINTS = 25
MRZ_POINTS = 30
PROVIDER_POINTS = 50


@dataclass(frozen=True)
class Assessment:
    """``reasons`` are (what was found, points)."""

    points: int
    reasons: tuple[tuple[Evidence, int], ...]

    @property
    def risk(self) -> Risk:
        if self.points >= HIGH_POINTS:
            return Risk.HIGH
        return Risk.MEDIUM if self.points >= MEDIUM_POINTS else Risk.LOW


def assess(
    form: Definition,
    answers: dict[str, Any],
    *,
    high_risk_countries: frozenset[str],
    open_hits: int,
    duplicates: int,
    zone_is_wrong: bool,
    checks_against: int = 0,
) -> Assessment:
    """What speaks for a closer look, from the answers and from what the checks found."""
    reasons: list[tuple[Evidence, int]] = []
    if form.subject == SubjectKind.COMPANY:
        reasons.append((Evidence("company"), COMPANY_POINTS))
    for field in form.fields():
        given = answers.get(field.name)
        if field.type == "yes_no" and given == "yes" and field.points:
            reasons.append((Evidence("answered_yes", {"question": field.label}), field.points))
        chosen = given if isinstance(given, list) else [given]
        for option in field.options:
            if option.value in chosen and option.points:
                chose = {"question": field.label, "answer": option.label}
                reasons.append((Evidence("chosen", chose), option.points))
    for code in sorted(_countries(form, answers) & high_risk_countries):
        reasons.append((Evidence("country", {"country": code}), COUNTRY_POINTS))
    if open_hits:
        reasons.append((Evidence("risk_names", {"count": open_hits}), HIT_POINTS))
    if duplicates:
        reasons.append((Evidence("risk_shares", {"count": duplicates}), DUPLICATE_POINTS))
    if zone_is_wrong:
        reasons.append((Evidence("risk_zone"), MRZ_POINTS))
    if checks_against:
        reasons.append((Evidence("risk_check"), PROVIDER_POINTS))
    return Assessment(sum(points for _what, points in reasons), tuple(reasons))


def _countries(form: Definition, answers: dict[str, Any]) -> set[str]:
    found = set()
    for field in form.fields():
        value = answers.get(field.name)
        if field.type == "country" and value:
            found.add(str(value))
        elif field.type == "people":
            found |= {str(row.get("country")) for row in value or []}
    return found
