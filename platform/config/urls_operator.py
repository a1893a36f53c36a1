"""Addresses on the operator's host: the platform's own staff."""

from django.urls import include, path

urlpatterns = [
    path("", include("tenants.urls")),
    path("dev/", include("messaging.urls")),
    path("", include("backoffice.urls_operator")),
]
