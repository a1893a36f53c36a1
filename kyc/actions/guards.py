"""Who may, and why."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils.translation import gettext as _

from identity import roles
from kyc.errors import KycError
from kyc.models import KycCase
from trading.commands.actors import require

MIN_REASON_CHARACTERS = 5


def require_staff(acting_user: Any, capability: str) -> None:
    """The firm's own staff with a capability; the platform's see no customer."""
    if acting_user is None or acting_user.is_operator:
        raise PermissionDenied(_("Only the firm's own staff do this."))
    if acting_user.home_schema != connection.schema_name:
        raise PermissionDenied(_("This belongs to another firm."))
    roles.require(acting_user, capability)


def require_configuring(acting_user: Any, capability: str) -> None:
    """As ``require_staff``, or the system, which furnishes a new firm."""
    require(acting_user, capability)


def require_own(case: KycCase, acting_user: Any) -> None:
    """The customer himself; the system for what happens by itself."""
    if acting_user is None:
        return
    if acting_user.is_staff or acting_user.pk != case.user_id:
        raise PermissionDenied(_("This belongs to somebody else."))
    if acting_user.home_schema != connection.schema_name:
        raise PermissionDenied(_("This belongs to another firm."))


def reason_of(text: str) -> str:
    """The reason without its margins; raises KycError if it says nothing."""
    reason = text.strip()
    if len(reason) < MIN_REASON_CHARACTERS:
        raise KycError(_("Say why, in a few words the auditor will understand."), field="reason")
    return reason[:500]


def locked(case: KycCase) -> KycCase:
    """The case as it is now, held until the transaction ends."""
    return (
        KycCase.objects.select_for_update(of=("self",))
        .select_related("user", "tier", "form")
        .get(pk=case.pk)
    )
