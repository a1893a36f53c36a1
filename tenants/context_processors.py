from typing import Any

from django.http import HttpRequest

from tenants import brands


def brand(request: HttpRequest) -> dict[str, Any]:
    """``tenant`` and ``brand`` (a :class:`tenants.brands.BrandView`) for every template."""
    tenant = getattr(request, "tenant", None)
    if tenant is None:
        return {}
    return {"tenant": tenant, "brand": brands.view_of(tenant)}
