"""The inbox of everything that waits for a second person, whatever room it comes from.

A room's pages register a *kind* of request: which rows wait, how one is told (with what would be
different after it), and the two actions that decide it. The actions themselves check rights, that
nobody decides what he asked for, and that a request is decided once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from backoffice import access


@dataclass(frozen=True)
class Told:
    """A request in words. ``changes`` are (what, now, then); ``table`` a ListPage of more of it."""

    title: str
    asked_by: Any
    asked_at: datetime | None
    reason: str
    address: str
    facts: Sequence[tuple[str, Any]] = ()
    changes: Sequence[tuple[str, Any, Any]] = ()
    table: Any = None
    warning: str = ""


MOST_OF_A_KIND = 100  # the oldest; the others come when these are decided

Decide = Callable[[Any, Any, str], str]


@dataclass(frozen=True)
class Kind:
    """``waiting`` gives rows; ``approve`` and ``refuse`` take (row, acting user, reason) and give
    the sentence that is shown; ``capability`` decides, ``view_capability`` sees."""

    name: str
    title: Any
    icon: str
    view_capability: str
    capability: str
    waiting: Callable[[], QuerySet]
    tell: Callable[[HttpRequest, Any], Told]
    approve: Decide
    refuse: Decide
    consequence: Any = ""
    asked_by_field: str = "requested_by"
    asked_at_field: str = "requested_at"

    def of(self, user: Any) -> QuerySet:
        """What waits and was asked for by ``user`` himself."""
        return self.waiting().filter(**{self.asked_by_field: user.pk})

    def for_others_than(self, user: Any) -> QuerySet:
        """What waits and was asked for by somebody else."""
        return self.waiting().exclude(**{self.asked_by_field: user.pk})


@dataclass(frozen=True)
class Item:
    """One waiting request as somebody sees it."""

    kind: Kind
    key: int
    told: Told
    is_own: bool
    may_decide: bool

    @property
    def is_mine_to_decide(self) -> bool:
        return self.may_decide and not self.is_own


@dataclass
class Kinds:
    registered: dict[str, Kind] = field(default_factory=dict)

    def register(self, kind: Kind) -> None:
        if kind.name in self.registered:
            raise ValueError(f"there is a kind {kind.name!r} already")
        self.registered[kind.name] = kind

    def seen_by(self, user: Any) -> Iterator[Kind]:
        """Kinds whose requests ``user`` may read."""
        for kind in self.registered.values():
            if access.may(user, kind.view_capability):
                yield kind


kinds = Kinds()


def item_of(request: HttpRequest, kind: Kind, row: Any) -> Item:
    told = kind.tell(request, row)
    return Item(
        kind=kind,
        key=row.pk,
        told=told,
        is_own=told.asked_by is not None and told.asked_by.pk == request.user.pk,
        may_decide=access.may(request.user, kind.capability),
    )


def inbox(request: HttpRequest) -> list[Item]:
    """What waits and may be seen, of each kind the oldest: what the reader can decide first."""
    items = [
        item_of(request, kind, row)
        for kind in kinds.seen_by(request.user)
        for row in kind.waiting()[:MOST_OF_A_KIND]
    ]
    return sorted(items, key=lambda item: (not item.is_mine_to_decide, _age(item)))


def _age(item: Item) -> float:
    return item.told.asked_at.timestamp() if item.told.asked_at else 0.0


def access_item(request: HttpRequest, kind_name: str, key: int) -> Item:
    """One waiting request; Http404 when it does not wait (any more) or may not be seen."""
    kind = next((k for k in kinds.seen_by(request.user) if k.name == kind_name), None)
    row = kind.waiting().filter(pk=key).first() if kind and key < 2**63 else None
    if kind is None or row is None:
        raise Http404
    return item_of(request, kind, row)


def next_after(request: HttpRequest, done: Item) -> Item | None:
    """What to decide next, once ``done`` is decided."""
    for item in inbox(request):
        if item.is_mine_to_decide and (item.kind.name, item.key) != (done.kind.name, done.key):
            return item
    return None
