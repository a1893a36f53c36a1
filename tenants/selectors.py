from datetime import datetime
from functools import lru_cache

from django.db import connection
from django.db.models import Q, QuerySet

from tenants import directory
from tenants.models import (
    Announcement,
    Brand,
    BrandDraft,
    BrandVersion,
    DomainClaim,
    PermissionLevel,
    Tenant,
)


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


def draft_of(tenant: Tenant) -> BrandDraft | None:
    """What a firm is preparing of its brand."""
    return BrandDraft.objects.filter(tenant_id=tenant.pk).first()


def brand_versions(tenant: Tenant) -> QuerySet[BrandVersion]:
    """Every state of a brand that was ever published, newest first."""
    return BrandVersion.objects.filter(tenant_id=tenant.pk)


def domain_claims(tenant: Tenant | None = None) -> QuerySet[DomainClaim]:
    """Hosts that a firm, or all firms, asked for."""
    rows = DomainClaim.objects.select_related("tenant")
    return rows.filter(tenant_id=tenant.pk) if tenant else rows


def withheld_from(schema_name: str) -> frozenset[str]:
    """Capabilities that the platform withholds from the staff of a firm."""
    row = PermissionLevel.objects.filter(tenant__schema_name=schema_name).first()
    return frozenset(row.withheld) if row else frozenset()


def announcements() -> QuerySet[Announcement]:
    """All that the platform ever told, newest first."""
    return Announcement.objects.select_related("tenant")


def announcements_for(tenant: Tenant, at: datetime) -> list[Announcement]:
    """What the staff of a firm are told at a moment, what does not work first."""
    rows = Announcement.objects.filter(
        Q(tenant=tenant) | Q(tenant=None), starts_at__lte=at, ends_at__gt=at, withdrawn_at=None
    )
    rank = {tone: number for number, tone in enumerate(("error", "warning", "info"))}
    return sorted(rows[:20], key=lambda row: rank[row.tone])
