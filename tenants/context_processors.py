from typing import Any

from django.http import HttpRequest

from tenants import brands, switches


def brand(request: HttpRequest) -> dict[str, Any]:
    """``tenant``, ``brand`` (a :class:`tenants.brands.BrandView`) and ``features`` (by name,
    what is switched on) for every template."""
    tenant = getattr(request, "tenant", None)
    if tenant is None:
        return {}
    # A preview shows a page in a brand that is not published.
    shown = getattr(request, "brand_shown", None)
    return {
        "tenant": tenant,
        "brand": shown or brands.view_of(tenant),
        "features": switches.by_name(tenant),
    }
