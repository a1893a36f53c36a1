"""Who acts: as a short text for rows that outlive the user, and whether he may."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection

from identity import roles


def label_of(acting_user: Any) -> str:
    """``schema:role:id`` of a user; None is the system."""
    if acting_user is None:
        return "system"
    return f"{acting_user.home_schema}:{acting_user.role or 'customer'}:{acting_user.pk}"


def require(acting_user: Any, capability: str) -> None:
    """Raise PermissionDenied unless the user has the capability in the current tenant.

    The system (None) may, and so may the platform's tenant managers, who set tenants up.
    """
    if acting_user is None:
        return
    if acting_user.is_operator:
        granted = roles.OPERATOR_CAPABILITIES.get(acting_user.role, frozenset())
        if not acting_user.is_active or "tenants.manage" not in granted:
            raise PermissionDenied("This needs the right tenants.manage.")
        return
    if acting_user.home_schema != connection.schema_name:
        raise PermissionDenied("This belongs to another firm.")
    roles.require(acting_user, capability)
