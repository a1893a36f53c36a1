"""Who saw what: the staff's looks at pages about customers."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import selectors
from audit.models import PageView
from backoffice import access, cells, looks, object_words, page_words, pages
from backoffice.tables import Choice, Column, Days, Listing, asked
from identity.models import User


def views_seen(request: HttpRequest) -> HttpResponse:
    """All looks, newest first; ``type`` and ``id`` narrow them to one object."""
    rows = selectors.views()
    wanted_id = asked(request, "id")
    if wanted_id:
        rows = rows.filter(object_id=wanted_id)
    names: dict[int, str] = {}

    def viewer(row: PageView) -> str:
        if row.viewer_id not in names:
            user = User.objects.filter(pk=row.viewer_id).first()
            names[row.viewer_id] = (
                f"{user.name or user.email} ({access.role_words(user.role)})" if user else "–"
            )
        return names[row.viewer_id]

    listing = Listing(
        columns=[
            Column(gettext_lazy("Who"), viewer, "main"),
            Column(gettext_lazy("Page"), lambda v: page_words.words_of(v.page)),
            Column(
                gettext_lazy("Of"),
                lambda v: cells.pair(object_words.words_of(v.object_type), v.object_id),
            ),
            Column(gettext_lazy("First (UTC)"), lambda v: cells.when(v.first_at)),
            Column(gettext_lazy("Last in that hour"), lambda v: cells.when(v.last_at)),
            Column(gettext_lazy("Times"), lambda v: cells.number(v.times), "number"),
        ],
        filters=[
            Choice(
                "type",
                gettext_lazy("Object"),
                [(kind, object_words.words_of(kind)) for kind in looks.OBJECTS.values()],
                lambda rows, value: rows.filter(object_type=value),
            ),
            Days("hour", gettext_lazy("Day"), "hour"),
        ],
        search=_search,
        search_hint=gettext_lazy("E-mail of who looked, or of who was looked at"),
        empty_headline=gettext_lazy("Nobody has looked at a customer's page yet"),
    )
    return pages.render(
        request,
        "list.html",
        {
            "table": listing.page(request, rows),
            "kept": [("id", wanted_id)] if wanted_id else [],
            "intro": _("Pages about customers that staff opened; in one hour one line."),
            "buttons": [(_("Audit trail"), pages.url(request, "audit"), "")],
        },
        title=_("Who saw what"),
    )


def _search(rows: QuerySet, term: str) -> QuerySet:
    found = User.objects.filter(email__icontains=term).values_list("pk", flat=True)[:200]
    ids = list(found)
    return rows.filter(viewer_id__in=ids) | rows.filter(
        object_type="identity.user", object_id__in=[str(pk) for pk in ids]
    )


def button(request: HttpRequest, kind: str, object_id: Any) -> str:
    """The address of the looks at one object."""
    return pages.url(request, "views_seen", type=kind, id=object_id)


PAGES = (pages.Page("audit/views/", "views_seen", views_seen, "audit.view"),)
