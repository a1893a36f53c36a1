"""Figures of the menu: counted now and then, and at once where staff did something."""

from typing import Any

import pytest
from django_tenants.utils import tenant_context

from backoffice import counted
from tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def count(settings: Any) -> Any:
    """Gives another figure each time it is asked."""
    settings.MENU_COUNTS_SECONDS = 60.0
    asked = iter(range(1, 100))
    yield lambda: {"approvals": next(asked)}
    counted.forget()


def test_figures_stay_for_some_seconds_and_are_each_users_own(tenant: Tenant, count: Any) -> None:
    assert counted.figures(1, count) == counted.figures(1, count) == {"approvals": 1}
    assert counted.figures(2, count) == {"approvals": 2}


def test_what_was_done_is_counted_at_once_in_that_firm_only(
    tenant: Tenant, other_tenant: Tenant, count: Any
) -> None:
    counted.figures(1, count)
    with tenant_context(other_tenant):
        assert counted.figures(1, count) == {"approvals": 2}
    counted.forget()
    assert counted.figures(1, count) == {"approvals": 3}
    with tenant_context(other_tenant):
        assert counted.figures(1, count) == {"approvals": 2}
        counted.forget()


def test_old_figures_are_counted_anew(tenant: Tenant, count: Any, settings: Any) -> None:
    counted.figures(1, count)
    settings.MENU_COUNTS_SECONDS = 0.0
    assert counted.figures(1, count) == {"approvals": 2}
