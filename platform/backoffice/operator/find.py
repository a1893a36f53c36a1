"""Search of the platform: tenants by name, slug or domain, operators, and pages."""

from collections.abc import Iterator

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from backoffice import menu, pages
from backoffice.search import Doing, Finders, Group, Hit, Term, doings, menu_pages
from backoffice.sites import operator_site
from identity.models import User
from tenants.models import Domain, Tenant

finders = Finders()


def find(request: HttpRequest, typed: str) -> list[Group]:
    """Whatever fits that this role may see, in groups."""
    return finders.look(request, typed)


def _tenants(request: HttpRequest, term: Term) -> Iterator[Hit]:
    wanted = Q(name__icontains=term.text) | Q(slug__icontains=term.text) | Q(pk=term.number)
    for row in Tenant.objects.exclude(schema_name="public").filter(wanted).order_by("name")[:6]:
        yield Hit(row.name, row.slug, pages.url(request, "tenant", row.pk), "domain")


def _domains(request: HttpRequest, term: Term) -> Iterator[Hit]:
    rows = Domain.objects.exclude(tenant__schema_name="public").filter(domain__icontains=term.text)
    for row in rows.select_related("tenant").order_by("domain")[:6]:
        address = pages.url(request, "tenant", row.tenant_id)
        yield Hit(row.domain, row.tenant.name, address, "language")


def _operators(request: HttpRequest, term: Term) -> Iterator[Hit]:
    wanted = Q(email__icontains=term.text) | Q(name__icontains=term.text)
    for user in User.objects.filter(wanted, is_staff=True).order_by("email")[:6]:
        yield Hit(user.email, user.name, pages.url(request, "colleague", user.pk), "badge")


DOINGS = (
    Doing(gettext_lazy("Create a tenant"), "add", "create_tenant", "new white label firm"),
    Doing(gettext_lazy("Announce something"), "campaign", "announce", "tell notice maintenance"),
    Doing(gettext_lazy("Invite an operator"), "person_add", "invite", "new staff colleague"),
    Doing(gettext_lazy("Prove the audit trail"), "verified", "audit_verify", "verify chain hash"),
)

finders.register(gettext_lazy("Go to"), "operator.enter", menu_pages("operator", menu.OPERATOR))
finders.register(gettext_lazy("Do"), "operator.enter", doings(operator_site, DOINGS), suggests=True)
finders.register(gettext_lazy("Tenants"), "tenants.view", _tenants)
finders.register(gettext_lazy("Domains"), "tenants.view", _domains)
finders.register(gettext_lazy("Operators"), "staff.view", _operators)
