import structlog
from celery import current_app, shared_task
from django_tenants.utils import schema_context

from tenants.actions import claims
from tenants.errors import TenantError
from tenants.models import DomainClaim, Tenant
from tenants.periodic import Scope

log = structlog.get_logger("marque.tenants")


@shared_task
def send_in_schemas(task_name: str, scope: Scope) -> None:
    """Send one periodic task into every schema its scope means."""
    for schema_name in schemas_of(scope):
        with schema_context(schema_name):
            current_app.tasks[task_name].delay()


@shared_task
def check_domains() -> None:
    """Look at the DNS of every host that a firm asked for, each in a task of its own."""
    claims.forget_old_claims()
    for claim_id in DomainClaim.objects.order_by("pk").values_list("pk", flat=True):
        check_one_domain.delay(claim_id)


@shared_task
def check_one_domain(claim_id: int) -> None:
    claim = DomainClaim.objects.select_related("tenant").filter(pk=claim_id).first()
    if claim is None:  # withdrawn meanwhile
        return
    try:
        claims.check_domain(claim=claim, acting_user=None)
    except TenantError as error:
        # Somebody else's by now; its page says so to whoever looks again.
        log.warning("a domain is not taken", tenant=claim.tenant.slug, code=error.code)


def schemas_of(scope: Scope) -> list[str]:
    """Schema names a periodic task of ``scope`` runs in; suspended tenants keep their upkeep."""
    if scope == "platform":
        return ["public"]
    names = Tenant.objects.order_by("id").values_list("schema_name", flat=True)
    return [name for name in names if scope == "schema" or name != "public"]
