from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django_tenants.utils import schema_context

from identity import roles
from tenants.models import Tenant


def require_over(tenant: Tenant, acting_user: Any, *, tenant_capability: str) -> None:
    """An operator who manages tenants, or the tenant's own staff with the capability. None is
    the system."""
    if acting_user is None:
        return
    if acting_user.is_operator:
        roles.require(acting_user, "tenants.manage")
        return
    if acting_user.home_schema != tenant.schema_name:
        raise PermissionDenied("This belongs to another firm.")
    roles.require(acting_user, tenant_capability)


def require_operator(acting_user: Any) -> None:
    """An operator who manages tenants; None is the system."""
    if acting_user is None:
        return
    if not acting_user.is_operator:
        raise PermissionDenied("Only the platform may do this.")
    roles.require(acting_user, "tenants.manage")


def label_of(acting_user: Any) -> str:
    """Who did it, as rows of the public schema keep it: ``schema:role:id``."""
    if acting_user is None:
        return "system"
    return f"{acting_user.home_schema}:{acting_user.role or 'customer'}:{acting_user.pk}"


@contextmanager
def audit_schema(acting_user: Any) -> Iterator[None]:
    """The schema a change of a tenant is audited in: where the acting user is from."""
    home = acting_user.home_schema if acting_user is not None else "public"
    if connection.schema_name == home:
        yield
        return
    with schema_context(home):
        yield
