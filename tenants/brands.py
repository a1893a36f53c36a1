"""A brand as pages see it: complete colours, texts and languages, whatever the row leaves out."""

import base64
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

# Texts a brand may set per language. `tagline` is the headline of the front page; a line of
# `legal_links` is “Terms of use | https://…”.
TEXTS = (
    "tagline", "introduction", "footer", "legal_links", "risk_notice",
    "mail_signature", "mail_footer", "suspended",
)  # fmt: skip

PLATFORM_NAME = "Marque"


@dataclass(frozen=True)
class BrandView:
    """Read-only brand for templates, mail and the API."""

    slug: str
    name: str
    light: dict[str, str]
    dark: dict[str, str]
    logo_svg: str
    logo_png: str  # base64
    texts: dict[str, dict[str, str]]
    languages: tuple[str, ...]
    default_language: str
    support_address: str
    mail_from: str
    mail_look: str
    version: int
    is_draft: bool = False  # no address serves it: its pictures stand in the page

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
    def legal_links(self) -> list[tuple[str, str]]:
        """Name and address of each legal document, in the reader's language."""
        return links_of(self.text("legal_links"))

    @property
    def logo_address(self) -> str:
        """Address of the logo on the tenant's own host, or empty."""
        if self.is_draft:
            return self._inline_logo
        if not (self.logo_svg or self.logo_png):
            return ""
        return f"/brand/logo.{'svg' if self.logo_svg else 'png'}?v={self.version}"

    @property
    def _inline_logo(self) -> str:
        if self.logo_svg:
            drawing = base64.b64encode(self.logo_svg.encode()).decode()
            return f"data:image/svg+xml;base64,{drawing}"
        return f"data:image/png;base64,{self.logo_png}" if self.logo_png else ""

    @property
    def logo_type(self) -> str:
        return "image/svg+xml" if self.logo_svg else "image/png"

    @property
    def suspended_text(self) -> str:
        return self.text("suspended", self.default_language)

    @property
    def css(self) -> str:
        """The brand's colours as CSS variables (``--brand-primary`` …). Each has its light and its
        dark value: which is meant, the page's ``color-scheme`` says."""
        return f":root{{{_variables(self.light, self.dark)}}}"


def _variables(light: dict[str, str], dark: dict[str, str]) -> str:
    return "".join(
        f"--brand-{name.replace('_', '-')}:light-dark({light[name]},{dark[name]});"
        for name in COLOURS["light"]
    )


def links_of(text: str) -> list[tuple[str, str]]:
    """Name and address of each line of `legal_links`; lines that are no link are left out."""
    pairs = (line.partition("|") for line in text.splitlines())
    return [(name.strip(), address.strip()) for name, bar, address in pairs if bar]


def view_of(tenant: Tenant) -> BrandView:
    """The published brand of ``tenant`` with the platform's defaults filled in."""
    try:
        row: Any = selectors.brand_of(tenant)
    except LookupError:
        row = Brand(name=tenant.name or PLATFORM_NAME, version=0)
    return view_of_row(tenant, row)


def view_of_row(tenant: Tenant, row: Any, *, is_draft: bool = False) -> BrandView:
    """Any state of a brand, such as a draft, as pages see it."""
    return BrandView(
        slug=tenant.slug,
        name=row.name,
        light=COLOURS["light"] | row.colours.get("light", {}),
        dark=COLOURS["dark"] | row.colours.get("dark", {}),
        logo_svg=row.logo_svg,
        logo_png=row.logo_png,
        texts=row.texts,
        languages=tuple(row.languages),
        default_language=row.default_language,
        support_address=row.support_address,
        mail_from=row.mail_from,
        mail_look=row.mail_look,
        version=row.version,
        is_draft=is_draft,
    )
