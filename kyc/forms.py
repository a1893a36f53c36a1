"""Declared forms as Django forms: the same checks for whoever fills one in."""

import datetime
import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kyc import countries, mrz
from kyc.definition import Definition, Field, text_of

PEOPLE_ROWS = 4
PEOPLE_PARTS = ("name", "birth_date", "country", "share")
OLDEST_YEARS = 120
ADULT_YEARS = 18
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{5,24}\Z", re.ASCII)
_DOCUMENT_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9 -]{2,29}\Z", re.ASCII)


class AnswersForm(forms.Form):
    """A declared form in a language. ``answers()`` gives what is stored, as JSON values.

    ``partial``: a draft, in which nothing is required; what is there must still be right.
    """

    def __init__(
        self,
        definition: Definition,
        language: str,
        data: Any = None,
        *,
        answers: dict[str, Any] | None = None,
        only: set[str] | None = None,
        today: datetime.date,
        partial: bool = False,
    ) -> None:
        super().__init__(data, initial=_initial(definition, answers or {}), label_suffix="")
        self.definition, self.language, self.today = definition, language, today
        self.only = only
        for field in definition.fields():
            if only is not None and field.name not in only:
                continue
            for name, built in _built(field, language).items():
                if partial:
                    built.required = False
                self.fields[name] = built

    def groups(self) -> list[dict[str, Any]]:
        """Sections with their bound fields, for a page."""
        found = []
        for section in self.definition.sections:
            rows = [each for each in section.fields if self._has(each)]
            if rows:
                found.append(
                    {
                        "title": text_of(section.title, self.language),
                        "text": text_of(section.text, self.language),
                        "rows": [self._row(each) for each in rows],
                    }
                )
        return found

    def _has(self, field: Field) -> bool:
        return self.only is None or field.name in self.only

    def _row(self, field: Field) -> dict[str, Any]:
        if field.type != "people":
            return {"field": self[field.name], "help": text_of(field.help, self.language)}
        people = [
            [self[f"{field.name}_{number}_{part}"] for part in PEOPLE_PARTS]
            for number in range(PEOPLE_ROWS)
        ]
        return {
            "people": people,
            "label": text_of(field.label, self.language),
            "help": text_of(field.help, self.language),
            "errors": self.errors.get(f"{field.name}_0_name", []),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for field in self.definition.fields():
            if not self._has(field):
                continue
            if field.type == "people":
                self._clean_people(field, values)
            elif values.get(field.name) not in (None, "", []):
                problem = _problem(field, values[field.name], self.today)
                if problem:
                    self.add_error(field.name, problem)
        return values

    def _clean_people(self, field: Field, values: dict[str, Any]) -> None:
        found = []
        for number in range(PEOPLE_ROWS):
            row = {part: values.get(f"{field.name}_{number}_{part}") for part in PEOPLE_PARTS}
            if not any(row.values()):
                continue
            missing = [part for part in ("name", "birth_date", "country") if not row[part]]
            for part in missing:
                self.add_error(f"{field.name}_{number}_{part}", _("Fill this in."))
            born = row["birth_date"]
            if born and not _is_age(born, self.today, at_least=0):
                self.add_error(f"{field.name}_{number}_birth_date", _("This is no date of birth."))
            found.append(row)
        if field.required and not found and self.fields[f"{field.name}_0_name"].required:
            self.add_error(f"{field.name}_0_name", _("Name at least one person."))
        values[field.name] = found

    def answers(self) -> dict[str, Any]:
        """The cleaned answers by field, as JSON; only of the fields that were asked for."""
        found: dict[str, Any] = {}
        for field in self.definition.fields():
            if not self._has(field):
                continue
            value = self.cleaned_data.get(field.name)
            if field.type == "people":
                value = [{part: _plain(row[part]) for part in PEOPLE_PARTS} for row in value or []]
            found[field.name] = _plain(value)
        return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return "" if value is None else value


def _initial(definition: Definition, answers: dict[str, Any]) -> dict[str, Any]:
    initial = dict(answers)
    for field in definition.fields():
        if field.type == "people":
            for number, row in enumerate(answers.get(field.name) or []):
                for part in PEOPLE_PARTS:
                    initial[f"{field.name}_{number}_{part}"] = row.get(part, "")
    return initial


def _date_widget() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _country(language: str, **options: Any) -> forms.ChoiceField:
    empty = ("", _("Choose a country"))
    return forms.ChoiceField(choices=[empty, *countries.choices(language)], **options)


def _built(field: Field, language: str) -> dict[str, forms.Field]:
    """The Django fields of a declared one, by name."""
    options: dict[str, Any] = {
        "label": text_of(field.label, language),
        "required": field.required,
    }
    if field.type == "people":
        return _people(field, language)
    built: forms.Field
    if field.type in ("date", "birth_date", "expiry_date"):
        built = forms.DateField(widget=_date_widget(), **options)
    elif field.type == "country":
        built = _country(language, **options)
    elif field.type in ("choice", "choices"):
        choices = [(each.value, text_of(each.label, language)) for each in field.options]
        if field.type == "choices":
            widget = forms.CheckboxSelectMultiple
            built = forms.MultipleChoiceField(choices=choices, widget=widget, **options)
        else:
            built = forms.ChoiceField(choices=[("", _("Choose")), *choices], **options)
    elif field.type == "yes_no":
        pairs = [("no", _("No")), ("yes", _("Yes"))]
        built = forms.ChoiceField(choices=pairs, widget=forms.RadioSelect, **options)
    elif field.type == "number":
        built = forms.IntegerField(min_value=0, max_value=10**15, **options)
    else:
        built = _text(field, options)
    return {field.name: built}


def _text(field: Field, options: dict[str, Any]) -> forms.CharField:
    if field.type == "long_text":
        return forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), **options)
    if field.type == "mrz":
        area: dict[str, Any] = {
            "rows": 3,
            "class": "mono",
            "spellcheck": "false",
            "autocapitalize": "characters",
            "autocomplete": "off",
        }
        return forms.CharField(max_length=200, widget=forms.Textarea(attrs=area), **options)
    attributes = {
        "phone": {"type": "tel", "autocomplete": "tel"},
        "document_number": {"autocapitalize": "characters", "autocomplete": "off"},
    }.get(field.type, {})
    if field.means in ("given_names", "family_names"):
        attributes = {
            "autocomplete": "given-name" if field.means == "given_names" else "family-name"
        }
    return forms.CharField(max_length=160, widget=forms.TextInput(attrs=attributes), **options)


def _people(field: Field, language: str) -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    for number in range(PEOPLE_ROWS):
        prefix = f"{field.name}_{number}_"
        found[prefix + "name"] = forms.CharField(
            label=_("Full name"), max_length=160, required=False
        )
        found[prefix + "birth_date"] = forms.DateField(
            label=_("Date of birth"), widget=_date_widget(), required=False
        )
        found[prefix + "country"] = _country(language, label=_("Country"), required=False)
        found[prefix + "share"] = forms.IntegerField(
            label=_("Share, %"), min_value=0, max_value=100, required=False
        )
    # Only says that somebody is required; an empty row is dropped in any case.
    found[f"{field.name}_0_name"].required = field.required
    found[f"{field.name}_0_name"].error_messages["required"] = gettext_lazy(
        "Name at least one person."
    )
    return found


def _is_age(born: datetime.date, today: datetime.date, *, at_least: int) -> bool:
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return at_least <= years <= OLDEST_YEARS


def _problem(field: Field, value: Any, today: datetime.date) -> str:
    """Why a filled-in answer is not taken; empty if it is."""
    if field.type in ("name", "text", "long_text") and not _is_text(str(value), field.type):
        return _("Write it as it stands in your document, without signs that are no letters.")
    if field.type == "birth_date":
        if not _is_age(value, today, at_least=0):
            return _("This is no date of birth.")
        if not _is_age(value, today, at_least=ADULT_YEARS):
            return _("You must be at least %(years)d years old.") % {"years": ADULT_YEARS}
    if field.type == "expiry_date" and value <= today:
        return _("This document has run out. Take one that is still valid.")
    if field.type == "phone" and not _PHONE.match(str(value)):
        return _("Write a telephone number with its country's prefix, as +44 20 7946 0000.")
    if field.type == "document_number" and not _DOCUMENT_NUMBER.match(str(value).upper()):
        return _("Write the number as it stands in the document: letters and digits.")
    if field.type == "mrz":
        try:
            mrz.parse(str(value))
        except mrz.MrzError as error:
            return str(error)
    return ""


def _is_text(value: str, kind: str) -> bool:
    allowed = "\n\r\t" if kind == "long_text" else ""
    if any(not char.isprintable() and char not in allowed for char in value):
        return False
    if kind != "name":
        return True
    return any(char.isalpha() for char in value) and not any(
        char in '<>{}[]=;/\\|@#$%^*+~`"' or char.isdigit() for char in value
    )
