"""Staff work in the language each has chosen, whatever the brand speaks to its customers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from firms import Firm
from identity.models import User
from tenants.models import Tenant

Client = Callable[..., Any]
HEADS = {"en": "Customers", "ru": "Клиенты", "zh-hans": "客户"}
SIGN_IN = "/backoffice/sign-in/"


def spoken(browser: Any, page: str = "/backoffice/customers/") -> str:
    """The language a page is in, by its head, and by what it says of itself."""
    answer = browser.get(page)
    text = answer.content.decode()
    found = [language for language, head in HEADS.items() if f"<h1>{head}</h1>" in text]
    language = answer.headers["Content-Language"]
    assert found in ([language], []) and f'lang="{language}"' in text
    return str(language)


def choose(browser: Any, language: str, **more: str) -> Any:
    return browser.post("/backoffice/language/", {"language": language, **more})


@pytest.mark.parametrize("language", ["ru", "zh-hans"])
def test_each_has_his_own(firm: Firm, client_for: Client, language: str) -> None:
    owner, finance = client_for(firm.owner), client_for(firm.finance)
    assert spoken(owner) == "en"
    answer = choose(owner, language, next="/backoffice/customers/?q=a")
    assert (answer.status_code, answer.url) == (302, "/backoffice/customers/?q=a")
    assert spoken(owner) == language
    assert spoken(client_for(firm.owner)) == language  # another browser of his
    assert spoken(finance) == "en"
    assert User.objects.get(pk=firm.owner.pk).language == language


def test_a_refusal_speaks_it_too(
    firm: Firm, client_for: Client, staff_of: Callable[..., User]
) -> None:
    support = client_for(staff_of("support"))
    choose(support, "ru")
    refused = support.get("/backoffice/fees/edit/")
    assert refused.status_code in (403, 404)
    assert 'lang="ru"' in refused.content.decode()


def test_before_signing_in_it_is_the_browsers(tenant: Tenant, client_for: Client) -> None:
    stranger = client_for(tenant=tenant)
    assert spoken(stranger, SIGN_IN) == "en"
    assert choose(stranger, "ru", next=SIGN_IN).url == SIGN_IN
    assert stranger.cookies[settings.LANGUAGE_COOKIE_NAME].value == "ru"
    assert spoken(stranger, SIGN_IN) == "ru"
    assert not User.objects.filter(language="ru").exists()


def test_what_nobody_speaks_or_where_nobody_goes(
    firm: Firm, client_for: Client, charlie: User
) -> None:
    owner = client_for(firm.owner)
    for wrong in ("", "xx", "ru'", "RU"):
        answer = choose(owner, wrong, next="https://example.org/backoffice/")
        assert (answer.status_code, answer.url) == (302, "/backoffice/")
        assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies
    assert owner.get("/backoffice/language/").status_code == 405
    foreign = client_for(charlie, tenant=firm.tenant)  # another firm's session is nobody's here
    choose(foreign, "ru")
    assert User.objects.get(pk=firm.owner.pk).language == ""
    assert User.objects.filter(language="ru").count() == 0
