"""Drill-down from a balance to its postings, to the entry, to the engine's event; proofs."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.html import strip_tags

from books import Books
from firms import marks
from tenants.models import Tenant
from trading.engine import journal
from trading.instruments.models import Asset
from wallets.ledger import actions, verify
from wallets.ledger.models import (
    Balance,
    BooksProof,
    JournalEntry,
    LedgerAccount,
    Posting,
    ProofRun,
)


def test_from_a_balance_to_the_engines_event(firm, client_for) -> None:
    browser = client_for(firm.owner)
    chart = browser.get("/backoffice/ledger/", {"q": "alice@"}).content.decode()
    account = LedgerAccount.objects.get(account=firm.account, asset__code="USDT")
    step = f"/backoffice/ledger/accounts/{account.pk}/"
    assert step in chart
    postings = browser.get(step).content.decode()
    entry = JournalEntry.objects.filter(seq=firm.trade.seq).get()
    assert f"/backoffice/ledger/entries/{entry.pk}/" in postings
    page = browser.get(f"/backoffice/ledger/entries/{entry.pk}/").content.decode()
    assert f"/backoffice/trades/{firm.trade.pk}/" in page
    assert f"/backoffice/ledger/events/{firm.trade.seq}/" in page
    event = browser.get(f"/backoffice/ledger/events/{firm.trade.seq}/").content.decode()
    words = re.sub(r"\s+", " ", strip_tags(event))
    assert f"Trade {firm.trade.pk} in BTC-USDT: 0.2 BTC at 100.00 for 20 USDT" in words
    assert "0 accepted" in words and "PlaceOrder" in words


def test_shown_postings_of_an_entry_sum_to_zero(firm, client_for) -> None:
    entry = JournalEntry.objects.get(seq=firm.trade.seq)
    page = client_for(firm.owner).get(f"/backoffice/ledger/entries/{entry.pk}/").content.decode()
    for asset in Asset.objects.filter(code__in=("BTC", "USDT")):
        postings = Posting.objects.filter(entry=entry, ledger_account__asset=asset)
        assert sum(posting.units for posting in postings) == 0
        assert page.count(f'<span class="bo-unit">{asset.code}</span>') == postings.count()


def test_the_trial_balance_balances(firm, client_for) -> None:
    page = client_for(firm.owner).get("/backoffice/ledger/trial-balance/").content.decode()
    assert page.count(">balanced<") == page.count("<tfoot>") >= 2
    assert "not balanced" not in page


def test_the_start_page_tells_the_last_proof_and_proves_nothing_itself(
    firm, client_for, monkeypatch
) -> None:
    browser = client_for(firm.owner)
    assert "The books have not been proved yet" in browser.get("/backoffice/").content.decode()
    actions.prove_books(tenant=firm.tenant, run=ProofRun.SCHEDULE, wait_s=0)
    BooksProof.objects.update(ended_at=timezone.now() - timedelta(minutes=3, seconds=5))

    def never(*_: object, **__: object) -> None:
        raise AssertionError("a page must not prove the books while it is made")

    monkeypatch.setattr(verify, "prove", never)
    home = browser.get("/backoffice/").content.decode()
    assert "The books are in order" in home and "Last proof 3 min ago" in home
    assert f"seq {firm.books.writer.seq}" in home and "is the worker running?" not in home
    page = browser.get("/backoffice/ledger/verify/").content.decode()
    assert ">USDT</td>" in page and "Asset by asset" in page
    BooksProof.objects.update(ended_at=timezone.now() - timedelta(hours=2))
    home = browser.get("/backoffice/").content.decode()
    assert "Last proof 2 h ago" in home and "is the worker running?" in home


def test_what_was_broken_is_shown_where_it_broke(firm, client_for) -> None:
    # The kept sum of a ledger account is no posting: it can be damaged, and the proof sees it.
    Balance.objects.filter(
        ledger_account__account=firm.account, ledger_account__asset__code="USDT"
    ).update(units=-1)
    actions.prove_books(tenant=firm.tenant, run=ProofRun.SCHEDULE, wait_s=0)
    browser = client_for(firm.owner)
    assert "The books have 2 breaks" in browser.get("/backoffice/").content.decode()
    page = browser.get("/backoffice/ledger/verify/").content.decode()
    assert page.count("bo-task-bad") == 3 and "balance_unlike_postings" in page


@pytest.mark.parametrize(
    ("role", "sees", "proves"),
    [
        ("finance", True, True),
        ("auditor", True, True),
        ("compliance", True, False),
        ("support", False, False),
    ],
)
def test_those_who_may_prove_the_books_now(
    firm, client_for, staff_of, send, django_capture_on_commit_callbacks, role, sees, proves
) -> None:
    browser = client_for(staff_of(role))
    home = browser.get("/backoffice/").content.decode()
    assert ("The books have not been proved yet" in home) is sees
    assert ("/backoffice/ledger/verify/now/" in home) is proves
    before = marks()
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(browser, "/backoffice/ledger/verify/now/")
    if not proves:
        assert answer.status_code == 403
        assert marks() == before and not BooksProof.objects.exists()
        return
    assert answer["Location"] == "/backoffice/ledger/verify/"
    assert BooksProof.objects.get().asked_by == browser.user
    page = browser.get("/backoffice/ledger/verify/").content.decode()
    assert "The books are being proved." in page and "Asked for by staff" in page


def test_a_record_of_another_tenant_is_not_shown(firm, client_for, other_tenant: Tenant) -> None:
    """One journal serves all tenants of a shard; a page shows its own tenant's records only."""
    south = Books(other_tenant)
    south.settle()
    firm.books.settle()

    foreign = next(
        record.seq
        for record in journal.read_records(settings.ENGINE_DIR)
        if record.tenant_id == other_tenant.pk
    )
    browser = client_for(firm.owner)
    assert browser.get(f"/backoffice/ledger/events/{foreign}/").status_code == 404
    assert browser.get(f"/backoffice/ledger/events/{firm.trade.seq}/").status_code == 200
    assert browser.get("/backoffice/ledger/events/999999/").status_code == 404
