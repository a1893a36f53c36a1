"""Who may do what: one table from role to capabilities, and the guard that reads it.

A capability is a plain string, ``room.verb``. A role has what its line says and nothing else;
approving is apart from requesting, and nobody may approve what he requested (the actions that
take a second person check that themselves).
"""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from identity.models import User

OWNER, ADMIN, FINANCE = "owner", "admin", "finance"
COMPLIANCE, SUPPORT, AUDITOR = "compliance", "support", "auditor"

CHOICES = [
    (OWNER, _("Owner")),
    (ADMIN, _("Administrator")),
    (FINANCE, _("Finance")),
    (COMPLIANCE, _("Compliance")),
    (SUPPORT, _("Support")),
    (AUDITOR, _("Auditor")),
]

_READ = {"backoffice.enter", "customers.view", "orders.view", "instruments.view"}

TENANT_CAPABILITIES: dict[str, frozenset[str]] = {
    OWNER: frozenset(
        _READ
        | {"kyc.view", "kyc.documents", "kyc.decide", "kyc.lists", "kyc.configure"}
        | {
            "approvals.view",
            "fees.approve",
            "customers.edit",
            "accounts.change",
            "orders.cancel",
            "ledger.view",
            "ledger.prove",
            "reports.view",
            "breaks.resolve",
            "liabilities.publish",
            "rebuild.ask",
            "rebuild.approve",
            "adjustments.view",
            "adjustments.approve",
            "bookkeeping.approve",
            "instruments.change",
            "fees.view",
            "fees.change",
            "staff.view",
            "staff.manage",
            "brand.view",
            "brand.change",
            "settings.view",
            "settings.change",
            "audit.view",
        }
        | {"payments.view", "payments.methods", "deposits.decide", "withdrawals.decide"}
        | {"bank.release", "customers.see_as", "invoices.view"}
        | {"campaigns.view", "campaigns.change", "campaigns.approve"}
        | {"messages.view", "messages.manage", "tickets.view", "tickets.answer"}
        | {"resets.ask", "resets.approve"}
        | {"rules.view", "rules.edit", "rules.approve"}
    ),
    ADMIN: frozenset(
        _READ
        | {"kyc.view", "kyc.configure", "customers.see_as", "invoices.view"}
        | {"campaigns.view", "campaigns.change"}
        | {"messages.view", "messages.manage", "tickets.view", "tickets.answer"}
        | {"resets.ask", "resets.approve", "rules.view"}
        | {
            "approvals.view",
            "fees.approve",
            "customers.edit",
            "accounts.change",
            "orders.cancel",
            "instruments.change",
            "fees.view",
            "fees.change",
            "staff.view",
            "brand.view",
            "brand.change",
            "settings.view",
            "settings.change",
            "audit.view",
        }
    ),
    FINANCE: frozenset(
        _READ
        | {
            "approvals.view",
            "fees.approve",
            "ledger.view",
            "ledger.prove",
            "reports.view",
            "breaks.handle",
            "breaks.resolve",
            "outside.enter",
            "liabilities.publish",
            "rebuild.ask",
            "rebuild.approve",
            "fees.view",
            "adjustments.view",
            "adjustments.request",
            "adjustments.approve",
            "bookkeeping.request",
            "bookkeeping.approve",
            "periods.close",
        }
        | {"payments.view", "deposits.handle", "deposits.decide", "withdrawals.decide"}
        | {"bank.prepare", "bank.release", "invoices.view"}
        | {"campaigns.view", "campaigns.change", "campaigns.approve"}
    ),
    COMPLIANCE: frozenset(
        _READ
        | {"kyc.view", "kyc.documents", "kyc.decide", "kyc.lists", "kyc.configure"}
        | {"customers.edit", "accounts.change", "orders.cancel", "ledger.view", "adjustments.view"}
        | {"payments.view", "deposits.handle", "deposits.decide", "withdrawals.decide"}
        | {"approvals.view", "audit.view", "customers.see_as"}
        | {"messages.view", "tickets.view", "tickets.answer", "resets.ask", "resets.approve"}
        | {"rules.view", "rules.edit", "rules.approve"}
    ),
    SUPPORT: frozenset(
        _READ
        | {"orders.cancel", "kyc.view", "customers.see_as"}
        | {"messages.view", "tickets.view", "tickets.answer", "resets.ask"}
    ),
    AUDITOR: frozenset(
        _READ
        | {"kyc.view"}
        | {"ledger.view", "ledger.prove", "reports.view", "fees.view", "adjustments.view"}
        | {"staff.view", "brand.view", "settings.view", "audit.view", "approvals.view"}
        | {"payments.view", "campaigns.view", "messages.view", "tickets.view", "rules.view"}
    ),
}

# Operators are the staff of the public schema: they run tenants and see no customer.
OPERATOR_CAPABILITIES: dict[str, frozenset[str]] = {
    OWNER: frozenset(
        {"operator.enter", "tenants.view", "tenants.manage", "staff.view", "staff.manage"}
        | {"audit.view", "settings.view", "settings.change", "brand.view", "brand.change"}
        | {"health.view", "tenants.see_as", "billing.view", "billing.manage"}
    ),
    ADMIN: frozenset(
        {"operator.enter", "tenants.view", "tenants.manage", "settings.view", "settings.change"}
        | {"tenants.see_as", "billing.view"}
        | {"brand.view", "brand.change", "health.view", "audit.view"}
    ),
    FINANCE: frozenset({"operator.enter", "tenants.view", "billing.view", "billing.manage"}),
    COMPLIANCE: frozenset({"operator.enter", "tenants.view", "audit.view"}),
    SUPPORT: frozenset({"operator.enter", "tenants.view", "tenants.see_as", "health.view"}),
    AUDITOR: frozenset(
        {"operator.enter", "tenants.view", "audit.view", "settings.view", "billing.view"}
    ),
}

# All that staff of a firm can have at most, and what no level and no change of roles takes from
# whom: without these nobody could come in and mend what is wrong.
GRANTABLE = frozenset().union(*TENANT_CAPABILITIES.values())
KEPT_BY_ALL = frozenset({"backoffice.enter"})
KEPT_BY_OWNERS = KEPT_BY_ALL | {"staff.view", "staff.manage", "audit.view"}

ALL_CAPABILITIES = frozenset().union(*TENANT_CAPABILITIES.values(), *OPERATOR_CAPABILITIES.values())

_model_capabilities: dict[str, dict[str, str]] = {}


def capabilities_of(user: "User | Any") -> frozenset[str]:
    """Capabilities of ``user`` in the schema he is from; elsewhere he has none of them."""
    if not user.is_authenticated or not user.is_active or not user.is_staff:
        return frozenset()
    return capabilities_of_role(user, user.role)


def capabilities_of_role(user: "User | Any", role: str) -> frozenset[str]:
    """What a role has where ``user`` works: of a firm with what the platform withholds from it
    and what it changed of its roles itself."""
    if user.is_operator:
        return OPERATOR_CAPABILITIES.get(role, frozenset())
    from identity import levels

    return levels.changed(user.home_schema, role, TENANT_CAPABILITIES.get(role, frozenset()))


def role_has(user: "User | Any", role: str, capability: str) -> bool:
    """Whether colleagues of ``user`` in a role have ``capability``."""
    return capability in capabilities_of_role(user, role)


def has(user: "User | Any", capability: str) -> bool:
    """Whether ``user`` has ``capability``; a capability nobody declared is a programming error."""
    if capability not in ALL_CAPABILITIES:
        raise ValueError(f"unknown capability {capability!r}")
    return capability in capabilities_of(user)


def require(user: "User | Any", capability: str) -> None:
    """Raise PermissionDenied unless ``user`` has ``capability``."""
    if not has(user, capability):
        raise PermissionDenied(f"This needs the right {capability}.")


def register_model(
    model_label: str, *, view: str = "", add: str = "", change: str = "", delete: str = ""
) -> None:
    """Say which capability stands behind Django's permissions on a model (``app.model``).

    What is left empty is allowed to nobody.
    """
    wanted = {"view": view, "add": add, "change": change, "delete": delete}
    unknown = {c for c in wanted.values() if c} - ALL_CAPABILITIES
    if unknown:
        raise ValueError(f"unknown capabilities {sorted(unknown)}")
    _model_capabilities[model_label.lower()] = {k: v for k, v in wanted.items() if v}


def has_model_permission(user: "User | Any", permission: str) -> bool:
    """``app.view_model`` and the like, through what rooms registered."""
    app_label, _, codename = permission.partition(".")
    verb, _, model = codename.partition("_")
    capability = _model_capabilities.get(f"{app_label}.{model}", {}).get(verb)
    return capability is not None and has(user, capability)


def has_module_permission(user: "User | Any", app_label: str) -> bool:
    """Whether ``user`` may see anything of an app in an admin site."""
    prefix = f"{app_label}."
    return any(
        has(user, capability)
        for label, table in _model_capabilities.items()
        if label.startswith(prefix)
        for capability in table.values()
    )
