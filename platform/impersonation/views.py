"""Opening the link that begins it, and the button that ends it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from impersonation import actions, cookies, selectors
from impersonation.errors import ImpersonationError


@require_safe
@never_cache
def open_link(request: HttpRequest, link: str) -> HttpResponse:
    """From the link, once, to the first page as the person sees it."""
    if request.method == "HEAD":
        return HttpResponse()  # who only asks whether it is there does not use it up
    try:
        row, secret, seconds = actions.open_link(link)
    except ImpersonationError:
        raise Http404 from None
    response = redirect("/backoffice/" if row.user.is_staff else "/dashboard")
    cookies.set_cookie(response, secret, seconds)
    return response


@require_POST
@never_cache
def end(request: HttpRequest) -> HttpResponse:
    """End it, and back to where staff came from; an operator's other tab is still there."""
    row = selectors.by_cookie(request.COOKIES.get(cookies.NAME, ""))
    address = "/"
    if row is not None:
        actions.end(row=row, acting_user=selectors.actor_of(row))
        if not row.is_by_platform:
            address = f"/backoffice/customers/{row.user_id}/"
    response = redirect(address)
    cookies.forget(response)
    return response
