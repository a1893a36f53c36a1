"""Host → tenant, for everything Django serves."""

from collections.abc import Callable, Container

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import set_urlconf
from django.utils import translation

from tenants import brands, selectors
from tenants.models import Tenant

GetResponse = Callable[[HttpRequest], HttpResponse]


class TenantMiddleware:
    """Puts the request into its tenant's schema; refuses unknown hosts, and of suspended tenants
    all but what their staff read."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        connection.set_schema_to_public()
        structlog.contextvars.clear_contextvars()
        tenant = selectors.tenant_by_host(request.META.get("HTTP_HOST", ""))
        if tenant is None:
            return unknown_host()
        structlog.contextvars.bind_contextvars(tenant=tenant.slug)
        if tenant.is_suspended and not tenant.is_platform and not _is_staff_reading(request):
            return suspended_notice(tenant)
        request.tenant = tenant  # type: ignore[attr-defined]
        request.urlconf = (  # type: ignore[attr-defined]
            settings.PUBLIC_SCHEMA_URLCONF if tenant.is_platform else settings.ROOT_URLCONF
        )
        set_urlconf(request.urlconf)  # type: ignore[attr-defined]
        connection.set_tenant(tenant)
        return self.get_response(request)


# Of a suspended firm its staff still sign in and read; what paints their pages is served as well.
_STAFF = ("/backoffice/", "/static/", "/brand/")
_SIGNING_IN = tuple(f"/backoffice/{name}/" for name in ("sign-in", "code", "sign-out"))


def _is_staff_reading(request: HttpRequest) -> bool:
    is_safe = request.method in ("GET", "HEAD", "OPTIONS")
    return request.path.startswith(_STAFF if is_safe else _SIGNING_IN)


def unknown_host() -> HttpResponse:
    """The answer at a host that belongs to nobody: it tells nothing about who is here."""
    return HttpResponse(render_to_string("tenants/unknown_host.html"), status=404)


def suspended_notice(tenant: Tenant) -> HttpResponse:
    """The branded page that a suspended tenant shows to all but its staff who read."""
    brand = brands.view_of(tenant)
    with translation.override(brand.default_language):
        page = render_to_string("tenants/suspended.html", {"brand": brand, "tenant": tenant})
    response = HttpResponse(page, status=503)
    response["Retry-After"] = "3600"
    response["Cache-Control"] = "no-store"
    return response


class BrandLocaleMiddleware:
    """Picks the language: the visitor's choice, else the user's, else the brand's default."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def language_of(request: HttpRequest, spoken: Container[str] | None = None) -> str:
    """The language of those spoken (None: by the brand) that is nearest to what who asks wants:
    chosen in this browser, else by this user, else the brand's default."""
    brand = brands.view_of(request.tenant)  # type: ignore[attr-defined]
    if spoken is None:
        spoken = brand.languages
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in spoken:
        return chosen
    preferred = getattr(request.user, "language", "")
    return preferred if preferred in spoken else brand.default_language
