"""Addresses on the operator's host: the platform's own staff."""

from django.urls import include, path

urlpatterns = [
    path("", include("tenants.urls")),
    path("dev/", include("messaging.urls")),
    path("", include("backoffice.urls_operator")),
]

handler403 = "portal.views.errors.forbidden"
handler404 = "portal.views.errors.not_found"
handler500 = "portal.views.errors.server_error"
