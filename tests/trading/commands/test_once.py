"""Exactly once: the connection is cut at every point, and the two sides' numbers are compared."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django_tenants.utils import tenant_context

from audit.models import AuditRecord
from books import Books
from cutting import AFTER, IN_ANSWER, OVERLOADED, TROUBLES, Cutter
from trading.accounts.selectors import access_account
from trading.commands import actions, relay, selectors
from trading.commands.models import CommandReceipt, QueuedCommand, RelayStop
from trading.commands.stream import CommandStream, StreamLost
from trading.engine import commands, queries
from trading.engine.client import EngineClient
from trading.engine.enums import FundsReason
from trading.engine.results import Result
from trading.instruments.models import Asset
from wallets.ledger.selectors import booked_units

APPLIED, REJECTED = QueuedCommand.State.APPLIED, QueuedCommand.State.REJECTED


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr(relay, "RETRY_FIRST_S", 0.001)


@pytest.fixture
def account(books, alice):
    return access_account(alice)


def credit(account, units, **changes):
    """Queue a credit; sums of different powers of two tell which ones were applied."""
    fields = {
        "account_id": account.pk,
        "asset_id": Asset.objects.get(code="USDT").pk,
        "amount_units": units,
        "reason": int(FundsReason.DEPOSIT),
        "reference_id": 1,
    }
    return actions.enqueue_command(commands.CreditFunds(**fields | changes), acting_user=None)


def engine_units(engine, tenant, account):
    """What the engine itself holds for the account, in USDT."""
    answer = EngineClient(engine.socket).send(
        tenant.pk, queries.QueryBalances(account_id=account.pk)
    )
    usdt = Asset.objects.get(code="USDT").pk
    return sum(row.available_units for row in answer.events if row.asset_id == usdt)


def drain(books):
    connection.ensure_connection()
    books.relay.drain(connection.connection, books.tenant.pk, books.tenant.schema_name)


def states(queued):
    rows = QueuedCommand.objects.in_bulk([row.pk for row in queued])
    return [selectors.state_of(rows[row.pk]) for row in queued]


@pytest.mark.parametrize("second", TROUBLES)
@pytest.mark.parametrize("first", TROUBLES)
def test_whatever_is_lost_each_command_is_applied_once(books, engine, account, first, second):
    """Every command meets two troubles, one after the other, before it gets through."""
    books.settle()
    with Cutter(engine.socket) as cutter:
        books.relay._stream = CommandStream(cutter.path)
        queued = [credit(account, 2**index) for index in range(4)]
        begin = QueuedCommand.objects.exclude(number=None).order_by("-number")[0].number + 1
        cutter.plan = {begin + index: [first, second] for index in range(4)}
        books.prove()
        books.relay._stream.close()
    assert engine_units(engine, books.tenant, account) == 0b1111
    assert booked_units(account, Asset.objects.get(code="USDT").pk) == 0b1111
    assert states(queued) == [APPLIED] * 4
    # In order, three attempts each, and never under another number.
    assert [number for number, _ in cutter.seen] == [
        begin + index for index in range(4) for _ in range(3)
    ]
    for index, row in enumerate(queued):
        row.refresh_from_db()
        assert row.number == begin + index


def test_an_overloaded_answer_to_a_repeat_does_not_apply_the_command_again(books, engine, account):
    """It was applied, its answer was lost, and the repeat meets a busy engine, many times."""
    books.settle()
    with Cutter(engine.socket) as cutter:
        books.relay._stream = CommandStream(cutter.path)
        queued = [credit(account, 1), credit(account, 2)]
        begin = QueuedCommand.objects.exclude(number=None).order_by("-number")[0].number + 1
        cutter.plan = {begin: [AFTER, OVERLOADED, IN_ANSWER, *[OVERLOADED] * 5]}
        books.prove()
        books.relay._stream.close()
    assert engine_units(engine, books.tenant, account) == 3
    assert states(queued) == [APPLIED] * 2


def test_a_relay_that_died_anywhere_is_followed_by_one_that_goes_on(books, engine, account):
    """Numbers are in the database before anything is sent."""
    books.settle()
    with Cutter(engine.socket) as cutter:
        queued = [credit(account, 2**index) for index in range(4)]
        begin = QueuedCommand.objects.exclude(number=None).order_by("-number")[0].number + 1
        # It dies as the third command's answer is lost: two are answered, one unknown, one to go.
        cutter.plan = {begin + 2: [AFTER]}
        dying = Books(books.tenant)
        dying.relay._stream = CommandStream(cutter.path)
        connection.ensure_connection()
        window = dying.relay._next_window(connection.connection, books.tenant.schema_name)
        with pytest.raises(StreamLost):
            dying.relay._send(
                connection.connection, books.tenant.pk, books.tenant.schema_name, window
            )
    numbers = {row.pk: row.number for row in QueuedCommand.objects.all()}
    assert selectors.unanswered().count() == 2
    Books(books.tenant).prove()
    assert {row.pk: row.number for row in QueuedCommand.objects.all()} == numbers
    assert states(queued) == [APPLIED] * 4
    assert engine_units(engine, books.tenant, account) == 0b1111


def test_a_refusal_at_the_door_has_its_receipt_before_anything_else_is_sent(books, engine, account):
    """Malformed, or of an unknown kind or version: rejected, never waiting for ever."""
    books.settle()
    bad = credit(account, 1, reason=99)
    unknown = credit(account, 2)
    short = credit(account, 4)
    newer = credit(account, 8)
    QueuedCommand.objects.filter(pk=unknown.pk).update(kind=999)
    QueuedCommand.objects.filter(pk=short.pk).update(payload=bytes(short.payload)[:-1])
    QueuedCommand.objects.filter(pk=newer.pk).update(version=9)
    with Cutter(engine.socket) as cutter:
        dying = Books(books.tenant)
        dying.relay._stream = CommandStream(cutter.path)
        begin = QueuedCommand.objects.exclude(number=None).order_by("-number")[0].number + 1
        cutter.plan = {begin + 1: [AFTER]}
        connection.ensure_connection()
        window = dying.relay._next_window(connection.connection, books.tenant.schema_name)
        with pytest.raises(StreamLost):
            dying.relay._send(
                connection.connection, books.tenant.pk, books.tenant.schema_name, window
            )
    assert states([bad]) == [REJECTED]
    good = credit(account, 16)
    Books(books.tenant).prove()
    queued = [bad, unknown, short, newer, good]
    assert states(queued) == [REJECTED] * 4 + [APPLIED]
    results = [
        CommandReceipt.objects.get(source_no=QueuedCommand.objects.get(pk=row.pk).number).result
        for row in queued[1:4]
    ]
    assert results == [Result.UNKNOWN_KIND, Result.BAD_FRAME, Result.UNSUPPORTED_VERSION]
    assert engine_units(engine, books.tenant, account) == 16


def test_door_refusals_are_no_difference_of_numbers(books, account):
    """The engine keeps no number of what its door refused."""
    credit(account, 1, reason=99)
    credit(account, 1, reason=99)
    books.settle()
    later = credit(account, 2)
    Books(books.tenant).prove()
    assert selectors.relay_stop() is None
    assert states([later]) == [APPLIED]


@pytest.fixture
def restored(books, engine, account):
    """A database put back to before three commands, of which it still holds the first as waiting.

    The engine has applied them: 1, 2 and 4 units.
    """
    books.settle()
    waiting = credit(account, 1)
    backup = transaction.savepoint()
    credit(account, 2)
    credit(account, 4)
    books.settle()
    assert engine_units(engine, books.tenant, account) == 7
    transaction.savepoint_rollback(backup)
    waiting.refresh_from_db()
    assert waiting.number is None
    return waiting


def test_a_database_older_than_the_engine_stops_its_relay_only(
    books, engine, account, restored, other_tenant
):
    anew = Books(books.tenant)
    later = credit(account, 8)
    for _ in range(2):
        drain(anew)
        assert engine_units(engine, books.tenant, account) == 7
        assert RelayStop.objects.count() == 1
    stop = selectors.relay_stop()
    assert stop is not None and stop.is_engine_ahead
    assert stop.engine_no == stop.numbered_no + 3
    assert restored in selectors.in_doubt(stop)
    assert AuditRecord.objects.filter(action="relay.stop").count() == 1
    assert states([restored, later]) == [QueuedCommand.State.QUEUED] * 2
    # The other firm's outbox is emptied by the same relay.
    with tenant_context(other_tenant):
        assert selectors.unanswered().exists()
        connection.ensure_connection()
        anew.relay.drain(connection.connection, other_tenant.pk, other_tenant.schema_name)
        assert not selectors.unanswered().exists()
        assert selectors.relay_stop() is None


def resume(tenant, *arguments):
    out = StringIO()
    call_command("relay_resume", tenant.schema_name, *arguments, stdout=out)
    return out.getvalue()


def test_an_operator_is_told_and_has_to_choose(books, account, restored):
    anew = Books(books.tenant)
    drain(anew)
    told = resume(books.tenant)
    assert f"Commands in doubt (the first 20): {restored.pk}." in told
    assert "--in-doubt drop" in told
    assert "--in-doubt send" in told
    with pytest.raises(CommandError, match="--reason"):
        resume(books.tenant, "--in-doubt", "drop")
    assert selectors.relay_stop() is not None
    with pytest.raises(CommandError, match="no tenant"):
        call_command("relay_resume", "nobody")


@pytest.mark.parametrize(
    ("choice", "state", "units"), [("drop", REJECTED, 7 + 16), ("send", APPLIED, 7 + 1 + 16)]
)
def test_after_the_choice_the_relay_goes_on_under_new_numbers(
    books, engine, account, restored, choice, state, units
):
    anew = Books(books.tenant)
    drain(anew)
    stop = selectors.relay_stop()
    assert stop is not None
    told = resume(books.tenant, "--in-doubt", choice, "--reason", "Looked at the balances.")
    assert "goes on" in told
    record = AuditRecord.objects.get(action="relay.resume")
    assert record.reason == "Looked at the balances."
    later = credit(account, 16)
    anew.prove()
    assert states([restored, later]) == [state, APPLIED]
    assert engine_units(engine, books.tenant, account) == units
    for row in (restored, later):
        row.refresh_from_db()
        assert row.number > stop.engine_no
    # Relays that start later find nothing strange.
    Books(books.tenant).prove()
    assert selectors.relay_stop() is None
    assert resume(books.tenant).endswith("is not stopped.\n")


@pytest.fixture
def forgotten(books, account):
    """Commands the database holds as applied of which the engine knows nothing."""
    books.settle()
    rows = [credit(account, 1), credit(account, 2)]
    first = QueuedCommand.objects.exclude(number=None).order_by("-number")[0].number + 1
    for number, row in enumerate(rows, first):
        QueuedCommand.objects.filter(pk=row.pk).update(number=number, answered=True)
        CommandReceipt.objects.create(
            source_no=number, seq=10**6 + number, result=0, received_at=row.created_at
        )
    return rows


@pytest.mark.parametrize(("choice", "units"), [("send", 1 + 2 + 16), ("drop", 16)])
def test_an_engine_older_than_the_database_stops_the_relay_until_somebody_chooses(
    books, engine, account, forgotten, choice, units
):
    anew = Books(books.tenant)
    later = credit(account, 16)
    drain(anew)
    assert engine_units(engine, books.tenant, account) == 0
    stop = selectors.relay_stop()
    assert stop is not None and not stop.is_engine_ahead
    assert list(selectors.in_doubt(stop).order_by("id")) == forgotten
    resume(books.tenant, "--in-doubt", choice, "--reason", "The journal's disk was lost.")
    anew.settle()
    assert engine_units(engine, books.tenant, account) == units
    assert states([*forgotten, later]) == [APPLIED] * 3
    receipts = CommandReceipt.objects.filter(seq__gt=10**6).count()
    assert receipts == (0 if choice == "send" else 2)
    Books(books.tenant).settle()
    assert selectors.relay_stop() is None


def test_numbers_are_compared_again_after_the_engine_was_away(books, engine, account):
    """It may come back with another journal."""
    books.settle()
    assert books.tenant.pk in books.relay._fitting
    with Cutter(engine.socket) as cutter:
        books.relay._stream = CommandStream(cutter.path)
        credit(account, 1)
        begin = QueuedCommand.objects.exclude(number=None).order_by("-number")[0].number + 1
        cutter.plan = {begin: [AFTER]}
        asked = []
        real = books.relay._stream.last_number
        books.relay._stream.last_number = lambda pk: asked.append(pk) or real(pk)
        books.prove()
    assert asked == [books.tenant.pk]
