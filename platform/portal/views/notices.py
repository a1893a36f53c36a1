"""The user's notices: a list, following one, and reading all."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from messaging import notices as messaging
from messaging import selectors
from portal.guard import customer_page, limited

PAGE_ROWS = 30


@require_safe
@customer_page
def notices(request: HttpRequest) -> HttpResponse:
    """Newest first."""
    pages = Paginator(selectors.notices_of(request.user), PAGE_ROWS)
    shown = pages.get_page(request.GET.get("page"))
    values = {
        "notices": shown.object_list,
        "unread": selectors.unread_count(request.user.pk),
        "page": {
            "has_previous": shown.has_previous(),
            "first_query": "",
            "next_query": f"page={shown.next_page_number()}" if shown.has_next() else "",
        },
    }
    return render(request, "portal/notices.html", values)


@require_POST
@limited("notices", per_minute=120)
@customer_page
def read_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """It is read from now on; leads to what it is about."""
    notice = messaging.read(acting_user=request.user, notice_id=notice_id)
    if notice is None:
        raise Http404
    is_here = notice.path.startswith("/") and url_has_allowed_host_and_scheme(
        notice.path, allowed_hosts=None
    )
    return redirect(notice.path if is_here else "portal:notices")


@require_POST
@limited("notices", per_minute=120)
@customer_page
def read_all_notices(request: HttpRequest) -> HttpResponse:
    messaging.read_all(acting_user=request.user)
    return redirect("portal:notices")
