from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from tenants import directory
from tenants.actions.guards import audit_schema, require_operator
from tenants.errors import TenantError
from tenants.models import Tenant


def suspend_tenant(*, tenant: Tenant, acting_user: Any, reason: str) -> None:
    """Close a firm's site: every address of it shows a notice within about a second."""
    _set_status(tenant, Tenant.Status.SUSPENDED, acting_user, reason)


def resume_tenant(*, tenant: Tenant, acting_user: Any, reason: str) -> None:
    """Open a suspended firm's site again."""
    _set_status(tenant, Tenant.Status.ACTIVE, acting_user, reason)


def _set_status(tenant: Tenant, status: Tenant.Status, acting_user: Any, reason: str) -> None:
    require_operator(acting_user)
    if tenant.is_platform:
        raise TenantError("platform", _("The platform itself cannot be suspended."))
    with transaction.atomic():
        row = Tenant.objects.select_for_update().get(pk=tenant.pk)
        old = row.status
        if old == status:
            return
        Tenant.objects.filter(pk=row.pk).update(status=status)
        with audit_schema(acting_user):
            audit.record(
                f"tenants.set_status_{status.value}",
                row,
                old={"status": old},
                new={"status": status.value},
                acting_user=acting_user,
                reason=reason,
            )
        directory.publish_after_commit()
