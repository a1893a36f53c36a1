"""Addresses of the operator's host; its start page is the operator site."""

from django.urls import path
from django.views.generic import RedirectView

from backoffice.sites import operator_site

urlpatterns = [
    path("", RedirectView.as_view(url="/operator/"), name="operator_start"),
    # Mailed links carry no site; on this host they are for operators.
    path("invitation/<str:token>", RedirectView.as_view(url="/operator/invitation/%(token)s/")),
    path("reset/<str:token>", RedirectView.as_view(url="/operator/reset/%(token)s/")),
    path("operator/", operator_site.urls),
]
