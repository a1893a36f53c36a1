"""A click is followed to its audit record, command, engine record and entry; looks are noted."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection

from audit import actions as audit
from audit import selectors, traces
from audit.models import AuditRecord, PageView
from books import books
from firms import REASON, firm, send
from trading.commands import tracing
from trading.commands.models import CommandReceipt, QueuedCommand
from wallets.adjustments.models import Adjustment
from wallets.ledger.models import JournalEntry

__all__ = ["books", "firm", "send"]


def test_a_trace_id_tells_its_moment_and_its_text_comes_back():
    now = datetime(2026, 11, 28, 15, 30, 1, 250_000, tzinfo=UTC)
    found = {traces.new_trace_id(now) for _ in range(100)}
    assert len(found) == 100 and all(0 < each < 1 << 63 for each in found)
    for each in found:
        assert traces.time_of(each) == now
        assert traces.parse(traces.text_of(each)) == each
    for bad in ("", "xyz", "0" * 15, "f" * 16, "0x" + "1" * 14, "1" * 17):
        assert traces.parse(bad) == traces.NONE


def test_tracing_ends_with_its_block():
    assert traces.current() == traces.NONE
    with pytest.raises(PermissionDenied), traces.tracing(5):
        assert traces.current() == 5
        raise PermissionDenied
    assert traces.current() == traces.NONE


def test_the_chain_covers_the_trace(tenant):
    with traces.tracing(77):
        row = audit.record("test.change", ("thing", 1), acting_user=None)
    assert row.trace_id == 77 and selectors.verify_chain().is_whole
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditrecord DISABLE TRIGGER USER")
    AuditRecord.objects.filter(pk=row.pk).update(trace_id=78)
    assert selectors.verify_chain().chain_break.record_id == row.pk


def test_from_the_click_on_approve_to_the_entry(firm, client_for, send):
    owner = client_for(firm.owner)
    answer = send(owner, f"/backoffice/adjustments/{firm.waiting.pk}/approve/", reason=REASON)
    text = answer["X-MARQUE-TRACE"]
    trace_id = traces.parse(text)
    assert abs(traces.time_of(trace_id) - datetime.now(UTC)) < timedelta(minutes=5)
    command = QueuedCommand.objects.get(trace_id=trace_id)
    assert Adjustment.objects.get(pk=firm.waiting.pk).command == command
    assert [row.action for row in selectors.records_of_trace(trace_id)] == ["adjustments.approve"]
    firm.books.settle()
    command.refresh_from_db()
    seq = CommandReceipt.objects.get(source_no=command.number).seq
    entry = JournalEntry.objects.get(seq=seq)
    page = owner.get(f"/backoffice/audit/traces/{text}/").content.decode()
    for part in (
        f"/backoffice/commands/{command.pk}/",
        f"/backoffice/ledger/events/{seq}/",
        f"/backoffice/ledger/entries/{entry.pk}/",
        "approve",
    ):
        assert part in page
    event = owner.get(f"/backoffice/ledger/events/{seq}/").content.decode()
    assert f"/backoffice/audit/traces/{text}/" in event
    assert text in owner.get("/backoffice/search/", {"s": text}).content.decode()
    assert client_for(firm.finance).get(f"/backoffice/audit/traces/{text}/").status_code == 403
    assert owner.get("/backoffice/audit/traces/nothing/").status_code == 404


def test_a_direct_command_is_found_in_the_journal(firm, other_tenant):
    trace_id = traces.begin()
    with traces.tracing(trace_id):
        from trading.orders import actions as orders

        orders.submit_order(
            account=firm.account, instrument="BTC-USDT", acting_user=firm.alice,
            side="sell", price="101", quantity="0.1",
        )  # fmt: skip
    firm.books.settle()
    last = firm.books.writer.seq
    found = tracing.seqs_of(settings.ENGINE_DIR, firm.tenant.pk, trace_id, last_seq=last)
    assert len(found) == 1
    assert tracing.seqs_of(settings.ENGINE_DIR, other_tenant.pk, trace_id, last_seq=last) == []
    assert tracing.seqs_of(settings.ENGINE_DIR, firm.tenant.pk, trace_id + 1, last_seq=last) == []


def test_looks_at_customers_are_noted_once_an_hour_and_counted(firm, client_for, staff_of):
    support = staff_of("support")
    browser = client_for(support)
    for _ in range(3):
        assert browser.get(f"/backoffice/customers/{firm.alice.pk}/").status_code == 200
    browser.get("/backoffice/customers/")
    browser.get("/backoffice/customers/99999999/")
    seen = PageView.objects.filter(viewer_id=support.pk)
    assert sum(row.times for row in seen) == 3 and seen.count() <= 2
    assert {(row.object_type, row.object_id) for row in seen} == {
        ("identity.user", str(firm.alice.pk))
    }
    owner = client_for(firm.owner)
    listed = owner.get("/backoffice/audit/views/", {"q": firm.alice.email}).content.decode()
    assert support.email in listed or str(support.name) in listed
    assert browser.get("/backoffice/audit/views/").status_code == 403


def test_old_records_hash_as_they_did():
    from audit.chain import record_hash

    row = SimpleNamespace(
        id=1, recorded_at=datetime(2026, 1, 1, tzinfo=UTC), actor_kind="system", actor_id=None,
        actor_role="", action="a.b", object_type="x", object_id="1", old=None, new=None,
        reason="", previous_hash="0" * 64, trace_id=0,
    )  # fmt: skip
    assert record_hash(row) == "c0c89a5af5cdcd048bf60deeeeda101c0a9b839e676e2b33d86d0d4ab978e417"
