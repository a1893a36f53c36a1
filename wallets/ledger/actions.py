"""Every write of the ledger that is not clearing's: what the proofs of the books found."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context
from kombu.exceptions import OperationalError

from audit import actions as audit
from trading.commands.actors import require
from trading.commands.door import EngineUnavailable, EngineUnknown
from wallets.ledger import checks, verify
from wallets.ledger.models import BooksProof, ProofOutcome, ProofRun

KEEP = timedelta(days=90)
KEEP_QUIET = timedelta(days=2)  # those on schedule that found nothing
MOST_BREAKS = 1000  # kept of one proof

log = structlog.get_logger("books")


def prove_books(
    *,
    tenant: Any,
    run: str,
    acting_user: Any = None,
    wait_s: float = verify.WAIT_FOR_CLEARING_S,
    is_whole: bool = True,
) -> BooksProof:
    """Prove a tenant's books now and keep what was found; it never raises for what it finds.

    One that is not whole begins where the last good one ended, see `verify`.
    """
    begun_at = timezone.now()
    proof, problem = verify.Proof(0, [], []), ""
    try:
        proof = verify.prove(tenant, wait_s=wait_s, is_whole=is_whole)
    except (EngineUnavailable, EngineUnknown) as error:
        problem = f"The engine cannot be asked: {error}"
    if any(found.cause == verify.CLEARING_BEHIND for found in proof.breaks):
        problem = proof.breaks[0].message
    outcome = ProofOutcome.BROKEN if proof.breaks else ProofOutcome.PROVED
    with tenant_context(tenant), transaction.atomic():
        _forget_old(begun_at)
        row = BooksProof.objects.create(
            run=run,
            asked_by=acting_user,
            begun_at=begun_at,
            ended_at=timezone.now(),
            outcome=ProofOutcome.UNFINISHED if problem else outcome,
            problem=problem[:300],
            seq=proof.seq or None,
            assets=[asdict(found) for found in proof.assets],
            breaks=[] if problem else [asdict(found) for found in proof.breaks[:MOST_BREAKS]],
        )
        if not problem:
            for keep in checks.keepers():
                keep(row, proof)
    return row


def _forget_old(now: datetime) -> None:
    quiet = Q(run=ProofRun.SCHEDULE, outcome=ProofOutcome.PROVED, ended_at__lt=now - KEEP_QUIET)
    BooksProof.objects.filter(quiet | Q(ended_at__lt=now - KEEP)).delete()


def ask_for_proof(*, tenant: Any, acting_user: Any) -> None:
    """Have the books proved in the background, soon. Raises PermissionDenied."""
    require(acting_user, "ledger.prove")
    schema_name = connection.schema_name
    with transaction.atomic():
        audit.record("ledger.ask_for_proof", tenant, acting_user=acting_user)
        transaction.on_commit(lambda: _send_proof(schema_name, acting_user.pk))


def _send_proof(schema_name: str, user_id: int) -> None:
    from wallets.ledger.tasks import prove_books as task

    with schema_context(schema_name):
        try:
            task.delay(ProofRun.STAFF.value, user_id)
        except OperationalError:
            log.warning("the books are proved on schedule only: no broker")
