"""Addresses on a tenant's hosts."""

from django.urls import include, path

urlpatterns = [
    path("", include("tenants.urls")),
    path("dev/", include("messaging.urls")),
    path("api/", include("api.urls")),
    path("backoffice/", include("backoffice.urls")),
    path("", include("impersonation.urls")),
    path("", include("portal.urls")),
]

handler403 = "portal.views.errors.forbidden"
handler404 = "portal.views.errors.not_found"
handler500 = "portal.views.errors.server_error"
