"""The start page: what needs attention, the day in figures."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice import access, pages
from backoffice.tenant import attention, books, figures


def home(request: HttpRequest) -> HttpResponse:
    """What to do first, and how the day goes."""
    now = timezone.now()
    sees_books = access.may(request.user, "ledger.view")
    return pages.render(
        request,
        "home.html",
        {
            "now": now,
            "tasks": attention.tasks(request),
            "figures": figures.figures(now),
            "standing": attention.standing(),
            "sign_ups": figures.sign_ups_by_day(now),
            "trades": figures.trades_by_hour(now),
            "volume": figures.volume_by_day(now),
            "traded": figures.volume_by_instrument(now),
            "owed": figures.owed() if sees_books else None,
            "books": books.standing(now) if sees_books else None,
        },
        title=_("Home"),
    )


PAGES = (pages.Page("", "index", home, "backoffice.enter"),)
