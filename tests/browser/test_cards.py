"""Paying in by card on a phone: the gateway's page, back again, credited; declined; and staff."""

import re

from playwright.sync_api import Page, expect

from shops import PHONE, Shop, reload_until
from tests.browser.test_journey import OpenPage, _staff_sign_in

CUSTOMER = "carol@aurora.example"


def test_from_the_form_over_the_gateway_to_the_account(aurora: Shop, open_page: OpenPage) -> None:
    customer, finance = open_page(viewport=PHONE), open_page()
    aurora.sign_in(customer, CUSTOMER)
    _begin(aurora, customer, "120")
    customer.click("#pay")
    expect(customer.get_by_role("heading", name="Simulated card gateway")).to_be_visible()
    customer.get_by_role("button", name=re.compile(r"^Pay 120(\.00)? EUR$")).click()
    customer.wait_for_url(re.compile(r"/deposit/cards/\d+"))
    expect(customer.get_by_text("The money is in your account.")).to_be_visible(timeout=60_000)
    number = re.search(r"/cards/(\d+)", customer.url)
    assert number

    _begin(aurora, customer, "50")
    customer.click("#pay")
    customer.get_by_role("button", name="Have the card declined").click()
    customer.wait_for_url(re.compile(r"/deposit/cards/\d+"))
    expect(customer.get_by_text("The card was declined")).to_be_visible(timeout=60_000)

    _staff_sign_in(aurora, finance, "finance@aurora.example")
    finance.goto(aurora.url(f"/backoffice/card-payments/{number.group(1)}/"))
    told = finance.get_by_text("payment.paid")
    reload_until(finance, lambda: told.count() > 0)
    expect(finance.get_by_text("Credited").first).to_be_visible()
    said = aurora.product.manage("verify_books", "--tenant", "aurora")
    assert said.returncode == 0, said.stdout + said.stderr


def _begin(shop: Shop, page: Page, amount: str) -> None:
    page.goto(shop.url("/deposit?method=card-eur"))
    page.fill("[name=amount]", amount)
    page.locator("form.form button").last.click()
    page.wait_for_url(re.compile(r"/deposit/cards/\d+$"))
