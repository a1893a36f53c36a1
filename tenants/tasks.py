from celery import current_app, shared_task
from django_tenants.utils import schema_context

from tenants.models import Tenant
from tenants.periodic import Scope


@shared_task
def send_in_schemas(task_name: str, scope: Scope) -> None:
    """Send one periodic task into every schema its scope means."""
    for schema_name in schemas_of(scope):
        with schema_context(schema_name):
            current_app.tasks[task_name].delay()


def schemas_of(scope: Scope) -> list[str]:
    """Schema names a periodic task of ``scope`` runs in; suspended tenants keep their upkeep."""
    if scope == "platform":
        return ["public"]
    names = Tenant.objects.order_by("id").values_list("schema_name", flat=True)
    return [name for name in names if scope == "schema" or name != "public"]
