"""A firm's own words: keeping versions, going back to the shipped ones, and writing with them."""

from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from audit import actions as audit
from identity import roles
from messaging import brand_source, wording
from messaging.brand_source import MailBrand
from messaging.models import MessageTemplate
from messaging.wording import WORDINGS, Wording


def in_force(template: str, language: str) -> MessageTemplate | None:
    """The firm's own words; None: the shipped ones are sent."""
    if template not in WORDINGS:
        return None
    return MessageTemplate.objects.filter(
        template=template, language=language, is_in_force=True
    ).first()


def versions(template: str, language: str) -> list[MessageTemplate]:
    """Newest first."""
    return list(MessageTemplate.objects.filter(template=template, language=language))


def keep(
    *, template: str, language: str, subject: str, text: str, acting_user: Any
) -> MessageTemplate:
    """A new version, in force at once. Raises BadWording, PermissionDenied."""
    roles.require(acting_user, "messages.manage")
    text = text.replace("\r\n", "\n").strip()
    wording.check(_wording(template, language), subject.strip(), text)
    with transaction.atomic():
        rows = MessageTemplate.objects.select_for_update().filter(
            template=template, language=language
        )
        newest = max((row.version for row in rows), default=0)
        rows.filter(is_in_force=True).update(is_in_force=False)
        row = MessageTemplate.objects.create(
            template=template,
            language=language,
            version=newest + 1,
            subject=subject.strip(),
            text=text,
            is_in_force=True,
            changed_by=acting_user.email,
        )
        audit.record(
            "messaging.keep_template",
            row,
            new={"template": template, "language": language, "version": row.version},
            acting_user=acting_user,
        )
    return row


def use_shipped(*, template: str, language: str, acting_user: Any) -> None:
    """The shipped words from now on; the firm's own versions stay to be taken up again."""
    roles.require(acting_user, "messages.manage")
    with transaction.atomic():
        row = (
            MessageTemplate.objects.select_for_update()
            .filter(template=template, language=language, is_in_force=True)
            .first()
        )
        if row is None:
            return
        row.is_in_force = False
        row.save(update_fields=["is_in_force"])
        audit.record(
            "messaging.use_shipped_template",
            row,
            old={"version": row.version},
            acting_user=acting_user,
        )


def dressed(brand: MailBrand, language: str, values: dict[str, Any]) -> dict[str, Any]:
    """What is filled in, with the brand's look and words in that language."""
    return {
        **values,
        "brand": brand,
        "language": language,
        "signature": brand.signature.get(language, ""),
        "footer": brand.footer.get(language, ""),
    }


def shipped(template: str, language: str, values: dict[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of the words that come with the product."""
    with translation.override(language):
        subject, _, text = render_to_string(f"email/{template}.txt", values).partition("\n")
        html = render_to_string(f"email/{template}.html", {**values, "subject": subject})
    return " ".join(subject.split())[:200], _closed(text.strip(), values), html


def own(words: MessageTemplate, brand: MailBrand, values: dict[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of a firm's words."""
    filled = {**values, "firm": brand.name, "support": brand.support_address}
    subject = " ".join(wording.fill(words.subject, filled).split())[:200]
    text = wording.fill(words.text, filled)
    with translation.override(words.language):
        html = render_to_string(
            "email/own_words.html",
            {**values, "brand": brand, "subject": subject, "paragraphs": text.split("\n\n")},
        )
    signature = values.get("signature", "")
    return subject, _closed(f"{text}\n\n{signature}".strip(), values), html


def _closed(text: str, values: dict[str, Any]) -> str:
    """A mail's text with the brand's footer below it."""
    footer = values.get("footer", "")
    return f"{text}\n\n{footer}\n" if footer else f"{text}\n"


def example(template: str, language: str, subject: str, text: str) -> tuple[str, str, str]:
    """How words would read, with example data. Raises BadWording."""
    told = _wording(template, language)
    wording.check(told, subject, text)
    row = MessageTemplate(template=template, language=language, subject=subject, text=text)
    brand = brand_source.current()
    return own(row, brand, dressed(brand, language, wording.places_of(told)))


def example_shipped(template: str, language: str) -> tuple[str, str, str]:
    """How the shipped words read, with example data."""
    told = _wording(template, language)
    brand = brand_source.current()
    return shipped(template, language, dressed(brand, language, wording.places_of(told)))


def _wording(template: str, language: str) -> Wording:
    told = WORDINGS.get(template)
    if told is None or language not in brand_source.current().languages:
        raise wording.BadWording("There is no such template here.")
    return told
