"""Addresses on a tenant's hosts."""

from contextlib import suppress
from importlib import import_module

from django.urls import include, path

urlpatterns = [
    path("", include("tenants.urls")),
    path("dev/", include("messaging.urls")),
]
for prefix, module in [
    ("api/", "api.urls"),
    ("backoffice/", "backoffice.urls"),
    ("", "portal.urls"),
]:
    with suppress(ImportError):
        import_module(module)
        urlpatterns.append(path(prefix, include(module)))
