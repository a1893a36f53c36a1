"""Host → tenant: unknown hosts, suspended firms, cookies, the operator's host."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

import people
from identity.models import User
from tenants import actions, directory, selectors
from tenants.models import Tenant


def suspend(tenant: Tenant, capture: Any) -> None:
    with capture(execute=True):
        actions.suspend_tenant(tenant=tenant, acting_user=None, reason="test")


def test_a_host_leads_to_its_tenant(tenant: Tenant, other_tenant: Tenant) -> None:
    assert selectors.tenant_by_host("north.localhost") == tenant
    assert selectors.tenant_by_host("SOUTH.localhost.:8443") == other_tenant
    assert selectors.tenant_by_host("localhost:8000").is_platform


@pytest.mark.parametrize(
    "host", ["", "evil.example", "north.localhost.evil.example", "xnorth.localhost", "[::1]:80"]
)
def test_an_unknown_host_is_refused_without_a_name(db: None, host: str) -> None:
    response = Client(HTTP_HOST=host).get("/sign-in")
    assert response.status_code == 404
    page = response.content.decode().lower()
    assert "nothing here" in page
    assert not any(word in page for word in ("north", "south", "exchange", "marque"))
    assert "set-cookie" not in {name.lower() for name in response.headers}


def test_a_suspended_tenant_shows_a_branded_notice_to_customers(
    tenant: Tenant, other_tenant: Tenant, django_capture_on_commit_callbacks: Any
) -> None:
    suspend(tenant, django_capture_on_commit_callbacks)
    for path in ("/", "/sign-in", "/api/v1/time", "/dev/mailbox/"):
        response = people.browser_of(tenant).get(path)
        assert response.status_code == 503, path
        assert "North Exchange" in response.content.decode()
        assert response["Retry-After"]
    assert people.browser_of(other_tenant).get("/brand/theme.css").status_code == 200


def test_staff_of_a_suspended_tenant_read_and_change_nothing(
    tenant: Tenant, staff_of: Callable[..., User], django_capture_on_commit_callbacks: Any
) -> None:
    owner = staff_of("owner")
    browser = people.browser_of(tenant, owner)
    suspend(tenant, django_capture_on_commit_callbacks)
    page = browser.get("/backoffice/")
    assert page.status_code == 200
    assert "The platform has suspended this firm" in page.content.decode()
    assert browser.get("/brand/theme.css").status_code == 200
    answer = browser.post("/backoffice/settings/identity.sign_up_open/", {"value": ""})
    assert answer.status_code == 503
    assert browser.post("/backoffice/sign-out/").status_code == 302
    assert browser.get("/backoffice/").status_code == 302


def test_a_resumed_tenant_is_open_again(
    tenant: Tenant, django_capture_on_commit_callbacks: Any
) -> None:
    suspend(tenant, django_capture_on_commit_callbacks)
    with django_capture_on_commit_callbacks(execute=True):
        actions.resume_tenant(tenant=tenant, acting_user=None, reason="paid")
    assert people.browser_of(tenant).get("/sign-in").status_code == 200


def test_bob_cannot_suspend_and_nothing_changes(
    tenant: Tenant, bob: User, staff_of: Callable[..., User]
) -> None:
    for someone in (bob, staff_of("owner")):
        with pytest.raises(Exception, match="Only the platform"):
            actions.suspend_tenant(tenant=tenant, acting_user=someone, reason="no")
    assert Tenant.objects.get(pk=tenant.pk).status == "active"


def test_an_operator_of_the_support_role_cannot_suspend(
    tenant: Tenant, platform_tenant: Tenant, staff_of: Callable[..., User]
) -> None:
    connection.set_schema_to_public()
    with pytest.raises(Exception, match=r"tenants\.manage"):
        actions.suspend_tenant(
            tenant=tenant, acting_user=staff_of("support", platform_tenant), reason="no"
        )
    assert Tenant.objects.get(pk=tenant.pk).status == "active"


def test_cookies_are_for_one_host_only(alice: User, client_for: Callable[..., Any]) -> None:
    browser = client_for(alice)
    response = browser.get("/dev/mailbox/" if settings.DEVELOPMENT else "/brand/theme.css")
    for morsel in [*response.cookies.values(), *browser.cookies.values()]:
        assert not morsel["domain"]


def test_a_session_of_one_tenant_is_nobody_at_the_other(
    alice: User, other_tenant: Tenant, client_for: Callable[..., Any]
) -> None:
    browser = client_for(alice)
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value
    from django_tenants.utils import tenant_context

    from identity.selectors import user_by_session

    assert user_by_session(key) == alice
    with tenant_context(other_tenant):
        assert user_by_session(key) is None
    connection.set_schema_to_public()
    assert user_by_session(key) is None


def test_a_request_leaves_its_tenant_in_the_request_only(tenant: Tenant) -> None:
    connection.set_schema_to_public()
    people.browser_of(tenant).get("/brand/theme.css")
    assert connection.schema_name == "public"


def test_the_directory_is_readable_in_the_event_loop(tenant: Tenant) -> None:
    import asyncio

    directory.current()

    async def look() -> Any:
        return selectors.tenant_by_host("north.localhost")

    assert asyncio.run(look()).slug == "north"
