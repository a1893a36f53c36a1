"""What a brand that is not published would look like: the portal's own pages, and a mail."""

import copy
import re
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, QueryDict
from django.urls import resolve
from django.utils import translation

from messaging import actions as messaging
from tenants import brands, declared
from tenants.models import Brand
from tenants.selectors import current_tenant

SCHEMES = ("light", "dark")
# What can be looked at: pages that anybody sees, and a mail.
PAGES = {"front": "/", "markets": "/markets", "sign_up": "/sign-up"}
MAIL = "mail"
_SCRIPTS = re.compile(r"<script\b.*?</script>|<link rel=\"manifest\"[^>]*>", re.DOTALL)


def page_in(request: HttpRequest, brand: Brand, *, page: str, scheme: str, language: str) -> str:
    """HTML of a page of the portal, or of a mail, in ``brand``, as a stranger would see it.

    It runs nothing and leads nowhere: it is there to be looked at in a frame.
    """
    view = brands.view_of_row(current_tenant(), brand, is_draft=True)
    shown = language if language in view.languages else view.default_language
    if page == MAIL:
        html = _mail(view, shown)
    else:
        html = _portal(request, view, PAGES[page], scheme, shown)
    return _SCRIPTS.sub("", html).replace("<body", "<body inert", 1)


def _mail(view: brands.BrandView, language: str) -> str:
    look = declared.mail_brand_of(current_tenant(), view)
    _, _, _, html = messaging.render_mail(
        "verify_email", {"path": "/verify/example"}, brand=look, language=language
    )
    return html


def _portal(
    request: HttpRequest, view: brands.BrandView, path: str, scheme: str, language: str
) -> str:
    """The page's own view, asked by nobody in particular."""
    asked: Any = copy.copy(request)
    asked.method, asked.path, asked.path_info = "GET", path, path
    asked.GET = QueryDict()
    asked._post = QueryDict()
    asked._messages = []  # those of the staff member are for his own pages
    asked.COOKIES = {"theme": scheme}
    asked.user = AnonymousUser()
    asked.brand_shown = view
    asked.resolver_match = match = resolve(path)
    with translation.override(language):
        response = match.func(asked, *match.args, **match.kwargs)
        if hasattr(response, "render"):
            response.render()
    return str(response.content.decode())
