"""Addresses of the tenant's backoffice, below ``/backoffice/``."""

from django.urls import path

from backoffice.sites import tenant_site

urlpatterns = [path("", tenant_site.urls)]
