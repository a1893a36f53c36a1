"""Candles: wider ones folded from narrower ones, weeks, tickers, and what clearing stores."""

import random
from decimal import Decimal

import numpy
import pytest
from django.db import connection

from trading.bulk.tables import EventTables
from trading.engine import columns
from trading.instruments.models import Instrument
from trading.market_data import candles, intervals, projections, selectors, tickers, verify
from trading.orders.models import Trade

MONDAY = 1_763_337_600  # 2025-11-17 00:00 UTC


@pytest.mark.parametrize("name", list(intervals.INTERVALS))
def test_a_candle_begins_at_its_own_beginning(name: str) -> None:
    interval = intervals.INTERVALS[name]
    begins = intervals.open_second(MONDAY + 12_345, interval)
    assert intervals.open_second(begins, interval) == begins
    assert intervals.open_second(begins + interval.seconds - 1, interval) == begins
    assert intervals.open_second(begins + interval.seconds, interval) == begins + interval.seconds


def test_weeks_begin_on_monday() -> None:
    week = intervals.INTERVALS["1w"]
    assert intervals.open_second(MONDAY, week) == MONDAY
    assert intervals.open_second(MONDAY - 1, week) == MONDAY - 7 * 86_400


def trades(seed: int, count: int) -> list[tuple[int, int, int, int]]:
    """(second, price units, base units, quote units), in order of time."""
    choose = random.Random(seed)
    second = MONDAY - 3 * 86_400
    made = []
    for _ in range(count):
        second += choose.choice([0, 1, 7, 40, 400, 9_000])
        price, base = 10**10 + choose.randrange(-(10**8), 10**8), choose.randrange(1, 10**9)
        made.append((second, price, base, price * base // 10**8))
    return made


def series_of(interval: intervals.Interval, seed: int) -> list[candles.Candle]:
    made: list[candles.Candle] = []
    for seq, (second, price, base, quote) in enumerate(trades(seed, 2_000)):
        begins = intervals.open_second(second, interval)
        if made and made[-1].open_second == begins:
            made[-1].add_trade(price, base, quote, seq)
        else:
            made.append(candles.first_candle(begins, price, base, quote, seq))
    return made


@pytest.mark.parametrize("name", list(intervals.INTERVALS))
def test_folding_gives_what_the_trades_give(name: str) -> None:
    interval = intervals.INTERVALS[name]
    source = intervals.INTERVALS[interval.source]
    assert candles.fold(series_of(source, 3), interval) == series_of(interval, 3)


@pytest.mark.parametrize("name", list(intervals.INTERVALS))
def test_the_live_candle_is_the_last_one(name: str) -> None:
    series = candles.CandleSeries()
    for seq, (second, price, base, quote) in enumerate(trades(4, 500)):
        series.add_trade(second, price, base, quote, seq)
    whole = candles.CandleSeries()
    for seq, (second, price, base, quote) in enumerate(trades(4, 500)):
        whole.add_trade(second, price, base, quote, seq)
    changed = series.take_changed()[name]
    assert changed[-1] is series.current[name]
    assert [c.open_second for c in changed] == sorted(c.open_second for c in changed)
    assert series.take_changed() == {}


def test_a_clock_that_steps_back_reopens_nothing() -> None:
    series = candles.CandleSeries()
    series.add_trade(MONDAY + 120, 100, 1, 1, 1)
    series.add_trade(MONDAY + 59, 90, 1, 1, 2)
    assert [candle.open_second for candle in series.take_changed()["1m"]] == [MONDAY + 120]


def test_a_ticker_forgets_what_is_a_day_old() -> None:
    ticker = tickers.Ticker()
    made = trades(5, 400)
    for seq, (second, price, base, quote) in enumerate(made):
        ticker.add_trade(second, price, base, quote, seq)
    now = made[-1][0]
    ticker.expire(now)
    inside = [t for t in made if t[0] - t[0] % 60 > now - 86_400]
    assert ticker.base_units == sum(t[2] for t in inside)
    assert ticker.quote_units == sum(t[3] for t in inside)
    assert ticker.high_price_units == max(t[1] for t in inside)
    assert ticker.low_price_units == min(t[1] for t in inside)
    assert ticker.open_price_units == inside[0][1]
    assert ticker.last_price_units == made[-1][1]
    ticker.expire(now + 200_000)
    assert (ticker.base_units, ticker.quote_units) == (0, 0)
    assert ticker.open_price_units == ticker.last_price_units
    assert ticker.change_bp == 0


@pytest.mark.parametrize(
    ("opened", "last", "change"), [(100, 101, 100), (100, 99, -100), (3, 4, 3333)]
)
def test_change_in_basis_points(opened: int, last: int, change: int) -> None:
    ticker = tickers.Ticker()
    ticker.add_trade(MONDAY, opened, 1, 1, 1)
    ticker.add_trade(MONDAY + 60, last, 1, 1, 2)
    assert ticker.change_bp == change


# In SQL, as clearing does it


def traded_rows(instrument: Instrument, seed: int, count: int) -> numpy.ndarray:
    """Traded events of one instrument, as a numpy table of the journal's layout."""
    choose = random.Random(seed)
    rows = numpy.zeros(count, dtype=columns.dtype("Traded"))
    time_ns = MONDAY * 10**9
    factor = instrument.tick_units * instrument.lot_units // 10**instrument.base.scale
    for index in range(count):
        time_ns += choose.choice([0, 10**9, 30 * 10**9, 3_600 * 10**9])
        ticks, lots = choose.randrange(5_990_000, 6_010_000), choose.randrange(1, 10_000)
        row = rows[index]
        row["seq"], row["time_ns"], row["trade_id"] = 100 + index, time_ns, 1 + index
        row["instrument_id"], row["lots"], row["ticks"] = instrument.pk, lots, ticks
        row["base_asset_id"], row["quote_asset_id"] = instrument.base_id, instrument.quote_id
        row["base_units_lo"] = lots * instrument.lot_units
        row["quote_units_lo"] = lots * ticks * factor
        row["taker_side"] = 1
    return rows


def clear(rows: numpy.ndarray) -> None:
    """What clearing does with a batch of trades, as far as candles go."""
    tables = EventTables({"Traded": rows.tobytes()})
    with connection.cursor() as cursor:
        projections.project_candles(cursor.cursor, tables)
    Trade.objects.bulk_create(
        Trade(
            id=int(row["trade_id"]),
            seq=int(row["seq"]),
            event_index=0,
            time=datetime_of(int(row["time_ns"])),
            instrument_id=int(row["instrument_id"]),
            taker_side=1,
            lots=int(row["lots"]),
            ticks=int(row["ticks"]),
            base_units=Decimal(int(row["base_units_lo"])),
            quote_units=Decimal(int(row["quote_units_lo"])),
            maker_order_id=1,
            taker_order_id=2,
            maker_account_id=1,
            taker_account_id=2,
            maker_fee_units=0,
            taker_fee_units=0,
        )
        for row in rows
    )


def datetime_of(time_ns: int) -> object:
    import datetime

    return datetime.datetime.fromtimestamp(time_ns // 10**9, tz=datetime.UTC)


@pytest.mark.parametrize("cuts", [[], [1], [7, 100, 101], list(range(10, 300, 10))])
def test_stored_candles_are_what_the_trades_give_however_batches_are_cut(
    tenant: object, cuts: list[int]
) -> None:
    instrument = Instrument.objects.select_related("base").get(symbol="BTC-USDT")
    rows = traded_rows(instrument, 11, 300)
    for begin, end in zip([0, *cuts], [*cuts, 300], strict=True):
        clear(rows[begin:end])
    assert verify.candle_breaks(instrument.pk, instrument.base.scale) == []
    hours = selectors.recent_candles(instrument.pk, "4h", limit=3)
    assert len(hours) == 3 and hours[-1].last_seq == 399
    before = selectors.recent_candles(
        instrument.pk, "4h", limit=3, before_second=hours[0].open_second
    )
    assert all(candle.open_second < hours[0].open_second for candle in before)
    assert before[-1] == selectors.recent_candles(instrument.pk, "4h", limit=4)[0]


def test_a_wrong_candle_is_found(tenant: object) -> None:
    instrument = Instrument.objects.select_related("base").get(symbol="BTC-USDT")
    clear(traded_rows(instrument, 12, 50))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE market_data_candle SET base_units = base_units + 1 WHERE id ="
            " (SELECT id FROM market_data_candle WHERE interval_seconds = 300 LIMIT 1)"
        )
    breaks = verify.candle_breaks(instrument.pk, instrument.base.scale)
    assert [line.split()[0] for line in breaks] == ["5m", "15m", "30m"]


def test_an_interval_that_does_not_exist_is_refused(tenant: object) -> None:
    with pytest.raises(selectors.UnknownInterval, match="2m"):
        selectors.recent_candles(1, "2m")
