"""Rows corrupted on purpose, past the triggers, are found by a rebuild and mended by a second
person's word; nothing else changes."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from audit.models import AuditRecord
from clearing.models import Rebuild, RebuildDifference, RebuildState
from clearing.rebuilding import actions, comparing, shadow
from clearing.rebuilding.errors import RebuildError
from clearing.rebuilding.tables import TABLES
from trading.accounts.selectors import access_account
from trading.commands.models import CommandReceipt
from trading.orders import actions as orders
from wallets.ledger.models import JournalEntry
from wallets.ledger.verify import verify_books
from wallets.reconciliation import resolutions
from wallets.reconciliation.models import Way
from wallets.reports import actions as reports
from wallets.reports.models import BalanceCheckpoint
from wallets.reports.verify import checkpoint_breaks


def work(firm, row, most=50):
    for _ in range(most):
        if not actions.work(rebuild_id=row.pk, tenant=firm.tenant, sql=connection.connection):
            break
    row.refresh_from_db()
    return row


def rebuild(firm):
    return work(firm, actions.ask_for_rebuild(reason="A break", acting_user=firm.finance))


def past_the_triggers(*statements):
    """As the owner of the database might."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("ledger_posting", "ledger_journalentry"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount > 0, statement
        for table in ("ledger_posting", "ledger_journalentry"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def contents():
    """Every row of every rebuilt table."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            key = ", ".join(table.key)
            cursor.execute(f"SELECT to_jsonb(row)::text FROM {table.name} row ORDER BY {key}")
            rows = [json.loads(row) for (row,) in cursor.fetchall()]
            found[table.name] = [
                {name: value for name, value in row.items() if name != "id" or "id" in table.key}
                for row in rows
            ]
    return found


def has_shadow(firm):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_namespace WHERE nspname = %s",
            [shadow.name_of(firm.tenant.schema_name)],
        )
        return bool(cursor.fetchone()[0])


def test_good_tables_are_found_the_same(firm):
    before = contents()
    assert all(before[name] for name in ("orders_order", "orders_trade", "ledger_posting"))
    row = rebuild(firm)
    assert (row.state, row.problem) == (RebuildState.SAME, "")
    assert row.seq == firm.books.writer.seq
    counted = {table["table"]: table["rows"] for table in row.tables}
    for table in TABLES:
        if not table.may_have_more:
            assert counted[table.name] == len(before[table.name]), table.name
    assert contents() == before and not has_shadow(firm)


def test_what_was_corrupted_is_found_row_by_row_and_mended(firm):
    before = contents()
    past_the_triggers(
        "UPDATE ledger_posting SET units = units + 7 WHERE line = 1 AND units > 0",
        "DELETE FROM ledger_journalentry WHERE kind = 1",
        "UPDATE ledger_balance SET units = units - 1",
        "UPDATE orders_order SET leaves_lots = leaves_lots + 1",
        "UPDATE orders_trade SET taker_fee_units = 0",
        "INSERT INTO ledger_posting (entry_id, line, ledger_account_id, units) "
        "SELECT max(entry_id) + 1, 1, max(ledger_account_id), 5 FROM ledger_posting",
        "DELETE FROM commands_commandreceipt WHERE seq > 0",
        "UPDATE market_data_candle SET close_price_units = 1",
    )
    corrupted = contents()
    assert verify_books(firm.tenant, wait_s=0)
    assert reports.write_checkpoints(entries=2)  # of the broken entries
    row = rebuild(firm)
    assert row.state == RebuildState.COMPARED
    found = {table["table"]: table for table in row.tables}
    assert found["ledger_journalentry"]["missing"] == 1
    assert found["ledger_posting"]["extra"] == 1 and found["ledger_posting"]["different"] > 0
    assert found["ledger_balance"]["different"] == len(before["ledger_balance"])
    assert found["orders_order"]["different"] == len(before["orders_order"])
    assert found["commands_commandreceipt"]["missing"] > 0
    assert found["market_data_candle"]["different"] == len(before["market_data_candle"])
    entry = RebuildDifference.objects.get(table="ledger_journalentry")
    assert entry.event_seq == firm.trade.seq and entry.live is None
    assert contents() == corrupted
    with pytest.raises(PermissionDenied, match="second person"):
        actions.approve_mending(row=row, acting_user=firm.finance)
    actions.approve_mending(row=row, acting_user=firm.owner)
    row = work(firm, row)
    assert (row.state, row.problem) == (RebuildState.MENDED, "")
    assert row.mended_rows == sum(
        table[kind] for table in row.tables for kind in ("missing", "extra", "different")
    )
    assert contents() == before and not has_shadow(firm)
    assert verify_books(firm.tenant, wait_s=0) == []
    assert not BalanceCheckpoint.objects.exists()
    assert reports.write_checkpoints(entries=2) and checkpoint_breaks() == []
    assert resolutions.exists(Way.REBUILD, row.pk)
    verbs = AuditRecord.objects.filter(object_type="clearing.rebuild").values_list(
        "action", flat=True
    )
    assert set(verbs) == {
        f"clearing.{verb}_rebuild" for verb in ("ask", "begin", "compare", "approve", "mend")
    }
    # The guards stand again.
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        JournalEntry.objects.update(reference_id=1)


def test_a_table_that_is_lost_as_a_whole_is_swapped(firm, monkeypatch):
    """More rows differ than a comparison names; rows that others wrote stay."""
    monkeypatch.setattr(comparing, "MOST_ROWS", 2)
    # As the relay writes it for what the engine's door refused.
    CommandReceipt.objects.create(source_no=10**9, seq=0, result=7, received_at=timezone.now())
    before = contents()
    past_the_triggers(
        "DELETE FROM ledger_posting",
        "UPDATE ledger_journalentry SET reference_id = reference_id + 1",
        "DELETE FROM orders_trade",
        "UPDATE commands_commandreceipt SET result = 9 WHERE seq > 0",
        "UPDATE market_data_candle SET close_price_units = 1",
    )
    row = rebuild(firm)
    found = {table["table"]: table for table in row.tables}
    assert found["ledger_posting"]["missing"] == 2 < len(before["ledger_posting"])
    actions.approve_mending(row=row, acting_user=firm.owner)
    row = work(firm, row)
    assert (row.state, row.problem) == (RebuildState.MENDED, "")
    assert contents() == before and not has_shadow(firm)
    assert row.mended_rows >= len(before["ledger_posting"]) + len(before["ledger_journalentry"])
    assert verify_books(firm.tenant, wait_s=0) == []
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        JournalEntry.objects.update(reference_id=1)


def test_trading_goes_on_between_comparing_and_mending(firm):
    past_the_triggers("UPDATE ledger_balance SET units = units - 1")
    row = rebuild(firm)
    orders.submit_order(
        account=access_account(firm.bob), instrument="BTC-USDT", acting_user=firm.bob,
        side="buy", price="100", quantity="0.1",
    )  # fmt: skip
    firm.books.settle()
    actions.approve_mending(row=row, acting_user=firm.owner)
    row = work(firm, row)
    assert (row.state, row.seq) == (RebuildState.MENDED, firm.books.writer.seq)
    firm.books.prove()


def test_a_refusal_changes_nothing(firm):
    past_the_triggers("UPDATE ledger_balance SET units = units - 1")
    corrupted = contents()
    row = rebuild(firm)
    with pytest.raises(RebuildError, match="Say why"):
        actions.refuse_mending(row=row, acting_user=firm.owner, reason="")
    row = actions.refuse_mending(row=row, acting_user=firm.owner, reason="We look first")
    assert row.state == RebuildState.REFUSED
    assert work(firm, row).state == RebuildState.REFUSED
    with pytest.raises(RebuildError, match="not open to it"):
        actions.approve_mending(row=row, acting_user=firm.owner)
    assert contents() == corrupted and not resolutions.exists(Way.REBUILD, row.pk)


def test_one_at_a_time_and_not_by_everybody(firm, charlie, staff_of, other_tenant, platform_tenant):
    for nobody in (
        None, firm.alice, charlie, staff_of("support"), staff_of("auditor"), staff_of("admin"),
        staff_of("owner", other_tenant), staff_of("owner", platform_tenant),
    ):  # fmt: skip
        with pytest.raises(PermissionDenied):
            actions.ask_for_rebuild(reason="Because I can", acting_user=nobody)
    assert Rebuild.objects.count() == 0
    row = actions.ask_for_rebuild(reason="A break", acting_user=firm.finance)
    with pytest.raises(RebuildError, match="under way"):
        actions.ask_for_rebuild(reason="Once more", acting_user=firm.owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rebuild.objects.filter(pk=row.pk).update(state="mended")
    with pytest.raises(IntegrityError), transaction.atomic():
        Rebuild.objects.filter(pk=row.pk).update(decided_by=firm.finance)


def test_a_journal_that_begins_later_fails_in_words(firm, monkeypatch):
    monkeypatch.setattr(shadow.journal, "first_seq", lambda _folder: 17)
    row = rebuild(firm)
    assert row.state == RebuildState.FAILED and "begins with seq 17" in row.problem
    assert not has_shadow(firm)


def test_writing_to_a_live_table_is_noticed_and_undone(firm, monkeypatch):
    before = contents()
    monkeypatch.setattr(shadow, "TABLES", tuple(t for t in TABLES if t.name != "orders_trade"))
    past_the_triggers("DELETE FROM orders_trade")
    row = rebuild(firm)
    assert row.state == RebuildState.FAILED and "orders_trade" in row.problem
    assert contents()["orders_trade"] == [] and before["orders_trade"]
