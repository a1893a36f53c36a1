"""Celery: each task runs in the schema it was sent from; beat sends what rooms registered."""

import os
from typing import Any

import structlog
from celery.signals import setup_logging, task_postrun, task_prerun, worker_shutting_down
from tenant_schemas_celery.app import CeleryApp

from runtime import ending

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Less than the supervisor waits. Tasks are acknowledged when done: one broken off comes again.
LEAVE_S = 7.0

app = CeleryApp("marque", task_cls="config.tasks:FencedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_django_logging(**_: Any) -> None:
    """Django has set up logging; a receiver here keeps Celery from replacing it."""


@app.on_after_finalize.connect
def fill_beat_schedule(sender: CeleryApp, **_: Any) -> None:
    from tenants import periodic

    sender.conf.beat_schedule = periodic.beat_schedule()


@task_prerun.connect
def label_logs(task: Any, task_id: str, **_: Any) -> None:
    from django.db import connection

    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(
        tenant=connection.schema_name, task=task.name, task_id=task_id
    )


@task_postrun.connect
def unlabel_logs(**_: Any) -> None:
    structlog.contextvars.clear_contextvars()


@worker_shutting_down.connect
def leave_in_time(**_: Any) -> None:
    """Celery waits for running tasks without a limit; nobody who stops the product does."""
    ending.within(LEAVE_S)
