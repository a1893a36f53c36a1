"""The recorded book, checked against what the exchange itself said its best prices were."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
import zstandard

from trading.replay import binance

RECORDINGS = Path(__file__).resolve().parents[3] / "trading/replay/recordings"
BTC = RECORDINGS / "spot_btcusdt_20240808.ndlog.zst"


def scaled(places: int):
    return lambda text: int(Decimal(text).scaleb(places))


def raw_lines(path: Path) -> list[str]:
    with path.open("rb") as raw:
        return zstandard.ZstdDecompressor().stream_reader(raw).read().decode().splitlines()


@pytest.mark.parametrize("name", ["spot_btcusdt_20240808", "spot_ethusdt_20240808"])
def test_best_prices_equal_the_exchanges_book_ticker(name: str) -> None:
    path = RECORDINGS / f"{name}.ndlog.zst"
    tickers = {}
    for line in raw_lines(path):
        body = json.loads(line.partition(" ")[2])
        if "bookTicker" in body.get("stream", ""):
            tickers[body["data"]["u"]] = body["data"]
    book = binance.RecordedBook(scaled(2), scaled(8))
    compared = 0
    for message in binance.read_recording(path):
        if isinstance(message, binance.RecordedTrade):
            continue
        book.apply(message)
        ticker = tickers.get(book.last_update_id)
        if ticker:
            bids, asks = book.best(1)
            assert bids == {scaled(2)(ticker["b"]): scaled(8)(ticker["B"])}
            assert asks == {scaled(2)(ticker["a"]): scaled(8)(ticker["A"])}
            compared += 1
    assert compared > 500


def test_trade_ids_run_without_a_gap() -> None:
    ids = [m.trade_id for m in binance.read_recording(BTC) if isinstance(m, binance.RecordedTrade)]
    assert len(ids) == 9757
    assert ids == list(range(ids[0], ids[0] + len(ids)))


def test_a_gap_in_the_updates_is_refused() -> None:
    book = binance.RecordedBook(scaled(2), scaled(8))
    book.apply(binance.DepthSnapshot(0, 10, [("1.00", "2")], [("1.01", "3")]))
    book.apply(binance.DepthDifference(0, 9, 11, [("1.00", "5")], []))
    with pytest.raises(binance.RecordingError, match="12 to 13 are missing"):
        book.apply(binance.DepthDifference(0, 14, 15, [("1.00", "6")], []))
    assert book.best(1)[0] == {100: 5 * 10**8}


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.ndlog"
    good = '1 {"stream":"x@trade","data":{"e":"trade","t":1,"p":"1","q":"1","m":true}}'
    path.write_text(f"{good}\n2 {{not json\n")
    with pytest.raises(binance.RecordingError, match="line 2"):
        list(binance.read_recording(path))
