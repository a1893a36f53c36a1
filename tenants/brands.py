"""A brand as pages see it: complete colours, texts and languages, whatever the row leaves out."""

from dataclasses import dataclass
from typing import Any

from django.utils import translation

from tenants import selectors
from tenants.models import Brand, Tenant

# Names of the colours a brand may set, with the platform's own values.
COLOURS: dict[str, dict[str, str]] = {
    "light": {
        "primary": "#3538cd",
        "on_primary": "#ffffff",
        "accent": "#0f766e",
        "background": "#f7f8fa",
        "surface": "#ffffff",
        "text": "#14161c",
    },
    "dark": {
        "primary": "#8098f9",
        "on_primary": "#0b0d14",
        "accent": "#2dd4bf",
        "background": "#0e1016",
        "surface": "#171a22",
        "text": "#eceef4",
    },
}

# Texts a brand may set per language.
TEXTS = ("tagline", "introduction", "footer", "risk_notice", "mail_signature", "suspended")

PLATFORM_NAME = "Marque"


@dataclass(frozen=True)
class BrandView:
    """Read-only brand for templates, mail and the API."""

    slug: str
    name: str
    light: dict[str, str]
    dark: dict[str, str]
    logo_svg: str
    texts: dict[str, dict[str, str]]
    languages: tuple[str, ...]
    default_language: str
    support_address: str
    mail_from: str
    version: int

    def text(self, key: str, language: str | None = None) -> str:
        """The text in ``language`` (else the active one, else the default one), else empty."""
        wanted = language or translation.get_language() or self.default_language
        for candidate in (wanted, self.default_language):
            value = self.texts.get(candidate, {}).get(key)
            if value:
                return value
        return ""

    @property
    def tagline(self) -> str:
        return self.text("tagline")

    @property
    def introduction(self) -> str:
        return self.text("introduction")

    @property
    def footer(self) -> str:
        return self.text("footer")

    @property
    def risk_notice(self) -> str:
        return self.text("risk_notice")

    @property
    def suspended_text(self) -> str:
        return self.text("suspended", self.default_language)

    @property
    def css(self) -> str:
        """The brand's colours as CSS variables (``--brand-primary`` …), light and dark."""
        return (
            f":root{{{_variables(self.light)}}}"
            f"@media (prefers-color-scheme: dark){{:root{{{_variables(self.dark)}}}}}"
            f':root[data-theme="light"]{{{_variables(self.light)}}}'
            f':root[data-theme="dark"]{{{_variables(self.dark)}}}'
        )


def _variables(colours: dict[str, str]) -> str:
    return "".join(f"--brand-{k.replace('_', '-')}:{v};" for k, v in colours.items())


def view_of(tenant: Tenant) -> BrandView:
    """The brand of ``tenant`` with the platform's defaults filled in."""
    try:
        row: Any = selectors.brand_of(tenant)
    except LookupError:
        row = Brand(name=tenant.name or PLATFORM_NAME, version=0)
    return BrandView(
        slug=tenant.slug,
        name=row.name,
        light=COLOURS["light"] | row.colours.get("light", {}),
        dark=COLOURS["dark"] | row.colours.get("dark", {}),
        logo_svg=row.logo_svg,
        texts=row.texts,
        languages=tuple(row.languages),
        default_language=row.default_language,
        support_address=row.support_address,
        mail_from=row.mail_from,
        version=row.version,
    )
