"""Query strings of links on a page."""

from django.http import HttpRequest


def query_with(request: HttpRequest, **changes: str) -> str:
    """The request's query string with some values changed; an empty one is left out."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return query.urlencode()
