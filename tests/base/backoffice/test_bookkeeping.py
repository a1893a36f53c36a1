"""Entries by staff, periods and custody accounts: pages, persons, double sends."""

from datetime import timedelta

import pytest
from django.utils import timezone

import people
from firms import REASON, an_entry_request, marks
from trading.instruments.models import Asset
from wallets.bookkeeping.models import EntryRequest, Period, PeriodState, State
from wallets.ledger import chart
from wallets.ledger.models import CustodyAccount, EntryKind, JournalEntry, Line, Posting

TOKEN = "0b8bb0f2-47f4-4a4c-9d0e-0d3e2c6d3b21"
FEE = f"/backoffice/bookkeeping/new/{int(EntryKind.BANK_FEE)}/"


def fee(**changes):
    asset = Asset.objects.get(code="USDT")
    return {"asset": asset.pk, "amount": "12.5", "reason": REASON} | changes


def test_previewed_asked_approved_booked_and_reversed(firm, client_for, send) -> None:
    finance, owner = client_for(firm.finance), client_for(firm.owner)
    before = EntryRequest.objects.count()
    page = send(finance, FEE + "?preview=1", **fee()).content.decode()
    assert "Bank fees USDT goes up by 12.5 USDT" in page
    assert "Main bank" in page or "goes down by 12.5 USDT" in page
    assert EntryRequest.objects.count() == before  # looked at, not asked for
    answer = send(finance, FEE, **fee())
    row = EntryRequest.objects.latest("pk")
    assert answer["Location"] == f"/backoffice/bookkeeping/{row.pk}/"
    send(owner, f"/backoffice/bookkeeping/{row.pk}/approve/")
    firm.books.prove()
    row.refresh_from_db()
    assert row.state == State.APPLIED
    entry = JournalEntry.objects.get(seq=row.result_seq)
    page = owner.get(f"/backoffice/bookkeeping/{row.pk}/").content.decode()
    assert f"/backoffice/ledger/entries/{entry.pk}/" in page
    page = finance.get(f"/backoffice/ledger/entries/{entry.pk}/").content.decode()
    assert f"/backoffice/bookkeeping/{row.pk}/" in page
    assert "Reverse" in page
    page = finance.get(f"/backoffice/ledger/events/{entry.seq}/").content.decode()
    assert "Entry “Bank fee” recorded" in page
    send(finance, f"/backoffice/ledger/entries/{entry.pk}/reverse/", reason=REASON)
    undoing = EntryRequest.objects.latest("pk")
    assert undoing.reverses_id == entry.pk
    send(owner, f"/backoffice/bookkeeping/{undoing.pk}/approve/")
    firm.books.prove()
    page = owner.get(f"/backoffice/ledger/entries/{entry.pk}/").content.decode()
    assert "Undone by the entry" in page
    again = f"/backoffice/ledger/entries/{entry.pk}/reverse/"
    assert send(finance, again, reason=REASON).status_code == 422


def test_the_same_form_sent_twice_asks_once(firm, client_for) -> None:
    browser = client_for(firm.finance)
    before = EntryRequest.objects.count()
    first, second = (browser.post(FEE, fee(token=TOKEN)) for _ in range(2))
    assert EntryRequest.objects.count() == before + 1
    assert first["Location"] == second["Location"]


def test_a_preview_does_not_use_the_form_up(firm, client_for) -> None:
    browser = client_for(firm.finance)
    assert browser.post(FEE + "?preview=1", fee(token=TOKEN)).status_code == 200
    assert browser.post(FEE, fee(token=TOKEN)).status_code == 302


def test_mistakes_are_told_beside_their_fields(firm, client_for, send) -> None:
    browser = client_for(firm.finance)
    tomorrow = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    before = marks()
    for changes, sentence in (
        ({"amount": "0"}, "above zero"),
        ({"amount": "1e5"}, "plain number"),
        ({"value_time": tomorrow}, "a time ahead"),
        ({"reason": ""}, "This field is required."),
        ({"credited": str(chart.house_line(Line.CAPITAL))}, "valid choice"),
    ):
        for address in (FEE, FEE + "?preview=1"):
            answer = send(browser, address, **fee(**changes))
            assert answer.status_code == 422, changes
            assert sentence in answer.content.decode(), changes
    assert marks() == before


@pytest.mark.parametrize("role", ["owner", "admin", "support", "auditor", "compliance"])
def test_only_finance_asks(firm, client_for, staff_of, send, role) -> None:
    browser = client_for(staff_of(role))
    before = marks()
    for address in (
        FEE,
        "/backoffice/custody-accounts/new/",
        f"/backoffice/ledger/entries/{JournalEntry.objects.first().pk}/reverse/",
        "/backoffice/periods/2026-01/close/",
        "/backoffice/periods/2026-01/reopen/",
    ):
        assert send(browser, address, **fee()).status_code == 403, address
    assert marks() == before


def test_nobody_decides_what_he_asked_for(firm, client_for, send) -> None:
    row = an_entry_request(firm.finance)
    browser = client_for(firm.finance)
    before = marks()
    for verb in ("approve", "refuse"):
        answer = send(browser, f"/backoffice/bookkeeping/{row.pk}/{verb}/", reason=REASON)
        assert answer.status_code == 422
        assert b"A second person has to decide" in answer.content
    assert marks() == before


def test_charlies_own_finance_reaches_nothing(firm, staff_of, other_tenant, send) -> None:
    row = an_entry_request(firm.finance)
    browser = people.browser_of(other_tenant, staff_of("finance", other_tenant))
    before = marks()
    for address in (f"{row.pk}/", f"{row.pk}/approve/", f"{row.pk}/refuse/"):
        assert send(browser, f"/backoffice/bookkeeping/{address}", reason=REASON).status_code in (
            404,
            405,
        )
        assert browser.get(f"/backoffice/bookkeeping/{address}").status_code == 404
    assert marks() == before
    row.refresh_from_db()
    assert row.state == State.REQUESTED


def test_every_kind_has_a_form(firm, client_for) -> None:
    browser = client_for(firm.finance)
    page = browser.get("/backoffice/bookkeeping/new/").content.decode()
    for kind in EntryKind:
        address = f"/backoffice/bookkeeping/new/{int(kind)}/"
        if address in page:
            assert browser.get(address).status_code == 200, kind
        else:
            assert browser.get(address).status_code == 404, kind


def test_another_bank_can_be_chosen_once_it_is_open(firm, client_for, send) -> None:
    browser = client_for(firm.finance)
    usdt = Asset.objects.get(code="USDT")
    fields = {"line": int(Line.BANK), "name": "Erste Bank", "details": "AT61", "assets": usdt.pk}
    assert send(browser, "/backoffice/custody-accounts/new/", **fields).status_code == 302
    custody = CustodyAccount.objects.get()
    page = browser.get("/backoffice/custody-accounts/").content.decode()
    assert "Erste Bank USDT" in page and "AT61" in page
    house = chart.house_line(Line.BANK, custody.part)
    assert send(browser, FEE, **fee(credited=house)).status_code == 302
    assert EntryRequest.objects.latest("pk").credited == house
    answer = send(browser, "/backoffice/custody-accounts/new/", **fields)
    assert answer.status_code == 422 and b"of this name already" in answer.content


def test_a_month_is_closed_and_reopened_by_two(firm, client_for, send) -> None:
    """The firm's first entry is dated two months back, so that a month is over."""
    day = timezone.now().date().replace(day=1)
    for _ in range(2):
        day = (day - timedelta(days=1)).replace(day=1)
    moment = timezone.now() - (timezone.now().date() - day.replace(day=15))
    JournalEntry.objects.create(pk=1, kind=EntryKind.BANK_FEE, seq=0, time=moment, reference_id=0)
    asset_id = Asset.objects.get(code="USDT").pk
    for place, (line, units) in enumerate([(Line.BANK_FEES, 1), (Line.BANK, -1)]):
        ledger_id = chart.ledger_account_id(line, 0, asset_id)
        Posting.objects.create(entry_id=1, line=place, ledger_account_id=ledger_id, units=units)
    finance, owner = client_for(firm.finance), client_for(firm.owner)
    key = f"{day:%Y-%m}"
    page = finance.get("/backoffice/periods/").content.decode()
    assert f"/backoffice/periods/{key}/close/" in page
    assert send(finance, f"/backoffice/periods/{key}/close/").status_code == 302
    period = Period.objects.get()
    assert period.state == PeriodState.CLOSED
    page = send(finance, FEE, **fee(value_time=f"{day:%Y-%m}-20T10:00")).content.decode()
    assert "That month is closed" in page
    send(finance, f"/backoffice/periods/{key}/reopen/", reason=REASON)
    own = send(finance, f"/backoffice/periods/{key}/decide/", reason=REASON)
    assert own.status_code == 422
    send(owner, f"/backoffice/periods/{key}/decide/?keep=1", reason=REASON)
    period.refresh_from_db()
    assert period.state == PeriodState.CLOSED
    send(finance, f"/backoffice/periods/{key}/reopen/", reason=REASON)
    assert b"/backoffice/approvals/?kind=month" in owner.get("/backoffice/").content
    send(owner, f"/backoffice/periods/{key}/decide/", reason=REASON)
    period.refresh_from_db()
    assert (period.state, period.reopened_by) == (PeriodState.REOPENED, firm.owner)


def test_odd_months_and_years_are_not_there(firm, client_for) -> None:
    browser = client_for(firm.finance)
    for address in ("2026-13/close/", "x/close/", "0000-01/reopen/", "years/99999/close/"):
        assert browser.get(f"/backoffice/periods/{address}").status_code == 404, address
