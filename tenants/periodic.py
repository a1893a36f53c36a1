"""Work that comes round again: rooms register it in ``AppConfig.ready``, beat sends it.

A task of scope ``tenant`` runs once in each active tenant's schema, one of scope ``schema`` in
public as well, one of scope ``platform`` only in public.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

Scope = Literal["tenant", "schema", "platform"]


@dataclass(frozen=True)
class PeriodicTask:
    task_name: str
    every_seconds: float
    scope: Scope


_tasks: dict[str, PeriodicTask] = {}


def register(task_name: str, *, every_seconds: float, scope: Scope = "tenant") -> None:
    """Have the Celery task ``task_name`` (its dotted name, without arguments) run regularly."""
    _tasks[task_name] = PeriodicTask(task_name, every_seconds, scope)


def registered() -> list[PeriodicTask]:
    return list(_tasks.values())


def beat_schedule() -> dict[str, dict[str, Any]]:
    """The registered tasks as Celery beat wants them."""
    return {
        task.task_name: {
            "task": "tenants.tasks.send_in_schemas",
            "schedule": timedelta(seconds=task.every_seconds),
            "args": (task.task_name, task.scope),
            # A message that waited while no worker ran is not worth more than the next one.
            "options": {"expires": max(task.every_seconds, 10)},
        }
        for task in _tasks.values()
    }
