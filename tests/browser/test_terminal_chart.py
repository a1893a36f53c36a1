"""The chart of the terminal: indicators, drawings, frames, depth, own orders on it."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shops import PHONE, Shop
from terminals import at_the_chart, cancel_all, forget, kept, resting_box

OpenPage = Callable[..., Page]


@pytest.fixture
def chart(aurora: Shop, open_page: OpenPage) -> Page:
    """Carol at a chart as it comes."""
    page = open_page()
    at_the_chart(aurora, page, "carol")
    forget(page)
    at_the_chart(aurora, page)
    return page


def click_at(page: Page, *places: tuple[int, int]) -> None:
    """Clicks on the chart; two within half a second are one double click to it."""
    box = page.locator("#chart").bounding_box()
    assert box
    for x, y in places:
        page.mouse.move(box["x"] + x, box["y"] + y, steps=3)
        page.mouse.click(box["x"] + x, box["y"] + y)
        page.wait_for_timeout(600)


def test_there_are_more_than_twenty_indicators_and_they_are_remembered(
    aurora: Shop, chart: Page
) -> None:
    chart.click("[data-open=indicators]")
    names = chart.locator("#indicators li b").all_inner_texts()
    assert len(set(names)) >= 20
    assert {"MA", "EMA", "BOLL", "MACD", "RSI", "KDJ", "SAR", "OBV"} <= set(names)
    chart.fill("#indicators input[type=search]", "relative")
    chart.locator("#indicators li:visible input[type=checkbox]").check()
    chart.fill("#indicators input[type=search]", "bollinger")
    row = chart.locator("#indicators li:visible")
    row.locator("input[type=checkbox]").check()
    row.locator(".params input").first.fill("30")
    row.locator(".params input").first.press("Tab")
    chart.keyboard.press("Escape")
    bollinger = {"name": "BOLL", "params": [30, 2]}
    chosen = kept(chart, "chart", lambda it: it and bollinger in it.get("indicators", []))
    assert {"MA", "VOL", "RSI", "BOLL"} == {one["name"] for one in chosen["indicators"]}
    at_the_chart(aurora, chart)
    expect(chart.locator("[data-open=indicators] .count")).to_have_text("4")


def test_every_indicator_can_be_drawn(chart: Page) -> None:
    """Switched on and off one after another; the page's complaints fail the test."""
    chart.click("[data-open=indicators]")
    tried = chart.evaluate(
        """async () => {
          const frame = () => new Promise(requestAnimationFrame);
          const boxes = [...document.querySelectorAll('#indicators li input[type=checkbox]')]
              .filter((box) => !box.checked);
          for (const box of boxes) for (const _turn of [0, 1]) { box.click(); await frame(); }
          return boxes.length;
        }"""
    )
    assert tried >= 20
    expect(chart.locator("[data-open=indicators] .count")).to_have_text("2")


def test_a_drawing_is_there_again_and_on_its_instrument_only(aurora: Shop, chart: Page) -> None:
    chart.click("[data-draw=segment]")
    expect(chart.locator("[data-draw=segment]")).to_have_attribute("aria-pressed", "true")
    click_at(chart, (200, 120), (400, 180))
    expect(chart.locator("[data-draw=segment]")).to_have_attribute("aria-pressed", "false")
    chart.click("[data-draw=fibonacciLine]")
    click_at(chart, (250, 100), (350, 200))
    chart.click("[data-draw=note]")
    click_at(chart, (300, 150))
    chart.fill("#note [name=note]", "Bought here 在此")
    chart.keyboard.press("Enter")
    drawings = kept(chart, "drawings", lambda it: it and len(it) == 3)
    assert [one["name"] for one in drawings] == ["segment", "fibonacciLine", "note"]
    assert drawings[2]["text"] == "Bought here 在此"
    assert all("value" in point for point in drawings[0]["points"])
    at_the_chart(aurora, chart)
    expect(chart.locator("[data-draw=clear]")).to_be_enabled()
    chart.goto(aurora.url("/trade/ETH-USDT"))
    expect(chart.locator("#chart .veil")).to_be_hidden()
    expect(chart.locator("[data-draw=clear]")).to_be_disabled()
    at_the_chart(aurora, chart)
    chart.click("[data-draw=clear]")
    chart.click("#clear-drawings [type=submit]")
    expect(chart.locator("[data-draw=clear]")).to_be_disabled()
    kept(chart, "drawings", lambda it: it == [])


def test_frames_bars_and_axis_are_remembered(aurora: Shop, chart: Page) -> None:
    for frame in ("5m", "15m", "1h", "1d"):
        with chart.expect_response(re.compile(f"interval={frame}")) as answer:
            chart.click(f"[data-frame='{frame}']")
        assert answer.value.ok
    chart.select_option("[name=bars]", "area")
    chart.select_option("[name=axis]", "logarithm")
    kept(chart, "chart", lambda it: it and it.get("axis") == "logarithm" and it["frame"] == "1d")
    at_the_chart(aurora, chart)
    expect(chart.locator("[data-frame='1d']")).to_have_attribute("aria-pressed", "true")
    expect(chart.locator("[name=bars]")).to_have_value("area")
    expect(chart.locator("[name=axis]")).to_have_value("logarithm")


def test_the_depth_chart_tells_what_the_book_holds(chart: Page) -> None:
    chart.click("[data-chart-view=depth]")
    told = chart.locator(".depthchart output")
    expect(told).to_contain_text("BTC")
    expect(chart.locator(".depthchart canvas")).to_have_attribute("aria-label", re.compile("Bids"))
    box = chart.locator(".depthchart").bounding_box()
    assert box
    chart.mouse.move(box["x"] + box["width"] / 4, box["y"] + 200)
    expect(told).to_contain_text("USDT")
    drawn = chart.evaluate(
        """() => { const canvas = document.querySelector('.depthchart canvas');
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          return data.some((value) => value > 0); }"""
    )
    assert drawn


@pytest.fixture
def order(aurora: Shop, open_page: OpenPage) -> Any:
    """Bob with one resting order at a price that the chart shows; the market stands still."""
    page = open_page()
    at_the_chart(aurora, page, "bob")
    forget(page)
    at_the_chart(aurora, page)
    cancel_all(page)
    expect(page.locator("[data-last]")).to_have_text(re.compile(r"\d"))
    with aurora.still_market():
        side, price = within_sight(page)
        page.click(f"[data-side={side}]")
        page.fill("[name=price]", f"{price:.2f}")
        page.fill("[name=amount]", "0.001")
        page.click(".send")
        expect(page.locator("[data-rows=open] tr")).to_have_count(1)
        page.wait_for_function("document.querySelector('.orderline:not([hidden])')")
        yield page
        cancel_all(page)


def within_sight(page: Page) -> tuple[str, Decimal]:
    """A side and a price that rests, between the last price and what the last candles reached."""
    candles = page.evaluate(
        """async () => (await (await fetch('/api/v1/candles/BTC-USDT?interval=1m&limit=20'))
            .json()).candles"""
    )
    last = Decimal(candles[-1][4])
    high, low = (pick(Decimal(one[at]) for one in candles) for pick, at in ((max, 2), (min, 3)))
    if last - low > high - last:
        return "buy", (last - (last - low) / 2).quantize(Decimal("0.01"))
    return "sell", (last + (high - last) / 2).quantize(Decimal("0.01"))


PRICE = "[data-rows=open] tr td[data-label=Price]"


def price_of(page: Page) -> Decimal:
    return Decimal(page.locator(PRICE).first.inner_text().replace(",", ""))


def test_an_order_is_moved_on_the_chart_by_keyboard_and_taken_back(order: Page) -> None:
    before = price_of(order)
    handle = order.locator(".orderline .handle")
    handle.focus()
    for _ in range(3):
        handle.press("ArrowDown")
    expect(order.locator(".orderline.moved")).to_have_count(1)
    handle.press("Enter")
    expect(order.locator(".toast", has_text="Order changed")).to_be_visible()
    expect(order.locator(PRICE)).to_have_text(f"{before - Decimal('0.03'):,.2f}")  # a frame later
    order.locator(".toast", has_text="Order changed").locator(".undo").click()
    expect(order.locator(PRICE)).to_have_text(f"{before:,.2f}")


def test_an_order_is_dragged_on_the_chart(order: Page) -> None:
    before = price_of(order)
    box = order.locator(".orderline .handle").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    order.mouse.move(x, y)
    order.mouse.down()
    order.mouse.move(x, y + 6, steps=3)
    order.mouse.up()
    expect(order.locator(".toast", has_text="Order changed")).to_be_visible()
    expect(order.locator(PRICE)).not_to_have_text(f"{before:,.2f}")  # a frame later
    assert price_of(order) < before


def test_an_order_is_cancelled_on_the_chart_and_placed_again(order: Page) -> None:
    before = price_of(order)
    order.locator(".orderline .cancel").press("Enter")
    gone = order.locator(".toast", has_text="Order cancelled")
    expect(gone).to_be_visible()
    expect(order.locator("[data-rows=open] tr")).to_have_count(0)
    expect(order.locator(".orderline")).to_have_count(0)
    gone.locator(".undo").click()
    expect(order.locator("[data-rows=open] tr")).to_have_count(1)
    assert price_of(order) == before


def test_on_a_phone_the_chart_has_a_way_to_an_order(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE)
    at_the_chart(aurora, page, "carol")
    forget(page)
    at_the_chart(aurora, page)
    page.click("[data-go=sell]")
    expect(page.locator("[data-side=sell]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".entry .send")).to_be_visible()
    page.click("[data-view-tab=chart]")
    page.click("[data-open=indicators]")
    sheet = resting_box(page, "#indicators")
    assert sheet["width"] == PHONE["width"]
    assert abs(sheet["y"] + sheet["height"] - PHONE["height"]) < 2  # it comes from below
    page.keyboard.press("Escape")
    page.click("[data-tools]")
    expect(page.locator("[data-draw=segment]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("[data-tools]")
