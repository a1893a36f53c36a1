"""The brand that is published, its versions, and the steps from a draft to a version."""

from typing import Any

from django import forms
from django.conf import settings as django_settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import selectors as audit_selectors
from backoffice import access, audit_pages, contrast, pages
from backoffice.action import ActionPage
from backoffice.forms import StaffForm
from backoffice.settings_pages import changed_by_text
from backoffice.tenant import brand_studio
from backoffice.tenant.brand_form import COLOUR_LABELS, TEXT_LABELS
from tenants import actions, brand_content, brands, selectors
from tenants.models import Brand, BrandDraft, BrandVersion
from tenants.selectors import current_tenant

_FIELD_NAMES = {
    "name": gettext_lazy("Name"),
    "logo_svg": gettext_lazy("Drawing"),
    "logo_png": gettext_lazy("Picture"),
    "languages": gettext_lazy("Languages"),
    "default_language": gettext_lazy("Default language"),
    "support_address": gettext_lazy("Support address"),
    "mail_from": gettext_lazy("Sender of mails"),
    "mail_look": gettext_lazy("Head of mails"),
}


def published() -> Brand:
    """The row of this firm's brand, as the database has it."""
    return Brand.objects.get(tenant_id=current_tenant().pk)


def brand(request: HttpRequest) -> HttpResponse:
    """The brand as it is, in both colour schemes, with its versions and history."""
    tenant = current_tenant()
    view = brands.view_of(tenant)
    pairs = contrast.pairs_of({"light": view.light, "dark": view.dark})
    context: dict[str, Any] = {
        "view": view,
        "schemes": [("light", view.light), ("dark", view.dark)],
        "pairs": pairs,
        "warnings": [pair.sentence for pair in pairs if not pair.is_enough],
        "texts": [
            (language, [(TEXT_LABELS[key], view.texts.get(language, {}).get(key, ""))
                        for key in brands.TEXTS])
            for language in view.languages
        ],
        "language_names": dict(django_settings.LANGUAGES),
        "may_change": access.may(request.user, "brand.change"),
        "draft": draft_words(selectors.draft_of(tenant)),
        "versions": [version_words(row, view.version)
                     for row in selectors.brand_versions(tenant)[:30]],
    }  # fmt: skip
    if access.may(request.user, "audit.view"):
        records = audit_selectors.records_of(("tenants.brand", tenant.slug))
        context["audit"] = audit_pages.timeline(request, records[:20])
    return pages.render(request, "brand.html", context, title=_("Brand"))


def draft_words(draft: BrandDraft | None) -> dict[str, Any] | None:
    """A draft as pages tell it."""
    if draft is None:
        return None
    return {
        "by": changed_by_text(draft.changed_by),
        "at": draft.changed_at,
        "is_behind": draft.base_version != published().version,
    }


def version_words(row: BrandVersion, in_force: int) -> dict[str, Any]:
    by = _("the system") if row.published_by == "system" else changed_by_text(row.published_by)
    return {
        "version": row.version,
        "by": by,
        "at": row.published_at,
        "reason": row.reason,
        "is_in_force": row.version == in_force,
        "primary": brands.COLOURS["light"] | row.content.get("colours", {}).get("light", {}),
    }


def told(path: str) -> str:
    """The name of a field by its path, such as ``texts/en/tagline``."""
    parts = path.split("/")
    if parts[0] == "colours" and len(parts) == 3:
        scheme = _("light") if parts[1] == "light" else _("dark")
        return f"{COLOUR_LABELS.get(parts[2], parts[2])} ({scheme})"
    if parts[0] == "texts" and len(parts) == 3:
        return f"{TEXT_LABELS.get(parts[2], parts[2])} ({parts[1]})"
    return str(_FIELD_NAMES.get(path, path))


def value_words(path: str, value: Any) -> dict[str, str]:
    """A value with, for a colour, the colour itself."""
    if path.startswith("logo_"):
        return {"text": _("a logo") if value else _("none")}
    text = ", ".join(value) if isinstance(value, list) else str(value or "")
    return {"text": text or _("empty"), "colour": text if path.startswith("colours/") else ""}


def difference(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Fields that differ, in words. Colours that a brand leaves out are the platform's."""
    return [
        (told(path), value_words(path, before), value_words(path, after))
        for path, before, after in brand_content.differences(_complete(old), _complete(new))
    ]


def _complete(content: dict[str, Any]) -> dict[str, Any]:
    colours = content.get("colours", {})
    return content | {
        "colours": {
            scheme: brands.COLOURS[scheme] | colours.get(scheme, {}) for scheme in contrast.SCHEMES
        }
    }


class WhyForm(StaffForm):
    """A reason if one likes: the difference itself is kept with every version."""

    reason = forms.CharField(
        label=gettext_lazy("What for"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Kept with the version and in the audit trail."),
    )


class DraftPage(ActionPage):
    """A step of the draft; the page shows what it would change."""

    form_class = WhyForm
    template = "brand_step.html"

    def target(self, **kwargs: Any) -> BrandDraft | None:
        return selectors.draft_of(current_tenant())

    def obstacle(self, target: BrandDraft | None) -> str:
        return "" if target else _("There is no draft. Begin one in the studio.")

    def extra(self, target: BrandDraft | None, form: StaffForm) -> dict[str, Any]:
        if target is None:
            return {}
        return {
            "difference": difference(brand_content.content_of(published()), target.content),
            "warnings": contrast.warnings_of(target.content["colours"]),
            "draft": draft_words(target),
        }

    def back(self, target: Any) -> str:
        return self.url("edit_brand")

    def after(self, target: Any) -> str:
        return self.url("brand")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Brand"), self.url("brand")), (_("Studio"), self.url("edit_brand"))]


class PublishForm(WhyForm):
    """Knows which draft its sender looked at."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class Publish(DraftPage):
    """Put the draft in force."""

    form_class = PublishForm

    def initial(self, target: BrandDraft | None) -> dict[str, Any]:
        return {"seen": brand_content.digest(target.content)} if target else {}

    def title(self, target: Any) -> str:
        return _("Publish the brand")

    def explanation(self, target: Any) -> list[str]:
        return [_("Pages and mails show it within about a second. The way back stays open: every "
                  "version is kept.")]  # fmt: skip

    def obstacle(self, target: BrandDraft | None) -> str:
        if target is None:
            return super().obstacle(target)
        if target.base_version != published().version:
            return _("The published brand was changed since this draft was begun. Bring the draft "
                     "up to date first.")  # fmt: skip
        return ""

    def perform(self, target: BrandDraft | None, values: dict[str, Any]) -> str:
        row = actions.publish_draft(
            tenant=current_tenant(),
            acting_user=self.request.user,
            reason=values["reason"],
            expected_digest=values["seen"],
        )
        return _("Version %(version)s of the brand is published.") % {"version": row.version}


class UpdateDraft(DraftPage):
    """Take over what was published since the draft was begun."""

    form_class = StaffForm

    def title(self, target: Any) -> str:
        return _("Bring the draft up to date")

    def explanation(self, target: Any) -> list[str]:
        return [_("What was published since it was begun is taken over, but for the fields that "
                  "the draft itself changes. Nothing is published by this.")]  # fmt: skip

    def perform(self, target: BrandDraft | None, values: dict[str, Any]) -> str:
        actions.bring_draft_up_to_date(tenant=current_tenant(), acting_user=self.request.user)
        return _("The draft is up to date.")

    def after(self, target: Any) -> str:
        return self.url("edit_brand")


class DiscardDraft(DraftPage):
    """Throw the draft away."""

    danger = True

    def title(self, target: Any) -> str:
        return _("Throw the draft away")

    def explanation(self, target: Any) -> list[str]:
        return [_("What is published stays as it is.")]

    def perform(self, target: BrandDraft | None, values: dict[str, Any]) -> str:
        actions.discard_draft(
            tenant=current_tenant(), acting_user=self.request.user, reason=values["reason"]
        )
        return _("The draft is thrown away.")


class RestoreForm(WhyForm):
    """Knows which version was in force when it was opened."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class Restore(ActionPage):
    """An earlier version, what it differs in from the one in force, and the way back to it."""

    form_class = RestoreForm
    template = "brand_step.html"

    def target(self, version: int) -> BrandVersion:  # type: ignore[override]
        if version > 2**31 - 1:
            raise Http404
        row = selectors.brand_versions(current_tenant()).filter(version=version).first()
        if row is None:
            raise Http404
        return row

    def initial(self, target: BrandVersion) -> dict[str, Any]:
        return {"seen": published().version}

    def title(self, target: BrandVersion) -> str:
        return _("Version %(version)s of the brand") % {"version": target.version}

    def confirm_label(self, target: BrandVersion) -> str:
        return _("Put it in force again")

    def explanation(self, target: BrandVersion) -> list[str]:
        return [_("It is published as a new version within about a second; a draft stays.")]

    def obstacle(self, target: BrandVersion) -> str:
        now = brand_content.content_of(published())
        is_like_it = not difference(now, now | target.content)
        return _("The brand is like this already.") if is_like_it else ""

    def extra(self, target: BrandVersion, form: StaffForm) -> dict[str, Any]:
        now = brand_content.content_of(published())
        return {
            "difference": difference(now, now | target.content),
            "warnings": contrast.warnings_of(target.content["colours"]),
        }

    def perform(self, target: BrandVersion, values: dict[str, Any]) -> str:
        row = actions.restore_version(
            tenant=current_tenant(),
            version=target.version,
            acting_user=self.request.user,
            # Kept with the version and in the trail, so in no reader's language.
            reason=values["reason"] or f"back to version {target.version}",
            expected_version=values["seen"] or 0,
        )
        return _("Version %(old)s is in force again, as version %(new)s.") % {
            "old": target.version,
            "new": row.version,
        }

    def back(self, target: BrandVersion) -> str:
        return self.url("brand")

    def crumbs(self, target: BrandVersion) -> list[tuple[str, str]]:
        return [(_("Brand"), self.url("brand"))]


PAGES = (
    pages.Page("brand/", "brand", brand, "brand.view"),
    *brand_studio.PAGES,
    pages.Page("brand/publish/", "publish_brand", Publish.as_view(), "brand.change"),
    pages.Page("brand/draft/update/", "update_brand_draft", UpdateDraft.as_view(), "brand.change"),
    pages.Page(
        "brand/draft/discard/", "discard_brand_draft", DiscardDraft.as_view(), "brand.change"
    ),
    pages.Page("brand/versions/<int:version>/", "brand_version", Restore.as_view(), "brand.change"),
)
