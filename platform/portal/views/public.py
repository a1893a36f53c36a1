"""Pages anybody may see, and choosing a language."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import select_template
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import JavaScriptCatalog

from identity import cookies
from portal import fees, markets
from portal.guard import limited, next_address
from tenants import brands

LANDING_ROWS = 8


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """The brand's front page with live prices."""
    brand = brands.view_of(request.tenant)  # type: ignore[attr-defined]
    art = select_template([f"brands/{brand.slug}/hero.svg", "brands/default/hero.svg"])
    rates = fees.standard_rates()
    values = {
        "art": art.template.name,
        "instruments": markets.rows()[:LANDING_ROWS],
        "best": min(rates, key=lambda rate: (rate.maker_ppm, rate.taker_ppm), default=None),
    }
    return render(request, "portal/landing.html", values)


@require_safe
def fee_page(request: HttpRequest) -> HttpResponse:
    """What trading costs: the public rates, or the signed-in customer's own, and his tier."""
    values = {"sheet": fees.sheet_of(request.user), "own": request.user.is_authenticated}
    return render(request, "portal/fees.html", values)


@require_safe
@cache_control(public=True, max_age=300)
def script_catalogue(request: HttpRequest, language: str) -> HttpResponse:
    """The browser's translations."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        response: HttpResponse = JavaScriptCatalog.as_view()(request)
    return response


@require_POST
@limited("language", per_minute=30)
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the visitor's language, and with a user for his mail as well."""
    language = request.POST.get("language", "")
    response = redirect(next_address(request, "portal:landing"))
    if language in brands.view_of(request.tenant).languages:  # type: ignore[attr-defined]
        cookies.remember_language(request, response, language)
    return response
