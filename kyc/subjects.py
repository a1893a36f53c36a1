"""Whose names a case gives: the customer himself, a company, its directors and owners."""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from identity import crypto
from kyc.definition import Definition
from kyc.screening import names


@dataclass(frozen=True)
class Subject:
    """Somebody to be screened. ``role`` is customer, company, director or owner."""

    role: str
    name: str
    is_company: bool = False


def subjects_of(form: Definition, answers: dict[str, Any]) -> list[Subject]:
    """Everybody that the answers name, the native spelling as a name of its own."""
    found = []
    if form.subject == "company":
        found.append(Subject("company", form.value(answers, "company_name"), is_company=True))
    else:
        parts = (form.value(answers, "given_names"), form.value(answers, "family_names"))
        found.append(Subject("customer", " ".join(part for part in parts if part)))
        found.append(Subject("customer", form.value(answers, "native_name")))
    for means, role in (("directors", "director"), ("owners", "owner")):
        for row in form.value(answers, means, []):
            found.append(Subject(role, row.get("name", "")))
    return list(dict.fromkeys(each for each in found if each.name))


def identity_keys(form: Definition, answers: dict[str, Any]) -> set[tuple[str, str]]:
    """(kind, digest) of what should be one customer's only."""
    found = {}
    number = _bare(form.value(answers, "document_number"))
    if number:
        found["document"] = f"{form.value(answers, 'document_country')}/{number}"
    born = form.value(answers, "birth_date")
    if born and form.subject == "person":
        given = form.value(answers, "given_names")
        family = form.value(answers, "family_names")
        words = sorted(names.tokens(f"{given} {family}"))
        found["person"] = f"{' '.join(words)}/{born}"
    phone = re.sub(r"\D", "", form.value(answers, "phone")).lstrip("0")
    if len(phone) >= 7:
        found["phone"] = phone
    registered = _bare(form.value(answers, "registration_number"))
    if registered:
        found["company"] = f"{form.value(answers, 'registration_country')}/{registered}"
    return {(kind, crypto.keyed_hash(text, purpose=f"kyc.{kind}")) for kind, text in found.items()}


def _bare(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum())


def date_of(text: str) -> datetime.date | None:
    """A date out of an answer; None for an empty one."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
