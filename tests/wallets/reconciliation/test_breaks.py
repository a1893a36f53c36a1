"""A break is a row from the proof that finds it to its end, alerts finance, and has one life."""

import itertools

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from audit.models import AuditRecord
from messaging.models import OutboxMail
from trading.accounts.selectors import access_account
from trading.instruments.models import Asset
from trading.orders import actions as orders
from wallets.adjustments import actions as adjustments
from wallets.adjustments.models import Kind
from wallets.ledger import actions as ledger
from wallets.ledger import chart
from wallets.ledger.models import Balance, JournalEntry, Line, ProofRun
from wallets.reconciliation import actions, selectors, states
from wallets.reconciliation.errors import ReconciliationError
from wallets.reconciliation.models import BooksBreak, ProvenPoint, ProvenSum, State, Way
from wallets.reconciliation.states import Step


def credit(user, code, amount, staff_of):
    asset = Asset.objects.get(code=code)
    row = adjustments.request_adjustment(
        account=access_account(user),
        asset=asset,
        amount_units=asset.units_of(amount),
        kind=Kind.TRANSFER,
        reason="Opening balance",
        acting_user=staff_of("finance"),
    )
    adjustments.approve_adjustment(adjustment=row, acting_user=staff_of("owner"))


@pytest.fixture
def traded(books, alice, bob, staff_of):
    """Alice sold half of what she offered to Bob; half rests."""
    credit(alice, "BTC", "2", staff_of)
    credit(bob, "USDT", "1000", staff_of)
    books.settle()
    for user, side, quantity in ((alice, "sell", "1"), (bob, "buy", "0.5")):
        orders.submit_order(
            account=access_account(user),
            instrument="BTC-USDT",
            acting_user=user,
            side=side,
            price="100",
            quantity=quantity,
        )
    books.settle()
    return books


def prove(tenant, *, is_whole=False):
    return ledger.prove_books(tenant=tenant, run=ProofRun.SCHEDULE, wait_s=0, is_whole=is_whole)


def alices_bitcoin(alice):
    return chart.ledger_account_id(
        Line.ENGINE_ACCOUNT, access_account(alice).pk, Asset.objects.get(code="BTC").pk
    )


def spoil_balance(alice, by):
    row = Balance.objects.get(pk=alices_bitcoin(alice))
    Balance.objects.filter(pk=row.pk).update(units=row.units + by)


def past_the_triggers(statement):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("ledger_posting", "ledger_journalentry"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        assert cursor.rowcount > 0


def test_a_good_proof_leaves_a_point_that_the_next_begins_at(traded, tenant, alice, staff_of):
    assert prove(tenant).breaks == []
    point = ProvenPoint.objects.get()
    assert point.seq == traded.writer.seq and point.whole_at is not None
    kept = dict(ProvenSum.objects.values_list("ledger_account_id", "units"))
    assert kept == dict(Balance.objects.values_list("ledger_account_id", "units"))
    credit(alice, "BTC", "0.25", staff_of)
    traded.settle()
    assert prove(tenant).breaks == []
    assert ProvenPoint.objects.get().seq == traded.writer.seq > point.seq
    kept = dict(ProvenSum.objects.values_list("ledger_account_id", "units"))
    assert kept == dict(Balance.objects.values_list("ledger_account_id", "units"))


def test_a_break_is_one_row_with_age_amount_and_the_engine_event(traded, tenant, alice, staff_of):
    prove(tenant)
    finance = staff_of("finance")
    spoil_balance(alice, by=-5)
    prove(tenant)
    prove(tenant)
    row = BooksBreak.objects.get(cause="balance_unlike_postings")
    assert (row.state, row.units, row.times_found) == (State.OPEN, -5, 2)
    assert row.account == access_account(alice) and row.asset.code == "BTC"
    assert row.event_seq == JournalEntry.objects.latest("pk").seq
    assert row.first_found_at < row.last_found_at
    mail = OutboxMail.objects.get(to=finance.email)
    assert "2 new breaks" in mail.subject
    assert "/backoffice/breaks/" in mail.text
    assert ProvenPoint.objects.get().seq == traded.writer.seq


def test_a_break_that_is_gone_is_marked_so_and_a_new_one_is_a_new_row(traded, tenant, alice):
    prove(tenant)
    for _ in range(2):
        spoil_balance(alice, by=1)
        prove(tenant)
        spoil_balance(alice, by=-1)
        prove(tenant)
    rows = BooksBreak.objects.filter(cause="balance_unlike_postings")
    assert [row.state for row in rows] == [State.VANISHED] * 2
    assert all(row.ended_at for row in rows)
    assert AuditRecord.objects.filter(action="reconciliation.vanish_break").count() == 4


def test_old_postings_are_found_by_the_whole_proof_and_not_forgiven_by_others(traded, tenant):
    prove(tenant)
    past_the_triggers("UPDATE ledger_posting SET units = units + 1 WHERE line = 1 AND units > 0")
    assert prove(tenant).breaks == []
    assert prove(tenant, is_whole=True).breaks
    open_ones = selectors.undone().count()
    assert open_ones
    prove(tenant)
    assert selectors.undone().count() == open_ones


def test_new_postings_are_found_in_the_background(traded, tenant, alice, staff_of):
    prove(tenant)
    credit(alice, "BTC", "1", staff_of)
    traded.settle()
    entry = JournalEntry.objects.latest("pk")
    past_the_triggers(
        f"UPDATE ledger_posting SET units = units + 3 WHERE entry_id = {entry.pk} AND line = 2"
    )
    prove(tenant)
    row = BooksBreak.objects.get(cause="entry_out_of_balance")
    assert (row.units, row.event_seq) == (3, entry.seq)
    assert BooksBreak.objects.get(cause="engine_unlike_ledger").event_seq == entry.seq


def test_a_break_is_seen_explained_proposed_and_resolved_by_a_second_person(
    traded, tenant, alice, bob, staff_of
):
    prove(tenant)
    spoil_balance(alice, by=-5)
    prove(tenant)
    row = BooksBreak.objects.get(cause="balance_unlike_postings")
    finance, owner = staff_of("finance"), staff_of("owner")
    for nobody in (None, bob, staff_of("support"), staff_of("auditor")):
        with pytest.raises(PermissionDenied):
            actions.see_break(row=row, acting_user=nobody)
    row = actions.see_break(row=row, acting_user=finance)
    assert (row.state, row.seen_by) == (State.SEEN, finance)
    row = actions.explain_break(row=row, explanation="A hand in the table", acting_user=finance)
    credit(alice, "BTC", "1", staff_of)
    old = JournalEntry.objects.latest("pk")
    with pytest.raises(ReconciliationError, match="older than the break"):
        actions.propose_resolution(
            row=row, way=Way.ENTRY, reference=old.pk, reason="It mends it", acting_user=finance
        )
    traded.settle()
    entry = JournalEntry.objects.latest("pk")
    with pytest.raises(ReconciliationError, match="no such finished rebuild"):
        actions.propose_resolution(
            row=row, way=Way.REBUILD, reference=77, reason="It mends it", acting_user=finance
        )
    row = actions.propose_resolution(
        row=row, way=Way.ENTRY, reference=entry.pk, reason="It mends it", acting_user=finance
    )
    with pytest.raises(PermissionDenied, match="second person"):
        actions.resolve_break(row=row, acting_user=finance)
    with pytest.raises(IntegrityError), transaction.atomic():
        BooksBreak.objects.filter(pk=row.pk).update(resolved_by=finance)
    row = actions.resolve_break(row=row, acting_user=owner)
    assert (row.state, row.resolved_by) == (State.RESOLVED, owner)
    record = AuditRecord.objects.get(action="reconciliation.resolve_break")
    assert record.new == {"state": "resolved", "way": "entry", "reference": entry.pk}
    # It is still there: the next proof opens it again and says so.
    mails = OutboxMail.objects.filter(to=finance.email)
    before = mails.count()
    prove(tenant)
    row.refresh_from_db()
    assert (row.state, row.times_reopened, row.way) == (State.OPEN, 1, "")
    assert mails.count() == before + 1


def test_charlies_staff_cannot_touch_it(traded, tenant, other_tenant, alice, staff_of):
    prove(tenant)
    spoil_balance(alice, by=-5)
    prove(tenant)
    row = BooksBreak.objects.first()
    with pytest.raises(PermissionDenied):
        actions.see_break(row=row, acting_user=staff_of("finance", other_tenant))
    row.refresh_from_db()
    assert row.state == State.OPEN


def test_every_step_that_the_table_does_not_allow_is_refused():
    for state, step in itertools.product(State, Step):
        row = BooksBreak(state=state)
        if states.allows(state, step):
            states.apply(row, step)
            assert row.state == states.STEPS[state, step]
        else:
            with pytest.raises(ReconciliationError):
                states.apply(row, step)
            assert row.state == state
