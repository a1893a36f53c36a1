"""What every page of the staff's web shares: its declaration, its guard, its frame.

A page names its route, its view and the capability it needs. The two sites build their URLs,
their menu and the permission tests from these declarations, so none of them can drift.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from backoffice import access, counted, languages, looks, right_words

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Page:
    """One page: ``capability`` is what a role must have; "" is any staff with a second factor."""

    route: str
    name: str
    view: View
    capability: str


def url(request: HttpRequest, name: str, *args: Any, **query: Any) -> str:
    """The address of a page of the site the request is on; None values are left out."""
    address = reverse(f"{site_of(request).name}:{name}", args=args)
    wanted = {key: value for key, value in query.items() if value not in (None, "")}
    return f"{address}?{urlencode(wanted)}" if wanted else address


def site_of(request: HttpRequest) -> Any:
    """The staff site that serves this request."""
    return request.staff_site  # type: ignore[attr-defined]


def render(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    title: str,
    crumbs: Iterable[tuple[str, str]] = (),
    status: int = 200,
) -> HttpResponse:
    """A page in the frame of its site. ``crumbs``: (name, address) of the pages above it."""
    site = site_of(request)
    response = TemplateResponse(
        request,
        f"backoffice/{template}",
        {
            **site.each_context(request),
            "title": title,
            "crumbs": list(crumbs),
            "site_name": site.name,
            **(context or {}),
        },
        status=status,
    )
    add_never_cache_headers(response)
    return response.render()


def render_part(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A piece of a page, without its frame."""
    context = {"site_name": site_of(request).name, **context}
    return TemplateResponse(request, f"backoffice/{template}", context).render()


def forbidden(request: HttpRequest, capability: str) -> HttpResponse:
    """The branded page for staff whose role does not reach this far."""
    return render(
        request,
        "problem.html",
        {
            "headline": _("Your role does not include this page"),
            "sentence": _(
                "You are signed in as %(role)s. This takes the right “%(capability)s”, which these "
                "roles have: %(roles)s. Ask one of them to do it."
            )
            % {
                "role": access.role_title(request.user),
                "capability": right_words.words_of(capability),
                "roles": ", ".join(access.roles_with(request.user, capability)) or "–",
            },
            "icon": "lock",
        },
        title=_("Not allowed"),
        status=403,
    )


def missing(request: HttpRequest) -> HttpResponse:
    """The branded page for an object that does not exist here."""
    return render(
        request,
        "problem.html",
        {
            "headline": _("There is nothing here"),
            "sentence": _("The address is wrong, or what it named belongs to no one here."),
            "icon": "search_off",
        },
        title=_("Not found"),
        status=404,
    )


def switched_off(request: HttpRequest) -> HttpResponse:
    """The branded page of a feature that the platform switched off for this firm."""
    return render(
        request,
        "problem.html",
        {
            "headline": _("Your firm does not have this"),
            "sentence": _("The platform has switched this off here. Ask it if you need it."),
            "icon": "toggle_off",
        },
        title=_("Not here"),
        status=404,
    )


def guarded(site: Any, page: Page) -> View:
    """The page's view behind sign-in, second factor and capability."""

    @languages.in_staff_language
    @wraps(page.view)
    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.staff_site = site  # type: ignore[attr-defined]
        request.current_app = site.name  # type: ignore[attr-defined]
        if not site.has_permission(request):
            return redirect(f"{reverse(f'{site.name}:login')}?{urlencode(_next_of(request))}")
        if access.is_switched_off(request, request.path):
            return switched_off(request)
        if page.capability and not access.may(request.user, page.capability):
            return forbidden(request, page.capability)
        try:
            response = page.view(request, *args, **kwargs)
        except PermissionDenied:
            return forbidden(request, page.capability)
        except Http404:
            return missing(request)
        if request.method == "POST" and response.status_code == 302:
            counted.forget()
        if site.uses_tenant_schema and request.method == "GET" and response.status_code == 200:
            looks.note(request, page.name, kwargs)
        add_never_cache_headers(response)
        return response

    return view


def _next_of(request: HttpRequest) -> dict[str, str]:
    """Where to come back to after sign-in: the page that was read, or on which the form stands
    that was sent; what was typed into it waits there."""
    if request.method == "GET":
        return {"next": request.get_full_path()}
    page = urlsplit(request.headers.get("Referer", ""))
    if page.netloc != request.get_host():
        return {}
    return {"next": f"{page.path}?{page.query}" if page.query else page.path}


def patterns(site: Any, pages: Iterable[Page]) -> list[URLPattern]:
    """URL patterns of ``pages``, each behind its guard."""
    return [path(page.route, guarded(site, page), name=page.name) for page in pages]
