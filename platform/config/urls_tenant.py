"""Addresses on a tenant's hosts."""

from importlib.util import find_spec

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
    if find_spec(module):
        urlpatterns.append(path(prefix, include(module)))
