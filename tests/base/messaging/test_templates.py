"""A firm's own words: declared places only, escaped, in versions, with the shipped ones behind."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils.html import escape

import people
from backoffice.once import new_token
from identity.models import User
from messaging import actions, templates, wording
from messaging.models import MessageTemplate, OutboxMail
from messaging.wording import WORDINGS, BadWording

Client = Callable[..., people.Browser]
PAGE = "/backoffice/templates/deposit_credited/en/"


def keep(owner: User, **changes: Any) -> MessageTemplate:
    values = {
        "template": "deposit_credited",
        "language": "en",
        "subject": "{{ amount }} {{ asset }} are with {{ firm }}",
        "text": "Dear customer,\n\n<b>{{ amount }}</b> {{asset}} came.\nSee {{ link }}",
        **changes,
    }
    return templates.keep(acting_user=owner, **values)


def tell(user: User, amount: str = "12") -> OutboxMail:
    actions.tell(
        user=user,
        kind="money",
        template="deposit_credited",
        context={"amount": amount, "asset": "EUR"},
        path="/deposit",
    )
    return OutboxMail.objects.filter(user=user).first()


def test_own_words_are_sent_until_the_shipped_ones_are_wanted(owner: User, alice: User) -> None:
    assert tell(alice).subject == "Your deposit is here"
    keep(owner)
    mail = tell(alice)
    assert mail.subject == "12 EUR are with North Exchange"
    assert "<b>12</b> EUR came.\nSee http" in mail.text
    assert "&lt;b&gt;12&lt;/b&gt; EUR came.<br>" in mail.html and "<b>" not in mail.html
    keep(owner, subject="Second")
    assert tell(alice).subject == "Second"
    assert [row.version for row in templates.versions("deposit_credited", "en")] == [2, 1]
    templates.use_shipped(template="deposit_credited", language="en", acting_user=owner)
    assert tell(alice).subject == "Your deposit is here"
    assert MessageTemplate.objects.count() == 2
    assert keep(owner).version == 3


def test_values_are_text_wherever_they_come_from(owner: User, alice: User) -> None:
    keep(owner, text="{{ amount }}")
    mail = tell(alice, amount="<img src=x onerror=alert(1)>{{ link }}{% debug %}\n")
    assert "<img" not in mail.html and "&lt;img" in mail.html
    assert "{{ link }}{% debug %}" in mail.text  # filled once: a value is never read again
    assert "\n" not in mail.subject


def test_another_language_keeps_the_shipped_words(owner: User, alice: User) -> None:
    keep(owner)
    alice.language = "ru"
    alice.save()
    assert tell(alice).subject not in ("12 EUR are with North Exchange", "Your deposit is here")


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "{{ password }}"},
        {"text": "{{ amount.__class__ }}"},
        {"text": "{{ amount|safe }}"},
        {"text": "{% load i18n %}"},
        {"text": "{# note #}"},
        {"text": "{{ amount"},
        {"text": "}}"},
        {"text": ""},
        {"text": "x" * 5_001},
        {"subject": "a\nBcc: b"},
        {"subject": "{{ link }}"},
        {"subject": " "},
        {"template": "verify_email", "subject": "Come in", "text": "No way in"},
        {"template": "staff_invitation"},
        {"template": "../../etc/passwd"},
        {"language": "fr"},
    ],
)
def test_what_is_more_than_words_is_refused(owner: User, changes: dict[str, str]) -> None:
    with pytest.raises(BadWording):
        keep(owner, **changes)
    assert not MessageTemplate.objects.exists()


def test_every_template_reads_well_with_its_example_data(tenant: Any) -> None:
    for name, told in WORDINGS.items():
        subject, text, html = templates.example_shipped(name, "en")
        assert subject and "{{" not in subject + text + html
        for place, value in told.places.items():
            if value and place not in ("fee", "net"):
                assert value in text or escape(value) in html or place in ("amount", "arrives")


def test_only_one_version_is_in_force_whatever_the_order(owner: User) -> None:
    keep(owner)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM messaging_messagetemplate WHERE is_in_force")
        assert cursor.fetchone()[0] == 1


def test_the_page_shows_a_preview_and_keeps_nothing_by_it(owner: User, client_for: Client) -> None:
    browser = client_for(owner)
    assert "Deposit credited" in browser.get("/backoffice/templates/").content.decode()
    page = browser.get(PAGE).content.decode()
    assert "{{ amount }} {{ asset }} were credited" in page and "1,250.00 EUR" in page
    typed = {"subject": "Yes", "text": "<script>{{ amount }}</script>", "token": new_token()}
    preview = browser.post(PAGE, {**typed, "preview": "1"})
    assert preview.status_code == 200
    content = preview.content.decode()
    assert "&amp;lt;script&amp;gt;1,250.00" in content and "<script>1,250" not in content
    assert not MessageTemplate.objects.exists()
    assert browser.post(PAGE, typed).status_code == 302
    assert MessageTemplate.objects.get().text == "<script>{{ amount }}</script>"
    bad = browser.post(PAGE, {**typed, "token": new_token(), "text": "{{ secret }}"})
    assert bad.status_code == 422 and "There is no place secret" in bad.content.decode()
    assert MessageTemplate.objects.count() == 1


def test_a_test_goes_to_who_asks_with_example_data(owner: User, client_for: Client) -> None:
    keep(owner)
    browser = client_for(owner)
    assert browser.post(f"{PAGE}test/", {"token": new_token()}).status_code == 302
    mail = OutboxMail.objects.get(to=owner.email)
    assert mail.subject == "1,250.00 EUR are with North Exchange"
    assert browser.post(f"{PAGE}shipped/", {"token": new_token()}).status_code == 302
    assert templates.in_force("deposit_credited", "en") is None
    assert browser.get("/backoffice/templates/nothing/en/").status_code == 404
    assert browser.get("/backoffice/templates/deposit_credited/fr/").status_code == 404


def test_who_may_not_changes_no_words(
    owner: User, staff_of: Callable[..., User], client_for: Client, charlie: User
) -> None:
    keep(owner)
    support = staff_of("support")
    assert client_for(support).get(PAGE).status_code == 200
    sent = {"subject": "x", "text": "y", "token": new_token()}
    assert client_for(support).post(PAGE, sent).status_code == 422
    assert client_for(staff_of("finance")).get(PAGE).status_code == 403
    with pytest.raises(PermissionDenied):
        keep(support)
    with pytest.raises(PermissionDenied):
        templates.use_shipped(template="deposit_credited", language="en", acting_user=support)
    assert MessageTemplate.objects.get().version == 1


def test_filling_leaves_what_has_no_value_empty() -> None:
    assert wording.fill("a {{ x }}{{y}} b", {"x": 1}) == "a 1 b"
