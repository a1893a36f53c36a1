"""The markets page and the lines on it; favourites are the user's own."""

import json
from collections.abc import Callable
from typing import Any

import pytest

import people
from identity.models import User
from portal import charts, markets
from tenants.models import Tenant
from trading.instruments.info import instrument_info
from trading.market_data.models import Candle

Client = Callable[..., people.Browser]
TICKER = {
    "instrument": "BTC-USDT", "last": "61500.25", "open": "60000.00", "high": "62000.00",
    "low": "59000.00", "volume": "12.5", "quote_volume": "768753.125", "change_bp": -105,
    "bid": "61500.00", "ask": "61501.00",
}  # fmt: skip


@pytest.fixture(autouse=True)
def tickers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markets, "current_tickers", lambda: [TICKER])


def add_candles(prices: list[int]) -> None:
    info = instrument_info("BTC-USDT")
    for index, price in enumerate(prices):
        Candle.objects.create(
            instrument_id=info.id, interval_seconds=300, open_second=1_772_366_400 + 1_800 * index,
            open_price_units=price, high_price_units=price, low_price_units=price,
            close_price_units=price, base_units=1, quote_units=1, trades=1, last_seq=index + 1,
        )  # fmt: skip


def test_prices_stand_there_before_any_script(client_for: Client, tenant: Tenant) -> None:
    add_candles([60_000 * 10**8, 61_000 * 10**8, 61_500 * 10**8])
    text = client_for().get("/markets").content.decode()
    for shown in ("61,500.25", "−1.05 %", "62,000.00", "768,753"):
        assert shown in text
    assert 'class="spark down"' in text and "<polyline" in text
    assert "61,500.25" in client_for().get("/").content.decode()


def test_favourites_are_the_users_own(client_for: Client, alice: User, bob: User) -> None:
    browser = client_for(alice)
    body = json.dumps(["BTC-USDT"])
    assert (
        browser.post("/preferences/favourites", body, content_type="application/json").status_code
        == 204
    )

    def stars(person: User | None) -> int:
        return (
            client_for(person)
            .get("/markets")
            .content.decode()
            .count('data-star aria-pressed="true"')
        )

    assert (stars(alice), stars(bob), stars(None)) == (1, 0, 0)


def test_a_line_keeps_its_shape() -> None:
    prices = [61_500 * 10**8 + step for step in (0, 10**8, 5 * 10**7)]
    small = markets.scaled(prices)
    assert len(str(max(small))) < len(str(max(prices)))
    first, second, third = (int(p.split(",")[1]) for p in charts.spark(small).split())
    assert second < third < first  # y grows downwards
    assert markets.scaled([]) == [] and charts.spark([7]) == ""


@pytest.mark.parametrize("values", [[5, 5, 5], [0, 10**18], [-(10**9), 0, 10**9]])
def test_points_stay_in_their_box(values: list[int]) -> None:
    for point in charts.spark(values).split():
        x, y = map(int, point.split(","))
        assert 0 <= x <= charts.SPARK_WIDTH and 0 <= y <= charts.SPARK_HEIGHT


def test_a_chart_tells_its_ends() -> None:
    points = [charts.Point(v, str(v), f"{v} USDT") for v in (3, 9, 1)]
    drawn: Any = charts.chart(points)
    assert (drawn.first.value, drawn.last.value) == (3, 1)
    assert (drawn.high.value, drawn.low.value) == (9, 1)
    assert charts.chart(points[:1]) is None
