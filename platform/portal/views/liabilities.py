"""Proof of liabilities: the published roots for everybody, one's own leaves for the customer."""

from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal.guard import customer_page
from trading.accounts import selectors as accounts
from trading.accounts.errors import NoAccount
from wallets import liabilities as room
from wallets.liabilities import selectors
from wallets.liabilities.models import Publication

SHOWN = 12
SCRIPT = Path(room.__file__).parent / "verify_liabilities.py"


@require_safe
def liabilities(request: HttpRequest) -> HttpResponse:
    """The roots, newest first; how to check, and what the proof shows and what it does not."""
    rows = list(selectors.publications()[:SHOWN])
    values = {
        "publications": [(row, selectors.roots_of(row)) for row in rows],
        "latest": rows[0] if rows else None,
    }
    return render(request, "portal/liabilities.html", values)


@require_safe
@cache_control(public=True, max_age=300)
def script(request: HttpRequest) -> HttpResponse:
    """The program that checks a downloaded file without this site."""
    response = HttpResponse(SCRIPT.read_text(), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verify_liabilities.py"'
    return response


@require_safe
@customer_page
def own_leaves(request: HttpRequest, publication_id: int) -> HttpResponse:
    """The customer's own leaves; the browser recomputes the way to the root."""
    publication, body = _own(request, publication_id)
    values = {
        "publication": publication,
        "leaves": body,
        "roots_address": reverse("api:liabilities-one", args=[publication.pk]),
    }
    return render(request, "portal/own_leaves.html", values)


@require_safe
@customer_page
def own_leaves_file(request: HttpRequest, publication_id: int) -> HttpResponse:
    """The same as a file for the program."""
    publication, body = _own(request, publication_id)
    response = JsonResponse(body, json_dumps_params={"indent": 1})
    response["Content-Disposition"] = (
        f'attachment; filename="my-leaves-{publication.pk}-{body["account"]}.json"'
    )
    return response


def _own(request: HttpRequest, publication_id: int) -> tuple[Publication, dict[str, Any]]:
    publication = Publication.objects.filter(pk=publication_id).first()
    if publication is None:
        raise Http404
    try:
        account = accounts.access_account(request.user)
    except NoAccount:
        raise Http404 from None
    return publication, selectors.leaves_body(publication, account)
