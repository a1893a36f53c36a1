"""From sign-up to the dashboard, by the pages alone."""

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

import people
from identity.models import TotpDevice, TrustedDevice, User
from identity.models.second_factor import code_of, current_step
from messaging.models import OutboxMail
from tenants.models import Tenant
from trading.accounts.selectors import accounts_of

Client = Callable[..., people.Browser]
SIGN_UP = {"email": "dora@north.example", "accept": "on"}
CHOSEN = {"password": people.PASSWORD}


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


def link_in_last_mail(path: str) -> str:
    mail = OutboxMail.objects.order_by("-id").first()
    assert mail is not None
    found = re.search(rf"/{path}/[\w-]+", mail.text)
    assert found, mail.text
    return found.group()


def test_sign_up_verify_sign_in(client_for: Client) -> None:
    browser = client_for()
    assert browser.post("/sign-up", SIGN_UP)["Location"] == "/check-mail"
    assert "dora@north.example" in browser.get("/check-mail").content.decode()
    link = link_in_last_mail("verify")

    looked = browser.get(link)  # a mail filter looks first: nothing is confirmed by that
    assert looked.status_code == 200
    user = User.objects.get(email="dora@north.example")
    assert user.email_verified_at is None

    assert browser.post(link, {"password": "short"}).status_code == 422
    assert browser.post(link, {"password": "dora@north.example"}).status_code == 422
    user.refresh_from_db()
    assert user.email_verified_at is None
    assert browser.post(link, CHOSEN).status_code == 200
    user.refresh_from_db()
    assert user.email_verified_at is not None
    assert accounts_of(user).count() == 1

    assert browser.post(link, CHOSEN).status_code == 410  # it works once
    answer = browser.post(
        "/sign-in", {"email": "Dora@north.example", "password": people.PASSWORD, "next": "/fees"}
    )
    assert answer["Location"] == "/fees"
    assert browser.get("/dashboard").status_code == 200


def test_a_form_keeps_what_was_typed_and_says_what_to_do(client_for: Client) -> None:
    answer = client_for().post("/sign-up", {"email": "dora@north.example"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'value="dora@north.example"' in text
    assert 'aria-invalid="true"' in text
    assert not User.objects.filter(email="dora@north.example").exists()


def test_a_stranger_signing_up_after_the_victim_gains_nothing(client_for: Client) -> None:
    victim, stranger = client_for(), client_for()
    victim.post("/sign-up", SIGN_UP)
    stranger.post("/sign-up", {**SIGN_UP, "password": "strangers-Otter-44"})
    assert victim.post(link_in_last_mail("verify"), CHOSEN).status_code == 200
    for password, status in (("strangers-Otter-44", 422), (people.PASSWORD, 302)):
        answer = stranger.post("/sign-in", {"email": SIGN_UP["email"], "password": password})
        assert answer.status_code == status


def test_the_link_can_be_mailed_again(client_for: Client) -> None:
    browser = client_for()
    browser.post("/sign-up", SIGN_UP)
    before = OutboxMail.objects.count()
    assert "Sent once more" in browser.post("/check-mail").content.decode()
    assert OutboxMail.objects.count() == before + 1


def test_wrong_password_tells_nothing(client_for: Client, alice: User) -> None:
    browser = client_for()
    wrong = browser.post("/sign-in", {"email": alice.email, "password": "not it at all"})
    unknown = browser.post("/sign-in", {"email": "no@north.example", "password": "not it at all"})
    assert wrong.status_code == unknown.status_code == 422
    assert "The e-mail or the password is not right." in wrong.content.decode()
    assert "The e-mail or the password is not right." in unknown.content.decode()
    assert browser.get("/dashboard").status_code == 302


def test_charlie_cannot_sign_in_here(client_for: Client, charlie: User, tenant: Tenant) -> None:
    browser = client_for(tenant=tenant)
    answer = browser.post("/sign-in", {"email": charlie.email, "password": people.PASSWORD})
    assert answer.status_code == 422
    assert browser.get("/dashboard").status_code == 302


@pytest.fixture
def guarded(tenant: Tenant) -> User:
    return people.make_customer(tenant, "gina", second_factor=True)


def test_second_factor_then_a_trusted_browser(client_for: Client, guarded: User) -> None:
    browser = client_for()
    credentials = {"email": guarded.email, "password": people.PASSWORD, "next": "/balances"}
    assert browser.post("/sign-in", credentials)["Location"] == "/second-factor"
    assert browser.get("/dashboard").status_code == 302  # the password alone is not enough
    answer = browser.post("/second-factor", {"code": people.current_code(guarded), "trust": "on"})
    assert answer["Location"] == "/balances"
    assert TrustedDevice.objects.filter(user=guarded).count() == 1

    browser.post("/sign-out")
    assert browser.get("/dashboard").status_code == 302
    assert browser.post("/sign-in", credentials)["Location"] == "/balances"


def test_a_wrong_code_signs_nobody_in(client_for: Client, guarded: User) -> None:
    browser = client_for()
    browser.post("/sign-in", {"email": guarded.email, "password": people.PASSWORD})
    wrong = browser.post("/second-factor", {"code": "000000"})
    assert wrong.status_code == 422
    assert "That code is not right" in wrong.content.decode()
    assert browser.get("/dashboard").status_code == 302


def test_the_second_factor_page_needs_a_password_first(client_for: Client) -> None:
    assert client_for().get("/second-factor")["Location"] == "/sign-in"


def test_reset_by_mail(client_for: Client, alice: User) -> None:
    browser = client_for()
    assert "link is on its way" in browser.post("/forgot", {"email": alice.email}).content.decode()
    link = link_in_last_mail("reset")
    new = "an-Entirely-new-sentence-9"
    assert browser.post(link, {"password": "12345"}).status_code == 422
    assert browser.post(link, {"password": new}).status_code == 200
    assert browser.post(link, {"password": new}).status_code == 410
    alice.refresh_from_db()
    assert alice.check_password(new)


def test_an_unknown_address_sees_the_same_and_gets_no_mail(client_for: Client) -> None:
    before = OutboxMail.objects.count()
    text = client_for().post("/forgot", {"email": "no@north.example"}).content.decode()
    assert "link is on its way" in text
    assert OutboxMail.objects.count() == before


def test_too_many_posts_get_429_and_do_nothing(client_for: Client, alice: User) -> None:
    browser = client_for()
    before = OutboxMail.objects.count()
    answers = [browser.post("/forgot", {"email": f"x{n}@north.example"}) for n in range(8)]
    assert [answer.status_code for answer in answers[:6]] == [200] * 6
    assert answers[7].status_code == 429
    assert answers[7]["Retry-After"] == "60"
    assert browser.post("/forgot", {"email": alice.email}).status_code == 429
    assert OutboxMail.objects.count() == before


def first_code(page: str) -> str:
    """The code of an authenticator that was just given the key on the page."""
    found = re.search(r'id="totp-key">([A-Z2-7 ]+)<', page)
    assert found
    return code_of(base64.b32decode(found.group(1).replace(" ", "")), current_step())


def test_too_many_wrong_passwords_say_how_long_to_wait(client_for: Client, alice: User) -> None:
    browser = client_for()
    for _ in range(10):
        browser.post("/sign-in", {"email": alice.email, "password": "not it at all"})
    refused = browser.post("/sign-in", {"email": alice.email, "password": people.PASSWORD})
    assert refused.status_code == 429
    assert "Try again in 15 minutes." in refused.content.decode()
    assert browser.get("/dashboard").status_code == 302


def test_enrol_shows_recovery_codes_once(client_for: Client, alice: User) -> None:
    browser = client_for(alice)
    page = browser.get("/security/second-factor").content.decode()
    assert "<svg" in page
    elsewhere = client_for(alice)
    theirs = first_code(elsewhere.get("/security/second-factor").content.decode())
    assert browser.post("/security/second-factor", {"code": theirs}).status_code == 422
    assert not TotpDevice.objects.filter(user=alice).exists()
    done = browser.post("/security/second-factor", {"code": first_code(page)})
    codes = re.findall(r"<span>(\w{5}-\w{5})</span>", done.content.decode())
    assert len(codes) == 10
    assert "no-store" in done["Cache-Control"]
    again: Any = browser.get("/security").content.decode()
    assert codes[0] not in again
    assert "10 codes left" in again
