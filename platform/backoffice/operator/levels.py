"""The permission level of a tenant: what the platform gives its staff at most."""

from typing import Any

from django.utils.translation import gettext as _

from backoffice import pages, right_words
from backoffice.editing import EditPage
from backoffice.forms import ReasonForm, StaffForm
from backoffice.operator.tenants import crumbs, tenant_or_404
from backoffice.tenant.rights import chosen, rights_fields
from identity import roles
from tenants import actions, selectors
from tenants.models import Tenant

OFFERED = roles.GRANTABLE - roles.KEPT_BY_OWNERS


class LevelForm(ReasonForm):
    """What the firm's staff may do at most."""

    def __init__(self, *args: Any, withheld: frozenset[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields |= rights_fields("may_", OFFERED)
        for name, field in self.fields.items():
            if name.startswith("may_"):
                field.initial = [key for key, _label in field.choices if key not in withheld]  # type: ignore[attr-defined]
        self.order_fields([*(n for n in self.fields if n.startswith("may_")), "reason", "token"])


class ChangeLevel(EditPage):
    """Give and withhold rights of a whole firm."""

    danger = True

    def target(self, tenant_id: int) -> Tenant:  # type: ignore[override]
        return tenant_or_404(tenant_id)

    def title(self, target: Tenant) -> str:
        return _("Permission level of %(name)s") % {"name": target.name}

    def confirm_label(self, target: Tenant) -> str:
        return _("Put the level in force")

    def explanation(self, target: Tenant) -> list[str]:
        return [
            _("What is not ticked is withheld from all of its staff, owners too, within about two "
              "seconds. The firm gives the rest to its roles."),
            _("Owners always come in, see to their staff and read the audit trail."),
        ]  # fmt: skip

    def facts(self, target: Tenant) -> list[tuple[str, Any]]:
        withheld = selectors.withheld_from(target.schema_name)
        words = ", ".join(sorted(right_words.words_of(name) for name in withheld))
        return [(_("Tenant"), target.name), (_("Withheld now"), words or _("nothing"))]

    def open_form(self, target: Tenant, data: Any = None, files: Any = None) -> StaffForm:
        return LevelForm(data, withheld=selectors.withheld_from(target.schema_name))

    def perform(self, target: Tenant, values: dict[str, Any]) -> str:
        actions.set_permission_level(
            tenant=target,
            withheld=OFFERED - chosen(values, "may_"),
            acting_user=self.request.user,
            reason=values["reason"],
        )
        return _("The level of %(name)s is in force.") % {"name": target.name}

    def back(self, target: Tenant) -> str:
        return self.url("tenant", target.pk)

    def crumbs(self, target: Tenant) -> list[tuple[str, str]]:
        return [*crumbs(self.request), (target.name, self.back(target))]


PAGES = (
    pages.Page(
        "tenants/<int:tenant_id>/level/", "change_level", ChangeLevel.as_view(), "tenants.manage"
    ),
)
