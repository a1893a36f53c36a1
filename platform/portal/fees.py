"""What trading costs whom: the engine's own order of fee schedules, for pages."""

from dataclasses import dataclass
from typing import Any

from trading.accounts import selectors as accounts
from trading.accounts.errors import NoAccount
from trading.instruments import selectors as instruments
from trading.instruments.rules import InstrumentInfo


@dataclass(frozen=True)
class Rate:
    """Maker and taker fee of one instrument in parts per million of what is received."""

    symbol: str
    maker_ppm: int
    taker_ppm: int


def rates_of(user: Any) -> list[Rate]:
    """The user's own rates, or the standard ones for visitors and users without an account."""
    try:
        return rates_of_group(accounts.access_account(user).group_id)
    except NoAccount:
        return standard_rates()


def standard_rates() -> list[Rate]:
    """What a new customer pays."""
    default = next((group.pk for group in accounts.groups() if group.is_default), None)
    return rates_of_group(default)


def rates_of_group(group_id: int | None) -> list[Rate]:
    """Rates of every instrument for one account group (None: no group)."""
    schedules = {(row.group_id, row.instrument_id): row for row in instruments.fee_schedules()}
    return [
        _rate(info, group_id, schedules) for info in instruments.catalogue().instruments.values()
    ]


def _rate(
    info: InstrumentInfo, group_id: int | None, schedules: dict[tuple[Any, Any], Any]
) -> Rate:
    """(group, instrument), (group, all), (all, instrument), then the instrument's own."""
    keys = [(group_id, info.id), (group_id, None)] if group_id is not None else []
    for key in [*keys, (None, info.id)]:
        if key in schedules:
            return Rate(info.symbol, schedules[key].maker_ppm, schedules[key].taker_ppm)
    return Rate(info.symbol, info.maker_ppm, info.taker_ppm)
