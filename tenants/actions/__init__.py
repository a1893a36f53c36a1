"""Every write of the tenants' room."""

from tenants.actions.brand import change_brand
from tenants.actions.create import create_tenant, ensure_platform
from tenants.actions.domains import add_domain, remove_domain, set_primary_domain
from tenants.actions.settings import change_setting
from tenants.actions.status import resume_tenant, suspend_tenant

__all__ = [
    "add_domain",
    "change_brand",
    "change_setting",
    "create_tenant",
    "ensure_platform",
    "remove_domain",
    "resume_tenant",
    "set_primary_domain",
    "suspend_tenant",
]
