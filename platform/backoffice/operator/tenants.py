"""Tenants: health, create from a form, suspend and resume, domains."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import selectors as audit_selectors
from backoffice import access, audit_pages, cells, pages
from backoffice.action import ActionPage
from backoffice.attention import Task
from backoffice.forms import StaffForm
from backoffice.operator.health import Health, health_of, storage_bytes
from backoffice.tables import Column, Listing, ListPage
from backoffice.tenant import attention
from tenants import actions, links, selectors, switches, templates_data
from tenants.models import Domain, Tenant

LAG_RECORDS = 5_000


def tenant_or_404(tenant_id: int) -> Tenant:
    """A tenant, but not the platform itself."""
    row = (
        Tenant.objects.select_related("brand")
        .exclude(schema_name="public")
        .filter(pk=tenant_id)
        .first()
    )
    if row is None:
        raise Http404
    return row


def crumbs(request: HttpRequest, tenant: Tenant | None = None) -> list[tuple[str, str]]:
    found = [(_("Tenants"), pages.url(request, "tenants"))]
    if tenant is not None:
        found.append((tenant.name, pages.url(request, "tenant", tenant.pk)))
    return found


def tasks_of(request: HttpRequest, health: Health) -> list[Task]:
    """What is wrong with one tenant."""
    address = pages.url(request, "tenant", health.tenant.pk)
    name = {"name": health.tenant.name}
    if health.problem:
        return [Task("bad", "error", _("%(name)s cannot be read") % name, health.problem, address)]
    found = []
    if health.tenant.is_suspended:
        found.append(
            Task(
                "warn",
                "pause_circle",
                _("%(name)s is suspended") % name,
                _("Its sites show a notice."),
                address,
            )
        )
    if health.is_relay_stopped:
        schema = {"schema": health.tenant.schema_name}
        headline = _("Changes of %(name)s do not reach the engine") % name
        sentence = _(
            "The engine's last source number and the database's do not fit together, so the relay "
            "stopped. `manage.py relay_resume %(schema)s` says what to decide."
        )
        found.append(Task("bad", "sync_problem", headline, sentence % schema, address))
    if (aside := health.quarantine) is not None:
        headline = _("Clearing has set %(name)s aside") % name
        sentence = _(
            "Its tables refuse writes since seq %(seq)s; tried %(tries)s times. The other tenants "
            "go on, and so does it as soon as the cause is gone: %(error)s"
        )
        facts = {"seq": aside.seq, "tries": aside.tries, "error": aside.error}
        found.append(Task("bad", "report", headline, sentence % facts, address))
    if health.lag is not None and health.lag > LAG_RECORDS:
        sentence = _("%(count)s records of the engine journal.") % {"count": f"{health.lag:,}"}
        headline = _("Clearing of %(name)s is behind") % name
        found.append(Task("warn", "hourglass_top", headline, sentence, address))
    return found


def table_of(request: HttpRequest, found: list[Health]) -> ListPage:
    """One line per tenant."""

    def volume(health: Health) -> Any:
        return health.volumes[0] if health.volumes else "–"

    return Listing(
        columns=[
            Column(gettext_lazy("Tenant"), lambda h: cells.pair(h.tenant.name, h.host), "main"),
            Column(gettext_lazy("State"), lambda h: cells.badge(h.state)),
            Column(gettext_lazy("Customers"), lambda h: cells.number(h.customers), "number"),
            Column(gettext_lazy("Instruments"), lambda h: cells.number(h.instruments), "number"),
            Column(gettext_lazy("Volume 24 h"), volume, "number"),
            Column(gettext_lazy("Cleared to seq"), lambda h: cells.number(h.cleared_seq), "number"),
            Column(
                gettext_lazy("Behind"),
                lambda h: cells.number(h.lag) if h.lag is not None else "–",
                "number",
            ),
        ],
        row_link=lambda h: pages.url(request, "tenant", h.tenant.pk),
        empty_headline=gettext_lazy("No tenants yet"),
        empty_sentence=gettext_lazy("Create the first one: it can trade at once."),
    ).show(found)


def tenants(request: HttpRequest) -> HttpResponse:
    """All tenants with their health."""
    engine = attention.engine_status(attention.WHOLE_SHARD)
    found = [
        health_of(tenant, selectors.primary_host(tenant), engine)
        for tenant in Tenant.objects.exclude(schema_name="public").order_by("name")
    ]
    buttons = []
    if access.may(request.user, "tenants.manage"):
        buttons.append((_("New tenant"), pages.url(request, "create_tenant"), "bo-button-primary"))
    return pages.render(
        request,
        "list.html",
        {"table": table_of(request, found), "buttons": buttons},
        title=_("Tenants"),
    )


def tenant(request: HttpRequest, tenant_id: int) -> HttpResponse:
    """One tenant: health, domains, what the platform did to it."""
    row = tenant_or_404(tenant_id)
    engine = attention.engine_status(attention.WHOLE_SHARD)
    health = health_of(row, selectors.primary_host(row), engine)
    may_manage = access.may(request.user, "tenants.manage")
    context: dict[str, Any] = {
        "tenant_row": row,
        "health": health,
        "site_address": links.site_address(row),
        "tasks": tasks_of(request, health),
        "facts": [
            (_("State"), cells.badge(health.state)),
            (_("Tenant id"), cells.mono(row.pk)),
            (_("Short name"), cells.mono(row.slug)),
            (_("Brand"), row.brand.name),
            (_("Plan"), row.plan),
            (_("Template"), row.template or "–"),
            (_("Shard"), row.shard),
            (_("Time zone"), row.timezone),
            (_("Reporting currency"), row.reporting_currency),
            (
                _("Rights withheld"),
                len(selectors.withheld_from(row.schema_name)) or _("none"),
            ),
            (_("Storage"), f"{storage_bytes(row) / 1_048_576:,.1f} MB"),
            (_("Since (UTC)"), cells.when(row.created_at)),
        ],
        "switches": [
            {
                "label": each.label,
                "meaning": each.meaning,
                "is_on": switches.is_on(each.name, row),
                "address": pages.url(request, "edit_tenant_setting", row.pk, each.setting)
                if access.may(request.user, "settings.change")
                else "",
            }
            for each in switches.declared()
        ],
        "domains": row.domains.order_by("-is_primary", "domain"),
        "may_manage": may_manage,
    }
    if access.may(request.user, "audit.view"):
        records = audit_selectors.records_of(row)
        context["audit"] = audit_pages.timeline(request, records[:20])
    return pages.render(
        request, "operator/tenant.html", context, title=row.name, crumbs=crumbs(request)
    )


class TenantForm(StaffForm):
    """A new tenant: names, where it lives, who begins, from which template."""

    name = forms.CharField(
        label=gettext_lazy("Name of the firm"),
        max_length=80,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    slug = forms.SlugField(
        label=gettext_lazy("Short name"),
        max_length=32,
        help_text=gettext_lazy("Small letters, digits and hyphens; it is permanent."),
    )
    domain = forms.CharField(
        label=gettext_lazy("Domain"),
        max_length=253,
        help_text=gettext_lazy("Where customers find it, such as trade.example.com."),
    )
    owner_email = forms.EmailField(
        label=gettext_lazy("E-mail of the first owner"),
        max_length=254,
        help_text=gettext_lazy("An invitation goes there."),
    )
    template = forms.ChoiceField(label=gettext_lazy("Template"))
    field_order = ["name", "slug", "domain", "owner_email", "template", "token"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].choices = [  # type: ignore[attr-defined]
            (name, name) for name in templates_data.names()
        ]


class CreateTenant(ActionPage):
    """A new tenant that trades at once."""

    form_class = TenantForm

    def title(self, target: Any) -> str:
        return _("New tenant")

    def confirm_label(self, target: Any) -> str:
        return _("Create the tenant")

    def explanation(self, target: Any) -> list[str]:
        return [
            _("It takes a few seconds: schema, brand, instruments, fees, accounts, invitation."),
            _("Then it answers at its domain and can trade. If anything fails, nothing is left."),
        ]

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        self.made = actions.create_tenant(
            name=values["name"],
            slug=values["slug"],
            domain=values["domain"],
            owner_email=values["owner_email"],
            template=values["template"],
            acting_user=self.request.user,
        )
        return _("%(name)s is created. The invitation is on its way to %(email)s.") % {
            "name": self.made.name,
            "email": values["owner_email"],
        }

    def back(self, target: Any) -> str:
        return self.url("tenants")

    def after(self, target: Any) -> str:
        return self.url("tenant", self.made.pk)

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return crumbs(self.request)


class TenantAction(ActionPage):
    """An action on one tenant."""

    def target(self, tenant_id: int) -> Tenant:  # type: ignore[override]
        return tenant_or_404(tenant_id)

    def facts(self, target: Tenant) -> list[tuple[str, Any]]:
        return [(_("Tenant"), target.name), (_("State now"), cells.badge(target.status))]

    def back(self, target: Tenant) -> str:
        return self.url("tenant", target.pk)

    def crumbs(self, target: Tenant) -> list[tuple[str, str]]:
        return crumbs(self.request, target)


class Suspend(TenantAction):
    """Close a tenant's sites."""

    danger = True

    def title(self, target: Tenant) -> str:
        return _("Suspend %(name)s") % {"name": target.name}

    def explanation(self, target: Tenant) -> list[str]:
        return [
            _("Customers and programs see a notice at every address within about a second."),
            _("Its staff still sign in and read; they can change nothing."),
            _("Orders in the book stay; nothing is lost."),
        ]

    def obstacle(self, target: Tenant) -> str:
        return _("This tenant is suspended already.") if target.is_suspended else ""

    def perform(self, target: Tenant, values: dict[str, Any]) -> str:
        actions.suspend_tenant(
            tenant=target, acting_user=self.request.user, reason=values["reason"]
        )
        return _("%(name)s is suspended.") % {"name": target.name}


class Resume(TenantAction):
    """Open a tenant's sites again."""

    def title(self, target: Tenant) -> str:
        return _("Resume %(name)s") % {"name": target.name}

    def explanation(self, target: Tenant) -> list[str]:
        return [_("Its sites are open again within about a second.")]

    def obstacle(self, target: Tenant) -> str:
        return "" if target.is_suspended else _("This tenant is not suspended.")

    def perform(self, target: Tenant, values: dict[str, Any]) -> str:
        actions.resume_tenant(tenant=target, acting_user=self.request.user, reason=values["reason"])
        return _("%(name)s is open again.") % {"name": target.name}


class DomainForm(StaffForm):
    """Another host name."""

    domain = forms.CharField(label=gettext_lazy("Domain"), max_length=253)
    field_order = ["domain", "token"]


class AddDomain(TenantAction):
    """Give a tenant another host name."""

    form_class = DomainForm

    def title(self, target: Tenant) -> str:
        return _("Add a domain")

    def explanation(self, target: Tenant) -> list[str]:
        return [
            _("Point the name at this platform first; a certificate must cover it."),
            _("The tenant answers there within about a second."),
        ]

    def perform(self, target: Tenant, values: dict[str, Any]) -> str:
        row = actions.add_domain(
            tenant=target, domain=values["domain"], acting_user=self.request.user
        )
        return _("%(name)s answers at %(domain)s.") % {"name": target.name, "domain": row.domain}


class OneDomainAction(TenantAction):
    """An action on one host name of a tenant."""

    form_class = StaffForm

    def target(self, tenant_id: int, domain_id: int) -> Tenant:  # type: ignore[override]
        row = tenant_or_404(tenant_id)
        domain = Domain.objects.filter(tenant=row, pk=domain_id).first()
        if domain is None:
            raise Http404
        self.domain = domain
        return row

    def facts(self, target: Tenant) -> list[tuple[str, Any]]:
        return [(_("Tenant"), target.name), (_("Domain"), self.domain.domain)]


class RemoveDomain(OneDomainAction):
    """Take a host name away."""

    danger = True

    def title(self, target: Tenant) -> str:
        return _("Remove the domain")

    def explanation(self, target: Tenant) -> list[str]:
        return [_("Nobody reaches the tenant at this name any more; sessions there end.")]

    def obstacle(self, target: Tenant) -> str:
        if target.domains.count() == 1:
            return _("A tenant keeps at least one domain.")
        return ""

    def perform(self, target: Tenant, values: dict[str, Any]) -> str:
        actions.remove_domain(
            tenant=target, domain=self.domain.domain, acting_user=self.request.user
        )
        return _("%(domain)s is removed.") % {"domain": self.domain.domain}


class MakePrimary(OneDomainAction):
    """Choose the host name links and mail point at."""

    def title(self, target: Tenant) -> str:
        return _("Make it the main domain")

    def explanation(self, target: Tenant) -> list[str]:
        return [_("Links in mails point at it from now on.")]

    def obstacle(self, target: Tenant) -> str:
        return _("It is the main domain already.") if self.domain.is_primary else ""

    def perform(self, target: Tenant, values: dict[str, Any]) -> str:
        actions.set_primary_domain(
            tenant=target, domain=self.domain.domain, acting_user=self.request.user
        )
        return _("%(domain)s is the main domain.") % {"domain": self.domain.domain}


PAGES = (
    pages.Page("tenants/", "tenants", tenants, "tenants.view"),
    pages.Page("tenants/new/", "create_tenant", CreateTenant.as_view(), "tenants.manage"),
    pages.Page("tenants/<int:tenant_id>/", "tenant", tenant, "tenants.view"),
    pages.Page(
        "tenants/<int:tenant_id>/suspend/", "suspend_tenant", Suspend.as_view(), "tenants.manage"
    ),
    pages.Page(
        "tenants/<int:tenant_id>/resume/", "resume_tenant", Resume.as_view(), "tenants.manage"
    ),
    pages.Page(
        "tenants/<int:tenant_id>/domains/new/", "add_domain", AddDomain.as_view(), "tenants.manage"
    ),
    pages.Page(
        "tenants/<int:tenant_id>/domains/<int:domain_id>/remove/",
        "remove_domain",
        RemoveDomain.as_view(),
        "tenants.manage",
    ),
    pages.Page(
        "tenants/<int:tenant_id>/domains/<int:domain_id>/primary/",
        "make_primary",
        MakePrimary.as_view(),
        "tenants.manage",
    ),
)
