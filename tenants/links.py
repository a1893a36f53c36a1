from django.conf import settings

from tenants import selectors
from tenants.models import Tenant


def site_address(tenant: Tenant) -> str:
    """Address of a tenant's site, such as ``https://aurora.example``, without a slash."""
    scheme = "https" if settings.HTTPS else "http"
    port = settings.PUBLIC_PORT
    suffix = "" if port in (0, 443 if settings.HTTPS else 80) else f":{port}"
    return f"{scheme}://{selectors.primary_host(tenant)}{suffix}"
