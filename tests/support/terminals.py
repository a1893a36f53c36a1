"""The terminal in a browser: coming to it, and what it keeps."""

import json
import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from shops import Shop

_FORGET = """async () => {
  const csrf = document.cookie.match(/csrf=([^;]+)/)[1];
  for (const name of ['chart', 'terminal', 'favourites', 'drawings:BTC-USDT']) {
    const path = `/preferences/${encodeURIComponent(name)}`;
    await fetch(path, { method: 'DELETE', headers: { 'X-CSRFToken': csrf } });
  }
}"""


def frames_sent(page: Page) -> list[str]:
    """What the page sends over its WebSockets, of those that it opens from now on."""
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda it: sent.append(str(it))))
    return sent


def placed(sent: list[str]) -> list[dict[str, Any]]:
    """What was asked for with the orders, or lists, among those frames."""
    requests = [json.loads(frame) for frame in sent]
    return [one["args"] for one in requests if one["op"].startswith("order.place")]


def open_orders(page: Page) -> list[dict[str, Any]]:
    """The user's open orders as the exchange tells them, the oldest first."""
    orders: list[dict[str, Any]] = page.evaluate(
        "async () => (await (await fetch('/api/v1/orders?status=open&limit=200')).json()).results"
    )
    return sorted(orders, key=lambda order: int(order["order_id"]))


def at_the_chart(shop: Shop, page: Page, who: str = "") -> None:
    """At the BTC terminal with its book and candles; signed in first, if a name is given."""
    if who:
        shop.sign_in(page, f"{who}@{shop.slug}.example")
    page.goto(shop.url("/trade/BTC-USDT"))
    expect(page.locator(".ladder-row").first).to_be_attached()
    expect(page.locator("#chart .veil")).to_be_hidden()


def kept(page: Page, name: str, holds: Callable[[Any], bool], *, seconds: float = 30) -> Any:
    """What the server keeps for the user, once that is so: the page sends it a moment later."""
    deadline = time.monotonic() + seconds
    while True:
        found = page.evaluate("async () => (await fetch('/preferences?symbol=BTC-USDT')).json()")
        if holds(found.get(name)):
            return found.get(name)
        assert time.monotonic() < deadline, found.get(name)
        page.wait_for_timeout(300)


def forget(page: Page) -> None:
    """The user's terminal as it comes."""
    page.evaluate(_FORGET)


def resting_box(page: Page, selector: str) -> dict[str, float]:
    """Where an element is once it has stopped moving, in CSS pixels: x, y, width, height."""
    element = page.locator(selector)
    element.evaluate("(it) => Promise.all(it.getAnimations().map((one) => one.finished))")
    box = element.bounding_box()
    assert box
    return dict(box)


def cancel_all(page: Page) -> None:
    """No open order is left."""
    expect(page.locator("[data-count=open]")).to_have_text(re.compile(r"\d"))
    if page.locator("[data-rows=open] tr").count():
        page.click("[data-cancel-all]")
        page.click("#cancel-all [type=submit]")
    expect(page.locator("[data-rows=open] tr")).to_have_count(0)
