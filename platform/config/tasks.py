"""What every Celery task is: it runs in the schema it was sent from, or not at all."""

from typing import Any

from django.db import connection
from tenant_schemas_celery.app import get_schema_name_from_task
from tenant_schemas_celery.task import TenantTask


class WrongSchemaError(RuntimeError):
    """The schema a task was sent from could not be entered, for instance because it is gone."""


class FencedTask(TenantTask):
    """A task that refuses to run in another schema than its own.

    The library enters the schema in a signal handler, whose failure Celery only logs; the task
    would then run in public.
    """

    abstract = True

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        wanted = get_schema_name_from_task(self, kwargs) or "public"
        if connection.schema_name != wanted:
            raise WrongSchemaError(f"sent from {wanted}, would run in {connection.schema_name}")
        super().before_start(task_id, args, kwargs)
