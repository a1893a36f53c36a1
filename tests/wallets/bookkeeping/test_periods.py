"""Closed months stay closed, whoever writes; the year's result goes to retained earnings."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests.wallets.bookkeeping.conftest import REASON
from tests.wallets.bookkeeping.test_entries import marks
from wallets.bookkeeping import actions, selectors
from wallets.bookkeeping.errors import BookkeepingError
from wallets.bookkeeping.models import Period, PeriodState, State
from wallets.ledger import chart
from wallets.ledger.models import Balance, EntryKind, EntryNote, Line


def months_before(count: int) -> date:
    day = timezone.now().date().replace(day=1)
    for _ in range(count):
        day = (day - timedelta(days=1)).replace(day=1)
    return day


def within(month: date, day: int = 10) -> datetime:
    return datetime(month.year, month.month, day, 12, tzinfo=UTC)


LAST, BEFORE, THIS = months_before(1), months_before(2), months_before(0)


@pytest.fixture
def old_books(books, long_ago):
    """The first entry is two months old, so the two last months are over."""
    long_ago(within(BEFORE))
    return books


@pytest.fixture
def close(finance):
    return lambda month: actions.close_period(month=month, acting_user=finance)


def test_months_are_closed_one_after_another_when_they_are_over(old_books, close):
    with pytest.raises(BookkeepingError, match="one after another"):
        close(LAST)
    period = close(BEFORE)
    assert close(BEFORE).closed_at == period.closed_at
    close(LAST)
    with pytest.raises(BookkeepingError, match="when it is over"):
        close(THIS)
    assert [str(period) for period in Period.objects.all()] == [f"{LAST:%Y-%m}", f"{BEFORE:%Y-%m}"]
    assert selectors.closed_until() == datetime(THIS.year, THIS.month, 1, tzinfo=UTC)


def test_nothing_is_closed_while_clearing_is_behind(old_books, close, ask, owner):
    actions.approve_entry(request=ask(), acting_user=owner)
    old_books.relay.drain(*_relay_arguments(old_books))
    with pytest.raises(BookkeepingError, match="behind"):
        close(BEFORE)
    old_books.settle()
    close(BEFORE)


def _relay_arguments(books):
    from django.db import connection

    return connection.connection, books.tenant.pk, books.tenant.schema_name


def test_what_belongs_to_a_closed_month_is_neither_asked_for_nor_approved(
    old_books, close, ask, owner
):
    late = ask(value_time=within(BEFORE))
    close(BEFORE)
    before = marks()
    with pytest.raises(BookkeepingError, match="closed") as refused:
        ask(value_time=within(BEFORE))
    assert refused.value.field == "value_time"
    with pytest.raises(BookkeepingError, match="closed"):
        actions.approve_entry(request=late, acting_user=owner)
    assert marks() == before
    assert ask(value_time=within(LAST)).pk


def test_a_month_is_not_closed_over_what_is_on_its_way(old_books, close, ask, owner):
    actions.approve_entry(request=ask(value_time=within(BEFORE)), acting_user=owner)
    with pytest.raises(BookkeepingError, match="on their way"):
        close(BEFORE)
    old_books.settle()
    close(BEFORE)


def test_the_database_refuses_entries_of_a_closed_month(old_books, close, long_ago):
    close(BEFORE)
    period = Period.objects.get()
    with pytest.raises(DatabaseError, match="closed month"), transaction.atomic():
        long_ago(within(BEFORE), number=2, seq=period.closed_seq + 1)
    # What the engine had come to when it was closed may be written again, by a rebuild.
    assert period.closed_seq > 0
    with transaction.atomic():
        long_ago(within(BEFORE), number=2, seq=period.closed_seq)
        EntryNote.objects.create(entry_id=period.closed_seq << 20, value_time=within(BEFORE))
    with pytest.raises(DatabaseError, match="closed month"), transaction.atomic():
        EntryNote.objects.create(entry_id=(period.closed_seq + 1) << 20, value_time=within(BEFORE))


def test_reopening_takes_a_second_person(old_books, close, ask, finance, owner, bob):
    close(BEFORE)
    close(LAST)
    first, last = Period.objects.get(month=BEFORE), Period.objects.get(month=LAST)
    with pytest.raises(BookkeepingError, match="last month"):
        actions.ask_to_reopen(period=first, reason=REASON, acting_user=finance)
    with pytest.raises(PermissionDenied):
        actions.ask_to_reopen(period=last, reason=REASON, acting_user=bob)
    with pytest.raises(BookkeepingError, match="Nobody waits"):
        actions.decide_reopening(period=last, reopens=True, reason="", acting_user=owner)
    actions.ask_to_reopen(period=last, reason=REASON, acting_user=finance)
    for reopens in (True, False):
        with pytest.raises(PermissionDenied, match="second person"):
            actions.decide_reopening(period=last, reopens=reopens, reason="", acting_user=finance)
    with pytest.raises(BookkeepingError, match="closed"):
        ask(value_time=within(LAST))  # asked for is not reopened
    actions.decide_reopening(period=last, reopens=False, reason="No", acting_user=owner)
    last.refresh_from_db()
    assert last.state == PeriodState.CLOSED
    actions.ask_to_reopen(period=last, reason=REASON, acting_user=finance)
    actions.decide_reopening(period=last, reopens=True, reason="Yes", acting_user=owner)
    request = ask(value_time=within(LAST))
    actions.approve_entry(request=request, acting_user=owner)
    old_books.settle()
    request.refresh_from_db()
    assert request.state == State.APPLIED
    seq = Period.objects.get(month=LAST).closed_seq
    assert close(LAST).closed_seq > seq


def test_the_years_result_is_carried_to_retained_earnings(
    books, close, long_ago, book, finance, owner, usdt
):
    year = timezone.now().year - 1
    long_ago(datetime(year, 12, 5, tzinfo=UTC), 30, Line.BANK_FEES, Line.BANK)
    long_ago(datetime(year, 12, 6, tzinfo=UTC), 100, Line.BANK, Line.OTHER_INCOME, number=2)
    # Booked this year, belongs to the last: within it.
    book(amount_units=7, value_time=datetime(year, 12, 31, 12, tzinfo=UTC))
    book(amount_units=1000)  # of this year
    with pytest.raises(BookkeepingError, match="Close all months"):
        actions.request_year_close(year=year, reason=REASON, acting_user=finance)
    close(date(year, 12, 1))
    (request,) = actions.request_year_close(year=year, reason=REASON, acting_user=finance)
    assert (request.income_units, request.expense_units) == (100, 37)
    with pytest.raises(BookkeepingError, match="already"):
        actions.request_year_close(year=year, reason=REASON, acting_user=finance)
    actions.approve_entry(request=request, acting_user=owner)
    books.settle()
    request.refresh_from_db()
    assert request.state == State.APPLIED
    balance = Balance.objects.get(pk=chart.ledger_account_id(Line.RETAINED_EARNINGS, 0, usdt.pk))
    assert balance.units == -63
    assert selectors.results_until(datetime(year + 1, 1, 1, tzinfo=UTC)) == [(usdt.pk, 0, 0)]
    now = selectors.results_until(timezone.now())
    assert now == [(usdt.pk, 0, 1000)]
    with pytest.raises(BookkeepingError, match="Its year is closed"):
        actions.ask_to_reopen(
            period=Period.objects.get(month=date(year, 12, 1)), reason=REASON, acting_user=finance
        )
    assert request.kind == EntryKind.YEAR_CLOSED
