"""Questions about the signed-in member of staff, answered by identity's one table of roles."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from identity import roles
from tenants import switches


def may(user: Any, capability: str) -> bool:
    """Whether the role of ``user`` includes ``capability``."""
    return roles.has(user, capability)


def is_verified_staff(request: HttpRequest) -> bool:
    """Active staff who has given a second factor in this very session."""
    user: Any = request.user
    # Who signed in within this very request was never seen by OTP's middleware.
    is_verified = getattr(user, "is_verified", None)
    return bool(
        user.is_authenticated
        and user.is_active
        and user.is_staff
        and user.role
        and is_verified is not None
        and is_verified()
    )


def roles_with(user: Any, capability: str) -> list[str]:
    """Titles of the roles of the firm or the platform, as the user is of, that have it."""
    return [str(title) for role, title in roles.CHOICES if roles.role_has(user, role, capability)]


def role_words(role: str) -> str:
    """A role by its code as it stands within a sentence or in brackets."""
    titles = dict(roles.CHOICES)
    return str(titles[role]).lower() if role in titles else role


def role_title(user: Any) -> str:
    """The role in words, in the reader's language."""
    titles = {
        roles.OWNER: _("Owner"),
        roles.ADMIN: _("Administrator"),
        roles.FINANCE: _("Finance"),
        roles.COMPLIANCE: _("Compliance"),
        roles.SUPPORT: _("Support"),
        roles.AUDITOR: _("Auditor"),
    }
    return titles.get(getattr(user, "role", ""), _("Customer"))


def is_switched_off(request: HttpRequest, address: str) -> bool:
    """Whether an address belongs to a feature that the firm of this request does not have."""
    tenant = getattr(request, "tenant", None)
    if tenant is None or tenant.is_platform:
        return False
    return switches.closing(address.partition("?")[0], tenant) is not None
