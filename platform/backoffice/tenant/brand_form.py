"""The form of the brand studio: every field of a brand, read from and into its content."""

from typing import Any

from django import forms
from django.conf import settings as django_settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.contrast import SCHEMES
from backoffice.forms import StaffForm
from tenants import brand_content, brands, logos
from tenants.models import Brand

COLOUR_LABELS = {
    "primary": gettext_lazy("Main colour"),
    "on_primary": gettext_lazy("Text on it"),
    "accent": gettext_lazy("Accent"),
    "background": gettext_lazy("Background"),
    "surface": gettext_lazy("Panels"),
    "text": gettext_lazy("Text"),
}
TEXT_LABELS = {
    "tagline": gettext_lazy("Headline of the front page"),
    "introduction": gettext_lazy("Introduction below it"),
    "footer": gettext_lazy("Footer"),
    "legal_links": gettext_lazy("Legal links"),
    "risk_notice": gettext_lazy("Risk notice"),
    "mail_signature": gettext_lazy("Signature of mails"),
    "mail_footer": gettext_lazy("Small print of mails"),
    "suspended": gettext_lazy("Notice while suspended"),
}
_TEXT_HELP = {
    "legal_links": gettext_lazy("One a line: Terms of use | https://example.com/terms"),
}
_ONE_LINE = {"tagline"}
_PLAIN = ("name", "support_address", "languages", "default_language")
_MAIL = ("mail_from", "mail_look")


class BrandForm(StaffForm):
    """Every field of a brand; colours and texts are added from what brands may set."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    support_address = forms.EmailField(
        label=gettext_lazy("Support address"), required=False, max_length=254
    )
    mail_from = forms.EmailField(
        label=gettext_lazy("Sender of mails"), required=False, max_length=254
    )
    mail_look = forms.ChoiceField(
        label=gettext_lazy("Head of mails"), choices=Brand.MailLook.choices
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
        label=gettext_lazy("New drawing (SVG)"),
        required=False,
        help_text=gettext_lazy(
            "For pages. What an editor left in it is taken out; scripts are refused."
        ),
        widget=forms.FileInput(attrs={"accept": ".svg,image/svg+xml"}),
    )
    remove_logo = forms.BooleanField(label=gettext_lazy("Remove the drawing"), required=False)
    picture = forms.FileField(
        label=gettext_lazy("New picture (PNG, JPEG, WebP)"),
        required=False,
        help_text=gettext_lazy(
            "For mails, whose readers show no SVG, and for pages without a drawing."
        ),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    remove_picture = forms.BooleanField(label=gettext_lazy("Remove the picture"), required=False)

    def __init__(self, *args: Any, row: Brand, **kwargs: Any) -> None:
        self.row = row
        initial = {name: getattr(row, name) for name in (*_PLAIN, *_MAIL)}
        super().__init__(*args, initial=initial, **kwargs)
        self._add_colours(row)
        self._add_texts(row)

    def _add_colours(self, row: Brand) -> None:
        for scheme in SCHEMES:
            full = brands.COLOURS[scheme] | row.colours.get(scheme, {})
            for name in brands.COLOURS[scheme]:
                self.fields[f"{scheme}_{name}"] = forms.RegexField(
                    r"^#[0-9a-fA-F]{6}\Z",
                    label=COLOUR_LABELS.get(name, name),
                    initial=full[name],
                    error_messages={"invalid": _("Write a colour as #rrggbb.")},
                    widget=forms.TextInput(attrs={"type": "color", "class": "bo-input"}),
                )

    def _add_texts(self, row: Brand) -> None:
        for language, _name in django_settings.LANGUAGES:
            for key in brands.TEXTS:
                rows = 1 if key in _ONE_LINE else 2
                self.fields[f"text_{language}_{key}"] = forms.CharField(
                    label=TEXT_LABELS.get(key, key),
                    help_text=_TEXT_HELP.get(key, ""),
                    required=False,
                    max_length=2000,
                    initial=row.texts.get(language, {}).get(key, ""),
                    widget=forms.Textarea(
                        attrs={"rows": rows, "class": "bo-input bo-textarea", "lang": language}
                    ),
                )

    def clean_logo(self) -> str:
        upload = self.cleaned_data.get("logo")
        return _taken_in(logos.clean_svg, upload) if upload else ""

    def clean_picture(self) -> str:
        upload = self.cleaned_data.get("picture")
        return _taken_in(logos.clean_picture, upload) if upload else ""

    def plain_fields(self) -> list[Any]:
        return [self[name] for name in _PLAIN]

    def mail_fields(self) -> list[Any]:
        return [self[name] for name in _MAIL]

    def logo_fields(self) -> list[Any]:
        removals = {"remove_logo": self.row.logo_svg, "remove_picture": self.row.logo_png}
        names = ("logo", "remove_logo", "picture", "remove_picture")
        return [self[name] for name in names if removals.get(name, "always")]

    def colour_fields(self, scheme: str) -> list[Any]:
        return [self[f"{scheme}_{name}"] for name in brands.COLOURS[scheme]]

    def text_fields(self, language: str) -> list[Any]:
        return [self[f"text_{language}_{key}"] for key in brands.TEXTS]

    def content(self) -> dict[str, Any]:
        """The brand as the form has it; what is wrong in the form is as the row has it."""
        values = self.cleaned_data
        content = brand_content.content_of(self.row)
        content |= {name: values[name] for name in (*_PLAIN, *_MAIL) if name in values}
        content["colours"] = {
            scheme: {
                name: values.get(field := f"{scheme}_{name}", self.fields[field].initial).lower()
                for name in brands.COLOURS[scheme]
            }
            for scheme in SCHEMES
        }
        content["texts"] = self._texts()
        for name, upload, removal in (
            ("logo_svg", "logo", "remove_logo"),
            ("logo_png", "picture", "remove_picture"),
        ):
            if values.get(upload):
                content[name] = values[upload]
            elif values.get(removal):
                content[name] = ""
        return content

    def _texts(self) -> dict[str, dict[str, str]]:
        texts: dict[str, dict[str, str]] = {}
        for language, _name in django_settings.LANGUAGES:
            for key in brands.TEXTS:
                name = f"text_{language}_{key}"
                text = self.cleaned_data.get(name, self.fields[name].initial)
                if text:
                    texts.setdefault(language, {})[key] = text.replace("\r\n", "\n")
        return texts


def _taken_in(clean: Any, upload: Any) -> str:
    try:
        return str(clean(upload.read()))
    except logos.BadLogo as error:
        raise forms.ValidationError(str(error)) from error
