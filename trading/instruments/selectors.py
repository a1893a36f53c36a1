"""Reads of assets, instruments and fees of the current tenant."""

from django.db.models import QuerySet

from trading.instruments.info import catalogue, instrument_info
from trading.instruments.models import (
    Asset,
    FeeSchedule,
    FeeScheduleVersion,
    Instrument,
    InstrumentVersion,
    StateChange,
)
from trading.instruments.rules import AssetInfo, Catalogue, InstrumentInfo, UnknownInstrument

__all__ = [
    "AssetInfo",
    "Catalogue",
    "InstrumentInfo",
    "UnknownInstrument",
    "assets",
    "catalogue",
    "fee_schedules",
    "fee_versions",
    "instrument_by_symbol",
    "instrument_info",
    "instrument_versions",
    "instruments",
    "state_changes",
]


def instruments() -> QuerySet[Instrument]:
    """All instruments with their assets, in order of creation."""
    return Instrument.objects.select_related("base", "quote")


def instrument_by_symbol(symbol: str) -> Instrument:
    """The instrument's row; raises UnknownInstrument."""
    instrument = instruments().filter(symbol=symbol).first()
    if instrument is None:
        raise UnknownInstrument(f"There is no instrument {symbol!r}.")
    return instrument


def assets() -> QuerySet[Asset]:
    return Asset.objects.all()


def fee_schedules() -> QuerySet[FeeSchedule]:
    return FeeSchedule.objects.select_related("group", "instrument")


def instrument_versions(instrument: Instrument) -> QuerySet[InstrumentVersion]:
    """History, newest first."""
    return instrument.versions.select_related("command")


def state_changes(instrument: Instrument) -> QuerySet[StateChange]:
    """The states the engine brought it into, newest first."""
    return instrument.state_changes.order_by("-seq", "-event_index")


def fee_versions() -> QuerySet[FeeScheduleVersion]:
    """History of all fee schedules, newest first."""
    return FeeScheduleVersion.objects.select_related("group", "instrument", "command")
