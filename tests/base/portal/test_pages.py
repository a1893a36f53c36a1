"""Every page: for visitors, for its owner, and for someone of another tenant."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import get_resolver

import people
from identity.models import User
from portal import urls
from tenants.models import Tenant

Client = Callable[..., people.Browser]

PUBLIC = ("/", "/fees", "/markets", "/offline", "/liabilities",
          "/sign-up", "/sign-in", "/forgot", "/reset/unknown-token",
          "/verify/unknown-token", "/trade/BTC-USDT")  # fmt: skip
PRIVATE = ("/dashboard", "/settings", "/notices", "/orders", "/fills", "/statement", "/balances",
           "/security",
           "/security/confirm", "/security/password", "/security/second-factor",
           "/api-keys", "/verification", "/deposit", "/withdraw", "/beneficiaries",
           "/support", "/settings/messages", "/accounts", "/transfers", "/rewards")  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_visitor_sees_public_pages(client_for: Client, address: str) -> None:
    page = client_for().get(address)
    assert page.status_code == 200
    assert page.content.count(b"<h1") == 1


@pytest.mark.parametrize("address", PRIVATE)
def test_a_visitor_is_asked_to_sign_in(client_for: Client, address: str) -> None:
    answer = client_for().get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in")


@pytest.mark.parametrize("address", PRIVATE)
def test_a_customer_sees_his_pages(client_for: Client, alice: User, address: str) -> None:
    page = client_for(alice).get(address)
    assert page.status_code == 200
    assert page.content.count(b"<h1") == 1
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize("address", PRIVATE)
def test_another_tenants_customer_is_a_stranger_here(
    client_for: Client, charlie: User, tenant: Tenant, address: str
) -> None:
    answer = client_for(charlie, tenant=tenant).get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in")


def test_no_page_is_forgotten_here() -> None:
    """A new page must be listed above, or be one of those that take a form or give a file."""
    elsewhere = {
        "/language", "/sign-out", "/check-mail", "/second-factor", "/trade", "/invitation/",
        "/jsi18n/", "/security/second-factor/off", "/security/recovery-codes", "/security/sessions",
        "/security/devices/", "/api-keys/", "/liabilities/", "/tax-year", "/time-zone",
        "/design", "/app.webmanifest", "/service-worker.js", "/brand/icon-", "/push",
        "/preferences", "/notices/", "/verification/", "/withdraw/", "/beneficiaries/",
        "/accounts/", "/transfers/", "/support/", "/settings/phone",
        "/security/second-factor/stop-reset", "/deposit/cards/", "/r/", "/hooks/",
    }  # fmt: skip
    for pattern in urls.urlpatterns:
        route = "/" + str(pattern.pattern)
        if getattr(pattern, "name", None) is None:
            continue
        fixed = re.split(r"[<]", route)[0]
        known = fixed in PUBLIC + PRIVATE or any(
            p.startswith(fixed) and fixed != "/" for p in PUBLIC
        )
        assert known or any(route.startswith(start) for start in elsewhere), route


@pytest.mark.parametrize(
    "address",
    ["/sign-out", "/language", "/security/recovery-codes", "/security/second-factor/off",
     "/security/sessions/1/end", "/security/sessions/end-others", "/security/devices/1/forget",
     "/api-keys/mk_1/revoke"],
)  # fmt: skip
def test_what_changes_something_takes_no_get(client_for: Client, alice: User, address: str) -> None:
    assert client_for(alice).get(address).status_code == 405


def test_every_post_needs_its_token(tenant: Tenant, alice: User) -> None:
    browser = people.Browser(tenant, enforce_csrf_checks=True)
    browser.sign_in(alice)
    for address in ("/sign-in", "/sign-up", "/forgot", "/language", "/sign-out", "/api-keys",
                    "/security/password", "/security/sessions/end-others"):  # fmt: skip
        answer = browser.post(address, {})
        assert answer.status_code == 403, address
        assert "The form was too old" in answer.content.decode()
    assert browser.get("/dashboard").status_code == 200  # nobody was signed out


def test_pages_forbid_inline_scripts_and_hold_none(client_for: Client, alice: User) -> None:
    for address in (*PUBLIC, *PRIVATE):
        page = client_for(alice).get(address)
        if page.status_code == 302:
            continue
        text = page.content.decode()
        assert "script-src 'self'" in page["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*(src=|application/json))", text), address
        assert not re.search(r"\sstyle=|\son[a-z]+=", text), address


def test_an_unknown_address_gets_the_brands_page(client_for: Client) -> None:
    page = client_for().get("/no/such/page")
    assert page.status_code == 404
    assert "This page is not here" in page.content.decode()
    assert "North Exchange" in page.content.decode()


def test_the_backoffice_keeps_its_slash(client_for: Client) -> None:
    assert client_for().get("/backoffice")["Location"].endswith("/backoffice/")


def test_language_is_chosen_by_cookie_and_kept_for_mail(client_for: Client, alice: User) -> None:
    browser = client_for(alice)
    answer = browser.post("/language", {"language": "zh-hans", "next": "/fees"})
    assert answer["Location"] == "/fees"
    alice.refresh_from_db()
    assert alice.language == "zh-hans"
    assert "费率" in browser.get("/fees").content.decode()


def test_an_unspoken_language_and_a_foreign_next_are_ignored(client_for: Client) -> None:
    answer = client_for().post("/language", {"language": "xx", "next": "https://evil.example/"})
    assert answer["Location"] == "/"
    assert "language" not in answer.cookies


def test_theme_comes_from_a_cookie_or_the_system(client_for: Client) -> None:
    browser = client_for()
    assert 'data-theme="auto"' in browser.get("/").content.decode()
    browser.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in browser.get("/").content.decode()
    browser.cookies["theme"] = '"><script>'
    assert 'data-theme="auto"' in browser.get("/").content.decode()


def test_staff_are_sent_to_the_backoffice(client_for: Client, staff_of: Any) -> None:
    browser = client_for(staff_of("finance"), second_factor=False)
    assert browser.get("/dashboard")["Location"] == "/backoffice/"


def test_browser_translations_are_served(client_for: Client) -> None:
    answer = client_for().get("/jsi18n/zh-hans.js")
    assert answer.status_code == 200
    assert r"\u4e70\u5165" in answer.content.decode() or "买入" in answer.content.decode()
    assert client_for().get("/jsi18n/xx.js").status_code == 404


def test_urls_resolve() -> None:
    assert get_resolver("config.urls_tenant").resolve("/trade/ETH-USDT").url_name == "terminal"
