"""Transfers between own accounts: once, of what is there, never out of a frozen account, and the
books add up at every step."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django_tenants.utils import tenant_context

from audit.models import AuditRecord
from care.actions import closings
from care.errors import CareError
from firms import fund
from messaging.models import Notice
from trading.accounts import actions as accounts
from trading.accounts.models import AccountState
from trading.accounts.selectors import access_account
from trading.commands.models import CommandReceipt, QueuedCommand
from trading.engine.results import Result
from trading.instruments.models import Asset
from wallets.bookkeeping import actions as bookkeeping
from wallets.bookkeeping.errors import BookkeepingError
from wallets.ledger import chart
from wallets.ledger.models import Balance, EntryKind, JournalEntry, Line
from wallets.ledger.selectors import booked_units
from wallets.reports import statements, worth
from wallets.transfers import actions, selectors, states
from wallets.transfers.errors import TransferError
from wallets.transfers.models import OwnTransfer, State, TransferStep


@pytest.fixture
def usdt(tenant):
    return Asset.objects.get(code="USDT")


@pytest.fixture
def pair(books, alice, staff_of):
    """Alice's two accounts, with 100 USDT in the first."""
    first = access_account(alice)
    second = accounts.open_account(user=alice, acting_user=alice, name="Savings")
    fund(first, "USDT", "100", staff_of("finance"), staff_of("owner"))
    books.settle()
    return first, second


@pytest.fixture
def move(pair, alice, usdt):
    def move(amount="40", *, key="k1", by=alice, **fields):
        values = {
            "source": pair[0],
            "target": pair[1],
            "asset": usdt,
            "amount_units": usdt.units_of(amount),
            "request_key": key,
            "acting_user": by,
        } | fields
        return actions.request_transfer(**values)

    return move


def in_transit(asset):
    ledger_id = chart.ledger_account_id(Line.OWN_TRANSFERS_IN_TRANSIT, 0, asset.pk)
    row = Balance.objects.filter(ledger_account_id=ledger_id).first()
    return -int(row.units) if row else 0


def of_classes(asset):
    """What the balance sheet and the income statement come to: units of each class."""
    rows = Balance.objects.filter(ledger_account__asset=asset)
    found = rows.values_list("ledger_account__classification").annotate(total=Sum("units"))
    return {name: int(units) for name, units in found if units}


def finish(books, row):
    """Receipts and steps until it has ended; the books are proved after each."""
    for _ in range(4):
        books.prove()
        actions.advance()
        row.refresh_from_db()
        if row.ended_at is not None:
            break
    books.prove()
    return row


def test_an_amount_goes_over_once_and_the_books_add_up_at_each_step(books, pair, move, alice, usdt):
    first, second = pair
    row = move("40")
    assert move("40").pk == row.pk  # the same key again
    books.prove()
    assert in_transit(usdt) == usdt.units_of("40")
    assert booked_units(first, usdt.pk) == usdt.units_of("60")
    assert actions.advance() == 1
    assert actions.advance() == 0  # its receipt is still to come
    finish(books, row)
    assert row.state == State.DONE and row.command is None
    assert in_transit(usdt) == 0
    assert booked_units(first, usdt.pk) == usdt.units_of("60")
    assert booked_units(second, usdt.pk) == usdt.units_of("40")
    assert [step.state for step in row.steps.all()] == [State.REQUESTED, State.TAKEN, State.DONE]
    kinds = JournalEntry.objects.filter(reference_id=row.pk, kind__in=[28, 29]).order_by("id")
    assert [entry.kind for entry in kinds] == [
        EntryKind.OWN_TRANSFER_OUT, EntryKind.OWN_TRANSFER_IN,
    ]  # fmt: skip
    record = AuditRecord.objects.get(action="transfers.request")
    assert record.object_id == str(row.pk)
    assert actions.advance() == 0
    assert OwnTransfer.objects.count() == 1


def test_statements_and_worth_show_it_and_the_sums_stay(books, pair, move, alice, usdt):
    first, second = pair
    before = of_classes(usdt)
    finish(books, move("40"))
    assert of_classes(usdt) == before
    out, _ = statements.page(first, "", limit=10)
    came, _ = statements.page(second, "", limit=10)
    assert (out[0].kind_name, out[0].amount_units) == ("own_transfer_out", -usdt.units_of("40"))
    assert (came[0].kind_name, came[0].amount_units) == ("own_transfer_in", usdt.units_of("40"))
    assert came[0].balance_units == usdt.units_of("40")
    now = timezone.now() + timedelta(minutes=1)
    moments = [now - timedelta(days=1), now]
    both = worth.series([first.pk, second.pk], moments, "USDT")
    assert both.points[-1].units == usdt.units_of("100")
    assert both.points[-1].paid_units == usdt.units_of("100")
    one = worth.series([second.pk], moments, "USDT")
    assert (one.points[-1].units, one.points[-1].paid_units) == (usdt.units_of("40"),) * 2
    assert one.result_units == 0


def test_more_than_is_available_is_refused_at_once(books, pair, move, usdt):
    with pytest.raises(TransferError, match="Only 100"):
        move("100.000001")
    assert not OwnTransfer.objects.exists()
    books.prove()


def test_what_is_gone_meanwhile_the_engine_refuses_and_says_why(books, pair, move, alice, usdt):
    one, two = move("70", key="a"), move("70", key="b")
    finish(books, one)
    finish(books, two)
    assert (one.state, two.state) == (State.DONE, State.REFUSED)
    assert two.result == Result.INSUFFICIENT_FUNDS
    assert booked_units(pair[0], usdt.pk) == usdt.units_of("30")
    notice = Notice.objects.get(user=alice, key=f"own-transfer:{two.pk}")
    assert "70" in notice.text


def test_what_cannot_be_given_comes_back(books, pair, move, alice, usdt):
    """The engine's answer is changed on its way, as the journal never does: no step but this one
    can bring it about."""
    row = move("40")
    books.settle()
    actions.advance()
    books.settle()
    row.refresh_from_db()
    CommandReceipt.objects.filter(source_no=row.command.number).update(result=Result.NO_ROOM)
    assert actions.advance() == 1
    row.refresh_from_db()
    assert row.state == State.RETURNING
    books.settle()
    CommandReceipt.objects.filter(source_no=row.command.number).update(result=Result.NO_ROOM)
    assert actions.advance() == 1
    row.refresh_from_db()
    assert (row.state, row.command) == (State.RETURNING, None)
    assert actions.advance() == 0  # not yet again
    assert actions.advance(timezone.now() + timedelta(minutes=2)) == 1
    books.settle()
    actions.advance()
    row.refresh_from_db()
    assert row.state == State.RETURNED and row.ended_at is not None
    assert [step.state for step in row.steps.all()][-3:] == [
        State.RETURNING, State.RETURNING, State.RETURNED,
    ]  # fmt: skip
    with pytest.raises(TransferError, match="past that"):
        states.apply(row, State.DONE, result=0, command=None, now=timezone.now())


def test_a_frozen_account_neither_sends_nor_receives(books, pair, move, alice, staff_of, usdt):
    owner, before = staff_of("owner"), QueuedCommand.objects.count()
    for account, other in (pair, pair[::-1]):
        for state in (AccountState.CANCEL_ONLY, AccountState.SUSPENDED):
            accounts.set_account_state(account=account, state=state, acting_user=owner)
            for source, target in ((account, other), (other, account)):
                with pytest.raises(TransferError, match="frozen"):
                    move(source=source, target=target)
        accounts.set_account_state(account=account, state=AccountState.ACTIVE, acting_user=owner)
    assert not OwnTransfer.objects.exists()
    assert QueuedCommand.objects.count() == before + 6  # the changes of states only
    books.prove()
    assert booked_units(pair[0], usdt.pk) == usdt.units_of("100")


def test_a_closed_account_is_no_target_and_what_moves_stands_against_closing(
    books, pair, move, alice, usdt
):
    first, second = pair
    row = move("40")
    books.settle()
    with pytest.raises(CareError, match="transfer between your accounts"):
        closings.close_account(account=second, reason="", acting_user=alice)
    finish(books, row)
    finish(books, move("40", key="back", source=second, target=first))
    closings.close_account(account=second, reason="", acting_user=alice)
    with pytest.raises(TransferError, match="closed"):
        move("1", key="late")
    books.prove()


@pytest.mark.parametrize(
    ("amount_units", "message"), [(0, "above zero"), (-5, "above zero"), (10**38, "too large")]
)
def test_amounts_that_are_none(books, pair, move, amount_units, message):
    with pytest.raises(TransferError, match=message):
        move(amount_units=amount_units)
    assert not OwnTransfer.objects.exists()


def test_only_between_two_accounts_of_ones_own(
    books, pair, move, alice, bob, charlie, other_tenant, usdt
):
    first, _second = pair
    his = access_account(bob)
    before = QueuedCommand.objects.count()
    for fields in (
        {"target": first},
        {"target": his},
        {"source": his},
        {"by": bob},
        {"by": charlie},
        {"key": ""},
        {"key": "x" * 65},
    ):
        with pytest.raises(TransferError):
            move(**fields)
    assert not OwnTransfer.objects.exists() and QueuedCommand.objects.count() == before
    with pytest.raises(IntegrityError, match="own_transfer_between_two"), transaction.atomic():
        OwnTransfer.objects.create(
            user=alice, source=first, target=first, asset=usdt, amount_units=1, request_key="x"
        )
    row = move("1")
    for stranger in (bob, charlie):
        with pytest.raises(TransferError):
            selectors.access_transfer(stranger, row.pk)
        assert not selectors.transfers_of(stranger).exists()
    with tenant_context(other_tenant):
        assert not selectors.transfers_of(alice).exists()
    finish(books, row)


def test_a_key_stands_for_one_transfer_only(books, pair, move):
    row = move("40")
    with pytest.raises(TransferError, match="another transfer"):
        move("41")
    finish(books, row)
    assert move("40").state == State.DONE
    assert TransferStep.objects.filter(transfer=row).count() == 3


def test_staff_do_not_reverse_it(books, pair, move, staff_of):
    row = finish(books, move("40"))
    entry = JournalEntry.objects.filter(reference_id=row.pk, kind=28).get()
    with pytest.raises(BookkeepingError, match="move it back"):
        bookkeeping.request_reversal(
            entry=entry, reason="by mistake", acting_user=staff_of("finance")
        )
