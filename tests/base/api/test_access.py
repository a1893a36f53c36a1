"""Who is signed in by a session: REST and WebSocket ask the same rule."""

from collections.abc import Callable
from typing import Any

import pytest

import people
from api import access
from identity.models import User
from tenants import actions as tenants
from tenants.models import Tenant

Client = Callable[..., people.Browser]


def doors(browser: people.Browser, tenant: Tenant) -> tuple[bool, bool]:
    """Whether (REST, WebSocket) take the browser for somebody signed in."""
    answer = browser.get("/api/v1/account")
    assert answer.status_code in (200, 401)
    key = browser.cookies["session"].value
    caller = access.load_session(tenant, key)
    return answer.status_code == 200, caller is not None


@pytest.fixture
def gina(tenant: Tenant) -> User:
    return people.make_customer(tenant, "gina", second_factor=True)


def test_a_customer_with_and_without_a_second_factor(
    client_for: Client, tenant: Tenant, alice: User, gina: User
) -> None:
    assert doors(client_for(alice), tenant) == (True, True)
    assert doors(client_for(gina), tenant) == (True, True)


def test_a_trusted_browser(client_for: Client, tenant: Tenant, gina: User) -> None:
    """It signs in without a code, and then is signed in everywhere."""
    browser = client_for()
    credentials = {"email": gina.email, "password": people.PASSWORD}
    browser.post("/sign-in", credentials)
    browser.get("/api/v1/account")
    assert doors(browser, tenant) == (False, False)  # the code is still to come
    browser.post("/second-factor", {"code": people.current_code(gina), "trust": "on"})
    browser.post("/sign-out")
    browser.post("/sign-in", credentials)
    assert doors(browser, tenant) == (True, True)


def test_who_must_enrol_first_is_nobody_yet(
    client_for: Client,
    tenant: Tenant,
    alice: User,
    gina: User,
    django_capture_on_commit_callbacks: Any,
) -> None:
    browser = client_for(alice)
    with django_capture_on_commit_callbacks(execute=True):
        tenants.change_setting(
            tenant=tenant,
            name="identity.customer_second_factor",
            value="required",
            acting_user=None,
        )
    assert doors(browser, tenant) == (False, False)
    assert doors(client_for(gina), tenant) == (True, True)


def test_staff_and_charlie_are_nobody(
    client_for: Client, tenant: Tenant, charlie: User, staff_of: Callable[..., User]
) -> None:
    assert doors(client_for(staff_of("owner")), tenant) == (False, False)
    assert doors(client_for(charlie, tenant=tenant), tenant) == (False, False)
