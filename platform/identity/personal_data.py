"""Where a person's data lies: each room says what it holds of him, how long the law keeps it, and
how it is erased. A copy for the person himself, and his erasure, are made of all of them.

A room registers its *holding* in ``AppConfig.ready``; this room's own is registered last, since
others find their rows by what it erases (the e-mail).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from identity.models import User


def _at_once(_user: User) -> datetime | None:
    return None


@dataclass(frozen=True)
class Holding:
    """``export`` gives JSON; ``erase`` is called in one transaction with all others, and may be
    called again; ``kept_until`` says until when the law has the room keep it (None: not at all)."""

    name: str
    export: Callable[[User], Any]
    erase: Callable[[User, datetime], None]
    kept_until: Callable[[User], datetime | None] = _at_once
    order: int = 50


_holdings: dict[str, Holding] = {}


def register(holding: Holding) -> None:
    _holdings[holding.name] = holding


def holdings() -> list[Holding]:
    """In the order in which they are told and erased."""
    return sorted(_holdings.values(), key=lambda holding: (holding.order, holding.name))


def copy_of(user: User) -> dict[str, Any]:
    """Everything the firm holds of somebody that he may read, by room."""
    return {holding.name: holding.export(user) for holding in holdings()}


def kept_until(user: User) -> datetime | None:
    """Until when the law has the firm keep something of him; None: nothing is left to keep."""
    known = [moment for each in holdings() if (moment := each.kept_until(user)) is not None]
    return max(known, default=None)


def erase(user: User, now: datetime) -> list[str]:
    """Erase somebody in every room; in the caller's transaction. Gives the rooms' names."""
    for holding in holdings():
        holding.erase(user, now)
    return [holding.name for holding in holdings()]
