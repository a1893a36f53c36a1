"""The terminal as a place to work: finding, grouping, layout, settings, keys, sound, the sum."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from shops import PHONE, Shop
from terminals import at_the_chart, cancel_all, forget, kept, placed, resting_box

OpenPage = Callable[..., Page]


@pytest.fixture
def desk(aurora: Shop, blank: Page, sent: list[str]) -> Page:
    """Carol at a terminal as it comes."""
    at_the_chart(aurora, blank, "carol")
    forget(blank)
    at_the_chart(aurora, blank)
    expect(blank.locator("[data-out=available]")).to_contain_text("USDT")
    return blank


def number(text: str) -> Decimal:
    return Decimal(re.sub(r"[^\d.]", "", text))


def test_an_instrument_is_found_by_keyboard_and_made_a_favourite(aurora: Shop, desk: Page) -> None:
    desk.locator("body").press("/")
    expect(desk.locator("#search")).to_be_visible()
    found = desk.locator("#search .found")
    assert found.count() >= 2
    expect(desk.locator("#search .course polyline[points]").first).to_be_attached()
    desk.keyboard.type("eth")
    expect(found).to_have_count(1)
    found.locator(".star").click()
    expect(found.locator(".star")).to_have_attribute("aria-pressed", "true")
    kept(desk, "favourites", lambda it: it == ["ETH-USDT"])
    desk.click("[data-only=favourites]")
    expect(found).to_have_count(1)
    desk.locator("#search input").press("Enter")
    desk.wait_for_url(re.compile("/trade/ETH-USDT"))
    desk.click("[data-open=search]")
    expect(found.first).to_have_attribute("data-symbol", "ETH-USDT")  # favourites come first
    desk.fill("#search input", "no such thing")
    expect(desk.locator("[data-nothing]")).to_contain_text("No instrument")


def test_the_book_is_grouped_and_shows_the_sides_one_wants(desk: Page) -> None:
    expect(desk.locator("[name=group]")).to_be_enabled()
    desk.select_option("[name=group]", "100")  # ticks of 0.01
    prices = "nodes => nodes.map((node) => node.textContent.replaceAll(',', ''))"
    bids = desk.locator(".bids .price").evaluate_all(prices)
    asks = desk.locator(".asks .price").evaluate_all(prices)
    assert bids and asks
    assert all(Decimal(price) % 1 == 0 for price in bids + asks)
    assert len(set(bids)) == len(bids)
    sums = desk.locator(".bids .sum").evaluate_all(prices)
    assert [Decimal(one) for one in sums] == sorted(Decimal(one) for one in sums)
    desk.click("[data-book-view=bids]")
    expect(desk.locator(".asks")).to_be_hidden()
    assert desk.locator(".bids .ladder-row").count() > len(bids) // 2
    settings = kept(desk, "terminal", lambda it: it and it.get("book_view") == "bids")
    assert settings["book_groups"] == {"BTC-USDT": 100}
    desk.reload()
    expect(desk.locator("[name=group]")).to_have_value("100")
    expect(desk.locator(".asks")).to_be_hidden()


def test_a_layout_is_remembered_on_another_device_and_set_back(
    aurora: Shop, desk: Page, open_page: OpenPage
) -> None:
    before = desk.locator(".t-book").bounding_box()
    desk.click("[data-open=settings]")
    desk.locator("#settings [name=hidden][value=tape]").uncheck()
    desk.locator("#settings [name=density][value=compact]").check(force=True)
    desk.locator("#settings [name=entry_side][value=left]").check(force=True)
    desk.keyboard.press("Escape")
    expect(desk.locator(".t-tape")).to_be_hidden()
    edge = desk.locator("[data-edge=book]")
    edge.focus()
    for _ in range(3):
        edge.press("ArrowLeft")  # the book's left edge: it grows
    after = desk.locator(".t-book").bounding_box()
    assert before and after
    assert after["width"] > before["width"] + 30
    assert after["height"] > before["height"]  # the tape's room is the book's
    width = round(after["width"])
    kept(desk, "terminal", lambda it: it and abs(it.get("book_px", 0) - width) < 2)

    other = open_page()
    at_the_chart(aurora, other, "carol")
    expect(other.locator(".t-tape")).to_be_hidden()
    elsewhere = other.locator(".t-book").bounding_box()
    assert elsewhere and abs(elsewhere["width"] - after["width"]) < 2
    entry, chart = (
        other.locator(".t-entry").bounding_box(),
        other.locator(".t-chart").bounding_box(),
    )
    assert entry and chart and entry["x"] < chart["x"]

    other.click("[data-open=settings]")
    other.click("#settings [data-reset]")
    other.keyboard.press("Escape")
    expect(other.locator(".t-tape")).to_be_visible()
    kept(other, "terminal", lambda it: it is None)


def test_an_edge_is_dragged(desk: Page) -> None:
    before = desk.locator(".t-lists").bounding_box()
    edge = desk.locator("[data-edge=lists]").bounding_box()
    assert before and edge
    x, y = edge["x"] + 200, edge["y"] + edge["height"] / 2
    desk.mouse.move(x, y)
    desk.mouse.down()
    desk.mouse.move(x, y - 60, steps=4)
    desk.mouse.up()
    after = desk.locator(".t-lists").bounding_box()
    assert after and abs(after["height"] - before["height"] - 60) < 4


def test_the_sum_tells_what_one_holds_then(desk: Page) -> None:
    desk.fill("[name=price]", desk.input_value("[name=price]") or "60000")
    booked = desk.evaluate(
        """async () => Object.fromEntries((await (await fetch('/api/v1/balances')).json())
            .results.map((one) => [one.asset, one.booked]))"""
    )
    desk.fill("[name=amount]", "0.001")
    base, quote = desk.locator("[data-out=after]").inner_text().split("·")
    received = number(desk.locator("[data-out=receives]").inner_text())
    cost = number(desk.locator("[data-out=pays]").inner_text())
    assert abs(number(base) - Decimal(booked["BTC"]) - received) <= Decimal("0.00000001")
    assert abs(Decimal(booked["USDT"]) - cost - number(quote)) <= Decimal("0.02")


def test_who_wants_it_is_asked_before_an_order_is_sent(desk: Page, sent: list[str]) -> None:
    cancel_all(desk)
    desk.click("[data-open=settings]")
    desk.check("#settings [name=confirm]")
    desk.keyboard.press("Escape")
    low = Decimal(desk.input_value("[name=price]")) * 95 / 100
    desk.fill("[name=price]", f"{low:.2f}")
    desk.fill("[name=amount]", "0.001")
    desk.click(".send")
    asked = desk.locator("#confirm-order")
    expect(asked).to_contain_text("Buy BTC")
    expect(asked).to_contain_text(f"{low:,.2f} USDT")
    asked.locator("[value=keep]").click()
    expect(desk.locator("[name=amount]")).to_have_value("0.001")
    expect(desk.locator("[data-rows=open] tr")).to_have_count(0)
    desk.click(".send")
    asked.locator("[value=send]").click()
    expect(desk.locator("[data-rows=open] tr")).to_have_count(1)
    assert [order["price"] for order in placed(sent)] == [f"{low:.2f}"]  # once, after the yes
    # And back: the toast of a resting order takes it back.
    desk.locator(".toast", has_text="Order is in the book").locator(".undo").click()
    expect(desk.locator("[data-rows=open] tr")).to_have_count(0)


def test_he_is_asked_about_the_stop_of_a_pair_as_well(desk: Page, sent: list[str]) -> None:
    desk.click("[data-open=settings]")
    desk.check("#settings [name=confirm]")
    desk.keyboard.press("Escape")
    last = Decimal(desk.input_value("[name=price]"))
    desk.click("[data-type=oco]")
    desk.click("[data-way=limit]")
    desk.fill("[name=price]", f"{last * Decimal('0.95'):.2f}")
    desk.fill("[name=trigger]", f"{last * Decimal('1.04'):.2f}")
    desk.fill("[name=stop_limit]", f"{last * Decimal('1.05'):.2f}")
    desk.select_option("[name=source]", "index")
    desk.fill("[name=amount]", "0.001")
    desk.click(".send")
    facts = desk.locator("#confirm-order dl > div")
    for word, value in (
        ("Price", f"{last * Decimal('0.95'):,.2f} USDT"),
        ("Trigger", f"{last * Decimal('1.04'):,.2f} USDT"),
        ("Limit price", f"{last * Decimal('1.05'):,.2f} USDT"),
        ("Triggered by", "Index price"),
    ):
        named = facts.filter(has=desk.locator("dt", has_text=re.compile(f"^{word}$")))
        expect(named.locator("dd")).to_have_text(value)
    desk.locator("#confirm-order [value=keep]").click()
    desk.click("[data-way=trailing]")
    desk.fill("[name=distance]", "2.5")
    desk.click(".send")
    expect(facts.filter(has_text="Trailing stop").locator("dd")).to_have_text("2.50 %")
    expect(facts.filter(has_text="Limit price")).to_have_count(0)
    desk.locator("#confirm-order [value=keep]").click()
    expect(desk.locator("#confirm-order")).to_be_hidden()
    assert not placed(sent)


def test_all_of_one_instrument_are_cancelled_and_no_others(aurora: Shop, desk: Page) -> None:
    cancel_all(desk)
    for symbol in ("ETH-USDT", "BTC-USDT"):
        desk.goto(aurora.url(f"/trade/{symbol}"))
        expect(desk.locator("[name=price]")).not_to_have_value("")
        low = Decimal(desk.input_value("[name=price]")) * 95 / 100
        desk.fill("[name=price]", f"{low:.2f}")
        desk.fill("[name=amount]", "0.01")
        desk.click(".send")
        expect(desk.locator("[name=amount]")).to_have_value("")
    rows = desk.locator("[data-rows=open] tr")
    expect(rows).to_have_count(2)
    desk.check("[name=lists_here]")
    expect(rows).to_have_count(1)
    desk.locator("body").press("x")
    expect(desk.locator("#cancel-all [name=which]:checked")).to_have_value("BTC-USDT")
    desk.click("#cancel-all [type=submit]")
    expect(rows).to_have_count(0)
    desk.uncheck("[name=lists_here]")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("ETH-USDT")
    cancel_all(desk)


def test_keys_trade_and_can_be_turned_off(desk: Page) -> None:
    body = desk.locator("body")
    body.press("?")
    expect(desk.locator("#keys")).to_contain_text("Send the order")
    desk.keyboard.press("Escape")
    body.press("m")
    expect(desk.locator("[data-type=market]")).to_have_attribute("aria-pressed", "true")
    body.press("l")
    body.press("h")
    expect(desk.locator("[name=amount]")).not_to_have_value("")
    body.press("3")
    expect(desk.locator("[data-frame='15m']")).to_have_attribute("aria-pressed", "true")
    body.press("d")
    expect(desk.locator(".depthchart")).to_be_visible()
    body.press("d")
    desk.click("[data-open=settings]")
    desk.uncheck("#settings [name=keys]")
    desk.keyboard.press("Escape")
    body.press("s")
    expect(desk.locator("[data-side=buy]")).to_have_attribute("aria-pressed", "true")
    body.press("/")
    expect(desk.locator("#search")).to_be_hidden()


def test_fills_sound_for_who_wants_it(desk: Page) -> None:
    desk.evaluate(
        """() => { window.tones = 0; const start = OscillatorNode.prototype.start;
          OscillatorNode.prototype.start = function (...at) {
            window.tones += 1; return start.apply(this, at); }; }"""
    )
    desk.click("[data-open=settings]")
    desk.check("#settings [name=sound]")
    assert desk.evaluate("window.tones") == 2  # so that one knows it
    desk.keyboard.press("Escape")
    desk.click("[data-type=market]")
    desk.fill("[name=amount]", "0.001")
    desk.click(".send")
    expect(desk.locator(".toast", has_text="Bought 0.00100 BTC")).to_be_visible()
    assert desk.evaluate("window.tones") >= 4


def test_a_visitors_layout_stays_in_his_browser(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    at_the_chart(aurora, page)
    page.click("[data-frame='4h']")
    page.click("[data-open=search]")
    page.locator("#search .found .star").first.click()
    page.keyboard.press("Escape")
    page.reload()
    expect(page.locator("[data-frame='4h']")).to_have_attribute("aria-pressed", "true")
    page.click("[data-open=search]")
    star = page.locator("#search .found .star").first
    expect(star).to_have_attribute("aria-pressed", "true")
    assert not any(re.search(r"/preferences(/|\?|$)", url) for url in asked)


def test_dialogs_are_sheets_on_a_phone(longmen: Shop, open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE)
    at_the_chart(longmen, page, "carol")
    for opener, sheet in (("search", "#search"), ("settings", "#settings")):
        page.click(f"[data-open={opener}]")
        box = resting_box(page, sheet)
        assert box["width"] == PHONE["width"]
        assert abs(box["y"] + box["height"] - PHONE["height"]) < 2
        page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


UNDO_AFTER_A_FILL = """async () => {
  const { Desk } = await import("/static/portal/js/terminal/desk.js");
  const asked = [];
  const orders = new Map();
  const account = { orders, putOrder: (order) => orders.set("7", order), load() {} };
  const stream = { async request(_name, given) {
    asked.push(given);
    return { order_id: 7, remaining_quantity: given.remaining_quantity, price: given.price };
  } };
  const desk = new Desk(stream, account, 1, { get: () => ({}) });
  const order = { order_id: 7, price: "60000.00", remaining_quantity: "0.30000" };
  await desk.replace(order, { remaining_quantity: "0.10000", price: "61000.00" });
  account.putOrder({ ...order, remaining_quantity: "0.04000" }); // 0.06 were filled meanwhile
  document.querySelector(".toast .undo").click();
  await new Promise((done) => setTimeout(done));
  return asked[1];
}"""


def test_taking_a_change_back_orders_nothing_twice(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(aurora.url("/fees"))
    asked = page.evaluate(UNDO_AFTER_A_FILL)
    assert (asked["remaining_quantity"], asked["price"]) == ("0.24", "60000.00")


TWO_LISTS = """async () => {
  const { Desk } = await import("/static/portal/js/terminal/desk.js");
  const list = (id) => ({ client_list_id: id, type: "oco", orders: [] });
  const store = "orders.unknown.1";
  sessionStorage.setItem(store, JSON.stringify([{ args: list("lost"), clickedAt: 0 }]));
  const account = { orders: new Map(), putOrder() {}, load() {} };
  const stream = new EventTarget();
  stream.request = async () => ({ orders: [{}] });
  await new Desk(stream, account, 1, { get: () => ({}) }).place(list("arrived"));
  return JSON.parse(sessionStorage.getItem(store)).map(({ args }) => args.client_list_id);
}"""


def test_a_list_that_arrived_leaves_the_lost_one_to_be_asked_about(
    aurora: Shop, open_page: OpenPage
) -> None:
    page = open_page()
    page.goto(aurora.url("/fees"))
    assert page.evaluate(TWO_LISTS) == ["lost"]
