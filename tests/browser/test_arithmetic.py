"""The browser counts as the engine does: the same integers in JavaScript and Python."""

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page

from money.units import MoneyError, fee_units, format_units, parse_units
from shops import Shop
from trading.engine import enums
from trading.instruments.rules import InstrumentInfo
from trading.orders import placing

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


# The last price is 60,000; the limit order stands ten percent from it, as far as it may.
LISTS = """const { Instrument } = await import('/static/portal/js/instrument.js');
const instrument = new Instrument(given.rules);
const { withBracket, readBracket } = await import('/static/portal/js/terminal/bracket.js');
const last = instrument.ticksOf('60000');
return given.cases.map(({ side, time_in_force = 'GTC', quantity = '0.50000', ...fields }) => {
  const price = given.prices[side];
  const order = {
    instrument: instrument.symbol, side, type: 'limit', time_in_force, price, quantity,
    post_only: false, self_trade_prevention: 'expire_taker', client_order_id: 'mine-7',
  };
  if (time_in_force === 'GTD') order.expire_time = 4_000_000_000_000;
  const [ticks, lots] = [instrument.ticksOf(price), instrument.lotsOf(quantity)];
  const isPair = given.module === 'pair';
  const [read, request] = isPair ? [it.readStop, it.oco] : [readBracket, withBracket];
  const found = read({ instrument, side, last, ticks, lots, ...fields });
  if (found.problem) return [found.problem.field, found.problem.message];
  return request(order, found, instrument);
});"""


def lists(page: Page, module: str, prices: dict[str, str], cases: list[Any], **rules: str) -> Any:
    """For each case the request that the form makes of it, or [field, what is wrong with it]."""
    given = {"rules": {**RULES, **rules}, "module": module, "prices": prices, "cases": cases}
    return run(page, "terminal/pair.js", LISTS, given)


@pytest.mark.parametrize("source", ["last", "mark", "index"])
def test_the_stop_of_a_pair_is_sent_as_the_exchange_reads_it(
    aurora: Shop, open_page: OpenPage, source: str
) -> None:
    page = open_page()
    page.goto(aurora.url("/fees"))
    common = {"source": source, "trigger": "", "limit": "", "distance": ""}
    cases = [
        {**common, "side": "sell", "way": "market", "trigger": "57000"},
        {**common, "side": "sell", "way": "limit", "trigger": "57000", "limit": "56900.01"},
        {**common, "side": "buy", "way": "limit", "trigger": "63000", "limit": "63100",
         "time_in_force": "DAY"},
        {**common, "side": "buy", "way": "trailing", "distance": "1.25", "trigger": "never read"},
        {**common, "side": "sell", "way": "trailing", "distance": "50", "time_in_force": "GTD"},
    ]  # fmt: skip
    sent = [
        placing.build_place_order_list(INFO, 3, request)
        for request in lists(page, "pair", {"sell": "66000.00", "buy": "54000.00"}, cases)
    ]
    types, forces = enums.OrderType, enums.TimeInForce
    assert [
        (one.second_order_type, one.second_trigger_ticks, one.second_ticks,
         one.second_trailing_distance_bp, one.second_time_in_force)
        for one in sent
    ] == [
        (types.STOP_MARKET, 5_700_000, 0, 0, forces.IOC),
        (types.STOP_LIMIT, 5_700_000, 5_690_001, 0, forces.GTC),
        (types.STOP_LIMIT, 6_300_000, 6_310_000, 0, forces.DAY),
        (types.TRAILING_STOP_MARKET, 0, 0, 125, forces.IOC),
        (types.TRAILING_STOP_MARKET, 0, 0, 5_000, forces.GTD),
    ]  # fmt: skip
    for one, case in zip(sent, cases, strict=True):
        assert (one.list_type, one.client_list_id) == (enums.OrderListType.OCO, "mine-7")
        assert one.first_order_type == types.LIMIT
        assert one.first_ticks == (6_600_000 if case["side"] == "sell" else 5_400_000)
        assert one.second_trigger_source == placing.TRIGGER_SOURCES[source]
        assert (one.second_side, one.second_lots) == (one.first_side, one.first_lots)
        assert one.second_expire_ns == one.first_expire_ns


def test_what_is_wrong_with_the_stop_of_a_pair_is_told(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(aurora.url("/fees"))
    common = {"side": "sell", "way": "market", "source": "last", "trigger": "57000", "limit": "",
              "distance": ""}  # fmt: skip
    limited = {**common, "way": "limit"}
    trails = {**common, "way": "trailing"}
    cases = [
        ({**common, "trigger": " "}, "trigger", "Enter a trigger price"),
        ({**common, "trigger": "60000"}, "trigger", "below the last price, 60,000.00"),
        ({**common, "side": "buy", "trigger": "60000"}, "trigger", "above the last price"),
        # What the mark price is nobody knows here; the exchange does.
        ({**common, "trigger": "60000", "source": "mark"}, None, ""),
        ({**common, "trigger": "66000", "source": "mark"}, "price", "above the stop"),
        ({**common, "side": "buy", "trigger": "54000", "source": "index"}, "price", "below the"),
        (limited, "stop_limit", "Enter the limit price of the stop order"),
        ({**limited, "limit": "0"}, "stop_limit", "multiple of 0.01"),
        ({**limited, "limit": "56900.001"}, "stop_limit", "multiple of 0.01"),
        ({**limited, "limit": "53999.99"}, "stop_limit", "at most 10.00 % away"),
        ({**limited, "limit": "54000", "quantity": "0.00002"}, "amount", "worth 1.20 USDT"),
        ({**limited, "limit": "60000", "quantity": "0.00002"}, None, ""),
        ({**trails, "distance": ""}, "distance", "from 0.01 % to 50.00 %"),
        ({**trails, "distance": "50.01"}, "distance", "from 0.01 % to 50.00 %"),
        ({**trails, "distance": "0.01"}, None, ""),
    ]
    told = lists(
        page, "pair", {"sell": "66000.00", "buy": "54000.00"}, [case for case, _, _ in cases],
        min_notional_units="120000000",
    )  # fmt: skip
    for (case, field, words), found in zip(cases, told, strict=True):
        if field is None:
            placing.build_place_order_list(INFO, 3, found)
        else:
            assert found[0] == field, case
            assert words in found[1]


@pytest.mark.parametrize("source", ["last", "mark", "index"])
def test_the_stop_of_a_bracket_is_sent_as_the_exchange_reads_it(
    aurora: Shop, open_page: OpenPage, source: str
) -> None:
    page = open_page()
    page.goto(aurora.url("/fees"))
    common = {"side": "buy", "source": source, "take": "", "stop": "", "trail": ""}
    cases = [
        {**common, "take": "63000", "stop": "57000"},
        {**common, "trail": "2.5"},
        {**common, "take": "63000"},
        {**common, "stop": "60000"},
    ]
    *requests, wrong = lists(page, "bracket", {"buy": "60000.00"}, cases)
    both, trailing, take = (
        placing.build_place_order_list(INFO, 3, request) for request in requests
    )
    wanted = placing.TRIGGER_SOURCES[source]
    assert (both.list_type, trailing.list_type, take.list_type) == (
        enums.OrderListType.OTOCO, enums.OrderListType.OTO, enums.OrderListType.OTO,
    )  # fmt: skip
    assert (both.second_order_type, both.second_trigger_source) == (enums.OrderType.LIMIT, 0)
    assert (both.third_trigger_ticks, both.third_trigger_source) == (5_700_000, wanted)
    assert (trailing.second_trailing_distance_bp, trailing.second_trigger_source) == (250, wanted)
    assert take.second_order_type == enums.OrderType.LIMIT
    assert wrong[0] == "stop"  # whatever fires it: on this side it would fire at once
