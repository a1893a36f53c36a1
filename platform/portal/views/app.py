"""What makes the portal an app: manifest, icons, service worker, offline page, push."""

import json
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from messaging import push as pushing
from portal import app_icons
from portal.guard import customer_page, limited
from portal.views.errors import theme_of
from tenants import brands

MOST_BYTES = 4_096  # of a subscription


@require_safe
@cache_control(public=True, max_age=3_600)
def manifest(request: HttpRequest) -> HttpResponse:
    """The brand's web app manifest."""
    brand = brands.view_of(request.tenant)  # type: ignore[attr-defined]
    icons: list[dict[str, str]] = []
    if brand.logo_svg:
        address = brand.logo_address
        icons.append({"src": address, "sizes": "any", "type": "image/svg+xml"})
    for size in (192, 512):
        address = f"{reverse('portal:icon', args=[size])}?v={brand.version}"
        for purpose in ("any", "maskable"):
            icons.append(
                {
                    "src": address,
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": purpose,
                }
            )
    body = {
        "id": "/",
        "name": brand.name,
        "short_name": brand.name[:12].strip(),
        "description": brand.tagline or brand.name,
        "lang": get_language(),
        "start_url": "/dashboard",
        "scope": "/",
        "display": "standalone",
        "background_color": brand.light["background"],
        "theme_color": brand.light["surface"],
        "icons": icons,
        "shortcuts": [
            {"name": _("Trade"), "url": reverse("portal:trade")},
            {"name": _("Markets"), "url": reverse("portal:markets")},
            {"name": _("Balances"), "url": reverse("portal:balances")},
        ],
    }
    return JsonResponse(body, content_type="application/manifest+json")


@require_safe
@cache_control(public=True, max_age=86_400)
def icon(request: HttpRequest, size: int) -> HttpResponse:
    """The brand's icon as a PNG."""
    if size not in app_icons.SIZES:
        raise Http404
    brand = brands.view_of(request.tenant)  # type: ignore[attr-defined]
    picture = app_icons.png(brand.name, brand.light["primary"], brand.light["on_primary"], size)
    return HttpResponse(picture, content_type="image/png")


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root, so that it serves the whole site; browsers look for a new one themselves."""
    response = render(
        request, "portal/service-worker.js", content_type="text/javascript; charset=utf-8"
    )
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
@cache_control(public=True, max_age=3_600)
def offline(request: HttpRequest) -> HttpResponse:
    """What the service worker shows without a network: nothing of anybody is on it."""
    brand = brands.view_of(request.tenant)  # type: ignore[attr-defined]
    values = {
        "brand": brand,
        "title": _("You are offline"),
        "text": _("This page needs the network. Nothing that you sent before is lost."),
        "steps": [
            _("Look whether Wi-Fi or mobile data is on."),
            _("This page goes on by itself as soon as there is a connection."),
            _("Orders that rest in the book stay there while you are away."),
        ],
        "theme": theme_of(request),
    }
    return render(request, "portal/offline.html", values)


@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
@limited("push", per_minute=20)
@customer_page
def push(request: HttpRequest) -> HttpResponse:
    """The key to subscribe with; keeping a subscription; forgetting it."""
    if request.method in ("GET", "HEAD"):
        return JsonResponse({"key": pushing.public_key()})
    try:
        if len(request.body) > MOST_BYTES:
            raise pushing.BadSubscription
        told = json.loads(request.body)
        if request.method == "DELETE":
            pushing.forget(acting_user=request.user, endpoint=str(told["endpoint"]))
        else:
            pushing.keep(
                acting_user=request.user,
                endpoint=told["endpoint"],
                p256dh=told["keys"]["p256dh"],
                auth=told["keys"]["auth"],
                user_agent=request.META.get("HTTP_USER_AGENT", ""),
            )
    except (ValueError, KeyError, TypeError, pushing.BadSubscription):
        return JsonResponse(
            {"error": _("This is no push subscription.")}, status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
