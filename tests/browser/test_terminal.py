"""The terminal in a browser: live data, orders, lost connections, phone."""

import json
import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from shops import DESK, PHONE, Shop
from terminals import frames_sent, open_orders, placed

OpenPage = Callable[..., Page]


@pytest.fixture
def blank(open_page: OpenPage) -> Page:
    """The page that `terminal` opens, while it is nowhere yet."""
    return open_page(expected=r"WebSocket|ERR_|Failed to load|502|503")


@pytest.fixture
def terminal(aurora: Shop, blank: Page, sent: list[str]) -> Page:
    """Carol of the demo at the BTC terminal."""
    aurora.sign_in(blank, "carol@aurora.example")
    blank.goto(aurora.url("/trade/BTC-USDT"))
    expect(blank.locator(".bids .ladder-row").first).to_be_visible()
    expect(blank.locator("[data-out=available]")).to_contain_text("USDT")
    return blank


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
    terminal: Page, sent: list[str], price: str, amount: str, told: str
) -> None:
    expect(terminal.locator("[name=price]")).not_to_have_value("")
    good = f"{Decimal(terminal.input_value('[name=price]')) * Decimal('0.95'):.2f}"
    terminal.fill("[name=price]", price)
    terminal.fill("[name=amount]", amount)
    terminal.click(".send")
    expect(terminal.locator(".why")).to_contain_text(told)
    assert terminal.input_value("[name=amount]") == amount
    # Mended it goes, and it is the only one that went.
    _buy(terminal, good)
    assert [order["price"] for order in placed(sent)] == [good]
    row = terminal.locator("[data-rows=open] tr", has_text=f"{Decimal(good):,.2f}")
    row.get_by_role("button", name=re.compile("Cancel order")).click()
    expect(row).to_have_count(0)


# The library fills what it has assigned, so it is wrapped when it is used.
KEEP_CHART = """let library;
Object.defineProperty(window, "klinecharts", {
  set(value) { library = value; },
  get() { return { ...library, init: (...given) => (window.keptChart = library.init(...given)) }; },
});"""

# As the page comes for somebody with that zone in his settings.
IN_TOKYO = """document.addEventListener("readystatechange", () => {
  document.documentElement.dataset.zone = "Asia/Tokyo";
});"""


def test_an_order_ends_when_the_readers_own_clock_says(aurora: Shop, open_page: OpenPage) -> None:
    """The zone of his settings, not the browser's; the chart's times are in it as well."""
    page = open_page(timezone_id="America/New_York", expected=r"WebSocket|ERR_|Failed to load")
    aurora.sign_in(page, "carol@aurora.example")
    sent = frames_sent(page)
    page.add_init_script(IN_TOKYO)
    page.add_init_script(KEEP_CHART)
    page.goto(aurora.url("/trade/BTC-USDT"))
    expect(page.locator("[data-out=available]")).to_contain_text("USDT")
    assert page.evaluate("window.keptChart.getTimezone()") == "Asia/Tokyo"
    price = page.locator(".bids .price").last.inner_text().replace(",", "")
    page.select_option("[name=time_in_force]", "GTD")
    offered = datetime.fromisoformat(page.input_value("[name=expire]"))
    wanted = datetime.now(ZoneInfo("Asia/Tokyo")) + timedelta(days=7)
    assert abs(offered - wanted.replace(tzinfo=None)) < timedelta(minutes=5)
    _buy(page, f"{Decimal(price) * Decimal('0.95'):.2f}")
    [order] = placed(sent)
    assert order["expire_time"] == int(offered.replace(tzinfo=wanted.tzinfo).timestamp() * 1000)


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
    own.locator("button[title=Cancel]").click()
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


class Wire:
    """The page's own WebSocket: order requests seen on it, and what happens to them.

    ``troubles`` are used up by the order requests, the first first; afterwards all pass.
    """

    PASS, LOSE, CUT_BEFORE, CUT_AFTER = "pass", "lose the answer", "cut before", "cut after"

    def __init__(self, page: Page, *troubles: str) -> None:
        self.troubles = list(troubles)
        self.placed: list[dict[str, object]] = []
        page.route_web_socket(re.compile("/ws/v1/stream"), self._between)

    def _between(self, page_side: Any) -> None:
        server = page_side.connect_to_server()
        trouble_of: dict[int, str] = {}

        def to_server(message: str) -> None:
            request = json.loads(message)
            if request["op"] == "order.place":
                self.placed.append(request["args"])
                trouble = self.troubles.pop(0) if self.troubles else self.PASS
                trouble_of[request["id"]] = trouble
                if trouble == self.CUT_BEFORE:
                    page_side.close()
                    return
            server.send(message)

        def to_page(message: str) -> None:
            found = re.match(r'\{"id":\s*(\d+),', message)
            trouble = trouble_of.get(int(found.group(1)), self.PASS) if found else self.PASS
            if trouble == self.CUT_AFTER:
                page_side.close()
            elif trouble == self.PASS:
                page_side.send(message)

        page_side.on_message(to_server)
        server.on_message(to_page)


class Question:
    """Holds back the page's questions about a client order id until the test lets them go."""

    def __init__(self, page: Page) -> None:
        self._held: list[Route] = []
        self._page = page
        self._is_open = False
        page.route(re.compile(r"/api/v1/orders\?client_order_id="), self._on_question)

    def _on_question(self, route: Route) -> None:
        if self._is_open:
            route.continue_()
        else:
            self._held.append(route)

    def let_go(self) -> None:
        self._is_open = True
        for route in self._held:
            route.continue_()


def at_the_terminal(shop: Shop, page: Page) -> None:
    """Bob, with a price far enough from the market that his order rests."""
    shop.sign_in(page, "bob@aurora.example")
    page.goto(shop.url("/trade/BTC-USDT"))
    expect(page.locator(".bids .ladder-row").first).to_be_visible()
    expect(page.locator("[name=price]")).not_to_have_value("")
    page.fill("[name=price]", f"{Decimal(page.input_value('[name=price]')) * 19 / 20:.2f}")
    page.fill("[name=amount]", "0.001")


def orders_called(page: Page, client_order_id: object) -> list[dict[str, Any]]:
    """Open orders of that name, as the exchange tells them."""
    return [order for order in open_orders(page) if order["client_order_id"] == client_order_id]


def cancel_and_see(page: Page, order_id: str) -> None:
    cancel = page.get_by_role("button", name=f"Cancel order {order_id}")
    expect(cancel).to_be_visible()
    cancel.click()
    expect(cancel).to_have_count(0)


def remembered(page: Page) -> str:
    """Orders the page does not know the end of."""
    found = page.evaluate(
        "() => Object.entries(sessionStorage).filter(([k]) => k.startsWith('orders.unknown'))"
    )
    return str(found[0][1])


@pytest.mark.parametrize("trouble", [Wire.LOSE, Wire.CUT_AFTER])
def test_an_order_whose_answer_was_lost_is_asked_about(
    aurora: Shop, open_page: OpenPage, trouble: str
) -> None:
    """It arrived, and the answer never comes or the socket closes: the page asks and finds it."""
    page = open_page()
    wire, question = Wire(page, trouble), Question(page)
    at_the_terminal(aurora, page)
    page.click(".send")
    expect(page.locator(".toast", has_text="Answer lost, checking")).to_be_visible(timeout=30_000)
    expect(page.locator(".send")).to_have_text("Checking…")
    expect(page.locator(".send")).to_be_disabled()
    question.let_go()
    arrived = page.locator(".toast.good", has_text="Your order arrived")
    expect(arrived).to_be_visible(timeout=30_000)
    number = re.search(r"Order (\d+) was accepted", arrived.inner_text())
    assert number
    expect(page.locator(".send")).to_have_text("Buy BTC")
    assert [args["client_order_id"] for args in wire.placed] == [wire.placed[0]["client_order_id"]]
    assert len(orders_called(page, wire.placed[0]["client_order_id"])) == 1
    cancel_and_see(page, number.group(1))
    assert remembered(page) == "[]"


@pytest.mark.parametrize("again", [Wire.PASS, Wire.CUT_AFTER, Wire.CUT_BEFORE])
def test_an_order_that_never_arrived_is_sent_again_as_the_same_order(
    aurora: Shop, open_page: OpenPage, again: str
) -> None:
    """The socket closes before the order is out, and what is sent again may be lost as well."""
    page = open_page()
    wire, question = Wire(page, Wire.CUT_BEFORE, again), Question(page)
    at_the_terminal(aurora, page)
    page.click(".send")
    expect(page.locator(".send")).to_have_text("Checking…", timeout=30_000)
    expect(page.locator(".why")).to_contain_text("never placed twice")
    page.locator(".entry").evaluate(
        "(form) => form.requestSubmit()"
    )  # a second click changes nothing
    assert len(wire.placed) == 1
    question.let_go()
    expect(page.locator("[name=amount]")).to_have_value("", timeout=60_000)
    first, *repeats = wire.placed
    assert len(repeats) == (2 if again == Wire.CUT_BEFORE else 1)
    assert all(args == first for args in repeats)
    [order] = orders_called(page, first["client_order_id"])
    cancel_and_see(page, str(order["order_id"]))
    assert remembered(page) == "[]"


def test_a_page_loaded_anew_asks_about_what_the_one_before_did_not_learn(
    aurora: Shop, open_page: OpenPage
) -> None:
    page = open_page()
    wire, question = Wire(page, Wire.LOSE), Question(page)
    at_the_terminal(aurora, page)
    page.click(".send")
    expect(page.locator(".send")).to_have_text(re.compile("Sending…|Checking…"))
    page.reload()
    expect(page.locator(".send")).to_have_text("Checking…", timeout=30_000)
    question.let_go()
    expect(page.locator(".toast.good", has_text="Your order arrived")).to_be_visible(timeout=30_000)
    [order] = orders_called(page, wire.placed[0]["client_order_id"])
    assert len(wire.placed) == 1
    cancel_and_see(page, str(order["order_id"]))
    assert remembered(page) == "[]"


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
    deadline = time.monotonic() + 30
    while len(snapshots) < 2 and time.monotonic() < deadline:
        page.wait_for_timeout(100)
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
    terminal.locator("body").press("a")
    assert terminal.evaluate("document.activeElement.name") == "amount"


def test_a_visitor_sees_prices_and_is_invited(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page(viewport=DESK)
    page.goto(aurora.url("/trade/ETH-USDT"))
    expect(page.locator(".asks .ladder-row").first).to_be_visible()
    expect(page.locator(".invite")).to_contain_text("Sign in to trade on them")
