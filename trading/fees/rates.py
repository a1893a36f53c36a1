"""What trading costs whom: the engine's own order of fee schedules and tiers, for pages."""

from dataclasses import dataclass
from typing import Any

from money.units import PPM
from trading.instruments import selectors as instruments
from trading.instruments.rules import InstrumentInfo

__all__ = ["PPM", "Rate", "lines_of_group", "lowered"]


@dataclass(frozen=True)
class Rate:
    """Maker and taker fee of one instrument in parts per million of what is received."""

    symbol: str
    maker_ppm: int
    taker_ppm: int


def lines_of_group(group_id: int | None) -> list[Rate]:
    """Rates of every instrument for one account group (None: no group), without tiers."""
    schedules = {(row.group_id, row.instrument_id): row for row in instruments.fee_schedules()}
    return [
        _line(info, group_id, schedules) for info in instruments.catalogue().instruments.values()
    ]


def _line(
    info: InstrumentInfo, group_id: int | None, schedules: dict[tuple[Any, Any], Any]
) -> Rate:
    """(group, instrument), (group, all), (all, instrument), then the instrument's own."""
    keys = [(group_id, info.id), (group_id, None)] if group_id is not None else []
    for key in [*keys, (None, info.id)]:
        if key in schedules:
            return Rate(info.symbol, schedules[key].maker_ppm, schedules[key].taker_ppm)
    return Rate(info.symbol, info.maker_ppm, info.taker_ppm)


def lowered(rates: list[Rate], maker_ppm: int, taker_ppm: int) -> list[Rate]:
    """The same for somebody in a tier: its rates, where the lines are not lower anyway."""
    return [
        Rate(rate.symbol, min(rate.maker_ppm, maker_ppm), min(rate.taker_ppm, taker_ppm))
        for rate in rates
    ]
