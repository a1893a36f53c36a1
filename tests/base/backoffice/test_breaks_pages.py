"""Pages of breaks, levels and outside balances: both persons; refused changes nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from firms import REASON, a_break
from wallets.ledger import actions as ledger
from wallets.ledger.models import JournalEntry, ProofRun
from wallets.reconciliation.models import BooksBreak, OutsideBalance, State


def prove(firm):
    ledger.prove_books(tenant=firm.tenant, run=ProofRun.SCHEDULE, wait_s=0, is_whole=False)


@pytest.fixture
def broken(firm):
    return a_break()


def test_a_break_goes_through_the_hands_of_two_people(firm, broken, client_for, send):
    finance, owner = client_for(firm.finance), client_for(firm.owner)
    address = f"/backoffice/breaks/{broken.pk}/"
    listed = finance.get("/backoffice/breaks/").content.decode()
    assert address in listed and "A balance is not the sum of its postings" in listed
    assert f"/backoffice/ledger/events/{broken.event_seq}/" in finance.get(address).content.decode()
    home = finance.get("/backoffice/").content.decode()
    assert "1 break of the books is open" in home
    assert send(finance, f"{address}see/").status_code == 302
    assert send(finance, f"{address}explain/", reason=REASON).status_code == 302
    entry = JournalEntry.objects.latest("pk")
    BooksBreak.objects.filter(pk=broken.pk).update(first_found_at=entry.time)
    wanted = {"way": "entry", "reference": entry.pk, "reason": REASON}
    assert send(finance, f"{address}propose/", **wanted).status_code == 302
    assert "A second person has to decide" in finance.get(address).content.decode()
    assert send(finance, f"{address}resolve/").status_code == 422
    assert BooksBreak.objects.get().state == State.PROPOSED
    assert send(owner, f"{address}resolve/").status_code == 302
    row = BooksBreak.objects.get()
    assert (row.state, row.resolved_by) == (State.RESOLVED, firm.owner)
    assert address not in finance.get("/backoffice/breaks/").content.decode()
    assert address in finance.get("/backoffice/breaks/?show=all").content.decode()


@pytest.mark.parametrize("role", ["support", "auditor", "compliance", "admin"])
def test_others_change_nothing(firm, broken, client_for, staff_of, send, role):
    browser = client_for(staff_of(role))
    for step in ("see", "explain", "propose", "resolve", "refuse"):
        answer = send(browser, f"/backoffice/breaks/{broken.pk}/{step}/", reason=REASON)
        assert answer.status_code == 403
    assert send(browser, "/backoffice/reconciliation/outside/enter/").status_code == 403
    broken.refresh_from_db()
    assert broken.state == State.OPEN and OutsideBalance.objects.count() == 0


def test_outside_balances_are_entered_imported_and_compared(firm, client_for, send):
    finance = client_for(firm.finance)
    asset = firm.waiting.asset
    prove(firm)
    page = finance.get("/backoffice/reconciliation/").content.decode()
    assert "unknown" in page and "Engine fills" in page
    fields = {
        "asset": asset.pk,
        "place": "Bank of the North",
        "amount": "12.5",
        "as_of": "2026-01-02 03:04:05",
        "source": "Statement 1",
    }
    assert send(finance, "/backoffice/reconciliation/outside/enter/", **fields).status_code == 302
    row = OutsideBalance.objects.get()
    assert (row.units, row.entered_by) == (1_250_000_000, firm.finance)
    listed = finance.get("/backoffice/reconciliation/outside/").content.decode()
    assert "Bank of the North" in listed
    file = SimpleUploadedFile(
        "outside.csv",
        b"asset,place,amount,as_of,source\nBTC,Cold,1,2026-01-02T03:04:05Z,S\nBTC,Cold,x,,S\n",
    )
    answer = send(finance, "/backoffice/reconciliation/outside/import/", file=file)
    assert answer.status_code == 422 and b"Line 3" in answer.content
    assert OutsideBalance.objects.count() == 1
    prove(firm)
    found = BooksBreak.objects.get()
    assert (found.cause, found.units) == ("custody_unlike_outside", -1_250_000_000)
    assert b"bo-badge-bad" in finance.get("/backoffice/reconciliation/").content
