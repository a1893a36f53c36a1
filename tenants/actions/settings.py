from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from tenants import directory, registry
from tenants.actions.guards import audit_schema, label_of, require_over
from tenants.errors import TenantError
from tenants.models import SettingValue, Tenant


def change_setting(
    *,
    tenant: Tenant,
    name: str,
    value: Any,
    acting_user: Any,
    reason: str = "",
    expected_version: int | None = None,
) -> SettingValue:
    """Write a new version of a declared setting; in force everywhere within about a second.

    ``expected_version`` is the version the change was made upon (0: the default): if someone
    else was quicker, TenantError("changed_meanwhile"). ValidationError says what is wrong with
    a value.
    """
    declaration = registry.setting(name)
    require_over(tenant, acting_user, tenant_capability="settings.change")
    if declaration.operator_only and acting_user is not None and not acting_user.is_operator:
        raise PermissionDenied("Only the platform changes this setting.")
    cleaned = declaration.clean(value)
    with transaction.atomic():
        Tenant.objects.select_for_update().get(pk=tenant.pk)
        last = SettingValue.objects.filter(tenant=tenant, name=name).first()
        version = last.version if last else 0
        if expected_version is not None and expected_version != version:
            raise TenantError("changed_meanwhile", _("Someone else has just changed this setting."))
        row = SettingValue.objects.create(
            tenant=tenant,
            name=name,
            version=version + 1,
            value=cleaned,
            changed_by=label_of(acting_user),
            reason=reason,
        )
        with audit_schema(acting_user):
            audit.record(
                "tenants.change_setting",
                ("tenants.setting", f"{tenant.slug}:{name}"),
                old={"value": last.value if last else declaration.default},
                new={"value": cleaned},
                acting_user=acting_user,
                reason=reason,
            )
        directory.publish_after_commit()
    return row
