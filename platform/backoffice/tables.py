"""Lists: columns, filters, search and paging over a queryset, declared in a few lines."""

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

PAGE_ROWS = 50
NOTHING_HERE = _("Nothing here yet")
MAX_KEY = 2**63 - 1


@dataclass(frozen=True)
class Column:
    """``cell`` makes the content from a row; ``kind`` is "", "number", "short" (kept on
    its lines) or "main".

    ``on_phone`` False leaves it out where a row becomes a card; the row's own page has it.
    """

    label: Any
    cell: Callable[[Any], Any]
    kind: str = ""
    on_phone: bool = True


@dataclass(frozen=True)
class Choice:
    """A filter by one of several values; ``choices`` are (value, label)."""

    name: str
    label: Any
    choices: Sequence[tuple[str, Any]]
    narrow: Callable[[QuerySet, str], QuerySet]
    kind: str = "choice"

    def apply(self, rows: QuerySet, request: HttpRequest) -> QuerySet:
        value = request.GET.get(self.name, "")
        if value not in {key for key, _label in self.choices}:
            return rows
        return self.narrow(rows, value)


@dataclass(frozen=True)
class Days:
    """A filter by two days, both included, in UTC."""

    name: str
    label: Any
    lookup: str
    kind: str = "days"

    def bounds(self, request: HttpRequest) -> tuple[datetime | None, datetime | None]:
        """The first moment and the moment after the last; a day that is none is left out."""
        edges: list[datetime | None] = []
        for suffix, extra_days in (("from", 0), ("to", 1)):
            edge = None
            # A day that is none, or has no day after it (9999-12-31), sets no bound.
            with contextlib.suppress(ValueError, OverflowError):
                if day := parse_date(request.GET.get(f"{self.name}_{suffix}", "")):
                    edge = datetime.combine(day, time(), tzinfo=UTC) + timedelta(days=extra_days)
            edges.append(edge)
        return edges[0], edges[1]

    def apply(self, rows: QuerySet, request: HttpRequest) -> QuerySet:
        first, after = self.bounds(request)
        if first:
            rows = rows.filter(**{f"{self.lookup}__gte": first})
        if after:
            rows = rows.filter(**{f"{self.lookup}__lt": after})
        return rows


@dataclass(frozen=True)
class Listing:
    """One list. ``order`` starting with "-pk" pages by key, so new rows never shift a page."""

    columns: Sequence[Column]
    filters: Sequence[Choice | Days] = ()
    search: Callable[[QuerySet, str], QuerySet] | None = None
    search_hint: Any = ""
    order: Sequence[str] = ("-pk",)
    empty_headline: Any = NOTHING_HERE
    empty_sentence: Any = ""
    row_link: Callable[[Any], str] | None = None
    page_rows: int = PAGE_ROWS

    def page(self, request: HttpRequest, rows: QuerySet) -> "ListPage":
        """The rows the request asks for, as cells."""
        term = asked(request, "q")
        if term and self.search:
            rows = self.search(rows, term)
        for each in self.filters:
            rows = each.apply(rows, request)
        rows = rows.order_by(*self.order)
        by_key = self.order[0] == "-pk"
        before = _whole(request.GET.get("before"))
        number = max(1, min(_whole(request.GET.get("page")) or 1, 10_000))
        if by_key and before:
            rows = rows.filter(pk__lt=before)
        start = 0 if by_key else (number - 1) * self.page_rows
        found = list(rows[start : start + self.page_rows + 1])
        more = len(found) > self.page_rows
        found = found[: self.page_rows]
        older = ""
        if more:
            older = (
                _query(request, before=found[-1].pk) if by_key else _query(request, page=number + 1)
            )
        is_filtered = any(_is_set(each, request) for each in self.filters)
        return ListPage(
            listing=self,
            rows=self._rows(found),
            older=older,
            newest=_query(request, before=None, page=None) if before or number > 1 else "",
            term=term,
            fields=list(self._fields(request)),
            narrowed=bool(term) or is_filtered,
            filtered=is_filtered,
        )

    def show(self, items: Iterable[Any]) -> "ListPage":
        """A plain table of ``items``: no search, no paging."""
        return ListPage(listing=self, rows=self._rows(items))

    def _rows(self, items: Iterable[Any]) -> list["Row"]:
        return [
            Row(
                cells=[(column, column.cell(item)) for column in self.columns],
                link=self.row_link(item) if self.row_link else "",
            )
            for item in items
        ]

    def _fields(self, request: HttpRequest) -> Iterable[dict[str, Any]]:
        for each in self.filters:
            if isinstance(each, Choice):
                yield {"filter": each, "value": request.GET.get(each.name, "")}
            else:
                yield {
                    "filter": each,
                    "first": request.GET.get(f"{each.name}_from", ""),
                    "last": request.GET.get(f"{each.name}_to", ""),
                }


@dataclass
class Row:
    cells: list[tuple[Column, Any]]
    link: str = ""


@dataclass
class ListPage:
    """What the list template shows."""

    listing: Listing
    rows: list[Row]
    older: str = ""
    newest: str = ""
    term: str = ""
    fields: list[dict[str, Any]] = field(default_factory=list)
    narrowed: bool = False
    filtered: bool = False

    @property
    def has_search(self) -> bool:
        return self.listing.search is not None

    @property
    def has_controls(self) -> bool:
        return self.has_search or bool(self.listing.filters)


def asked(request: HttpRequest, name: str, most_characters: int = 100) -> str:
    """A word of the query string, trimmed and cut."""
    return request.GET.get(name, "").strip()[:most_characters]


def state_tabs(
    request: HttpRequest, address: str, labels: Mapping[str, Any]
) -> list[tuple[Any, str, bool]]:
    """Tabs of a list by ``?state=``: of all rows, and of each state in ``labels``."""
    chosen = request.GET.get("state", "")
    some = [(label, f"{address}?state={state}", chosen == state) for state, label in labels.items()]
    return [(_("All"), address, chosen == ""), *some]


def by_state(choices: Sequence[tuple[str, Any]]) -> Choice:
    """The filter of a list by its rows' field ``state``."""
    return Choice("state", _("State"), choices, lambda rows, value: rows.filter(state=value))


def by_asset(codes: Iterable[str]) -> Choice:
    """The filter of a list by its rows' field ``asset``."""
    return Choice(
        "asset",
        _("Asset"),
        [(code, code) for code in codes],
        lambda rows, value: rows.filter(asset__code=value),
    )


def _whole(text: str | None) -> int:
    """A positive whole number that fits a key, or 0."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 19:
        return 0
    return min(int(text), MAX_KEY)


def _is_set(each: Choice | Days, request: HttpRequest) -> bool:
    names = [each.name] if isinstance(each, Choice) else [f"{each.name}_from", f"{each.name}_to"]
    return any(request.GET.get(name) for name in names)


def _query(request: HttpRequest, **changes: Any) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return "?" + query.urlencode()
