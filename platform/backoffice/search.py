"""Find anything by what a person has at hand: an e-mail, an id, a seq, a name."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from backoffice import pages
from backoffice.tables import asked


class Hit(NamedTuple):
    title: str
    description: str
    link: str
    icon: str


def results(request: HttpRequest) -> HttpResponse:
    """The list below the search field of the command palette."""
    term = asked(request, "s")
    hits: list[Any] = pages.site_of(request).find(request, term) if term else []
    return render(
        request,
        "backoffice/parts/search_results.html",
        {"results": hits, "term": term},
    )
