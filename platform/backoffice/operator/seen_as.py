"""Operators see a firm's pages as somebody there sees them: read-only, announced, recorded."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tenants.utils import tenant_context

from backoffice import pages
from backoffice.forms import ReasonForm
from backoffice.operator.tenants import TenantAction, crumbs, tenant_or_404
from identity.models import User
from identity.models.user import normalize_email
from impersonation import actions, selectors
from impersonation.errors import ImpersonationError
from tenants import links, registry
from tenants.models import Tenant


class SeeAsForm(ReasonForm):
    """As whom, and why."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail of a customer or of somebody of the staff"), max_length=254
    )
    field_order = ["email", "reason", "token"]


class SeeAs(TenantAction):
    """Get a link to the firm's pages as somebody there sees them."""

    form_class = SeeAsForm
    icon = "visibility"

    def title(self, target: Tenant) -> str:
        return _("See %(name)s as somebody there") % {"name": target.name}

    def confirm_label(self, target: Tenant) -> str:
        return _("Get the link")

    def explanation(self, target: Tenant) -> list[str]:
        return [
            _("You can read and change nothing; secrets and documents are not shown."),
            _("The firm's owners are mailed your reason, and it stands in both audit trails."),
            _("It ends after %(minutes)s minutes, or with the button on top of each page.")
            % {"minutes": registry.get("impersonation.minutes", target)},
        ]

    def obstacle(self, target: Tenant) -> str:
        if target.is_suspended:
            return _("The firm is suspended.")
        if not registry.get("impersonation.by_platform", target):
            return _("This firm does not let the platform do that.")
        return ""

    def perform(self, target: Tenant, values: dict[str, Any]) -> str:
        actor = self.request.user
        with tenant_context(target):
            user = User.objects.filter(email=normalize_email(values["email"])).first()
            if user is None:
                raise ImpersonationError("nobody", _("Nobody at this firm has that address."))
            _row, self.link = actions.begin(user=user, acting_user=actor, reason=values["reason"])
        return _("The link works once, within two minutes.")

    def after(self, target: Tenant) -> str:
        return self.url("see_as_link", target.pk, self.link)


def see_as_link(request: HttpRequest, tenant_id: int, link: str) -> HttpResponse:
    """The link itself: it leads to another host, where a form may not send anybody."""
    tenant = tenant_or_404(tenant_id)
    return pages.render(
        request,
        "operator/see_as.html",
        {"address": f"{links.site_address(tenant)}/seen-as/{link}", "tenant_row": tenant},
        title=_("See %(name)s as somebody there") % {"name": tenant.name},
        crumbs=crumbs(request, tenant),
    )


PAGES = (
    pages.Page("tenants/<int:tenant_id>/see-as/", "see_as", SeeAs.as_view(), selectors.TENANTS),
    pages.Page(
        "tenants/<int:tenant_id>/see-as/<str:link>/", "see_as_link", see_as_link, selectors.TENANTS
    ),
)
