"""What the portal's scripts do: markets, news, drafts, sending once, and being away."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from shops import PHONE, Shop

OpenPage = Callable[..., Page]
CLOSED = r"ERR_INTERNET_DISCONNECTED|Failed to load resource|WebSocket"


def shown(page: Page) -> list[str]:
    """Symbols of the rows that are seen, from the top."""
    found: list[str] = page.eval_on_selector_all(
        "#markets tbody tr:not([hidden])", "(rows) => rows.map((row) => row.dataset.ticker)"
    )
    return found


def test_markets_are_searched_sorted_and_kept(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page()
    aurora.sign_in(page, "carol@aurora.example")
    page.goto(aurora.url("/markets"))
    expect(page.locator(".live")).to_have_attribute("data-state", "live")
    everything = shown(page)
    assert len(everything) > 1
    page.keyboard.press("/")
    page.keyboard.type("eth")
    assert shown(page) and all("ETH" in symbol for symbol in shown(page))
    page.fill("[name=q]", "no such thing")
    expect(page.locator("[data-none=search]")).to_be_visible()
    page.fill("[name=q]", "")
    page.click("[data-sort=name]")
    assert shown(page) == sorted(everything)
    page.click("[data-sort=name]")
    assert shown(page) == sorted(everything, reverse=True)
    expect(page.locator("th[aria-sort=descending]")).to_have_count(1)

    row = page.locator("tr[data-ticker='ETH-USDT'] [data-star]")
    if row.get_attribute("aria-pressed") == "true":
        row.click()
    with page.expect_response(lambda answer: "/preferences/favourites" in answer.url) as sent:
        row.click()
    assert sent.value.status == 204
    page.click("button[data-show=favourites]")
    assert shown(page) == ["ETH-USDT"]
    elsewhere = open_page(viewport=PHONE)
    aurora.sign_in(elsewhere, "carol@aurora.example")
    elsewhere.goto(aurora.url("/markets"))
    star = elsewhere.locator("tr[data-ticker='ETH-USDT'] [data-star]")
    expect(star).to_have_attribute("aria-pressed", "true")


def test_news_come_to_an_open_page(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page()
    aurora.sign_in(page, "carol@aurora.example")
    page.goto(aurora.url("/notices"))
    before = int(page.locator("[data-bell]").get_attribute("data-bell") or 0)
    other = page.context.new_page()
    other.goto(aurora.url("/api-keys"))
    page.wait_for_timeout(1_500)  # until the first page listens
    other.fill("[name=label]", "news")
    other.check("[name=permissions][value=read]")
    other.click("main form .button.wide")
    expect(page.locator(".toast")).to_be_visible()
    expect(page.locator("[data-unread]")).to_have_text(re.compile(rf"^{before + 1}\b"))


def test_a_draft_outlives_the_session(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page()
    aurora.sign_in(page, "carol@aurora.example")
    page.goto(aurora.url("/api-keys"))
    page.fill("[name=label]", "typed before the session ended")
    page.context.clear_cookies(name="session")
    page.click("main form .button.wide")
    page.wait_for_url("**/sign-in?next=%2Fapi-keys")
    page.fill("[name=email]", "carol@aurora.example")
    page.fill("[name=password]", "demo-Marque-2024")
    page.click("form button.large")
    page.wait_for_url("**/api-keys")
    expect(page.locator("[name=label]")).to_have_value("typed before the session ended")
    expect(page.get_by_text("What you typed is still here")).to_be_visible()
    # Somebody else in the same tab finds nothing of it.
    page.context.clear_cookies(name="session")
    aurora.sign_in(page, "bob@aurora.example")
    page.goto(aurora.url("/api-keys"))
    expect(page.locator("[name=label]")).to_have_value("")


def test_a_double_click_sends_once(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page()
    aurora.sign_in(page, "carol@aurora.example")
    page.goto(aurora.url("/settings"))
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
    page.locator("main form .button").first.dblclick()
    expect(page.locator(".notice.good")).to_be_visible()
    assert sent == [aurora.url("/settings")]


def test_a_page_of_the_brand_without_a_network(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page(expected=CLOSED)
    page.goto(aurora.url("/fees"))
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    page.goto(aurora.url("/dashboard"))
    expect(page.locator("h1")).to_have_text("You are offline")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.button')).borderRadius") == "8px"
    )
    # A browser may call itself online too soon, and only once: the page does not lean on that.
    page.evaluate("addEventListener('online', (e) => e.stopImmediatePropagation(), true)")
    page.context.set_offline(False)  # and the page goes on by itself
    page.wait_for_url("**/sign-in?next=%2Fdashboard")
