"""Staff's way in: password, code, enrolment, throttling, and who is shown out."""

import base64
import re
from typing import Any

import pytest
from django_tenants.utils import tenant_context

import people
from identity import actions
from identity.models import TotpDevice, User
from identity.models.second_factor import code_of, current_step
from identity.policy import Policy
from messaging.models import OutboxMail

SIGN_IN = "/backoffice/sign-in/"


def first_step(browser: Any, user: User, password: str = people.PASSWORD, **extra: Any) -> Any:
    return browser.post(SIGN_IN, {"email": user.email, "password": password, **extra})


def test_password_then_code_opens_the_page_asked_for(tenant, staff_of, client_for) -> None:
    user = staff_of("support")
    browser = client_for(tenant=tenant)
    refused = browser.get("/backoffice/customers/")
    assert refused["Location"] == "/backoffice/sign-in/?next=%2Fbackoffice%2Fcustomers%2F"
    answer = first_step(browser, user, next="/backoffice/customers/")
    assert answer["Location"] == "/backoffice/code/?next=%2Fbackoffice%2Fcustomers%2F"
    # The password alone opens nothing.
    assert browser.get("/backoffice/customers/").status_code == 302
    answer = browser.post(answer["Location"], {"code": people.current_code(user)})
    assert answer["Location"] == "/backoffice/customers/"
    assert browser.get("/backoffice/customers/").status_code == 200


def test_a_wrong_password_and_an_unknown_address_look_the_same(
    tenant, staff_of, client_for
) -> None:
    browser = client_for(tenant=tenant)
    wrong = first_step(browser, staff_of("support"), "not-the-password")
    unknown = browser.post(SIGN_IN, {"email": "nobody@north.example", "password": "whatever-1"})
    assert wrong.status_code == unknown.status_code == 422
    sentence = b"The e-mail or the password is not right."
    assert sentence in wrong.content and sentence in unknown.content


def test_a_wrong_code_opens_nothing_and_a_code_works_once(tenant, staff_of, client_for) -> None:
    user = staff_of("support")
    browser = client_for(tenant=tenant)
    first_step(browser, user)
    assert browser.post("/backoffice/code/", {"code": "000000"}).status_code == 422
    assert browser.get("/backoffice/").status_code == 302
    TotpDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    code = people.current_code(user)
    assert browser.post("/backoffice/code/", {"code": code}).status_code == 302
    again = client_for(tenant=tenant)
    first_step(again, user)
    assert again.post("/backoffice/code/", {"code": code}).status_code == 422
    assert again.get("/backoffice/").status_code == 302


def test_too_many_tries_are_held_up_even_with_the_right_password(
    tenant, staff_of, client_for
) -> None:
    user = staff_of("support")
    browser = client_for(tenant=tenant)
    for _ in range(Policy().attempts_per_account):
        assert first_step(browser, user, "not-the-password").status_code == 422
    held_up = first_step(browser, user)
    assert held_up.status_code == 429
    assert b"Too many attempts" in held_up.content


def test_a_customer_is_shown_out(tenant, alice, client_for) -> None:
    browser = client_for(tenant=tenant)
    answer = first_step(browser, alice)
    assert answer["Location"] == SIGN_IN
    assert b"This sign-in is for staff." in browser.get(SIGN_IN).content
    assert "_auth_user_id" not in browser.session


def test_staff_without_a_second_factor_must_enrol_first(tenant, client_for) -> None:
    user = actions.create_staff(
        email="new@north.example", role="support", password=people.PASSWORD, acting_user=None
    )
    browser = client_for(tenant=tenant)
    assert first_step(browser, user)["Location"] == "/backoffice/enrol/"
    assert browser.get("/backoffice/")["Location"].startswith(SIGN_IN)
    page = browser.get("/backoffice/enrol/")
    assert page.status_code == 200 and b"<svg" in page.content
    assert browser.post("/backoffice/enrol/", {"code": "1234567"}).status_code == 422
    assert not TotpDevice.objects.filter(user=user).exists()
    key = re.search(r"\b[A-Z2-7]{4}(?: [A-Z2-7]{4}){7}\b", page.content.decode())
    assert key
    secret = base64.b32decode(key.group().replace(" ", ""))
    done = browser.post("/backoffice/enrol/", {"code": code_of(secret, current_step())})
    assert done.status_code == 200 and done.content.count(b"<code>") == 10
    assert browser.get("/backoffice/").status_code == 200


def test_a_session_without_the_code_is_asked_for_it(tenant, staff_of, client_for) -> None:
    user = staff_of("support")
    browser = client_for(user, second_factor=False)
    assert browser.get("/backoffice/").status_code == 302
    assert browser.get(SIGN_IN)["Location"] == "/backoffice/code/"
    browser.post("/backoffice/code/", {"code": people.current_code(user)})
    assert browser.get("/backoffice/").status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/dashboard", "/backoffice/../api"]
)
def test_signing_in_never_leads_off_the_site(tenant, staff_of, client_for, elsewhere) -> None:
    browser = client_for(staff_of("support"))
    answer = browser.get(SIGN_IN, {"next": elsewhere})
    assert answer["Location"] in ("/backoffice/", "/backoffice/../api")


def test_signing_out_ends_the_session_and_needs_a_post(tenant, staff_of, client_for) -> None:
    browser = client_for(staff_of("support"))
    assert browser.get("/backoffice/sign-out/").status_code == 405
    assert browser.get("/backoffice/").status_code == 200
    assert browser.post("/backoffice/sign-out/")["Location"] == SIGN_IN
    assert browser.get("/backoffice/").status_code == 302


@pytest.mark.parametrize(
    ("referer", "onward"),
    [
        ("{ours}/backoffice/instruments/1/rules/?a=b", "?next=%2Fbackoffice%2Finstruments%2F1"),
        ("https://elsewhere.example/backoffice/instruments/", ""),
        ("", ""),
    ],
)
def test_who_was_signed_out_comes_back_to_the_form_that_he_sent(
    tenant, client_for, referer, onward
) -> None:
    browser = client_for(tenant=tenant)
    ours = f"http://{browser.defaults['HTTP_HOST']}"
    headers = {"Referer": referer.format(ours=ours)}
    answer = browser.post("/backoffice/instruments/1/rules/", {"reason": "typed"}, headers=headers)
    assert answer.status_code == 302
    assert answer["Location"].startswith(SIGN_IN + onward)
    assert ("next=" in answer["Location"]) == bool(onward)


def test_a_forgotten_password_answers_everyone_alike(tenant, staff_of, client_for) -> None:
    browser = client_for(tenant=tenant)
    for email in (staff_of("support").email, "nobody@north.example"):
        answer = browser.post("/backoffice/forgot/", {"email": email})
        assert answer["Location"] == SIGN_IN


def test_an_operator_cannot_sign_in_at_a_tenant_nor_staff_at_the_operators(
    tenant, platform_tenant, staff_of, client_for
) -> None:
    operator = staff_of("owner", platform_tenant)
    assert first_step(client_for(tenant=tenant), operator).status_code == 422
    owner = staff_of("owner")
    browser = people.browser_of(platform_tenant)
    answer = browser.post("/operator/sign-in/", {"email": owner.email, "password": people.PASSWORD})
    assert answer.status_code == 422


def test_an_invited_operator_follows_the_mail_chooses_a_password_and_signs_in(
    tenant, platform_tenant, staff_of
) -> None:
    owner = staff_of("owner", platform_tenant)
    with tenant_context(platform_tenant):
        user = actions.invite_staff(
            email="second@platform.example", role="support", acting_user=owner
        )
        link = re.search(r"/operator/invitation/\S+", OutboxMail.objects.get(to=user.email).text)
    assert link is not None
    browser = people.browser_of(platform_tenant)
    answer = browser.post(link[0], {"password": people.PASSWORD})
    assert answer["Location"] == "/operator/sign-in/"
    again = browser.post(link[0], {"password": people.PASSWORD})
    assert again.status_code == 422 and b"was used already" in again.content
    signed_in = browser.post(
        "/operator/sign-in/", {"email": user.email, "password": people.PASSWORD}
    )
    assert signed_in["Location"] == "/operator/enrol/"


def test_a_reset_password_works_from_the_mail(tenant, staff_of, client_for) -> None:
    user = staff_of("support")
    browser = client_for(tenant=tenant)
    browser.post("/backoffice/forgot/", {"email": user.email})
    link = re.search(r"/backoffice/reset/\S+", OutboxMail.objects.get(to=user.email).text)
    assert link is not None
    weak = browser.post(link[0], {"password": "short"})
    assert weak.status_code == 422 and b"too short" in weak.content
    answer = browser.post(link[0], {"password": "another-Horse-battery-8"})
    assert answer["Location"] == SIGN_IN
    assert first_step(browser, user).status_code == 422
    assert first_step(browser, user, "another-Horse-battery-8").status_code == 302
