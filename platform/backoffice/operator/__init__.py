"""Pages of the platform's operators."""

from backoffice import audit_pages, staff_pages
from backoffice.operator import (
    announcements,
    billing,
    domains,
    home,
    levels,
    processes,
    seen_as,
    tenant_settings,
    tenants,
)

PAGES = (
    *home.PAGES,
    *tenants.PAGES,
    *levels.PAGES,
    *seen_as.PAGES,
    *billing.PAGES,
    *announcements.PAGES,
    *domains.PAGES,
    *tenant_settings.PAGES,
    *processes.PAGES,
    *staff_pages.PAGES,
    *audit_pages.PAGES,
)
