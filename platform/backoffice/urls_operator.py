"""Addresses of the operator's host; its start page is the operator site."""

from django.urls import path
from django.views.generic import RedirectView

from backoffice.sites import operator_site

urlpatterns = [
    path("", RedirectView.as_view(url="/operator/"), name="operator_start"),
    path("operator/", operator_site.urls),
]
