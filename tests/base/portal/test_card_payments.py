"""Paying in by card, on the customer's pages."""

import re
import uuid

import pytest
from django_tenants.utils import tenant_context

from books import books
from card_shop import gateway_service, shop
from trading.accounts import actions as account_actions
from trading.accounts import selectors as accounts
from wallets.payments.models import CardPayment

__all__ = ["books", "gateway_service", "shop"]


@pytest.fixture
def alice(shop):
    return shop.customer("alice", "Alice Example")


@pytest.fixture
def bob(shop):
    return shop.customer("bob", "Bob Brown")


def begin(browser, amount="100.00", key=None):
    return browser.post(
        "/deposit?method=card-eur",
        {"amount": amount, "request_key": str(key or uuid.uuid4())},
    )


def test_from_the_form_to_the_gateway_and_back(shop, alice, client_for):
    browser = client_for(alice)
    page = browser.get("/deposit?method=card-eur").content.decode()
    assert "On to the payment" in page and "5,000.00" in page
    key = re.search(r'name="request_key" value="([^"]+)"', page).group(1)
    answer = begin(browser, key=key)
    payment = CardPayment.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/deposit/cards/{payment.pk}"
    assert begin(browser, key=key)["Location"] == answer["Location"]
    page = browser.get(answer["Location"]).content.decode()
    assert f'href="{payment.page_url}"' in page and "98.00" in page
    assert 'http-equiv="refresh"' not in page
    shop.pay(payment)
    # The gateway leads back here: it is asked at once, event or none.
    page = browser.get(answer["Location"])
    shop.work()
    page = browser.get(answer["Location"]).content.decode()
    assert 'http-equiv="refresh"' in page and "Paid at the gateway" in page
    shop.settle()
    page = browser.get(answer["Location"]).content.decode()
    assert "The money is in your account." in page and 'http-equiv="refresh"' not in page
    assert "98.00" in browser.get("/deposit").content.decode()


def test_it_goes_to_the_account_that_was_shown(shop, alice, bob, client_for):
    first = accounts.access_account(alice)
    second = account_actions.open_account(user=alice, acting_user=alice, name="Savings")
    shop.settle()
    browser = client_for(alice)
    page = browser.get("/deposit?method=card-eur").content.decode()
    assert f"“{first.name}”" in page
    sent = dict(re.findall(r'name="(request_key|account)" value="([^"]+)"', page))
    # In another tab she goes on to another account meanwhile.
    account_actions.choose_account(account=second, acting_user=alice)
    answer = browser.post("/deposit?method=card-eur", sent | {"amount": "100.00"})
    assert CardPayment.objects.get().account_id == first.pk
    assert f"<dd>{first.name}</dd>" in browser.get(answer["Location"]).content.decode()
    # None goes to somebody else's.
    strange = {"account": str(accounts.access_account(bob).pk), "amount": "100.00"}
    refused = browser.post("/deposit?method=card-eur", strange | {"request_key": str(uuid.uuid4())})
    assert refused.status_code == 422 and CardPayment.objects.count() == 1


@pytest.mark.parametrize(
    ("end", "words"), [("declined", "The card was declined"), ("expired", "not paid in time")]
)
def test_declined_and_left_alone(shop, alice, client_for, end, words):
    browser = client_for(alice)
    begin(browser)
    payment = CardPayment.objects.get()
    shop.till.end(shop.there(payment), end)
    shop.deliver()
    shop.settle()
    page = browser.get(f"/deposit/cards/{payment.pk}").content.decode()
    assert words in page and 'id="pay"' not in page
    assert f"/deposit/cards/{payment.pk}" in browser.get("/deposit").content.decode()


def test_a_gateway_that_is_away_is_told_and_nothing_is_lost(shop, alice, client_for):
    browser = client_for(alice)
    shop.till.want_fault({"step": "open", "fault": "cut_after"})
    address = begin(browser)["Location"]
    page = browser.get(address).content.decode()
    assert "does not answer at the moment" in page and 'http-equiv="refresh"' in page
    shop.work()
    assert 'id="pay"' in browser.get(address).content.decode()


@pytest.mark.parametrize("amount", ["9.99", "5000.01", "1.234", "-3", "nothing", "0", "1e3"])
def test_amounts_that_cannot_be(shop, alice, client_for, amount):
    assert begin(client_for(alice), amount).status_code == 422
    assert not CardPayment.objects.exists()


def test_what_a_customer_owes_is_said_plainly(shop, alice, client_for):
    payment = shop.credited(alice)
    shop.till.charge_back(shop.there(payment))
    shop.deliver()
    shop.settle()
    page = client_for(alice).get(f"/deposit/cards/{payment.pk}").content.decode()
    assert "You owe us" in page and "2.00" in page


def test_only_ones_own(shop, alice, bob, charlie, tenant, other_tenant, client_for):
    payment = shop.start(alice)
    address = f"/deposit/cards/{payment.pk}"
    before = CardPayment.objects.get().ask_at
    for browser in (client_for(bob), client_for(shop.finance)):
        assert browser.get(address).status_code in (302, 404)
    with tenant_context(other_tenant):
        assert client_for(charlie).get(address).status_code == 404
    stranger = client_for(tenant=tenant).get(address)
    assert stranger.status_code == 302 and "sign-in" in stranger["Location"]
    assert client_for(alice).post(address).status_code == 405
    row = CardPayment.objects.get()
    assert (row.state, row.ask_at) == ("open", before)
    for number in (0, 2**63, 99999):
        assert client_for(alice).get(f"/deposit/cards/{number}").status_code == 404
