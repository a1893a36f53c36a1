"""The proof of the books is kept: when, by which run, at which seq, what each asset came to."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_tenants.utils import tenant_context

from audit.models import AuditRecord
from trading.accounts.selectors import access_account
from trading.commands import door
from trading.engine import commands
from trading.instruments.models import Asset
from wallets.adjustments import actions as adjustments
from wallets.ledger import actions, selectors, tasks
from wallets.ledger.models import Balance, BooksProof, ProofOutcome, ProofRun


@pytest.fixture
def funded(books, alice, staff_of):
    """Alice has two bitcoins."""
    adjustment = adjustments.request_adjustment(
        account=access_account(alice),
        asset=Asset.objects.get(code="BTC"),
        amount_units=2 * 10**8,
        reason="Opening balance",
        acting_user=staff_of("finance"),
    )
    adjustments.approve_adjustment(adjustment=adjustment, acting_user=staff_of("owner"))
    books.settle()
    return books


def test_a_proof_says_when_by_which_run_and_what_each_asset_came_to(funded, tenant):
    before = timezone.now()
    proof = actions.prove_books(tenant=tenant, run=ProofRun.COMMAND, wait_s=0)
    assert (proof.outcome, proof.run, proof.problem) == (ProofOutcome.PROVED, ProofRun.COMMAND, "")
    assert before <= proof.begun_at <= proof.ended_at <= timezone.now()
    assert proof.seq == funded.writer.seq
    found = {finding["asset"]: finding for finding in proof.assets}
    assert set(found) == set(Asset.objects.values_list("code", flat=True))
    for finding in found.values():
        assert finding["engine"] == finding["ledger"] and finding["breaks"] == 0
    units = -sum(
        Balance.objects.filter(
            ledger_account__asset__code="BTC", ledger_account__account__isnull=False
        ).values_list("units", flat=True)
    )
    assert found["BTC"]["ledger"] == Asset.objects.get(code="BTC").text(units)
    assert selectors.proofs().first() == proof


def test_what_is_broken_is_kept_with_its_asset(funded, tenant, alice):
    Balance.objects.filter(
        ledger_account__account=access_account(alice), ledger_account__asset__code="BTC"
    ).update(units=-1)
    assert tasks.prove_books() == 2
    proof = BooksProof.objects.get()
    assert (proof.outcome, proof.run) == (ProofOutcome.BROKEN, ProofRun.SCHEDULE)
    causes = {found.cause for found in selectors.breaks_of(proof)}
    assert causes == {"balance_unlike_postings", "asset_out_of_balance"}
    assert {f["asset"]: f["breaks"] for f in proof.assets if f["breaks"]} == {"BTC": 2}


def test_clearing_that_is_behind_leaves_the_proof_unfinished(funded, tenant, alice):
    door.send_command(commands.CancelAllOrders(account_id=access_account(alice).pk), tenant=tenant)
    proof = actions.prove_books(tenant=tenant, run=ProofRun.SCHEDULE, wait_s=0)
    assert proof.outcome == ProofOutcome.UNFINISHED and "Clearing did not reach" in proof.problem
    assert proof.seq == funded.writer.seq + 1 and proof.breaks == [] and proof.assets == []


def test_an_engine_that_is_away_leaves_the_proof_unfinished(funded, tenant, engine):
    engine.kill()
    assert tasks.prove_books() == 0
    proof = BooksProof.objects.get()
    assert proof.outcome == ProofOutcome.UNFINISHED and proof.seq is None
    assert "The engine cannot be asked" in proof.problem


def test_the_command_keeps_its_proof(funded, tenant, capsys):
    call_command("verify_books", tenant=tenant.slug, wait=0.0)
    assert "north: the books are in order" in capsys.readouterr().out
    connection.set_tenant(tenant)
    assert BooksProof.objects.get().run == ProofRun.COMMAND


@pytest.mark.parametrize(
    ("run", "age"), [(ProofRun.STAFF, actions.KEEP), (ProofRun.SCHEDULE, actions.KEEP_QUIET)]
)
def test_old_proofs_are_deleted(funded, tenant, run, age):
    old, young = (
        BooksProof.objects.create(
            run=run,
            begun_at=moment,
            ended_at=moment,
            outcome=ProofOutcome.PROVED,
            assets=[],
            breaks=[],
        )
        for moment in (
            timezone.now() - age - timedelta(hours=1),
            timezone.now() - age + timedelta(hours=1),
        )
    )
    actions.prove_books(tenant=tenant, run=ProofRun.SCHEDULE, wait_s=0)
    kept = set(BooksProof.objects.values_list("pk", flat=True))
    assert old.pk not in kept and young.pk in kept and len(kept) == 2


def test_staff_ask_for_a_proof_that_runs_after_the_commit(
    funded, tenant, staff_of, django_capture_on_commit_callbacks
):
    auditor = staff_of("auditor")
    with django_capture_on_commit_callbacks(execute=True):
        actions.ask_for_proof(tenant=tenant, acting_user=auditor)
        assert not BooksProof.objects.exists()
    proof = BooksProof.objects.get()
    assert (proof.run, proof.asked_by) == (ProofRun.STAFF, auditor)
    record = AuditRecord.objects.get(action="ledger.ask_for_proof")
    assert record.actor_id == auditor.pk


def test_nobody_else_asks_for_one(
    funded, tenant, other_tenant, alice, staff_of, django_capture_on_commit_callbacks
):
    strangers = [alice, staff_of("support"), staff_of("admin"), staff_of("owner", other_tenant)]
    records = AuditRecord.objects.count()
    for user in strangers:
        with django_capture_on_commit_callbacks(execute=True), pytest.raises(PermissionDenied):
            actions.ask_for_proof(tenant=tenant, acting_user=user)
    assert not BooksProof.objects.exists() and AuditRecord.objects.count() == records


def test_each_tenant_keeps_its_own_proofs(funded, tenant, other_tenant):
    actions.prove_books(tenant=tenant, run=ProofRun.COMMAND, wait_s=0)
    with tenant_context(other_tenant):
        assert not BooksProof.objects.exists()
