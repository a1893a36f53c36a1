"""What goes wrong is shown in the brand's look, and tells nothing of others."""

from collections.abc import Callable
from typing import Any

import pytest

import people
from config import settings as written
from tenants.models import Tenant

Browsers = Callable[..., people.Browser]


@pytest.fixture(autouse=True, params=[False, True], ids=["production", "development"])
def _in_both(settings: Any, request: pytest.FixtureRequest) -> None:
    settings.DEVELOPMENT = request.param


def test_a_demo_never_shows_pages_of_django_either() -> None:
    assert written.DEVELOPMENT and not written.DEBUG


def test_an_instrument_that_is_not_there_is_told_by_the_brand(
    tenant: Tenant, client_for: Browsers
) -> None:
    response = client_for(tenant=tenant).get("/trade/NOPE")
    assert response.status_code == 404 and "North Exchange" in response.content.decode()


def test_a_missing_page_is_branded(
    tenant: Tenant, other_tenant: Tenant, client_for: Browsers
) -> None:
    for one, name, other in (
        (tenant, "North Exchange", "South"),
        (other_tenant, "South Exchange", "North"),
    ):
        response = client_for(tenant=one).get("/no/such/page")
        page = response.content.decode()
        assert response.status_code == 404
        assert name in page and other not in page


def test_the_operators_host_has_such_pages_too(
    platform_tenant: Tenant, client_for: Browsers
) -> None:
    response = client_for(tenant=platform_tenant).get("/no/such/page")
    assert response.status_code == 404 and "Marque" in response.content.decode()


def test_a_form_without_its_token_is_refused(tenant: Tenant) -> None:
    browser = people.Browser(tenant, enforce_csrf_checks=True)
    response = browser.post("/sign-in", {"email": "a@b.example", "password": "x"})
    assert response.status_code == 403
    assert "North Exchange" in response.content.decode()
