"""Background work of the ledger; each runs in one tenant's schema."""

import logging

from celery import shared_task

from identity.models import User
from tenants.selectors import current_tenant
from wallets.ledger import actions, selectors
from wallets.ledger.models import ProofRun

log = logging.getLogger("books")


@shared_task
def prove_books(run: str = ProofRun.SCHEDULE.value, user_id: int | None = None) -> int:
    """Prove the books of the current tenant; the number of breaks, each logged.

    On schedule from where the last good proof ended, when staff ask wholly.
    """
    tenant = current_tenant()
    user = User.objects.filter(pk=user_id).first() if user_id is not None else None
    proof = actions.prove_books(
        tenant=tenant, run=run, acting_user=user, is_whole=run != ProofRun.SCHEDULE
    )
    if proof.problem:
        log.warning("the books of %s could not be proved: %s", tenant.slug, proof.problem)
    breaks = selectors.breaks_of(proof)
    for found in breaks:
        log.critical("BREAK in the books of %s: %s", tenant.slug, found)
    return len(breaks)
