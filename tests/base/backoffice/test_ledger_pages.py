"""Drill-down from a balance to its postings, to the entry, to the engine's event; proofs."""

import re

from django.conf import settings
from django.utils.html import strip_tags

from books import Books
from tenants.models import Tenant
from trading.engine import journal
from trading.instruments.models import Asset
from wallets.ledger.models import Balance, JournalEntry, LedgerAccount, Posting


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


def test_verifying_finds_nothing_wrong_and_then_what_was_broken(firm, client_for, send) -> None:
    browser = client_for(firm.owner)
    good = send(browser, "/backoffice/ledger/verify/").content.decode()
    assert "Every proof held." in good
    part = browser.get("/backoffice/home/books/").content.decode()
    assert "The books are in order" in part
    # The kept sum of a ledger account is no posting: it can be damaged, and the proof sees it.
    Balance.objects.filter(
        ledger_account__account=firm.account, ledger_account__asset__code="USDT"
    ).update(units=-1)
    bad = send(browser, "/backoffice/ledger/verify/").content.decode()
    assert "Every proof held." not in bad and "bo-task-bad" in bad
    assert "break" in browser.get("/backoffice/home/books/").content.decode()


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
