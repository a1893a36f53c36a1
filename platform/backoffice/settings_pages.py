"""Declared settings of a tenant: value in force, edit, history."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backoffice import access, pages
from backoffice.editing import EditPage
from backoffice.forms import ReasonForm, StaffForm
from identity.models import User
from tenants import actions, registry
from tenants.models import SettingValue, Tenant
from tenants.selectors import current_tenant


def value_text(declaration: registry.Setting, value: Any) -> str:
    """A value as its reader would say it."""
    if isinstance(declaration, registry.Choice):
        return str(dict(declaration.choices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value) if value != "" else "–"


def changed_by_text(label: str) -> str:
    """``schema:role:id`` as the registry keeps it, in words."""
    parts = label.split(":")
    if len(parts) != 3:
        return label
    home, role, number = parts
    if home == "public":
        return _("operator %(id)s") % {"id": number}
    user = User.objects.filter(pk=int(number)).first() if number.isdigit() else None
    words = access.role_words(role) if role != "customer" else pgettext("who did it", "customer")
    return f"{user.name or user.email} ({words})" if user else f"{words} {number}"


def groups_of(tenant: Tenant) -> list[dict[str, Any]]:
    """Settings by group, each with the value in force and its version."""
    versions: dict[str, SettingValue] = {}
    for row in SettingValue.objects.filter(tenant_id=tenant.pk).order_by("name", "version"):
        versions[row.name] = row
    groups: dict[str, list[dict[str, Any]]] = {}
    for declaration in registry.declared():
        last = versions.get(declaration.name)
        value = last.value if last else declaration.default
        groups.setdefault(str(declaration.group), []).append(
            {
                "declaration": declaration,
                "value": value_text(declaration, value),
                "is_default": last is None or last.value == declaration.default,
                "changed_at": last.changed_at if last else None,
            }
        )
    return [{"title": title, "settings": items} for title, items in groups.items()]


def settings(request: HttpRequest) -> HttpResponse:
    """All declared settings with the values in force."""
    return pages.render(
        request,
        "settings.html",
        {
            "groups": groups_of(current_tenant()),
            "may_change": access.may(request.user, "settings.change"),
        },
        title=_("Settings"),
    )


class SettingForm(ReasonForm):
    """A reason; the value's own field is added from its declaration."""


class EditSetting(EditPage):
    """Change one setting; its history stands below."""

    form_class = SettingForm
    template = "setting.html"

    def target(self, name: str) -> registry.Setting:  # type: ignore[override]
        try:
            return registry.setting(name)
        except KeyError:
            raise Http404 from None

    def tenant(self) -> Tenant:
        return current_tenant()

    def _last(self, target: registry.Setting) -> SettingValue | None:
        return SettingValue.objects.filter(tenant_id=self.tenant().pk, name=target.name).first()

    def title(self, target: registry.Setting) -> str:
        return str(target.label)

    def confirm_label(self, target: registry.Setting) -> str:
        return _("Save the setting")

    def explanation(self, target: registry.Setting) -> list[str]:
        return [
            *([str(target.help)] if target.help else []),
            _("In force everywhere within about a second. The default is “%(default)s”.")
            % {"default": value_text(target, target.default)},
        ]

    def obstacle(self, target: registry.Setting) -> str:
        if target.operator_only and not self.request.user.is_operator:  # type: ignore[union-attr]
            return _("Only the platform changes this setting. Ask its support.")
        return ""

    def open_form(self, target: registry.Setting, data: Any = None, files: Any = None) -> StaffForm:
        last = self._last(target)
        form = SettingForm(data, initial={"value": last.value if last else target.default})
        field = target.form_field()
        field.help_text = ""
        form.fields["value"] = field
        form.order_fields(["value", "reason", "token"])
        return form

    def perform(self, target: registry.Setting, values: dict[str, Any]) -> str:
        last = self._last(target)
        actions.change_setting(
            tenant=self.tenant(),
            name=target.name,
            value=values["value"],
            acting_user=self.request.user,
            reason=values["reason"],
            expected_version=self._expected_version(last),
        )
        return _("“%(label)s” is saved.") % {"label": target.label}

    def _expected_version(self, last: SettingValue | None) -> int:
        text = self.request.POST.get("version", "")
        return (
            int(text)
            if text.isascii() and text.isdigit() and len(text) < 10
            else (last.version if last else 0)
        )

    def extra(self, target: registry.Setting, form: StaffForm) -> dict[str, Any]:
        last = self._last(target)
        rows = SettingValue.objects.filter(tenant_id=self.tenant().pk, name=target.name)[:50]
        posted = self.request.POST.get("version")
        if hasattr(form, "difference"):
            posted = None  # it was overtaken: the next send is over what is shown now
        return {
            "version": posted if posted is not None else (last.version if last else 0),
            "history": [
                {
                    "version": row.version,
                    "value": value_text(target, row.value),
                    "by": changed_by_text(row.changed_by),
                    "at": row.changed_at,
                    "reason": row.reason,
                }
                for row in rows
            ],
            "default_text": value_text(target, target.default),
        }

    def back(self, target: registry.Setting) -> str:
        return self.url("settings")

    def crumbs(self, target: registry.Setting) -> list[tuple[str, str]]:
        return [(_("Settings"), self.url("settings"))]


PAGES = (
    pages.Page("settings/", "settings", settings, "settings.view"),
    pages.Page("settings/<str:name>/", "edit_setting", EditSetting.as_view(), "settings.change"),
)
