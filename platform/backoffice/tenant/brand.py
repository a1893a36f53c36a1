"""The brand: name, colours, logo, texts and languages, with preview and contrast warnings."""

from typing import Any

from django import forms
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import selectors as audit_selectors
from backoffice import access, audit_pages, colours, pages
from backoffice.action import ActionPage
from backoffice.forms import StaffForm
from tenants import actions, brands
from tenants.models import Brand
from tenants.selectors import current_tenant

SCHEMES = ("light", "dark")
# Pairs that must be readable on each other: text, ground, what it is.
_PAIRS = (
    ("on_primary", "primary", gettext_lazy("text on buttons")),
    ("text", "background", gettext_lazy("text on the background")),
    ("text", "surface", gettext_lazy("text on panels")),
    ("primary", "surface", gettext_lazy("links on panels")),
)
COLOUR_LABELS = {
    "primary": gettext_lazy("Main colour"),
    "on_primary": gettext_lazy("Text on it"),
    "accent": gettext_lazy("Accent"),
    "background": gettext_lazy("Background"),
    "surface": gettext_lazy("Panels"),
    "text": gettext_lazy("Text"),
}
TEXT_LABELS = {
    "tagline": gettext_lazy("Tagline"),
    "introduction": gettext_lazy("Introduction"),
    "footer": gettext_lazy("Footer"),
    "risk_notice": gettext_lazy("Risk notice"),
    "mail_signature": gettext_lazy("Signature of mails"),
    "suspended": gettext_lazy("Notice while suspended"),
}


def contrast_warnings(table: dict[str, dict[str, str]]) -> list[str]:
    """Pairs of colours that are hard to read, in words; ``table`` as brands keep it."""
    warnings = []
    for scheme in SCHEMES:
        full = brands.COLOURS[scheme] | table.get(scheme, {})
        for text, ground, what in _PAIRS:
            if not (colours.is_hex(full[text]) and colours.is_hex(full[ground])):
                continue
            ratio = colours.contrast(full[text], full[ground])
            if ratio < colours.READABLE_CONTRAST:
                warnings.append(
                    _("%(scheme)s: %(what)s has a contrast of %(ratio)s to 1; readable from 4.5.")
                    % {
                        "scheme": _("Light") if scheme == "light" else _("Dark"),
                        "what": what,
                        "ratio": f"{ratio:.1f}",
                    }
                )
    return warnings


def brand(request: HttpRequest) -> HttpResponse:
    """The brand as it is, in both colour schemes, with its history."""
    view = brands.view_of(current_tenant())
    context: dict[str, Any] = {
        "view": view,
        "schemes": [("light", view.light), ("dark", view.dark)],
        "warnings": contrast_warnings({"light": view.light, "dark": view.dark}),
        "texts": [
            (language, [(TEXT_LABELS[key], view.texts.get(language, {}).get(key, ""))
                        for key in brands.TEXTS])
            for language in view.languages
        ],
        "language_names": dict(django_settings.LANGUAGES),
        "may_change": access.may(request.user, "brand.change"),
    }  # fmt: skip
    if access.may(request.user, "audit.view"):
        records = audit_selectors.records_of(("tenants.brand", current_tenant().slug))
        context["audit"] = audit_pages.timeline(request, records[:20])
    return pages.render(request, "brand.html", context, title=_("Brand"))


class BrandForm(StaffForm):
    """Every field of a brand; colours and texts are added from what brands may set."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    support_address = forms.EmailField(
        label=gettext_lazy("Support address"), required=False, max_length=254
    )
    mail_from = forms.EmailField(
        label=gettext_lazy("Sender of mails"), required=False, max_length=254
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        choices=django_settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
    )
    default_language = forms.ChoiceField(
        label=gettext_lazy("Default language"), choices=django_settings.LANGUAGES
    )
    logo = forms.FileField(
        label=gettext_lazy("New logo"),
        required=False,
        help_text=gettext_lazy("An SVG drawing without scripts, up to 60,000 characters."),
        widget=forms.FileInput(attrs={"accept": ".svg,image/svg+xml"}),
    )
    remove_logo = forms.BooleanField(label=gettext_lazy("Remove the logo"), required=False)
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=300)

    def __init__(self, *args: Any, row: Brand, **kwargs: Any) -> None:
        initial = {
            "version": row.version,
            "name": row.name,
            "support_address": row.support_address,
            "mail_from": row.mail_from,
            "languages": row.languages,
            "default_language": row.default_language,
        }
        super().__init__(*args, initial=initial, **kwargs)
        for scheme in SCHEMES:
            full = brands.COLOURS[scheme] | row.colours.get(scheme, {})
            for name in brands.COLOURS[scheme]:
                self.fields[f"{scheme}_{name}"] = forms.RegexField(
                    r"^#[0-9a-fA-F]{6}\Z",
                    label=COLOUR_LABELS.get(name, name),
                    initial=full[name],
                    error_messages={"invalid": _("Write a colour as #rrggbb.")},
                    widget=forms.TextInput(
                        attrs={
                            "type": "color",
                            "class": "bo-input",
                            "data-preview": f"{scheme}-{name}",
                        }
                    ),
                )
        for language, _name in django_settings.LANGUAGES:
            for key in brands.TEXTS:
                self.fields[f"text_{language}_{key}"] = forms.CharField(
                    label=TEXT_LABELS.get(key, key),
                    required=False,
                    max_length=2000,
                    initial=row.texts.get(language, {}).get(key, ""),
                    widget=forms.Textarea(
                        attrs={"rows": 2, "class": "bo-input bo-textarea", "lang": language}
                    ),
                )

    def colour_fields(self, scheme: str) -> list[Any]:
        return [self[f"{scheme}_{name}"] for name in brands.COLOURS[scheme]]

    def text_fields(self, language: str) -> list[Any]:
        return [self[f"text_{language}_{key}"] for key in brands.TEXTS]

    def plain_fields(self) -> list[Any]:
        names = ["name", "support_address", "mail_from", "languages", "default_language"]
        return [self[name] for name in names]

    def clean_logo(self) -> str:
        upload = self.cleaned_data.get("logo")
        if not upload:
            return ""
        if upload.size > 300_000:
            raise forms.ValidationError(_("This file is too large for a logo."))
        try:
            return str(upload.read().decode("utf-8").strip())
        except UnicodeDecodeError:
            raise forms.ValidationError(_("This is no SVG file.")) from None

    def changes(self, row: Brand) -> dict[str, Any]:
        """What differs from ``row``, as `change_brand` takes it."""
        values = self.cleaned_data
        wanted: dict[str, Any] = {
            "name": values["name"],
            "support_address": values["support_address"],
            "mail_from": values["mail_from"],
            "languages": values["languages"],
            "default_language": values["default_language"],
            "colours": {
                scheme: {
                    name: values[f"{scheme}_{name}"].lower() for name in brands.COLOURS[scheme]
                }
                for scheme in SCHEMES
            },
            "texts": self._texts(),
        }
        if values["logo"]:
            wanted["logo_svg"] = values["logo"]
        elif values["remove_logo"]:
            wanted["logo_svg"] = ""
        return {name: value for name, value in wanted.items() if getattr(row, name) != value}

    def _texts(self) -> dict[str, dict[str, str]]:
        texts: dict[str, dict[str, str]] = {}
        for language, _name in django_settings.LANGUAGES:
            table = {
                key: self.cleaned_data[f"text_{language}_{key}"].replace("\r\n", "\n")
                for key in brands.TEXTS
                if self.cleaned_data[f"text_{language}_{key}"]
            }
            if table:
                texts[language] = table
        return texts


class EditBrand(ActionPage):
    """Change the brand with a live preview."""

    template = "brand_edit.html"

    def target(self, **kwargs: Any) -> Brand:
        return Brand.objects.get(tenant_id=current_tenant().pk)

    def title(self, target: Brand) -> str:
        return _("Change the brand")

    def confirm_label(self, target: Brand) -> str:
        return _("Save the brand")

    def form(self, target: Brand, data: Any = None, files: Any = None) -> BrandForm:
        return BrandForm(data, files, row=target)

    def extra(self, target: Brand, form: StaffForm) -> dict[str, Any]:
        assert isinstance(form, BrandForm)
        names = dict(django_settings.LANGUAGES)
        shown = sorted(names, key=lambda code: (code not in target.languages, code))
        return {
            "plain_fields": form.plain_fields(),
            "colour_groups": [
                (_("Light"), "light", form.colour_fields("light")),
                (_("Dark"), "dark", form.colour_fields("dark")),
            ],
            "text_groups": [
                (names[code], form.text_fields(code), code in target.languages) for code in shown
            ],
            "logo_fields": [form["logo"]] + ([form["remove_logo"]] if target.logo_svg else []),
            "reason_field": form["reason"],
            "view": brands.view_of(current_tenant()),
            "warnings": contrast_warnings(target.colours),
        }

    def perform(self, target: Brand, values: dict[str, Any]) -> str:
        assert isinstance(self.sent, BrandForm)
        changes = self.sent.changes(target)
        if not changes:
            raise ValidationError(_("Nothing was changed."))
        actions.change_brand(
            tenant=current_tenant(),
            acting_user=self.request.user,
            reason=values["reason"],
            expected_version=values["version"],
            **changes,
        )
        return _("The brand is saved. Pages show it within about a second.")

    def back(self, target: Brand) -> str:
        return self.url("brand")

    def crumbs(self, target: Brand) -> list[tuple[str, str]]:
        return [(_("Brand"), self.url("brand"))]


PAGES = (
    pages.Page("brand/", "brand", brand, "brand.view"),
    pages.Page("brand/edit/", "edit_brand", EditBrand.as_view(), "brand.change"),
)
