"""The whole journey: from sign-up to a filled order, and the books prove it."""

import base64
import re
import secrets
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from playwright.sync_api import Page, expect

from identity.models.second_factor import code_of, current_step
from shops import DEMO_PASSWORD, Shop, reload_until

EMAIL = f"wanda-{secrets.token_hex(4)}@journey.example"
PASSWORD = "three-Boats-on-a-lake"
OpenPage = Callable[..., Page]


def test_from_sign_up_to_the_books(aurora: Shop, open_page: OpenPage) -> None:
    customer = open_page()
    _sign_up(aurora, customer)
    secret = _enrol(customer)
    assert len(secret) == 20
    number = _account_number(aurora, customer)
    _credit(aurora, open_page, number, "50000")
    _trade(aurora, customer)
    _check_pages(aurora, customer)
    said = aurora.product.manage("verify_books", "--tenant", "aurora")
    assert said.returncode == 0, said.stdout + said.stderr


def _sign_up(shop: Shop, page: Page, email: str = EMAIL) -> None:
    page.goto(shop.url("/"))
    page.click("text=Open an account")
    page.fill("[name=email]", email)
    page.check("[name=accept]")
    page.dblclick("form button.large")  # twice is once
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()

    page.goto(shop.url(f"/dev/mailbox/?to={email}"))
    mail = page.locator("a[href*='/dev/mailbox/']").filter(has_text=re.compile("onfirm"))
    reload_until(page, lambda: mail.count() > 0)
    mail.first.click()
    page.wait_for_url(re.compile(r"/dev/mailbox/\d+"))
    link = re.search(r"/verify/[\w-]+", page.content())
    assert link
    page.goto(shop.url(link.group()))
    page.fill("[name=password]", PASSWORD)
    page.dblclick("form button.large")  # twice is once
    expect(page.get_by_role("heading", name="Your address is confirmed")).to_be_visible()
    shop.sign_in(page, email, PASSWORD)
    expect(page.get_by_role("heading", name="What is next")).to_be_visible()


def _enrol(page: Page) -> bytes:
    page.locator(".checklist .next a").click()
    key = page.inner_text("#totp-key").replace(" ", "")
    secret = base64.b32decode(key)
    page.fill("[name=code]", code_of(secret, current_step()))  # sent with its last digit
    expect(page.get_by_role("heading", name="Your second factor is on")).to_be_visible()
    assert page.locator("#codes span").count() == 10
    page.click("text=I have kept them")
    return secret


def _account_number(shop: Shop, page: Page) -> str:
    page.goto(shop.url("/dashboard"))
    return page.locator(".facts div", has_text="Account number").locator("dd").inner_text()


def _credit(shop: Shop, open_page: OpenPage, account: str, amount: str) -> None:
    """One member of staff asks, another approves."""
    asker, approver = open_page(), open_page()
    _staff_sign_in(shop, asker, f"finance@{shop.slug}.example")
    asker.goto(shop.url(f"/backoffice/adjustments/new/?account={account}"))
    _fill_adjustment(asker, amount)
    expect(asker.get_by_text("waits for a second person").first).to_be_visible()
    number = re.search(r"/adjustments/(\d+)/", asker.url)
    assert number

    _staff_sign_in(shop, approver, f"owner@{shop.slug}.example")
    approver.goto(shop.url(f"/backoffice/adjustments/{number.group(1)}/approve/"))
    approver.locator("form button[type=submit]").last.click()
    expect(approver.get_by_text("Approved.").first).to_be_visible()


def _fill_adjustment(page: Page, amount: str) -> None:
    usdt = page.locator("select[name=asset] option", has_text="USDT").get_attribute("value")
    page.locator("select[name=asset]").select_option(value=usdt)
    page.fill("[name=amount]", amount)
    page.fill("[name=reason]", "Bank transfer received, journey test")
    page.locator("form button[type=submit]").last.click()


def _staff_sign_in(shop: Shop, page: Page, email: str) -> None:
    page.goto(shop.url("/backoffice/"))
    page.fill("[name=email]", email)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.click("main button[type=submit]")
    page.fill("[name=code]", shop.staff_code(email))
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile(r"/backoffice/$"))


def _trade(shop: Shop, page: Page) -> None:
    page.goto(shop.url("/trade/BTC-USDT"))
    expect(page.locator(".asks .ladder-row").first).to_be_visible()
    expect(page.locator("[data-out=available]")).to_have_text("50,000.00 USDT")

    page.click("[data-type=market]")
    page.fill("[name=amount]", "0.05")
    expect(page.locator("[data-out=receives]")).to_contain_text("BTC")
    page.dblclick(".send")  # twice is once
    expect(page.locator(".toast", has_text="Bought 0.05000 BTC")).to_be_visible()

    page.click("[data-side=sell]")
    page.click("[data-type=limit]")
    best_bid = page.locator(".bids .price").first.inner_text().replace(",", "")
    page.fill("[name=price]", f"{Decimal(best_bid) * Decimal('0.999'):.2f}")
    page.fill("[name=amount]", "0.02")
    page.click(".send")
    expect(page.locator(".toast", has_text="Sold 0.02000 BTC")).to_be_visible()

    # And one that waits: seen in the list and marked in the book, then cancelled with one click.
    page.fill("[name=price]", f"{Decimal(best_bid) * Decimal('1.02'):.2f}")
    page.fill("[name=amount]", "0.01")
    page.click(".send")
    expect(page.locator("[data-rows=open] tr")).to_have_count(1)
    page.locator("[data-rows=open] button[title=Cancel]").click()
    expect(page.locator("[data-rows=open] tr")).to_have_count(0)


def _check_pages(shop: Shop, page: Page) -> None:
    """Orders, fills, balances and statement tell the same story."""
    _wait_for_clearing(shop, page)
    expect(page.locator("tbody tr")).to_have_count(3)
    fills = _export(page, "/fills")
    bought = [fill for fill in fills if fill["side"] == "buy"]
    sold = [fill for fill in fills if fill["side"] == "sell"]
    assert sum(Decimal(fill["quantity"]) for fill in bought) == Decimal("0.05")
    assert sum(Decimal(fill["quantity"]) for fill in sold) == Decimal("0.02")
    expected_btc = Decimal("0.03") - sum(Decimal(fill["fee"]) for fill in bought)
    expected_usdt = (
        50_000
        - sum(Decimal(fill["quote_amount"]) for fill in bought)
        + sum(Decimal(fill["quote_amount"]) - Decimal(fill["fee"]) for fill in sold)
    )
    statement = _export(page, "/statement")
    for asset, expected in (("BTC", expected_btc), ("USDT", expected_usdt)):
        rows = [row for row in statement if row["asset"] == asset and row["entry_id"]]
        assert Decimal(rows[-1]["balance"]) == expected
        assert sum(Decimal(row["amount"]) for row in rows) == expected
    page.goto(shop.url("/balances"))
    shown = page.locator("tbody tr", has_text="USDT").locator("td").nth(3).inner_text()
    assert Decimal(shown.replace(",", "")) == expected_usdt
    page.goto(shop.url("/dashboard"))
    # All but who he is was done.
    expect(page.get_by_text("Verify who you are")).to_be_visible()


def _wait_for_clearing(shop: Shop, page: Page) -> None:
    """The pages read what clearing wrote, a moment after the engine's answer. It writes in the
    engine's order: once the last thing done is there, all before it is."""
    deadline = time.monotonic() + 60
    while True:
        page.goto(shop.url("/orders"))
        states = sorted(page.locator("tbody .badge").all_inner_texts())
        if states == ["Cancelled", "Filled", "Filled"]:
            return
        assert time.monotonic() < deadline, states
        page.wait_for_timeout(250)


def _export(page: Page, path: str) -> list[dict[str, Any]]:
    """The CSV of a page, fetched as its button does: by the browser, which knows the host."""
    name = "file" if path == "/statement" else "format"
    text = page.evaluate(
        "path => fetch(path).then((answer) => answer.text())", f"{path}?{name}=csv"
    )
    # What a report has below an empty line is no row of the table.
    header, *lines = text.lstrip("\ufeff").replace("\r", "").split("\n\n")[0].splitlines()
    return [dict(zip(header.split(","), line.split(","), strict=True)) for line in lines]
