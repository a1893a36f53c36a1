"""Entries by staff: one asks, another decides, the engine records, clearing writes."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import AuditRecord
from tests.wallets.bookkeeping.conftest import REASON
from trading.accounts.models import Account, AccountRole
from trading.accounts.selectors import access_account
from trading.commands.models import QueuedCommand
from trading.engine.results import Result
from wallets.bookkeeping import actions, plans, selectors
from wallets.bookkeeping.errors import BookkeepingError
from wallets.bookkeeping.models import EntryRequest, State
from wallets.ledger import chart, entries
from wallets.ledger.models import (
    Balance,
    CustodyAccount,
    EntryKind,
    EntryNote,
    JournalEntry,
    LedgerAccount,
    Line,
)
from wallets.ledger.selectors import booked_units


def marks():
    return (
        EntryRequest.objects.count(),
        QueuedCommand.objects.count(),
        AuditRecord.objects.count(),
        list(EntryRequest.objects.order_by("pk").values_list("state", flat=True)),
    )


def posted(entry):
    return {row.ledger_account_id: int(row.units) for row in entry.postings.all()}


def entry_of(request):
    return JournalEntry.objects.get(seq=request.result_seq)


def test_a_bank_fee_is_booked_once(books, ask, owner, usdt):
    request = ask()
    approved = actions.approve_entry(request=request, acting_user=owner)
    again = actions.approve_entry(request=request, acting_user=owner)
    assert approved.command_id == again.command_id
    books.prove()
    request.refresh_from_db()
    assert (request.state, request.result) == (State.APPLIED, Result.ACCEPTED)
    entry = entry_of(request)
    ten = usdt.units_of("10")
    assert (entry.kind, entry.reference_id) == (EntryKind.BANK_FEE, request.pk)
    assert posted(entry) == {
        chart.ledger_account_id(Line.BANK_FEES, 0, usdt.pk): ten,
        chart.ledger_account_id(Line.BANK, 0, usdt.pk): -ten,
    }
    assert dict(plans.postings_of(request)) == posted(entry)
    assert not EntryNote.objects.exists()
    assert Balance.objects.get(pk=chart.ledger_account_id(Line.BANK_FEES, 0, usdt.pk)).units == ten


def test_every_kind_that_is_offered_is_booked_as_its_preview_says(
    books, ask, book, owner, alice, usdt
):
    account = access_account(alice)
    house = Account.objects.exclude(role=AccountRole.CUSTOMER).first()
    book(EntryKind.BONUS, account=account, amount_units=usdt.units_of("1000"))
    made = []
    for kind in plans.OFFERED_KINDS:
        fields = {}
        if not entries.TEMPLATES[kind].is_recorded:
            fields["account"] = house if kind in plans.OF_HOUSE_ACCOUNTS else account
        if kind == EntryKind.CUSTODY_TRANSFER:
            fields["houses"] = {"debited": chart.house_line(Line.COLD_WALLET)}
        if kind == EntryKind.CORRECTION:
            fields["houses"] = {"credited": chart.house_line(Line.NETWORK_FEES)}
        request = ask(kind, **fields)
        actions.approve_entry(request=request, acting_user=owner)
        made.append((request, plans.postings_of(request)))
    books.prove()
    for request, preview in made:
        request.refresh_from_db()
        assert request.state == State.APPLIED, request.get_kind_display()
        entry = entry_of(request)
        assert entry.kind == request.kind
        assert posted(entry) == dict(preview)


def test_a_reversal_undoes_once(books, book, finance, owner, usdt):
    fee = entry_of(book())
    request = actions.request_reversal(entry=fee, reason=REASON, acting_user=finance)
    with pytest.raises(BookkeepingError, match="already"):
        actions.request_reversal(entry=fee, reason=REASON, acting_user=owner_like(finance))
    actions.approve_entry(request=request, acting_user=owner)
    books.prove()
    request.refresh_from_db()
    undone = entry_of(request)
    assert undone.kind == EntryKind.REVERSAL
    assert posted(undone) == {ledger_id: -units for ledger_id, units in posted(fee).items()}
    assert EntryNote.objects.get(pk=undone.pk).reverses_id == fee.pk
    assert selectors.reversed_by(fee.pk) == undone.pk
    with pytest.raises(BookkeepingError, match="already"):
        actions.request_reversal(entry=fee, reason=REASON, acting_user=finance)


def owner_like(finance):
    return finance


def test_what_moved_an_account_is_taken_back_by_the_engine_if_it_is_there(
    books, book, finance, owner, alice, usdt
):
    account = access_account(alice)
    bonus = entry_of(book(EntryKind.BONUS, account=account))
    book(EntryKind.INTEREST_CHARGED, account=account, amount_units=1)
    request = actions.request_reversal(entry=bonus, reason=REASON, acting_user=finance)
    assert request.kind == EntryKind.BONUS_REVERSED
    actions.approve_entry(request=request, acting_user=owner)
    books.prove()
    request.refresh_from_db()
    assert (request.state, request.result) == (State.REJECTED, Result.INSUFFICIENT_FUNDS)
    # So it is not undone, and can be asked for again when there is enough.
    assert selectors.reversed_by(bonus.pk) is None
    book(EntryKind.INTEREST_PAID, account=account, amount_units=1)
    again = actions.request_reversal(entry=bonus, reason=REASON, acting_user=finance)
    actions.approve_entry(request=again, acting_user=owner)
    books.prove()
    again.refresh_from_db()
    assert again.state == State.APPLIED
    assert posted(entry_of(again)) == {k: -v for k, v in posted(bonus).items()}
    assert selectors.reversed_by(bonus.pk) == entry_of(again).pk
    assert booked_units(account, usdt.pk) == 0


def test_nobody_approves_what_he_asked_for(ask, finance):
    request = ask()
    before = marks()
    for act, fields in ((actions.approve_entry, {}), (actions.refuse_entry, {"reason": REASON})):
        with pytest.raises(PermissionDenied, match="second person"):
            act(request=request, acting_user=finance, **fields)
    assert marks() == before
    request.approved_by = finance
    with pytest.raises(IntegrityError), transaction.atomic():
        request.save()


def test_only_finance_asks_and_only_the_firms_staff_decides(ask, staff_of, bob, platform_tenant):
    request = ask()
    before = marks()
    nobody = [bob, staff_of("support"), staff_of("auditor"), staff_of("admin"), None]
    nobody.append(staff_of("owner", platform_tenant))
    for user in nobody:
        with pytest.raises(PermissionDenied):
            ask(acting_user=user)
        with pytest.raises(PermissionDenied):
            actions.approve_entry(request=request, acting_user=user)
    with pytest.raises(PermissionDenied):
        ask(acting_user=staff_of("owner"))  # approves, and so does not ask
    assert marks() == (before[0], before[1], AuditRecord.objects.count(), before[3])


def test_refused_is_refused(ask, owner, staff_of):
    request = ask()
    actions.refuse_entry(request=request, acting_user=owner, reason="Not ours")
    with pytest.raises(BookkeepingError, match="decided already"):
        actions.approve_entry(request=request, acting_user=staff_of("finance"))
    assert not QueuedCommand.objects.filter(kind=50).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": EntryKind.SPOT_FILL}, "kind"),
        ({"kind": EntryKind.YEAR_CLOSED}, "kind"),
        ({"kind": EntryKind.ADJUSTMENT_CREDIT}, "kind"),
        ({"amount_units": 0}, "amount"),
        ({"amount_units": -1}, "amount"),
        ({"amount_units": 10**33}, "amount"),
        ({"reason": " x "}, "reason"),
        ({"kind": EntryKind.REBATE}, "account"),
        ({"houses": {"credited": chart.house_line(Line.CAPITAL)}}, "credited"),
        ({"houses": {"credited": chart.house_line(Line.BANK, 9)}}, "credited"),
        ({"houses": {"credited": 999 << 16}}, "credited"),
        ({"kind": EntryKind.CUSTODY_TRANSFER}, "credited"),
        ({"value_time": timezone.now() + timedelta(days=1)}, "value_time"),
    ],
)
def test_nonsense_is_refused_beside_its_field(ask, changes, field):
    before = marks()
    with pytest.raises(BookkeepingError) as refused:
        ask(**changes)
    assert refused.value.field == field
    assert marks() == before


def test_an_account_of_the_wrong_sort_is_refused(ask, alice):
    account = access_account(alice)
    house = Account.objects.exclude(role=AccountRole.CUSTOMER).first()
    for kind, whose in (
        (EntryKind.BANK_FEE, account),
        (EntryKind.REBATE, house),
        (EntryKind.HOUSE_FUNDING, account),
    ):
        with pytest.raises(BookkeepingError) as refused:
            ask(kind, account=whose)
        assert refused.value.field == "account"
    with pytest.raises(BookkeepingError, match="booked when it moves"):
        ask(EntryKind.REBATE, account=account, value_time=timezone.now() - timedelta(days=1))


def test_a_trade_is_not_reversed(tenant, finance):
    entry = JournalEntry(pk=7, kind=EntryKind.SPOT_FILL, seq=0, time=timezone.now())
    with pytest.raises(BookkeepingError, match="another trade"):
        actions.request_reversal(entry=entry, reason=REASON, acting_user=finance)


def test_the_time_that_it_belongs_to_is_kept(books, book):
    when = (timezone.now() - timedelta(days=2)).replace(microsecond=0)
    request = book(value_time=when)
    books.prove()
    entry = entry_of(request)
    assert EntryNote.objects.get(pk=entry.pk).value_time == when
    assert entry.time > when


def test_a_second_bank_has_a_ledger_account_of_its_own(books, book, finance, usdt, alice):
    custody = actions.open_custody_account(
        line=Line.BANK, name="Erste", details="AT61", assets=[usdt], acting_user=finance
    )
    second = actions.open_custody_account(
        line=Line.BANK, name="Zweite", details="", assets=[], acting_user=finance
    )
    assert (custody.part, second.part) == (1, 2)
    house = chart.house_line(Line.BANK, 1)
    row = LedgerAccount.objects.get(pk=chart.house_account_id(house, usdt.pk))
    assert (row.name, row.part, row.classification) == ("Erste USDT", 1, "asset")
    other = chart.house_line(Line.BANK, 2)
    book(EntryKind.CUSTODY_TRANSFER, houses={"debited": house, "credited": other})
    book(EntryKind.DEPOSIT, account=access_account(alice), houses={"against": house})
    books.prove()
    ten = usdt.units_of("10")
    balances = dict(Balance.objects.values_list("ledger_account_id", "units"))
    assert balances[chart.house_account_id(house, usdt.pk)] == 2 * ten
    assert balances[chart.house_account_id(other, usdt.pk)] == -ten
    assert LedgerAccount.objects.get(pk=chart.house_account_id(other, usdt.pk)).name == (
        "Zweite USDT"
    )
    for fields in ({"line": Line.CAPITAL}, {"name": " "}, {"name": "erste"}):
        with pytest.raises(BookkeepingError):
            actions.open_custody_account(
                **{"line": Line.BANK, "name": "New", "details": "", "assets": []} | fields,
                acting_user=finance,
            )
    assert CustodyAccount.objects.count() == 2


def test_deposits_go_through_suspense(books, book, alice, usdt):
    """Recorded when it arrives, credited when it is known whose it is."""
    book(EntryKind.DEPOSIT_RECORDED)
    suspense = chart.ledger_account_id(Line.SUSPENSE, 0, usdt.pk)
    assert Balance.objects.get(pk=suspense).units == -usdt.units_of("10")
    book(
        EntryKind.DEPOSIT,
        account=access_account(alice),
        houses={"against": chart.house_line(Line.SUSPENSE)},
    )
    books.prove()
    assert Balance.objects.get(pk=suspense).units == 0
    assert booked_units(access_account(alice), usdt.pk) == usdt.units_of("10")
