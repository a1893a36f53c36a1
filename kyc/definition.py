"""Declared forms: what a definition may say, and reading one.

A definition is data (JSON in :class:`kyc.models.FormVersion`, TOML in a file), never code::

    for = "person"                       # or "company"
    title = {en = "…", zh-hans = "…"}    # wherever a text stands: one text, or one per language
    [[sections]]
    title = …
    [[sections.fields]]
    name = "given_names"                 # letters, digits, _; once per form
    type = "name"                        # see TYPES
    label = …
    help = …                             # optional
    required = true                      # the default
    means = "given_names"                # optional: what checks and screening take it for, MEANS
    options = [{value = "salary", label = …, points = 0}]      # of choice and choices
    [[documents]]
    code = "identity"
    label = …
    help = …
    required = true
    mrz = true                           # its machine readable zone is to be read
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kyc.errors import KycError

TYPES = frozenset(
    {
        "name", "text", "long_text", "date", "birth_date", "expiry_date", "country", "choice",
        "choices", "yes_no", "number", "phone", "document_number", "mrz", "people",
    }
)  # fmt: skip
MEANS = frozenset(
    {
        "given_names", "family_names", "native_name", "company_name", "birth_date", "nationality",
        "residence", "document_number", "document_country", "document_expires", "phone",
        "registration_number", "registration_country", "mrz", "directors", "owners", "pep",
    }
)  # fmt: skip
SUBJECTS = ("person", "company")
MOST_FIELDS, MOST_DOCUMENTS, MOST_OPTIONS = 80, 12, 40
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z", re.ASCII)
_CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}\Z", re.ASCII)

Texts = dict[str, str]


@dataclass(frozen=True)
class Option:
    value: str
    label: Texts
    points: int = 0


@dataclass(frozen=True)
class Field:
    """One question. ``points`` are added to the risk where a yes_no is answered with yes."""

    name: str
    type: str
    label: Texts
    help: Texts
    required: bool
    means: str
    options: tuple[Option, ...]
    points: int

    def option(self, value: str) -> Option | None:
        return next((each for each in self.options if each.value == value), None)


@dataclass(frozen=True)
class Section:
    title: Texts
    text: Texts
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class DocumentSlot:
    code: str
    label: Texts
    help: Texts
    required: bool
    has_mrz: bool


@dataclass(frozen=True)
class Definition:
    subject: str
    title: Texts
    sections: tuple[Section, ...]
    documents: tuple[DocumentSlot, ...]

    def fields(self) -> Iterator[Field]:
        for section in self.sections:
            yield from section.fields

    def field(self, name: str) -> Field | None:
        return next((each for each in self.fields() if each.name == name), None)

    def meaning(self, means: str) -> Field | None:
        """The field that is taken for something, if the form has one."""
        return next((each for each in self.fields() if each.means == means), None)

    def document(self, code: str) -> DocumentSlot | None:
        return next((each for each in self.documents if each.code == code), None)

    def value(self, answers: dict[str, Any], means: str, default: Any = "") -> Any:
        """What was answered to the field that is taken for ``means``."""
        field = self.meaning(means)
        return default if field is None else answers.get(field.name, default)


def text_of(texts: Texts, language: str) -> str:
    """The text in a language, else in English, else in any, else empty."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


def read(data: Any) -> Definition:
    """The definition that ``data`` says; raises KycError naming what is wrong and where."""
    if not isinstance(data, dict):
        raise KycError(_("A form is a table with `for`, `title` and `sections`."))
    _only(data, {"for", "title", "sections", "documents"}, _("the form"))
    subject = data.get("for", "person")
    if subject not in SUBJECTS:
        raise KycError(_("`for` is person or company."))
    sections = tuple(
        _section(each, _("section %(number)s") % {"number": number})
        for number, each in enumerate(
            _list(data.get("sections"), pgettext("part of a form", "sections")), 1
        )
    )
    documents = tuple(
        _document(each, _("document %(number)s") % {"number": number})
        for number, each in enumerate(
            _list(data.get("documents", []), pgettext("part of a form", "documents")), 1
        )
    )
    definition = Definition(
        subject, _texts(data.get("title"), pgettext("part of a form", "title")), sections, documents
    )
    _check_whole(definition)
    return definition


def _check_whole(definition: Definition) -> None:
    names = [field.name for field in definition.fields()]
    codes = [slot.code for slot in definition.documents]
    means = [field.means for field in definition.fields() if field.means]
    if not names:
        raise KycError(_("A form asks for something: give it a field."))
    if len(names) > MOST_FIELDS or len(codes) > MOST_DOCUMENTS:
        raise KycError(
            _("A form has at most %(fields)s fields and %(documents)s documents.")
            % {"fields": MOST_FIELDS, "documents": MOST_DOCUMENTS}
        )
    for sentence, found in (
        (_("There are two of the field %(name)s."), names),
        (_("There are two of the document %(name)s."), codes),
        (_("There are two of the meaning %(name)s."), means),
    ):
        twice = sorted({each for each in found if found.count(each) > 1})
        if twice:
            raise KycError(sentence % {"name": twice[0]})
    needed = {"person": ("given_names", "family_names"), "company": ("company_name",)}
    for wanted in needed[definition.subject]:
        if wanted not in means:
            raise KycError(
                _("Say which field means %(name)s: nobody is screened without a name.")
                % {"name": wanted}
            )


def _section(data: Any, where: str) -> Section:
    _table(data, where)
    _only(data, {"title", "text", "fields"}, where)
    fields = tuple(
        _field(each, _("%(where)s, field %(number)s") % {"where": where, "number": number})
        for number, each in enumerate(
            _list(data.get("fields"), _("fields of %(where)s") % {"where": where}), 1
        )
    )
    return Section(
        _texts(data.get("title"), _("title of %(where)s") % {"where": where}),
        _texts(data.get("text", ""), _("text of %(where)s") % {"where": where}, empty=True),
        fields,
    )


def _field(data: Any, where: str) -> Field:
    _table(data, where)
    _only(data, {"name", "type", "label", "help", "required", "means", "options", "points"}, where)
    name, kind = data.get("name", ""), data.get("type", "")
    if not isinstance(name, str) or not _NAME.match(name):
        raise KycError(
            _("%(where)s: a name is small letters, digits and _, at most 40.") % {"where": where}
        )
    where = _("field %(name)s") % {"name": name}
    if kind not in TYPES:
        raise KycError(
            _("%(where)s: its type is one of %(types)s.")
            % {"where": where, "types": ", ".join(sorted(TYPES))}
        )
    means = data.get("means", "")
    if means and means not in MEANS:
        raise KycError(
            _("%(where)s: it may mean %(meanings)s.")
            % {"where": where, "meanings": ", ".join(sorted(MEANS))}
        )
    options = tuple(_option(each, where) for each in _list(data.get("options", []), where))
    if (kind in ("choice", "choices")) != bool(options):
        raise KycError(
            _("%(where)s: choice and choices have options, others have none.") % {"where": where}
        )
    if len(options) > MOST_OPTIONS or len({each.value for each in options}) != len(options):
        raise KycError(
            _("%(where)s: at most %(most)s options, each with a value of its own.")
            % {"where": where, "most": MOST_OPTIONS}
        )
    required = data.get("required", True)
    if not isinstance(required, bool):
        raise KycError(_("%(where)s: required is true or false.") % {"where": where})
    return Field(
        name,
        kind,
        _texts(data.get("label"), _("label of %(where)s") % {"where": where}),
        _texts(data.get("help", ""), _("help of %(where)s") % {"where": where}, empty=True),
        required,
        means,
        options,
        _points(data.get("points", 0), where),
    )


def _option(data: Any, where: str) -> Option:
    _table(data, where)
    _only(data, {"value", "label", "points"}, _("option of %(where)s") % {"where": where})
    value = data.get("value", "")
    if not isinstance(value, str) or not _CODE.match(value):
        raise KycError(
            _("%(where)s: an option's value is small letters, digits, - and _.") % {"where": where}
        )
    place = _("label of %(value)s of %(where)s") % {"value": value, "where": where}
    label = _texts(data.get("label"), place)
    return Option(value, label, _points(data.get("points", 0), where))


def _document(data: Any, where: str) -> DocumentSlot:
    _table(data, where)
    _only(data, {"code", "label", "help", "required", "mrz"}, where)
    code = data.get("code", "")
    if not isinstance(code, str) or not _CODE.match(code):
        raise KycError(
            _("%(where)s: a code is small letters, digits, - and _, at most 40.") % {"where": where}
        )
    where = _("document %(code)s") % {"code": code}
    for name in ("required", "mrz"):
        if not isinstance(data.get(name, True), bool):
            raise KycError(
                _("%(where)s: %(name)s is true or false.") % {"where": where, "name": name}
            )
    return DocumentSlot(
        code,
        _texts(data.get("label"), _("label of %(where)s") % {"where": where}),
        _texts(data.get("help", ""), _("help of %(where)s") % {"where": where}, empty=True),
        data.get("required", True),
        data.get("mrz", False),
    )


def _texts(value: Any, where: str, *, empty: bool = False) -> Texts:
    texts = {"en": value} if isinstance(value, str) else value
    if not isinstance(texts, dict) or not all(
        isinstance(key, str) and isinstance(text, str) and len(text) <= 500
        for key, text in texts.items()
    ):
        raise KycError(
            _("%(where)s: a text of at most 500 characters, or one for each language.")
            % {"where": where}
        )
    if not empty and not any(text.strip() for text in texts.values()):
        raise KycError(_("%(where)s: there is no text.") % {"where": where})
    return {key.lower(): text.strip() for key, text in texts.items() if text.strip()}


def _points(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 1000:
        raise KycError(_("%(where)s: points are a whole number from 0 to 1000.") % {"where": where})
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise KycError(_("%(where)s: there should be a list.") % {"where": where})
    return value


def _table(value: Any, where: str) -> None:
    if not isinstance(value, dict):
        raise KycError(_("%(where)s: there should be a table.") % {"where": where})


def _only(data: dict[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(data) - known)
    if unknown:
        raise KycError(
            _("%(where)s: nothing is known of `%(name)s`.") % {"where": where, "name": unknown[0]}
        )
