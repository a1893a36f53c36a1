import structlog
from celery import shared_task
from django.utils import timezone

from billing import actions, metering
from billing.errors import BillingError
from billing.models import Invoice, InvoiceKind
from tenants import selectors

log = structlog.get_logger("marque.billing")

FIRST_DAY = 2  # clearing is long past the month's end by then


@shared_task
def draft_due() -> int:
    """Draft last month's invoice of each firm that has none; how many were drafted.

    Issuing them stays with a person.
    """
    today = timezone.now().date()
    if today.day < FIRST_DAY:
        return 0
    month, count = metering.month_before(today), 0
    for tenant in selectors.tenants():
        has_one = Invoice.objects.filter(tenant=tenant, month=month, kind=InvoiceKind.INVOICE)
        if tenant.created_at >= metering.bounds_of(month)[1] or has_one.exists():
            continue
        try:
            actions.draft(tenant=tenant, month=month, acting_user=None)
            count += 1
        except BillingError as error:
            log.warning("no invoice drafted", tenant=tenant.slug, code=error.code)
    return count
