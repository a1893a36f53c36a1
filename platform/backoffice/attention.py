"""What needs somebody: tasks of the start pages, from whichever room knows of one.

Modules of pages register a *watch*: a function that gives tasks for a request, and the capability
that seeing them takes. A watch that fails says so as a task; the others go on.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from backoffice import access

log = logging.getLogger("backoffice")

TONES = {"bad": 0, "warn": 1, "good": 2}


@dataclass(frozen=True)
class Task:
    """One line of “needs attention”: tone is good, warn or bad; ``since`` is the oldest of it."""

    tone: str
    icon: str
    headline: str
    sentence: str
    address: str = ""
    since: datetime | None = None


Look = Callable[[HttpRequest], Iterable[Task]]


@dataclass
class Watches:
    """The watches of one site."""

    registered: list[tuple[str, Look]] = field(default_factory=list)

    def register(self, capability: str, look: Look) -> None:
        self.registered.append((capability, look))

    def tasks(self, request: HttpRequest) -> list[Task]:
        """Everything that waits for somebody with this role: the worst first, then the oldest."""
        found: list[Task] = []
        for capability, look in self.registered:
            if access.may(request.user, capability):
                found += [
                    task
                    for task in _looked(look, request)
                    if not access.is_switched_off(request, task.address)
                ]
        return sorted(found, key=_rank)


def _looked(look: Look, request: HttpRequest) -> list[Task]:
    try:
        with transaction.atomic():  # a failed query must not spoil those of the others
            return list(look(request))
    except DatabaseError as error:
        log.warning("a watch of the start page failed: %s", error)
        return [
            Task(
                "bad",
                "report",
                _("Something could not be looked at"),
                _("One of the checks of this page failed. Whoever runs the platform finds why in "
                  "its log."),
            )
        ]  # fmt: skip


def _rank(task: Task) -> tuple[int, float]:
    since: Any = task.since
    return TONES[task.tone], since.timestamp() if since else float("inf")
