"""Stops that fire and orders that are changed, in a browser against the moving market."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from shops import Shop
from terminals import open_orders

OpenPage = Callable[..., Page]


@pytest.fixture
def terminal(aurora: Shop, open_page: OpenPage) -> Iterator[Page]:
    """Bob of the demo at the BTC terminal, who leaves no open orders."""
    page = open_page()
    aurora.sign_in(page, "bob@aurora.example")
    page.goto(aurora.url("/trade/BTC-USDT"))
    expect(page.locator(".bids .ladder-row").first).to_be_visible()
    expect(page.locator("[data-out=available]")).to_contain_text("USDT")
    expect(page.locator("[data-count=open]")).to_have_text(re.compile(r"\d"))
    cancel_all(page)
    yield page
    cancel_all(page)


def cancel_all(page: Page) -> None:
    page.click("#tab-open")
    if page.locator("[data-rows=open] tr").count():
        page.click("[data-cancel-all]")
        page.locator("#cancel-all [type=submit]").click()
    expect(page.locator("[data-rows=open] tr")).to_have_count(0)


def last_price(page: Page) -> Decimal:
    expect(page.locator("[data-last]")).to_have_text(re.compile(r"\d"))
    return Decimal(page.locator("[data-last]").inner_text().replace(",", ""))


def open_row(page: Page, text: str) -> Locator:
    return page.locator("[data-rows=open] tr", has_text=text)


def send(page: Page) -> None:
    page.fill("[name=amount]", "0.001")
    page.click(".send")
    expect(page.locator("[name=amount]")).to_have_value("")  # emptied once it is accepted


def place_stop(page: Page, side: str, trigger: Decimal) -> None:
    page.click(f"[data-side={side}]")
    page.click("[data-type=stop]")
    page.click("[data-sends=market]")
    page.fill("[name=trigger]", f"{trigger:.2f}")
    send(page)


def test_a_stop_fires_when_the_market_comes_to_it(terminal: Page) -> None:
    filled = terminal.locator("[data-rows=past] tr", has_text="Stop").filter(has_text="Filled")
    before = filled.count()
    last = last_price(terminal)
    # One on each side: whichever way the market goes, one of them fires.
    far = last * Decimal("0.0003")
    place_stop(terminal, "buy", last + far)
    expect(terminal.locator(".toast", has_text="Order waits for its price")).to_be_visible()
    place_stop(terminal, "sell", last - far)
    expect(filled.nth(before)).to_be_attached(timeout=240_000)


def test_a_waiting_order_tells_what_for_and_is_cancelled(terminal: Page) -> None:
    last = last_price(terminal)
    terminal.click("[data-side=sell]")
    terminal.click("[data-type=stop]")
    terminal.click("[data-sends=limit]")
    terminal.fill("[name=trigger]", f"{last * Decimal('1.05'):.2f}")
    terminal.fill("[name=price]", f"{last * Decimal('0.94'):.2f}")
    terminal.fill("[name=amount]", "0.001")
    terminal.click(".send")
    expect(terminal.locator(".why")).to_contain_text("below the last price")
    trigger = f"{last * Decimal('0.95'):.2f}"
    terminal.fill("[name=trigger]", trigger)
    terminal.select_option("[name=time_in_force]", "GTD")
    send(terminal)
    row = open_row(terminal, "Stop limit")
    expect(row).to_contain_text(f"waiting for ≤ {Decimal(trigger):,.2f}")
    expect(row).to_contain_text("until")
    expect(row.get_by_role("button", name=re.compile("Change order"))).to_have_count(0)
    row.get_by_role("button", name=re.compile("Cancel order")).click()
    expect(row).to_have_count(0)
    terminal.click("#tab-past")
    expect(terminal.locator("[data-rows=past] tr").first).to_contain_text("Cancelled")


def test_an_iceberg_shows_a_part(terminal: Page) -> None:
    price = f"{last_price(terminal) * Decimal('0.95'):.2f}"
    terminal.fill("[name=price]", price)
    terminal.click("[data-row=advanced] summary")
    terminal.fill("[name=amount]", "0.003")
    terminal.fill("[name=display]", "0.003")
    terminal.click(".send")
    expect(terminal.locator(".why")).to_contain_text("Show less than the amount")
    # A market order shows nothing, and is asked for nothing.
    terminal.click("[data-type=market]")
    expect(terminal.locator("[data-row=display]")).to_be_hidden()
    terminal.click("[data-type=limit]")
    terminal.fill("[name=display]", "0.001")
    terminal.click(".send")
    expect(terminal.locator("[name=display]")).to_have_value("")
    row = open_row(terminal, f"{Decimal(price):,.2f}")
    expect(row).to_contain_text("0.00300")
    expect(row).to_contain_text("showing 0.00100 at a time")
    terminal.reload()
    expect(row).to_contain_text("showing 0.00100 at a time")


def test_a_trailing_stop_tells_its_stop_price_and_an_order_waits_for_its_time(
    terminal: Page,
) -> None:
    terminal.click("[data-side=sell]")
    terminal.click("[data-type=trailing]")
    terminal.click("[data-sends=market]")
    terminal.fill("[name=distance]", "60")
    terminal.fill("[name=amount]", "0.001")
    terminal.click(".send")
    expect(terminal.locator(".why")).to_contain_text("from 0.01 % to 50.00 %")
    terminal.fill("[name=distance]", "45")
    send(terminal)
    row = open_row(terminal, "Trailing stop")
    expect(row).to_contain_text(re.compile(r"45\.00 % behind · stop now ≤ [\d,.]+ · best [\d,.]+"))
    row.get_by_role("button", name=re.compile("Cancel order")).click()
    expect(row).to_have_count(0)

    terminal.click("[data-type=limit]")
    terminal.check("[name=timed]")
    terminal.fill("[name=price]", f"{last_price(terminal) * Decimal('1.05'):.2f}")
    send(terminal)
    expect(terminal.locator(".toast", has_text="Order waits for its time")).to_be_visible()
    row = open_row(terminal, "not before")
    row.get_by_role("button", name=re.compile("Cancel order")).click()
    expect(row).to_have_count(0)
    terminal.uncheck("[name=timed]")


def test_a_resting_order_is_changed_in_its_row(terminal: Page) -> None:
    last = last_price(terminal)
    before, after = (f"{last * Decimal(factor):.2f}" for factor in ("0.95", "0.94"))
    terminal.fill("[name=price]", before)
    send(terminal)
    row = open_row(terminal, f"{Decimal(before):,.2f}")
    row.get_by_role("button", name=re.compile("Change order")).click()
    editing = terminal.locator("[data-rows=open] tr.editing")
    editing.locator("[name=price]").fill("1")
    editing.locator("[data-save]").click()
    expect(terminal.locator(".toast", has_text="The order was not changed")).to_be_visible()
    editing.locator("[name=price]").fill(after)
    editing.locator("[name=remaining]").fill("0.002")
    editing.locator("[name=remaining]").press("Enter")
    changed = open_row(terminal, f"{Decimal(after):,.2f}")
    expect(changed).to_contain_text("0.00200")
    expect(terminal.locator(".toast", has_text="Order changed")).to_be_visible()
    expect(open_row(terminal, f"{Decimal(before):,.2f}")).to_have_count(0)
    terminal.reload()
    expect(changed).to_contain_text("0.00200")
    changed.get_by_role("button", name=re.compile("Cancel order")).click()
    expect(terminal.locator("[data-rows=open] tr")).to_have_count(0)


def test_a_pair_of_which_one_cancels_the_other(terminal: Page) -> None:
    last = last_price(terminal)
    above, below = (f"{last * Decimal(factor):.2f}" for factor in ("1.05", "0.95"))
    terminal.click("[data-side=sell]")
    terminal.click("[data-type=oco]")
    terminal.fill("[name=trigger]", below)
    terminal.fill("[name=price]", below)
    terminal.fill("[name=amount]", "0.001")
    terminal.click(".send")
    expect(terminal.locator(".why")).to_contain_text("above the stop")
    terminal.fill("[name=price]", above)
    send(terminal)
    expect(terminal.locator(".toast", has_text="Both orders are in place")).to_be_visible()
    rows = terminal.locator("[data-rows=open] tr.linked")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("OCO")
    expect(rows.last).to_contain_text(f"waiting for ≤ {Decimal(below):,.2f}")
    expect(rows.first.get_by_role("button", name=re.compile("Change order"))).to_have_count(0)
    rows.first.get_by_role("button", name=re.compile("Cancel order")).click()
    expect(terminal.locator("[data-rows=open] tr")).to_have_count(0)
    terminal.click("#tab-past")
    expect(terminal.locator("[data-rows=past] tr", has_text="ended by order").first).to_be_visible()


def test_the_stop_of_a_pair_is_sent_on_at_a_price_of_its_own_by_the_mark_price(
    terminal: Page,
) -> None:
    last = last_price(terminal)
    above, trigger, limit = (f"{last * Decimal(factor):.2f}" for factor in ("1.05", "0.95", "0.94"))
    terminal.click("[data-side=sell]")
    terminal.click("[data-type=oco]")
    expect(terminal.locator("[data-row=sends]")).to_be_hidden()
    expect(terminal.locator("[name=stop_limit]")).to_be_hidden()
    terminal.click("[data-way=limit]")
    terminal.fill("[name=trigger]", trigger)
    terminal.fill("[name=price]", above)
    terminal.fill("[name=amount]", "0.001")
    terminal.click(".send")
    expect(terminal.locator(".why")).to_contain_text("Enter the limit price of the stop order")
    expect(terminal.locator("[name=stop_limit]")).to_be_focused()
    terminal.fill("[name=stop_limit]", limit)
    terminal.select_option("[name=source]", "mark")
    send(terminal)
    expect(terminal.locator(".toast", has_text="Both orders are in place")).to_be_visible()
    first, stop = open_orders(terminal)
    assert (first["type"], first["status"], Decimal(first["price"])) == (
        "limit", "open", Decimal(above),
    )  # fmt: skip
    assert (stop["type"], stop["status"], stop["time_in_force"], stop["trigger_source"]) == (
        "stop_limit", "waiting", "GTC", "mark",
    )  # fmt: skip
    assert (Decimal(stop["trigger_price"]), Decimal(stop["price"])) == (
        Decimal(trigger), Decimal(limit),
    )  # fmt: skip
    assert stop["linked_order_ids"] == [first["order_id"]]
    row = open_row(terminal, "Stop limit")
    expect(row).to_contain_text(f"waiting for ≤ {Decimal(trigger):,.2f} · mark price")
    expect(row).to_contain_text(f"{Decimal(limit):,.2f}")


def test_the_stop_of_a_pair_trails_by_the_index_price_and_ends_with_it(terminal: Page) -> None:
    last = last_price(terminal)
    below = f"{last * Decimal('0.95'):.2f}"
    terminal.click("[data-type=oco]")
    terminal.click("[data-way=trailing]")
    expect(terminal.locator("[name=trigger]")).to_be_hidden()
    expect(terminal.locator("[data-row=activation]")).to_be_hidden()
    terminal.fill("[name=price]", below)
    terminal.fill("[name=amount]", "0.001")
    terminal.fill("[name=distance]", "51")
    terminal.click(".send")
    expect(terminal.locator(".why")).to_contain_text("Enter a distance from 0.01 %")
    terminal.fill("[name=distance]", "1.25")
    terminal.select_option("[name=source]", "index")
    terminal.select_option("[name=time_in_force]", "GTD")
    send(terminal)
    first, stop = open_orders(terminal)
    assert (first["type"], Decimal(first["price"])) == ("limit", Decimal(below))
    assert (stop["type"], stop["side"], stop["status"], stop["price"]) == (
        "trailing_stop", "buy", "waiting", None,
    )  # fmt: skip
    assert (stop["trailing_distance_bp"], stop["trigger_source"]) == (125, "index")
    assert stop["expires_at"] == first["expires_at"] is not None
    row = open_row(terminal, "Trailing stop")
    expect(row).to_contain_text("1.25 % behind")
    expect(row).to_contain_text("index price")
    row.get_by_role("button", name=re.compile("Cancel order")).click()
    expect(terminal.locator("[data-rows=open] tr")).to_have_count(0)


@pytest.mark.parametrize(("field", "value"), [("stop", ""), ("trail", "2.5")])
def test_the_stop_of_a_bracket_waits_for_the_mark_price(
    terminal: Page, field: str, value: str
) -> None:
    last = last_price(terminal)
    far, take, stop = (f"{last * Decimal(factor):.2f}" for factor in ("0.95", "1.05", "0.9"))
    terminal.fill("[name=price]", far)
    terminal.check("[name=bracket]")
    terminal.fill("[name=take]", take)
    expect(terminal.locator("[name=bracket_source]")).to_be_hidden()  # there is no stop yet
    terminal.fill(f"[name={field}]", value or stop)
    terminal.select_option("[name=bracket_source]", "mark")
    send(terminal)
    _, profit, loss = open_orders(terminal)
    assert (profit["type"], profit["trigger_source"]) == ("limit", None)
    assert (loss["status"], loss["trigger_source"]) == ("pending", "mark")
    if value:
        assert (loss["type"], loss["trailing_distance_bp"]) == ("trailing_stop", 250)
    else:
        assert (loss["type"], Decimal(loss["trigger_price"])) == ("stop", Decimal(stop))
    expect(open_row(terminal, "comes once order").last).to_contain_text("mark price")


def test_the_stop_of_a_bracket_trails(terminal: Page) -> None:
    last = last_price(terminal)
    far, take = (f"{last * Decimal(factor):.2f}" for factor in ("0.95", "1.05"))
    terminal.fill("[name=price]", far)
    terminal.check("[name=bracket]")
    terminal.fill("[name=take]", take)
    terminal.fill("[name=amount]", "0.001")
    terminal.fill("[name=trail]", "51")
    expect(terminal.locator("[data-row=stop]")).to_be_hidden()
    terminal.click(".send")
    expect(terminal.locator(".why")).to_contain_text("Enter a distance from 0.01 %")
    terminal.fill("[name=trail]", "2.5")
    send(terminal)
    rows = terminal.locator("[data-rows=open] tr.linked")
    expect(rows).to_have_count(3)
    expect(rows.nth(2)).to_contain_text("Trailing stop")
    expect(rows.nth(2)).to_contain_text("comes once order")
    rows.first.get_by_role("button", name=re.compile("Cancel order")).click()
    expect(terminal.locator("[data-rows=open] tr")).to_have_count(0)


def test_a_bracket_is_attached_to_an_order(terminal: Page) -> None:
    last = last_price(terminal)
    far, take, stop = (f"{last * Decimal(factor):.2f}" for factor in ("0.95", "1.05", "0.9"))
    terminal.fill("[name=price]", far)
    terminal.check("[name=bracket]")
    terminal.fill("[name=take]", far)
    terminal.fill("[name=amount]", "0.001")
    terminal.click(".send")
    expect(terminal.locator(".why")).to_contain_text("must be above")
    terminal.fill("[name=take]", take)
    terminal.fill("[name=stop]", stop)
    send(terminal)
    rows = terminal.locator("[data-rows=open] tr.linked")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("Bracket")
    expect(rows.nth(1)).to_contain_text("comes once order")
    expect(rows.nth(2)).to_contain_text(f"≤ {Decimal(stop):,.2f}")
    terminal.reload()
    expect(rows).to_have_count(3)
    rows.first.get_by_role("button", name=re.compile("Cancel order")).click()
    expect(terminal.locator("[data-rows=open] tr")).to_have_count(0)
