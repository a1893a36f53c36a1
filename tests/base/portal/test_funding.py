"""Paying in and being paid out, on the customer's pages."""

import re
import time
import uuid
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone
from django_tenants.utils import tenant_context

from books import books
from identity import sessions
from paying import Paying
from trading.accounts import actions as account_actions
from trading.accounts import selectors as accounts
from wallets.payments import numbers
from wallets.payments.methods import actions as methods
from wallets.payments.models import Announcement, Beneficiary, Withdrawal

__all__ = ["books"]


@pytest.fixture
def paying(tenant, books, staff_of):
    own = Paying(tenant, books, staff_of)
    own.settle()
    return own


@pytest.fixture
def alice(paying):
    return paying.customer("alice", "Alice Example")


@pytest.fixture
def bob(paying):
    return paying.customer("bob", "Bob Brown")


def key_on(page) -> str:
    found = re.search(r'name="request_key" value="([^"]+)"', page.content.decode())
    assert found
    return found.group(1)


def test_bank_details_with_the_customers_own_reference(paying, alice, bob, client_for):
    page = client_for(alice).get("/deposit").content.decode()
    reference = methods.reference_of(alice)
    assert numbers.shown_reference(reference) in page
    assert numbers.shown_reference(paying.bank.iban) in page
    assert numbers.shown_reference(methods.reference_of(bob)) not in page
    paying.paid_in(alice, "250.00")
    assert "250.00" in client_for(alice).get("/deposit").content.decode()
    assert "250.00" not in client_for(bob).get("/deposit").content.decode()


def test_an_announcement_within_the_limits(paying, alice, client_for):
    browser = client_for(alice)
    assert browser.post("/deposit?method=bank-eur", {"amount": "9.99"}).status_code == 422
    assert browser.post("/deposit?method=bank-eur", {"amount": "1.234"}).status_code == 422
    assert not Announcement.objects.exists()
    assert browser.post("/deposit?method=bank-eur", {"amount": "100"}).status_code == 302
    assert Announcement.objects.get().amount_units == 100_00


def test_a_withdrawal_is_shown_once_more_before_it_is_asked(paying, alice, bob, client_for):
    paying.paid_in(alice, "1000.00")
    browser = client_for(alice)
    fields = {"method": "bank-eur", "label": "Home", "holder": "Alice Example", "bic": ""}
    added = browser.post("/beneficiaries", {**fields, "iban": "NL91 ABNA 0417 1643 00"})
    assert added.status_code == 302
    row = Beneficiary.objects.get()
    assert b"Usable soon" in browser.get("/beneficiaries").content
    assert b"No bank account can be paid yet" in browser.get("/withdraw").content
    Beneficiary.objects.update(usable_from=timezone.now() - timedelta(hours=1))
    wanted = {"beneficiary": row.pk, "amount": "100"}
    review = browser.post("/withdraw", wanted)
    assert b"98.50" in review.content and not Withdrawal.objects.exists()
    confirmed = {**wanted, "confirmed": "1", "request_key": key_on(review)}
    for _ in range(2):
        assert browser.post("/withdraw", confirmed).status_code == 302
    withdrawal = Withdrawal.objects.get()
    paying.settle()
    page = browser.get(f"/withdraw/{withdrawal.pk}").content
    assert b"Waits for our approval" in page and b"98.50" in page
    assert client_for(bob).get(f"/withdraw/{withdrawal.pk}").status_code == 404
    assert client_for(bob).post(f"/withdraw/{withdrawal.pk}/cancel").status_code == 404
    withdrawal.refresh_from_db()
    assert withdrawal.state == "waiting"
    assert browser.post(f"/withdraw/{withdrawal.pk}/cancel").status_code == 302
    paying.settle()
    assert paying.has(alice) == 1000_00
    paying.books.prove()


def test_it_leaves_the_account_that_was_shown(paying, alice, client_for):
    paying.paid_in(alice, "1000.00")
    first = accounts.access_account(alice)
    second = account_actions.open_account(user=alice, acting_user=alice, name="Savings")
    paying.settle()
    browser = client_for(alice)
    wanted = {"beneficiary": paying.beneficiary(alice).pk, "amount": "100", "confirmed": ""}
    page = browser.post("/withdraw", wanted).content.decode()
    review = page[page.index('<dl class="facts">') :].partition("</form>")[0]
    assert f"<dd>{first.name}</dd>" in review
    sent = re.findall(r'name="(\w+)" value="([^"]+)"', review)
    # In another tab he goes on to another account meanwhile.
    account_actions.choose_account(account=second, acting_user=alice)
    assert browser.post("/withdraw", dict(sent)).status_code == 302
    assert Withdrawal.objects.get().account_id == first.pk
    # Of an account that is not his nothing leaves.
    strange = dict(sent) | {"account": str(first.pk + 10**6), "request_key": str(uuid.uuid4())}
    assert browser.post("/withdraw", strange).status_code == 422
    assert Withdrawal.objects.count() == 1


def test_without_a_code_just_now_the_form_comes_back_as_it_was(paying, alice, client_for):
    paying.paid_in(alice, "1000.00")
    row = paying.beneficiary(alice)
    browser = client_for(alice)
    with tenant_context(paying.tenant):
        session = browser.session
        session[sessions.SECOND_FACTOR_AT] = int(time.time()) - 3600
        session.save()
    fields = {"beneficiary": row.pk, "amount": "100", "confirmed": "1"}
    answer = browser.post("/withdraw", {**fields, "request_key": str(row.pk)})
    assert answer.status_code == 422  # the key is none
    key = "7b6ff9c4-9d3f-4d52-8f5e-24b9f4f7a111"
    answer = browser.post("/withdraw", {**fields, "request_key": key})
    assert answer.status_code == 302 and answer["Location"].startswith("/security/confirm?next=")
    assert "amount" in answer["Location"] and not Withdrawal.objects.exists()


def test_files_hold_ones_own(paying, alice, bob, client_for):
    paying.paid_in(alice, "250.00")
    assert ",EUR,250,0,250" in text_of(client_for(alice).get("/deposit?format=csv"))
    assert "250" not in text_of(client_for(bob).get("/deposit?format=csv"))


def text_of(answer) -> str:
    async def read() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    return async_to_sync(read)().decode()
