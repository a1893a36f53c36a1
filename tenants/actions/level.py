from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from audit import actions as audit
from identity import levels, roles
from tenants.actions.guards import audit_schema, require_operator
from tenants.errors import TenantError
from tenants.models import PermissionLevel, Tenant


def set_permission_level(
    *, tenant: Tenant, withheld: Iterable[str], acting_user: Any, reason: str
) -> PermissionLevel:
    """Say what a firm's staff may not do, whatever their roles; it holds within two seconds.

    What lets owners in and see to their staff cannot be withheld. Raises TenantError,
    PermissionDenied.
    """
    require_operator(acting_user)
    names = sorted(set(withheld))
    if tenant.is_platform:
        raise TenantError("platform", _("Operators' roles are the same for all."))
    if set(names) - roles.GRANTABLE:
        raise TenantError("unknown_capability", _("Choose rights from the list."))
    if set(names) & roles.KEPT_BY_OWNERS:
        raise TenantError(
            "kept_by_owners",
            _("Owners always come in, see to their staff and read the audit trail."),
        )
    with transaction.atomic():
        Tenant.objects.select_for_update().get(pk=tenant.pk)
        row = PermissionLevel.objects.filter(tenant=tenant).first() or PermissionLevel(
            tenant=tenant, withheld=[]
        )
        old = row.withheld
        if names == old:
            return row
        row.withheld, row.changed_at = names, now()
        row.save()
        with audit_schema(acting_user):
            audit.record(
                "tenants.set_permission_level",
                tenant,
                old={"withheld": old},
                new={"withheld": names},
                acting_user=acting_user,
                reason=reason,
            )
        schema = tenant.schema_name
        levels.forget(schema)
        transaction.on_commit(lambda: levels.forget(schema))
    return row
