"""Pages of the platform's operators."""

from backoffice import audit_pages, staff_pages
from backoffice.operator import home, processes, tenant_settings, tenants

PAGES = (
    *home.PAGES,
    *tenants.PAGES,
    *tenant_settings.PAGES,
    *processes.PAGES,
    *staff_pages.PAGES,
    *audit_pages.PAGES,
)
