import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from tenants import directory
from tenants.actions.guards import audit_schema, require_operator, require_over
from tenants.errors import TenantError
from tenants.models import Domain, DomainClaim, Tenant

_HOST = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.(?1))*\Z".replace(
    "(?1)", "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
))  # fmt: skip


def clean_host(host: str) -> str:
    """A host name as it is stored: lower case, no port, no dot at the end; TenantError if it is
    none."""
    host = host.strip().lower().rstrip(".")
    if not _HOST.match(host):
        raise TenantError("bad_domain", _("“%(host)s” is no host name.") % {"host": host[:80]})
    return host


def add_domain(
    *, tenant: Tenant, domain: str, acting_user: Any, is_primary: bool = False
) -> Domain:
    """Give a host name to a tenant; it answers there within about a second."""
    require_operator(acting_user)
    host = clean_host(domain)
    with transaction.atomic():
        try:
            with transaction.atomic():
                row = Domain.objects.create(tenant_id=tenant.pk, domain=host, is_primary=is_primary)
        except IntegrityError as error:
            raise TenantError(
                "domain_taken", _("%(host)s already belongs to a firm.") % {"host": host}
            ) from error
        _record("tenants.add_domain", tenant, {"domain": host}, acting_user)
        directory.publish_after_commit()
    return row


def remove_domain(*, tenant: Tenant, domain: str, acting_user: Any) -> None:
    """Take a host name away; the last one stays."""
    require_operator(acting_user)
    with transaction.atomic():
        rows = list(Domain.objects.select_for_update().filter(tenant_id=tenant.pk))
        row = next((row for row in rows if row.domain == clean_host(domain)), None)
        if row is None:
            raise TenantError("unknown_domain", _("The firm has no such domain."))
        if len(rows) == 1:
            raise TenantError("last_domain", _("A firm keeps at least one domain."))
        row.delete()
        DomainClaim.objects.filter(tenant_id=tenant.pk, host=row.domain).delete()
        if row.is_primary:
            first = next(other for other in rows if other.domain != row.domain)
            Domain.objects.filter(pk=first.pk).update(is_primary=True)
        _record("tenants.remove_domain", tenant, {"domain": row.domain}, acting_user)
        directory.publish_after_commit()


def set_primary_domain(*, tenant: Tenant, domain: str, acting_user: Any) -> None:
    """Choose the host name that links and mail point at. The firm's own staff may choose one
    that leads here, or that the platform gave."""
    require_over(tenant, acting_user, tenant_capability="brand.change")
    host = clean_host(domain)
    with transaction.atomic():
        rows = Domain.objects.select_for_update().filter(tenant_id=tenant.pk)
        if not any(row.domain == host for row in rows):
            raise TenantError("unknown_domain", _("The firm has no such domain."))
        claim = DomainClaim.objects.filter(tenant_id=tenant.pk, host=host).first()
        if claim and claim.state != DomainClaim.State.ACTIVE:
            raise TenantError(
                "domain_not_active", _("%(host)s does not lead here.") % {"host": host}
            )
        Domain.objects.filter(tenant_id=tenant.pk).update(is_primary=False)
        Domain.objects.filter(tenant_id=tenant.pk, domain=host).update(is_primary=True)
        _record("tenants.set_primary_domain", tenant, {"domain": host}, acting_user)
        directory.publish_after_commit()


def _record(action: str, tenant: Tenant, new: dict[str, Any], acting_user: Any) -> None:
    with audit_schema(acting_user):
        audit.record(action, ("tenants.tenant", tenant.pk), new=new, acting_user=acting_user)
