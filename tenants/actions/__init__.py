"""Every write of the tenants' room."""

from tenants.actions.announcements import announce, withdraw_announcement
from tenants.actions.brand import change_brand
from tenants.actions.claims import ask_domain, check_domain, withdraw_domain
from tenants.actions.create import create_tenant, ensure_platform
from tenants.actions.domains import add_domain, remove_domain, set_primary_domain
from tenants.actions.level import set_permission_level
from tenants.actions.settings import change_setting
from tenants.actions.status import resume_tenant, suspend_tenant
from tenants.actions.studio import (
    bring_draft_up_to_date,
    discard_draft,
    publish_draft,
    restore_version,
    save_draft,
)

__all__ = [
    "add_domain",
    "announce",
    "ask_domain",
    "bring_draft_up_to_date",
    "change_brand",
    "change_setting",
    "check_domain",
    "create_tenant",
    "discard_draft",
    "ensure_platform",
    "publish_draft",
    "remove_domain",
    "restore_version",
    "resume_tenant",
    "save_draft",
    "set_permission_level",
    "set_primary_domain",
    "suspend_tenant",
    "withdraw_announcement",
    "withdraw_domain",
]
