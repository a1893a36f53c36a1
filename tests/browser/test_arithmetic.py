"""The browser counts as the engine does: the same integers in JavaScript and Python."""

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

from money.units import MoneyError, fee_units, format_units, parse_units
from shops import Shop
from trading.instruments.rules import InstrumentInfo

OpenPage = Callable[..., Page]

INFO = InstrumentInfo(
    id=1, symbol="BTC-USDT", base_id=1, base_code="BTC", base_scale=8, quote_id=2,
    quote_code="USDT", quote_scale=8, tick_units=1_000_000, lot_units=1_000, min_lots=1,
    max_lots=10**8, min_notional_units=10**8, max_notional_units=0, price_band_bp=1_000,
    maker_ppm=500, taker_ppm=1_000, state=1,
)  # fmt: skip
RULES = {
    "symbol": INFO.symbol, "state": "open",
    "limits": {"trailing_bp": "5000", "ahead_ms": "1000", "refreshes": "1000"},
    "base": {"code": "BTC", "scale": 8, "places": 8},
    "quote": {"code": "USDT", "scale": 8, "places": 2},
    **{
        name: str(getattr(INFO, name))
        for name in ("tick_units", "lot_units", "factor", "min_lots", "max_lots",
                     "min_notional_units", "max_notional_units", "price_band_bp", "maker_ppm",
                     "taker_ppm")
    },
}  # fmt: skip


def run(page: Page, module: str, body: str, argument: Any) -> Any:
    return page.evaluate(
        f"async (given) => {{ const it = await import('/static/portal/js/{module}'); {body} }}",
        argument,
    )


def test_texts_become_units_as_on_the_server(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(aurora.url("/fees"))
    texts = ["0", "1", "1.5", "0.00000001", "0.000000001", "123456789.12345678", "1e5", "-1", "",
             ".", "1.", "00.10", "9" * 30, "١", "0x10", "1.2.3", "Infinity", "NaN"]  # fmt: skip
    told = run(
        page, "decimal.js", "return given.map((t) => it.parse(t, 8)?.toString() ?? null)", texts
    )
    for text, units in zip(texts, told, strict=True):
        try:
            expected: str | None = str(parse_units(text, 8))
        except MoneyError:
            expected = None
        if text in ("-1", "1."):  # the form takes no negative numbers, and forgives a last point
            expected = {"-1": None, "1.": "100000000"}[text]
        assert units == expected, text


def test_moments_are_read_in_the_zone_that_they_are_shown_in(
    aurora: Shop, open_page: OpenPage
) -> None:
    page = open_page(timezone_id="Asia/Tokyo")
    page.goto(aurora.url("/fees"))
    cases = [
        (zone, f"2026-{month:02}-{day:02}T{hour:02}:30")
        for zone in ("UTC", "Asia/Kathmandu", "America/New_York", "Europe/Berlin", "Pacific/Apia")
        for month, day in ((1, 1), (3, 8), (3, 29), (10, 25), (11, 1), (12, 31))
        for hour in (0, 1, 12, 23)
    ]
    told = run(
        page,
        "zone.js",
        """return given.map(([zone, text]) => {
          const moment = it.momentOf(text, zone);
          return [moment, it.fieldOf(moment, zone)];
        });""",
        cases,
    )
    for (zone, text), (moment, again) in zip(cases, told, strict=True):
        local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
        # What comes twice when clocks are set back may be either.
        assert moment / 1000 in {local.replace(fold=fold).timestamp() for fold in (0, 1)}, text
        assert again == text, zone
    odd = ["", "tomorrow", "12026-01-01T00:00", "2026-13-01T00:00"]
    assert run(page, "zone.js", "return given.map((t) => Number.isNaN(it.momentOf(t)))", odd) == [
        True
    ] * len(odd)


def test_prices_quantities_money_and_fees_agree(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(aurora.url("/fees"))
    chance = random.Random(20260314)
    cases = [(chance.randrange(1, 10**7), chance.randrange(1, 10**10)) for _ in range(300)]
    told = run(
        page,
        "instrument.js",
        """const i = new it.Instrument(given.rules);
        return given.cases.map(([l, t]) => {
          const [lots, ticks] = [BigInt(l), BigInt(t)];
          const notional = i.notional(lots, ticks);
          return [i.priceText(ticks), i.quantityText(lots), notional.toString(),
            i.fee(notional, i.takerPpm).toString(), i.ticksOf(i.priceText(ticks)).toString(),
            i.lotsOf(i.quantityText(lots)).toString(), i.lotsFor(notional, ticks).toString()];
        });""",
        {"rules": RULES, "cases": [[str(lots), str(ticks)] for lots, ticks in cases]},
    )
    for (lots, ticks), row in zip(cases, told, strict=True):
        notional = lots * ticks * INFO.factor
        assert row == [
            INFO.price_text(ticks), INFO.quantity_text(lots), str(notional),
            str(fee_units(notional, INFO.taker_ppm)), str(ticks), str(lots), str(lots),
        ]  # fmt: skip


def test_units_become_texts_as_on_the_server(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(aurora.url("/fees"))
    cases = [(0, 8, 2), (1, 8, 0), (-150, 2, 0), (10**20 + 1, 18, 4), (5, 0, 2), (1_230_000, 6, 1)]
    told = run(
        page,
        "decimal.js",
        "return given.map(([u, s, p]) => it.format(BigInt(u), s, p))",
        [[str(units), scale, places] for units, scale, places in cases],
    )
    assert told == [format_units(*case) for case in cases]


def test_a_sweep_walks_the_book_level_by_level(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(aurora.url("/fees"))
    told = run(
        page,
        "instrument.js",
        """const i = new it.Instrument(given);
        const asks = [[100, 5n], [101, 5n], [103, 5n]];
        const show = (m) => [m.lots.toString(), m.quote.toString(), m.worst, m.complete];
        return [
          show(it.sweep(i, asks, { lots: 7n, side: "buy" })),
          show(it.sweep(i, asks, { lots: 99n, side: "buy" })),
          show(it.sweep(i, asks, { lots: 7n, limit: 100n, side: "buy" })),
          show(it.sweep(i, asks, { quoteUnits: (500n + 101n) * i.factor, side: "buy" })),
          show(it.sweep(i, [], { lots: 1n, side: "buy" })),
        ];""",
        RULES,
    )
    k = INFO.factor
    assert told == [
        ["7", str((500 + 202) * k), 101, True],
        ["15", str((500 + 505 + 515) * k), 103, False],
        ["5", str(500 * k), 100, False],
        ["6", str((500 + 101) * k), 101, True],
        ["0", "0", None, False],
    ]
