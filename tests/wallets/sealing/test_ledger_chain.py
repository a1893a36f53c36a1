"""The ledger chain: days are sealed once clearing has passed them; what is changed is named."""

import hashlib
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from audit.models import AuditRecord
from clearing.models import Checkpoint
from wallets.ledger.models import JournalEntry, Posting
from wallets.sealing import actions, chain
from wallets.sealing.models import LedgerDay
from wallets.sealing.selectors import verify_ledger_chain


def clearing_stands_at(moment):
    Checkpoint.objects.update(time=moment)


def next_midnight():
    day = JournalEntry.objects.latest("pk").time.astimezone(UTC).date() + timedelta(days=1)
    return datetime.combine(day, time(), tzinfo=UTC)


def unguarded(statement):
    """As the owner of the database might."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("ledger_posting", "ledger_journalentry", "sealing_ledgerday"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        assert cursor.rowcount > 0


@pytest.fixture
def sealed(firm):
    clearing_stands_at(next_midnight() + timedelta(days=1, seconds=1))
    return actions.seal_days()


def test_a_day_is_sealed_when_clearing_is_past_it_and_once(firm):
    clearing_stands_at(next_midnight() - timedelta(seconds=1))
    before = [row.day for row in actions.seal_days()]
    clearing_stands_at(next_midnight())
    (row,) = actions.seal_days()
    assert row.day not in before
    assert row.day == next_midnight().date() - timedelta(days=1)
    assert row.last_entry_id == JournalEntry.objects.latest("pk").pk
    assert actions.seal_days() == []
    record = AuditRecord.objects.filter(action="ledger.seal_day").latest("pk")
    assert record.new["hash"] == row.day_hash


def test_the_hash_is_worked_out_by_hand(firm, sealed):
    previous = chain.GENESIS
    after = 0
    for row in sealed:
        text = f"{previous}\n{row.day}\n"
        entries = JournalEntry.objects.filter(pk__gt=after, pk__lte=row.last_entry_id)
        for entry in entries.order_by("pk"):
            us = (entry.time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
            for posting in Posting.objects.filter(entry_id=entry.pk).order_by("line"):
                fields = (
                    entry.pk, entry.kind, entry.seq, us, entry.reference_id, "", "",
                    posting.line, posting.ledger_account_id, posting.units,
                )  # fmt: skip
                text += "\t".join(str(field) for field in fields) + "\n"
        assert row.day_hash == hashlib.sha256(text.encode()).hexdigest()
        assert row.entries == entries.count()
        previous, after = row.day_hash, row.last_entry_id
    assert sum(row.postings for row in sealed) == Posting.objects.count()


def test_an_unchanged_chain_is_whole(firm, sealed, capsys):
    verdict = verify_ledger_chain()
    assert (verdict.problem, verdict.links) == ("", len(sealed))
    assert verdict.head_hash == sealed[-1].day_hash
    schema_name = firm.tenant.schema_name
    call_command("verify_audit", schema=schema_name)
    assert f"{schema_name}, ledger chain: {len(sealed)} links" in capsys.readouterr().out
    connection.set_tenant(firm.tenant)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_posting SET units = units + 1 WHERE line = 1 AND units > 0",
        "UPDATE ledger_posting SET ledger_account_id = ledger_account_id + 16 WHERE line = 1",
        "UPDATE ledger_journalentry SET time = time + interval '1 microsecond' WHERE kind = 1",
        "UPDATE ledger_journalentry SET reference_id = reference_id + 1",
        "DELETE FROM ledger_journalentry WHERE kind = 1",
        "DELETE FROM ledger_posting WHERE line = 2",
        "INSERT INTO ledger_journalentry (id, kind, seq, time, reference_id) "
        "SELECT min(id) + 1, 1, 1, min(time), 1 FROM ledger_journalentry",
        "UPDATE sealing_ledgerday SET day_hash = previous_hash WHERE entries > 0",
        "UPDATE sealing_ledgerday SET last_entry_id = last_entry_id - 1 WHERE entries > 0",
    ],
)
def test_what_was_changed_is_found_and_named(firm, sealed, statement, capsys):
    unguarded(statement)
    verdict = verify_ledger_chain()
    assert verdict.problem
    assert "behind" in verdict.problem or "does not follow" in verdict.problem
    with pytest.raises(CommandError, match="broken"):
        call_command("verify_audit", schema=firm.tenant.schema_name)
    assert "ledger chain: BROKEN" in capsys.readouterr().out
    connection.set_tenant(firm.tenant)


def test_marks_narrow_a_change_down(firm, monkeypatch):
    monkeypatch.setattr(chain, "ENTRIES_A_MARK", 1)
    clearing_stands_at(next_midnight() + timedelta(seconds=1))
    actions.seal_days()
    ids = list(JournalEntry.objects.order_by("pk").values_list("pk", flat=True))
    assert len(ids) > 3
    unguarded(f"UPDATE ledger_posting SET units = units * 2 WHERE entry_id = {ids[2]}")
    assert f"behind {ids[1]} and up to {ids[2]} " in verify_ledger_chain().problem


def test_a_missing_day_is_named(firm, sealed):
    first = sealed[0]
    unguarded(f"DELETE FROM sealing_ledgerday WHERE day = '{first.day}'")
    assert "does not follow" in verify_ledger_chain().problem


def test_a_sealed_day_is_never_changed_or_deleted(firm, sealed):
    for change in (
        lambda: LedgerDay.objects.update(entries=0),
        lambda: LedgerDay.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()
    assert LedgerDay.objects.count() == len(sealed)
