"""unfold's settings of the two staff sites; whatever belongs to a brand is a callable."""

from typing import Any

from django.http import HttpRequest

from backoffice import colours

OPERATOR_COLOUR = "#0f766e"
OPERATOR_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='8' fill='%230f766e'/%3E%3Cpath d='M8 23V9l8 9 8-9v14' "
    "fill='none' stroke='white' stroke-width='3' stroke-linejoin='round'/%3E%3C/svg%3E"
)


def brand_name(request: HttpRequest) -> str:
    """The name of the brand whose host this is."""
    from tenants import brands

    return brands.view_of(request.tenant).name  # type: ignore[attr-defined]


def tenant_scale(request: HttpRequest) -> dict[str, str]:
    """The brand's main colour as unfold's scale."""
    from tenants import brands

    primary = brands.view_of(request.tenant).light["primary"]  # type: ignore[attr-defined]
    return colours.scale_of(primary if colours.is_hex(primary) else OPERATOR_COLOUR)


def operator_scale(_request: HttpRequest) -> dict[str, str]:
    return colours.scale_of(OPERATOR_COLOUR)


def brand_colours(request: HttpRequest) -> str:
    """The brand's own variables, from which the tokens are worked out."""
    from django.urls import reverse

    from tenants import brands

    version = brands.view_of(request.tenant).version  # type: ignore[attr-defined]
    return f"{reverse('tenants:theme')}?v={version}"


def stylesheet(_request: HttpRequest) -> str:
    from django.templatetags.static import static

    return static("backoffice/backoffice.css")


def pages_stylesheet(_request: HttpRequest) -> str:
    from django.templatetags.static import static

    return static("backoffice/pages.css")


def rules_stylesheet(_request: HttpRequest) -> str:
    from django.templatetags.static import static

    return static("backoffice/rules.css")


def favicon(request: HttpRequest) -> str | None:
    """The brand's logo as the tab's icon, where it has one."""
    from tenants import brands

    return brands.view_of(request.tenant).logo_address or None  # type: ignore[attr-defined]


def script(_request: HttpRequest) -> str:
    from django.templatetags.static import static

    return static("backoffice/backoffice.js")


def palette(_request: HttpRequest) -> str:
    from django.templatetags.static import static

    return static("backoffice/palette.js")


def job_script(_request: HttpRequest) -> str:
    from django.templatetags.static import static

    return static("backoffice/job.js")


def drafts_script(_request: HttpRequest) -> str:
    from django.templatetags.static import static

    return static("backoffice/drafts.js")


_COMMON: dict[str, Any] = {
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "8px",
    "SCRIPTS": [script, palette, job_script, drafts_script],
}
UNFOLD_TENANT: dict[str, Any] = {
    **_COMMON,
    "STYLES": [brand_colours, stylesheet, pages_stylesheet, rules_stylesheet],
    "SITE_TITLE": brand_name,
    "SITE_HEADER": brand_name,
    "SITE_FAVICONS": [{"rel": "icon", "href": favicon}],
    "COLORS": {"primary": tenant_scale},
}
UNFOLD_OPERATOR: dict[str, Any] = {
    **_COMMON,
    "STYLES": [stylesheet, pages_stylesheet],
    "SITE_TITLE": "Marque",
    "SITE_HEADER": "Marque",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": OPERATOR_ICON}],
    "COLORS": {"primary": operator_scale},
}
