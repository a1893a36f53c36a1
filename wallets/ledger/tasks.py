"""Background work of the ledger; each runs in one tenant's schema."""

import logging

from celery import shared_task

from tenants.selectors import current_tenant
from trading.commands.door import EngineUnavailable, EngineUnknown
from wallets.ledger.verify import verify_books

log = logging.getLogger("books")


@shared_task
def prove_books() -> int:
    """Prove the books of the current tenant; the number of breaks, each logged."""
    tenant = current_tenant()
    try:
        breaks = verify_books(tenant)
    except (EngineUnavailable, EngineUnknown) as error:
        log.warning("the books of %s could not be proved: %s", tenant.slug, error)
        return 0
    for found in breaks:
        log.critical("BREAK in the books of %s: %s", tenant.slug, found)
    return len(breaks)
