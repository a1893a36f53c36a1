"""The terminal in a browser: live data, orders, lost connections, phone."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from shops import DESK, PHONE, Shop

OpenPage = Callable[..., Page]


@pytest.fixture
def terminal(aurora: Shop, open_page: OpenPage) -> Page:
    """Carol of the demo at the BTC terminal."""
    page = open_page(expected=r"WebSocket|ERR_|Failed to load|502|503")
    aurora.sign_in(page, "carol@aurora.example")
    page.goto(aurora.url("/trade/BTC-USDT"))
    expect(page.locator(".bids .ladder-row").first).to_be_visible()
    expect(page.locator("[data-out=available]")).to_contain_text("USDT")
    return page


# The prices of both sides, read at once: null while they are those seen before.
PRICES = """(before) => {
  const sides = ['asks', 'bids'].map((side) =>
      [...document.querySelectorAll(`.${side} .price`)].map((node) => node.textContent));
  return JSON.stringify(sides) === JSON.stringify(before) ? null : sides;
}"""


def test_the_book_moves_and_stays_in_order(terminal: Page) -> None:
    seen: list[list[str]] = []
    for _ in range(6):
        seen = terminal.wait_for_function(PRICES, arg=seen).json_value()
        asks, bids = ([Decimal(text.replace(",", "")) for text in side] for side in seen)
        assert asks == sorted(asks, reverse=True)
        assert bids == sorted(bids, reverse=True)
        assert bids[0] < asks[-1]


def test_what_is_shown_before_sending_is_what_comes(terminal: Page) -> None:
    terminal.click("[data-side=sell]")
    terminal.click("[data-type=market]")
    terminal.fill("[name=amount]", "0.001")
    shown = terminal.locator("[data-out=receives]").inner_text()
    told = Decimal(shown.replace("≈", "").replace("USDT", "").replace(",", "").strip())
    terminal.click(".send")
    expect(terminal.locator(".toast", has_text="Sold 0.00100 BTC")).to_be_visible()
    terminal.click("#tab-fills")
    row = terminal.locator("[data-rows=fills] tr").first
    price = Decimal(row.locator("td").nth(1).inner_text().replace(",", ""))
    fee = Decimal(row.locator("td").nth(3).inner_text().split()[0].replace(",", ""))
    came = price * Decimal("0.001") - fee
    assert abs(came - told) < Decimal("0.5")  # the market may have moved in between


@pytest.mark.parametrize(
    ("price", "amount", "told"),
    [
        ("60000.001", "1", "multiple of 0.01"),
        ("60000", "0.0000001", "multiple of 0.00001"),
        ("60000", "99999", "largest order"),
        ("60000", "0.00001", "worth"),
        ("60000", "15", "You have"),
        ("20000", "0.01", "away from the last"),
        ("abc", "1", "multiple of 0.01"),
    ],
)
def test_a_bad_order_is_told_before_it_is_sent(
    terminal: Page, price: str, amount: str, told: str
) -> None:
    sent: list[str] = []
    terminal.on("websocket", lambda socket: socket.on("framesent", sent.append))
    terminal.fill("[name=price]", price)
    terminal.fill("[name=amount]", amount)
    terminal.click(".send")
    expect(terminal.locator(".why")).to_contain_text(told)
    assert terminal.input_value("[name=amount]") == amount
    assert not any("order.place" in str(frame) for frame in sent)


# Whether the page shows the bids that the exchange has.
IS_CURRENT = """async () => {
  const book = await (await fetch('/api/v1/depth/BTC-USDT')).json();
  const shown = [...document.querySelectorAll('.bids .price')]
      .map((node) => Number(node.textContent.replaceAll(',', '')));
  return shown.length > 0 && shown.every((price, at) => price === Number(book.bids[at][0]));
}"""


def test_own_orders_are_marked_and_cancelled_together(aurora: Shop, terminal: Page) -> None:
    with aurora.still_market():  # or the level moves out of sight, or is taken
        terminal.wait_for_function(IS_CURRENT, polling=250)
        price = terminal.locator(".bids .price").last.inner_text().replace(",", "")
        _buy(terminal, price)
        expect(terminal.locator(".bids .ladder-row.mine")).to_have_count(1)
    _buy(terminal, f"{Decimal(price) * Decimal('0.95'):.2f}")
    _buy(terminal, f"{Decimal(price) * Decimal('0.94'):.2f}")
    terminal.wait_for_function("document.querySelectorAll('[data-rows=open] tr').length >= 2")
    terminal.click("[data-cancel-all]")
    terminal.locator("#cancel-all [type=submit]").click()
    expect(terminal.locator("[data-rows=open] tr")).to_have_count(0)


def _buy(page: Page, price: str) -> None:
    page.fill("[name=price]", price)
    page.fill("[name=amount]", "0.001")
    page.click(".send")
    expect(page.locator("[name=amount]")).to_have_value("")  # emptied once it is accepted


def test_what_an_answer_told_stays_while_the_lists_are_loaded(
    aurora: Shop, open_page: OpenPage
) -> None:
    """The lists were read before the order was placed, and no private update comes."""
    page = open_page()
    held: list[Route] = []
    open_orders = re.compile(r"/api/v1/orders\?status=open")
    page.route(open_orders, lambda route: held.append(route))

    def without_private(page_side: WebSocketRoute) -> None:
        server = page_side.connect_to_server()
        server.on_message(
            lambda message: None if '"private"' in str(message)[:60] else page_side.send(message)
        )

    page.route_web_socket(re.compile("/ws/v1/stream"), without_private)
    aurora.sign_in(page, "bob@aurora.example")
    with page.expect_request(open_orders):
        page.goto(aurora.url("/trade/BTC-USDT"))
    expect(page.locator("[name=price]")).not_to_have_value("")
    _buy(page, f"{Decimal(page.input_value('[name=price]')) * 19 / 20:.2f}")
    own = page.locator("[data-rows=open] tr", has=page.locator(".side.buy"))
    expect(own).to_have_count(1)
    expect(page.locator("[data-count=open]")).to_have_text("")
    for route in held:
        route.fulfill(json={"results": [], "next": None})
    expect(page.locator("[data-count=open]")).to_have_text("1")
    own.locator("button").click()
    expect(own).to_have_count(0)


def test_a_lost_connection_is_told_and_found_again(terminal: Page) -> None:
    context = terminal.context
    context.set_offline(True)
    expect(terminal.locator(".stale-bar")).to_be_visible()
    expect(terminal.locator(".send")).to_be_disabled()
    expect(terminal.locator(".why")).to_contain_text("No connection")
    context.set_offline(False)
    expect(terminal.locator(".stale-bar")).to_be_hidden()
    expect(terminal.locator(".send")).to_be_enabled()
    before = terminal.locator(".bids").inner_text()
    terminal.wait_for_function("(t) => document.querySelector('.bids').innerText !== t", arg=before)


def test_an_order_whose_answer_was_lost_is_asked_about(aurora: Shop, open_page: OpenPage) -> None:
    """The answer never reaches the page: it asks by its own client order id and finds it."""
    page = open_page()
    page.route_web_socket(
        re.compile("/ws/v1/stream"),
        lambda socket: _without_answers(socket.connect_to_server(), socket),
    )
    aurora.sign_in(page, "bob@aurora.example")
    page.goto(aurora.url("/trade/BTC-USDT"))
    expect(page.locator(".bids .ladder-row").first).to_be_visible()
    expect(page.locator("[name=price]")).not_to_have_value("")
    page.fill("[name=price]", f"{Decimal(page.input_value('[name=price]')) * 19 / 20:.2f}")
    page.fill("[name=amount]", "0.001")
    page.click(".send")
    expect(page.locator(".toast", has_text="Answer lost, checking")).to_be_visible(timeout=20_000)
    arrived = page.locator(".toast.good", has_text="Your order arrived")
    expect(arrived).to_be_visible(timeout=20_000)
    number = re.search(r"Order (\d+) was accepted", arrived.inner_text())
    assert number
    cancel = page.get_by_role("button", name=f"Cancel order {number.group(1)}")
    expect(cancel).to_be_visible()
    cancel.click()
    expect(cancel).to_have_count(0)
    assert page.evaluate("() => sessionStorage.getItem('orders.unknown')") == "[]"


def _without_answers(server: object, page_side: object) -> None:
    """Everything passes but the answers to requests that place an order."""
    placed: set[int] = set()

    def to_server(message: str) -> None:
        if '"order.place"' in message:
            found = re.search(r'"id":\s*(\d+)', message)
            assert found
            placed.add(int(found.group(1)))
        server.send(message)  # type: ignore[attr-defined]

    def to_page(message: str) -> None:
        found = re.match(r'\{"id":\s*(\d+),', message)
        if found and int(found.group(1)) in placed:
            return
        page_side.send(message)  # type: ignore[attr-defined]

    page_side.on_message(to_server)  # type: ignore[attr-defined]
    server.on_message(to_page)  # type: ignore[attr-defined]


def test_a_gap_in_the_numbers_brings_a_fresh_snapshot(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page()
    dropped: list[str] = []
    snapshots: list[str] = []

    def between(page_side: object) -> None:
        server = page_side.connect_to_server()  # type: ignore[attr-defined]

        def to_page(message: str) -> None:
            if '"depth:' in message[:60]:
                if '"snapshot"' in message:
                    snapshots.append(message[:80])
                elif len(snapshots) == 1 and not dropped:
                    dropped.append(message)
                    return
            page_side.send(message)  # type: ignore[attr-defined]

        server.on_message(to_page)

    page.route_web_socket(re.compile("/ws/v1/stream"), between)
    page.goto(aurora.url("/trade/BTC-USDT"))
    expect(page.locator(".bids .ladder-row").first).to_be_visible()
    page.wait_for_timeout(2_000)
    assert dropped
    assert len(snapshots) >= 2


def test_the_phone_has_tabs_and_no_sideways_scroll(longmen: Shop, open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE)
    longmen.sign_in(page, "carol@longmen.example")
    page.goto(longmen.url("/trade/BTC-USDT"))
    for view, part in (
        ("chart", "#chart"), ("book", ".ladder"), ("trade", ".send"), ("orders", ".t-lists .tabs"),
    ):  # fmt: skip
        page.click(f"[data-view-tab={view}]")
        expect(page.locator(part).first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("[data-view-tab=book]")
    page.locator(".asks .ladder-row").last.click()  # a level fills the price and opens the entry
    expect(page.locator(".send")).to_be_visible()
    assert Decimal(page.input_value("[name=price]")) > 0


def test_keys_choose_the_side_and_the_amount(terminal: Page) -> None:
    terminal.locator("body").press("s")
    expect(terminal.locator("[data-side=sell]")).to_have_attribute("aria-pressed", "true")
    terminal.locator("body").press("b")
    expect(terminal.locator("[data-side=buy]")).to_have_attribute("aria-pressed", "true")
    terminal.locator("body").press("/")
    assert terminal.evaluate("document.activeElement.name") == "amount"


def test_a_visitor_sees_prices_and_is_invited(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page(viewport=DESK)
    page.goto(aurora.url("/trade/ETH-USDT"))
    expect(page.locator(".asks .ladder-row").first).to_be_visible()
    expect(page.locator(".invite")).to_contain_text("Sign in to trade on them")
