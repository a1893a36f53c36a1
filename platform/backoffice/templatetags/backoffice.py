"""Filters for the staff's templates; the HTML itself is made in `backoffice.cells`."""

from datetime import datetime
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from backoffice import access, cells, pages

register = template.Library()


@register.filter
def badge(text: Any) -> SafeString:
    return cells.badge(str(text))


@register.filter
def when(moment: datetime | None) -> SafeString:
    return cells.when(moment)


@register.filter
def grouped(text: str | int) -> str:
    """Thousands marks in a whole number or decimal text."""
    return cells.grouped(str(text))


@register.simple_tag
def today() -> str:
    """The day in UTC with its weekday, as the reader's language writes it."""
    return cells.long_day_text(timezone.now())


@register.filter
def may(user: Any, capability: str) -> bool:
    """Whether the signed-in member of staff may do this: hides what would be refused anyway."""
    return access.may(user, capability)


@register.simple_tag(takes_context=True)
def page(context: dict[str, Any], name: str, *args: Any, **query: Any) -> str:
    """The address of a page of the site this page is on."""
    request: HttpRequest = context["request"]
    return pages.url(request, name, *args, **query)
