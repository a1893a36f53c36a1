"""The start page: what needs attention, the day in figures."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice import access, pages
from backoffice.tenant import attention, books


def home(request: HttpRequest) -> HttpResponse:
    """What to do first, and how the day goes."""
    now = timezone.now()
    return pages.render(
        request,
        "home.html",
        {
            "tasks": attention.tasks(request),
            "figures": attention.figures(now),
            "standing": attention.standing(),
            "sign_ups": attention.sign_ups_by_day(now),
            "trades": attention.trades_by_hour(now),
            "books": books.standing(now) if access.may(request.user, "ledger.view") else None,
        },
        title=_("Home"),
    )


PAGES = (pages.Page("", "index", home, "backoffice.enter"),)
