"""What a customer answered in a form, as staff read it."""

from typing import Any

from django.utils.translation import gettext as _

from backoffice import cells
from backoffice.tenant import kyc_queue
from kyc import countries
from kyc.definition import Definition, Field, Texts, text_of


def text(texts: Texts) -> str:
    """A text of a form, in the language of this page."""
    return text_of(texts, kyc_queue.language())


def sections(form: Definition, answers: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "title": text(section.title),
            "rows": [
                (text(field.label), value_text(field, answers.get(field.name)))
                for field in section.fields
            ],
        }
        for section in form.sections
    ]


def value_text(field: Field, value: Any) -> Any:
    """An answer as staff read it."""
    if value in (None, "", []):
        return cells.NOTHING
    if field.type == "country":
        return f"{countries.name(str(value), kyc_queue.language())} ({value})"
    if field.type == "yes_no":
        return _("Yes") if value == "yes" else _("No")
    if field.type in ("choice", "choices"):
        chosen = value if isinstance(value, list) else [value]
        found = [field.option(each) for each in chosen]
        return ", ".join(text(each.label) for each in found if each)
    if field.type == "mrz":
        return cells.lines(cells.mono(line) for line in str(value).split())
    if field.type == "people":
        return cells.lines(
            f"{row['name']}, {row['birth_date']}, "
            + countries.name(row["country"], kyc_queue.language())
            + (f", {row['share']} %" if row.get("share") not in ("", None) else "")
            for row in value
        )
    return str(value)
