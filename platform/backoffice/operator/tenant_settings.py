"""A tenant's declared settings as the platform sees and changes them."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from backoffice import access, pages, settings_pages
from backoffice.operator import tenants
from tenants import registry
from tenants.models import Tenant


def settings(request: HttpRequest, tenant_id: int) -> HttpResponse:
    """All declared settings of one tenant."""
    tenant = tenants.tenant_or_404(tenant_id)
    return pages.render(
        request,
        "settings.html",
        {
            "groups": settings_pages.groups_of(tenant),
            "may_change": access.may(request.user, "settings.change"),
            "tenant_id": tenant.pk,
        },
        title=_("Settings of %(name)s") % {"name": tenant.name},
        crumbs=tenants.crumbs(request, tenant),
    )


class EditTenantSetting(settings_pages.EditSetting):
    """Change one setting of a tenant."""

    owner: Tenant

    def target(self, name: str, tenant_id: int) -> registry.Setting:  # type: ignore[override]
        self.owner = tenants.tenant_or_404(tenant_id)
        return super().target(name)

    def tenant(self) -> Tenant:
        return self.owner

    def back(self, target: registry.Setting) -> str:
        return self.url("tenant_settings", self.owner.pk)

    def crumbs(self, target: registry.Setting) -> list[tuple[str, str]]:
        return [*tenants.crumbs(self.request, self.owner), (_("Settings"), self.back(target))]


PAGES = (
    pages.Page("tenants/<int:tenant_id>/settings/", "tenant_settings", settings, "settings.view"),
    pages.Page(
        "tenants/<int:tenant_id>/settings/<str:name>/",
        "edit_tenant_setting",
        EditTenantSetting.as_view(),
        "settings.change",
    ),
)
