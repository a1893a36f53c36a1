"""The outbox inside a transaction: nothing without a commit, order kept, states told apart."""

import pytest
from django.db import connection, transaction

from trading.accounts.selectors import access_account
from trading.commands import actions, selectors
from trading.commands.models import CommandReceipt, QueuedCommand
from trading.engine import commands
from trading.engine.enums import FundsReason
from trading.engine.message import LayoutError
from trading.engine.results import Result
from trading.instruments.models import Asset
from wallets.ledger.selectors import booked_units


@pytest.fixture
def usdt(tenant):
    return Asset.objects.get(code="USDT")


def credit(account, asset, units, **changes):
    fields = {
        "account_id": account.pk,
        "asset_id": asset.pk,
        "amount_units": units,
        "reason": int(FundsReason.DEPOSIT),
        "reference_id": 1,
    }
    return commands.CreditFunds(**fields | changes)


def test_a_rolled_back_command_never_was(books, alice, usdt):
    books.settle()
    before = QueuedCommand.objects.count()

    class Changed(Exception):
        pass

    with pytest.raises(Changed), transaction.atomic():
        actions.enqueue_command(credit(access_account(alice), usdt, 5), acting_user=alice)
        raise Changed
    assert QueuedCommand.objects.count() == before
    books.prove()
    assert booked_units(access_account(alice), usdt.pk) == 0


def test_states_from_queued_to_applied(books, alice, usdt):
    queued = actions.enqueue_command(credit(access_account(alice), usdt, 5), acting_user=alice)
    assert queued.created_by == f"north:customer:{alice.pk}"
    assert selectors.state_of(queued) == QueuedCommand.State.QUEUED
    books.relay.drain(connection.connection, books.tenant.pk, books.tenant.schema_name)
    queued.refresh_from_db()
    assert queued.answered
    assert selectors.state_of(queued) == QueuedCommand.State.SENT
    books.prove()
    assert selectors.state_of(queued) == QueuedCommand.State.APPLIED
    assert booked_units(access_account(alice), usdt.pk) == 5


def test_numbers_rise_in_the_order_of_writing(books, alice, usdt):
    account = access_account(alice)
    written = [
        actions.enqueue_command(credit(account, usdt, units), acting_user=None)
        for units in range(1, 201)
    ]
    books.prove()
    numbers = list(
        QueuedCommand.objects.filter(pk__in=[q.pk for q in written])
        .order_by("pk")
        .values_list("number", flat=True)
    )
    assert numbers == list(range(numbers[0], numbers[0] + 200))
    seqs = list(
        CommandReceipt.objects.filter(source_no__in=numbers)
        .order_by("source_no")
        .values_list("seq", flat=True)
    )
    assert seqs == sorted(seqs) and len(seqs) == 200
    assert booked_units(account, usdt.pk) == sum(range(1, 201))


def test_sending_again_applies_nothing_twice(books, alice, usdt):
    account = access_account(alice)
    for units in (1, 2, 3):
        actions.enqueue_command(credit(account, usdt, units), acting_user=None)
    books.settle()
    # As if the relay had died before it wrote down the answers.
    QueuedCommand.objects.update(answered=False)
    books.prove()
    assert not selectors.unanswered().exists()
    assert booked_units(account, usdt.pk) == 6


def test_the_engines_refusal_is_a_receipt(books, alice, usdt):
    queued = actions.enqueue_command(
        commands.DebitFunds(
            account_id=access_account(alice).pk,
            asset_id=usdt.pk,
            amount_units=1,
            reason=int(FundsReason.WITHDRAWAL),
            reference_id=1,
        ),
        acting_user=None,
    )
    books.prove()
    queued.refresh_from_db()
    assert selectors.state_of(queued) == QueuedCommand.State.REJECTED
    receipt = selectors.receipt_of(queued)
    assert receipt is not None and receipt.result == Result.INSUFFICIENT_FUNDS
    assert receipt.seq > 0


def test_a_refusal_at_the_engines_door_is_a_receipt_too(books, alice, usdt):
    account = access_account(alice)
    bad = actions.enqueue_command(credit(account, usdt, 5, reason=99), acting_user=None)
    good = actions.enqueue_command(credit(account, usdt, 7), acting_user=None)
    books.prove()
    for queued in (bad, good):
        queued.refresh_from_db()
    assert selectors.state_of(bad) == QueuedCommand.State.REJECTED
    assert selectors.state_of(good) == QueuedCommand.State.APPLIED
    assert booked_units(account, usdt.pk) == 7


def test_a_value_that_fits_no_field_is_refused_before_it_is_written(books, alice, usdt):
    books.settle()
    before = QueuedCommand.objects.count()
    with pytest.raises(LayoutError):
        actions.enqueue_command(credit(access_account(alice), usdt, 2**130), acting_user=None)
    assert QueuedCommand.objects.count() == before
