"""Addresses on the operator's host: the platform's own staff."""

from importlib.util import find_spec

from django.urls import include, path

urlpatterns = [
    path("", include("tenants.urls")),
    path("dev/", include("messaging.urls")),
]
if find_spec("backoffice.urls_operator"):
    urlpatterns.append(path("", include("backoffice.urls_operator")))
