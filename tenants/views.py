import base64

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tenants import brands


@require_safe
def theme_css(request: HttpRequest) -> HttpResponse:
    """The brand's colours. Link it with ``?v={{ brand.version }}`` to let browsers keep it."""
    brand = brands.view_of(request.tenant)  # type: ignore[attr-defined]
    return _cacheable(request, brand.css, "text/css; charset=utf-8")


@require_safe
def logo_svg(request: HttpRequest) -> HttpResponse:
    """The brand's logo; it can run nothing, even when opened by itself."""
    brand = brands.view_of(request.tenant)  # type: ignore[attr-defined]
    if not brand.logo_svg:
        raise Http404
    response = _cacheable(request, brand.logo_svg, "image/svg+xml")
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


@require_safe
def logo_png(request: HttpRequest) -> HttpResponse:
    """The brand's picture, as mails and brands without a drawing show it."""
    brand = brands.view_of(request.tenant)  # type: ignore[attr-defined]
    if not brand.logo_png:
        raise Http404
    return _cacheable(request, base64.b64decode(brand.logo_png), "image/png")


def _cacheable(request: HttpRequest, body: str | bytes, content_type: str) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type)
    age_seconds = 31_536_000 if "v" in request.GET else 60
    response["Cache-Control"] = f"public, max-age={age_seconds}"
    return response
