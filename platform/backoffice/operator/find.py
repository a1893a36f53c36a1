"""Search of the platform: tenants by name, slug or domain, and pages."""

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice import access, menu, pages
from backoffice.search import Hit
from tenants.models import Tenant


def find(request: HttpRequest, term: str) -> list[Hit]:
    """Whatever fits ``term`` that this role may see."""
    hits = [
        Hit(str(entry.title), _("page"), reverse(f"operator:{entry.page}"), entry.icon)
        for _group, entries in menu.OPERATOR
        for entry in entries
        if term.lower() in str(entry.title).lower() and access.may(request.user, entry.capability)
    ]
    if access.may(request.user, "tenants.view"):
        wanted = Q(name__icontains=term) | Q(slug__icontains=term)
        rows = Tenant.objects.exclude(schema_name="public").filter(
            wanted | Q(domains__domain__icontains=term)
        )
        hits += [
            Hit(row.name, _("tenant"), pages.url(request, "tenant", row.pk), "domain")
            for row in rows.distinct()[:10]
        ]
    return hits
