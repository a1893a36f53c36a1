"""The language of a firm's own templates: words, and the places declared for their template.

``{{ amount }}`` is a place. There is nothing else: no code, no conditions, no look into objects.
Values are text; where words become HTML they are escaped, with all that was typed around them.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

_PLACE = re.compile(r"\{\{\s*([a-z_]{1,40})\s*\}\}", re.ASCII)
MOST_CHARACTERS = 5_000


@dataclass(frozen=True)
class Wording:
    """What may be said in a template: its ``places`` with examples; ``must`` be in its text."""

    name: str
    title: Any
    places: dict[str, str]
    must: frozenset[str] = frozenset()


class BadWording(ValueError):
    """Words that cannot be a template; says why."""


_LINK = {"link": "https://firm.example/confirm/abc"}
_PAYMENT = {"amount": "1,250.00", "asset": "EUR"}
_WITHDRAWAL = {**_LINK, **_PAYMENT, "arrives": "1,249.00", "iban": "…5432"}

WORDINGS = {
    wording.name: wording
    for wording in (
        Wording(
            "verify_email",
            pgettext_lazy("message template", "Confirm the address"),
            _LINK,
            frozenset(_LINK),
        ),
        Wording(
            "reset_password",
            pgettext_lazy("message template", "Choose a new password"),
            _LINK,
            frozenset(_LINK),
        ),
        Wording("password_changed", pgettext_lazy("message template", "Password changed"), _LINK),
        Wording("second_factor_on", pgettext_lazy("message template", "Second factor on"), _LINK),
        Wording("second_factor_off", pgettext_lazy("message template", "Second factor off"), _LINK),
        Wording(
            "api_key_created",
            pgettext_lazy("message template", "API key made"),
            {**_LINK, "label": "Robot"},
        ),
        Wording(
            "beneficiary_added",
            pgettext_lazy("message template", "Bank account added"),
            {**_LINK, "iban": "…5432"},
        ),
        Wording(
            "deposit_credited",
            pgettext_lazy("message template", "Deposit credited"),
            {**_LINK, **_PAYMENT},
        ),
        Wording(
            "withdrawal_requested",
            pgettext_lazy("message template", "Withdrawal asked for"),
            _WITHDRAWAL,
        ),
        Wording(
            "withdrawal_paid", pgettext_lazy("message template", "Withdrawal paid"), _WITHDRAWAL
        ),
        Wording(
            "withdrawal_given_back",
            pgettext_lazy("message template", "Withdrawal given back"),
            {**_LINK, **_PAYMENT, "note": ""},
        ),
        Wording(
            "ticket_answered",
            pgettext_lazy("message template", "Question answered"),
            {**_LINK, "question": "My deposit"},
        ),
    )
}
# Places of every template.
COMMON = {"firm": "Aurora", "support": "help@firm.example"}


def places_of(wording: Wording) -> dict[str, str]:
    return {**COMMON, **wording.places}


def check(wording: Wording, subject: str, text: str) -> None:
    """Raise BadWording unless these may be the words of the template."""
    if not subject.strip() or not text.strip():
        raise BadWording(_("Write a subject and a text."))
    if "\n" in subject or "\r" in subject or len(subject) > 200:
        raise BadWording(_("The subject is one line of at most 200 characters."))
    if len(text) > MOST_CHARACTERS:
        raise BadWording(
            _("The text has at most %(count)s characters.") % {"count": MOST_CHARACTERS}
        )
    known = places_of(wording)
    for part in (subject, text):
        for name in _PLACE.findall(part):
            if name not in known:
                raise BadWording(_("There is no place %(name)s in this template.") % {"name": name})
        rest = _PLACE.sub("", part)
        if any(mark in rest for mark in ("{{", "}}", "{%", "%}", "{#", "#}")):
            raise BadWording(_("Braces are only for places, written as {{ name }}."))
    if _PLACE.search(subject) and "link" in _PLACE.findall(subject):
        raise BadWording(_("The subject is read on locked screens: no link belongs there."))
    for name in wording.must - set(_PLACE.findall(text)):
        raise BadWording(
            _("Without the place %(name)s this message is of no use.") % {"name": name}
        )


def fill(text: str, values: dict[str, Any]) -> str:
    """The words with their places filled in; one that has no value is left empty."""
    return _PLACE.sub(lambda place: str(values.get(place[1], "")), text)
