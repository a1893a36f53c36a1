"""Background work of the reconciliation; each runs in one tenant's schema."""

from celery import shared_task

from tenants.selectors import current_tenant
from wallets.ledger import actions
from wallets.ledger.models import ProofRun


@shared_task
def prove_wholly() -> int:
    """The proof that believes nothing, once a day; the number of breaks."""
    proof = actions.prove_books(tenant=current_tenant(), run=ProofRun.SCHEDULE, is_whole=True)
    return len(proof.breaks)
