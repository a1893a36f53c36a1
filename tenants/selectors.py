from functools import lru_cache

from django.db import connection

from tenants import directory
from tenants.models import Brand, Tenant


@lru_cache(1024)
def normalize_host(host: str) -> str:
    """A Host header without its port, in lower case."""
    host = host.strip().lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].rstrip(".")


def tenant_by_host(host: str) -> Tenant | None:
    """The tenant of a Host header (with or without port), or None. Safe in async code.

    The operator's hosts give the platform's own row, whose ``is_platform`` is true. The object
    is shared by all threads: read it only.
    """
    return directory.current().by_host.get(normalize_host(host))


def tenant_by_id(tenant_id: int) -> Tenant | None:
    return directory.current().by_id.get(tenant_id)


def tenant_by_schema(schema_name: str) -> Tenant | None:
    return directory.current().by_schema.get(schema_name)


def current_tenant() -> Tenant:
    """The tenant whose schema this thread's connection works in; LookupError if it is unknown."""
    tenant = tenant_by_schema(connection.schema_name)
    if tenant is None:
        raise LookupError(f"no tenant has the schema {connection.schema_name!r}")
    return tenant


def tenants() -> list[Tenant]:
    """All tenants but the platform itself, oldest first."""
    everyone = sorted(directory.current().by_id.values(), key=lambda tenant: tenant.id)
    return [tenant for tenant in everyone if not tenant.is_platform]


def active_tenants() -> list[Tenant]:
    return [tenant for tenant in tenants() if not tenant.is_suspended]


def primary_host(tenant: Tenant) -> str:
    """The host a tenant's links point at."""
    return directory.current().hosts.get(tenant.id, "")


def brand_of(tenant: Tenant) -> Brand:
    """The brand of a tenant, from memory; LookupError if it has none."""
    known = directory.current().by_id.get(tenant.id)
    brand = getattr(known, "brand", None)
    if brand is None:
        raise LookupError(f"tenant {tenant.id} has no brand")
    return brand
