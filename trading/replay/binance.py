"""Recorded Binance spot streams: one line a message, `<receive time in ns> <raw JSON>`.

The book is kept by Binance's documented procedure: differences that end before the REST snapshot
are dropped, the first one applied must span `lastUpdateId + 1`, and from then on every
difference must begin where the last one ended.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import zstandard

Level = tuple[str, str]


class RecordingError(ValueError):
    """The recording is not what its format promises; the message names the line."""


@dataclass(frozen=True, slots=True)
class DepthSnapshot:
    """The whole book at `last_update_id`; prices and quantities are decimal text."""

    time_ns: int
    last_update_id: int
    bids: list[Level]
    asks: list[Level]


@dataclass(frozen=True, slots=True)
class DepthDifference:
    """New quantities of single levels; "0.00000000" means the level is gone."""

    time_ns: int
    first_update_id: int
    last_update_id: int
    bids: list[Level]
    asks: list[Level]


@dataclass(frozen=True, slots=True)
class RecordedTrade:
    """A trade; `taker_sells` when the buyer was the maker."""

    time_ns: int
    trade_id: int
    price: str
    quantity: str
    taker_sells: bool


Message = DepthSnapshot | DepthDifference | RecordedTrade


def read_recording(path: Path) -> Iterator[Message]:
    """Messages of a `.ndlog` or `.ndlog.zst` file in file order; best bid/ask lines are skipped.

    Raises RecordingError naming the line when one cannot be read.
    """
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            message = _message(line)
        except (ValueError, KeyError, TypeError, msgspec.DecodeError) as error:
            raise RecordingError(f"{path.name}, line {number}: {error}") from error
        if message is not None:
            yield message


def _lines(path: Path) -> Iterator[str]:
    with path.open("rb") as raw:
        if path.suffix == ".zst":
            with zstandard.ZstdDecompressor().stream_reader(raw) as reader:
                yield from io.TextIOWrapper(reader, encoding="utf-8")
        else:
            yield from io.TextIOWrapper(raw, encoding="utf-8")


def _message(line: str) -> Message | None:
    stamp, _, text = line.partition(" ")
    time_ns = int(stamp)
    body: dict[str, Any] = msgspec.json.decode(text)
    if "lastUpdateId" in body:
        return DepthSnapshot(
            time_ns, body["lastUpdateId"], _levels(body["bids"]), _levels(body["asks"])
        )
    data = body["data"]
    kind = data.get("e")
    if kind == "depthUpdate":
        return DepthDifference(
            time_ns, data["U"], data["u"], _levels(data["b"]), _levels(data["a"])
        )
    if kind == "trade":
        return RecordedTrade(time_ns, data["t"], data["p"], data["q"], data["m"])
    return None


def _levels(rows: list[list[str]]) -> list[Level]:
    return [(price, quantity) for price, quantity in rows]


@dataclass(slots=True)
class RecordedBook:
    """The recorded book as it stood after the messages applied so far.

    Prices in ticks, quantities in lots (rounded down to whole lots) of the instrument it is
    played into; `ticks_of` and `lots_of` turn the recording's decimal text into them.
    """

    ticks_of: Callable[[str], int]
    lots_of: Callable[[str], int]
    bids: dict[int, int] = field(default_factory=dict)
    asks: dict[int, int] = field(default_factory=dict)
    last_update_id: int = 0
    _early: list[DepthDifference] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        """Whether the snapshot has been seen."""
        return self.last_update_id > 0

    def apply(self, message: DepthSnapshot | DepthDifference) -> None:
        """Apply one message; raises RecordingError on a gap in the update ids."""
        if isinstance(message, DepthSnapshot):
            self.bids.clear()
            self.asks.clear()
            self._merge(message.bids, message.asks)
            self.last_update_id = message.last_update_id
            early, self._early = self._early, []
            for difference in early:
                self.apply(difference)
        elif not self.is_ready:
            self._early.append(message)
        elif message.last_update_id > self.last_update_id:
            if message.first_update_id > self.last_update_id + 1:
                raise RecordingError(
                    f"update ids {self.last_update_id + 1} to "
                    f"{message.first_update_id - 1} are missing"
                )
            self._merge(message.bids, message.asks)
            self.last_update_id = message.last_update_id

    def _merge(self, bids: list[Level], asks: list[Level]) -> None:
        for side, levels in ((self.bids, bids), (self.asks, asks)):
            for price, quantity in levels:
                ticks = self.ticks_of(price)
                lots = self.lots_of(quantity)
                if lots:
                    side[ticks] = lots
                else:
                    side.pop(ticks, None)

    def best(self, levels: int) -> tuple[dict[int, int], dict[int, int]]:
        """The best `levels` bids and asks, ticks -> lots."""
        bids = sorted(self.bids, reverse=True)[:levels]
        asks = sorted(self.asks)[:levels]
        return {t: self.bids[t] for t in bids}, {t: self.asks[t] for t in asks}
