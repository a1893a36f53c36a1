"""The start page: what needs attention, the day in figures."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice import access, pages
from backoffice.tenant import attention
from tenants.selectors import current_tenant
from wallets.ledger.verify import verify_books


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
            "sees_ledger": access.may(request.user, "ledger.view"),
        },
        title=_("Home"),
    )


def books(request: HttpRequest) -> HttpResponse:
    """The proof of the books as a small part of the start page, fetched after it is shown."""
    return pages.render_part(
        request, "parts/books.html", {"breaks": verify_books(current_tenant())}
    )


PAGES = (
    pages.Page("", "index", home, "backoffice.enter"),
    pages.Page("home/books/", "home_books", books, "ledger.view"),
)
