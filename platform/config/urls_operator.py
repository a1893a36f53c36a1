"""Addresses on the operator's host: the platform's own staff."""

from contextlib import suppress
from importlib import import_module

from django.urls import include, path

urlpatterns = [
    path("", include("tenants.urls")),
    path("dev/", include("messaging.urls")),
]
for prefix, module in [("", "backoffice.urls_operator")]:
    with suppress(ImportError):
        import_module(module)
        urlpatterns.append(path(prefix, include(module)))
