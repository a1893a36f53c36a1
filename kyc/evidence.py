"""What the checks of a case find, said in the language of whoever reads it.

A case is judged in the request of a customer, by a task, or by staff, so nothing is kept in the
words of that moment alone: a sentence is kept in English together with what it is made of.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext, override, pgettext_lazy
from django.utils.translation import gettext as _

from kyc import countries
from kyc.definition import text_of

Values = dict[str, Any]

# Parts of a machine readable zone.
ZONE_PARTS: dict[str, Any] = {
    "surname": gettext_lazy("family name"),
    "given_names": gettext_lazy("given names"),
    "number": gettext_lazy("document number"),
    "nationality": gettext_lazy("nationality"),
    "birth_date": gettext_lazy("date of birth"),
    "expires_on": gettext_lazy("date of expiry"),
    "optional": gettext_lazy("optional data"),
    "composite": gettext_lazy("whole zone"),
}
# What two customers may share: see `kyc.subjects.identity_keys`.
SHARED: dict[str, Any] = {
    "document": pgettext_lazy("what customers share", "document"),
    "person": pgettext_lazy("what customers share", "person"),
    "phone": pgettext_lazy("what customers share", "phone"),
    "company": pgettext_lazy("what customers share", "company"),
}


@dataclass(frozen=True)
class Evidence:
    """One thing that was found; ``values`` are JSON."""

    code: str
    values: Values = field(default_factory=dict)

    def kept(self) -> list[Any]:
        """As it is stored: the English sentence, and what it is made of."""
        with override("en"):
            return [_TOLD[self.code](self.values), self.code, self.values]


def tell(sentence: str, code: str = "", values: Values | None = None) -> str:
    """What was kept, in the language in force; what has no code (any more) as it was written."""
    teller = _TOLD.get(code)
    return teller(values or {}) if teller else sentence


def shared_words(kinds: list[str]) -> str:
    return ", ".join(str(SHARED.get(kind, kind)) for kind in kinds)


def _zone_part(name: str) -> str:
    return str(ZONE_PARTS.get(name, name))


def _form_text(texts: dict[str, str]) -> str:
    return text_of(texts, get_language() or "en")


def _country(values: Values) -> str:
    name = countries.name(values["country"], get_language() or "en")
    return _("Country of high risk: %(country)s") % {"country": name}


def _near_names(values: Values) -> str:
    return (
        ngettext(
            "%(count)s near name on lists waits for a decision.",
            "%(count)s near names on lists wait for a decision.",
            values["count"],
        )
        % values
    )


def _runs_out(values: Values) -> str:
    return (
        ngettext(
            "The document runs out in %(count)s day.",
            "The document runs out in %(count)s days.",
            values["count"],
        )
        % values
    )


def _check_found(values: Values) -> str:
    return _("%(provider)s found something: %(what)s.") % {
        "provider": values["provider"],
        "what": values["what"] or _("it does not say what"),
    }


def _zone_wrong(values: Values) -> str:
    parts = ", ".join(_zone_part(name) for name in values["parts"])
    return _("The zone's check digits are wrong: %(parts)s.") % {"parts": parts}


def _zone_differs(values: Values) -> str:
    return _("The zone's %(what)s is %(in_zone)s, the form says %(said)s.") % {
        "what": _zone_part(values["part"]),
        "in_zone": values["in_zone"],
        "said": values["said"],
    }


def _chosen(values: Values) -> str:
    return f"{_form_text(values['question'])}: {_form_text(values['answer'])}"


_TOLD: dict[str, Callable[[Values], str]] = {
    "shares": lambda v: (
        _("The same %(what)s as customer %(customer)s.")
        % {"what": shared_words(v["kinds"]), "customer": v["customer"]}
    ),
    "near_names": _near_names,
    "no_list": lambda v: _("No list is loaded: nobody was screened."),
    "no_names": lambda v: _("No undecided name on the lists."),
    "check_clear": lambda v: _("%(provider)s found nothing against it.") % v,
    "check_found": _check_found,
    "check_contradicts": lambda v: (
        _("%(provider)s contradicts itself: see what it said, and ask it.") % v
    ),
    "check_ended": lambda v: _("Nobody waits for %(provider)s any more.") % v,
    "check_waits": lambda v: _("%(provider)s has no result yet.") % v,
    "zone_wrong": _zone_wrong,
    "zone_right": lambda v: _("All check digits of the zone (%(shape)s) are right.") % v,
    "zone_corrected": lambda v: (
        _("In the zone's %(what)s a letter was taken for a digit.")
        % {"what": _zone_part(v["part"])}
    ),
    "zone_differs": _zone_differs,
    "zone_same": lambda v: _("The zone says the same as the form."),
    "zone_over": lambda v: _("By its zone the document ran out on %(date)s.") % v,
    "document_over": lambda v: _("The document ran out on %(date)s.") % v,
    "document_ends": _runs_out,
    "same_file": lambda v: _("A file of this case was sent by customer %(customer)s as well.") % v,
    # Reasons of the risk.
    "company": lambda v: _("A company, with owners to be looked at"),
    "answered_yes": lambda v: f"{_form_text(v['question'])} {_('Yes')}",
    "chosen": _chosen,
    "country": _country,
    "risk_names": lambda v: _("Near names on lists: %(count)s") % v,
    "risk_shares": lambda v: _("Shares data with other customers: %(count)s") % v,
    "risk_zone": lambda v: _("The machine readable zone is wrong or says something else"),
    "risk_check": lambda v: _("A provider's check speaks against it"),
}
