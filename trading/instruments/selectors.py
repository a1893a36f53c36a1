"""Reads of assets, instruments and fees of the current tenant."""

from django.db.models import QuerySet

from trading.instruments.info import catalogue, instrument_info
from trading.instruments.models import (
    Asset,
    FeeProposal,
    FeeSchedule,
    FeeScheduleVersion,
    Instrument,
    InstrumentVersion,
    ScheduledChange,
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
    "fee_proposals",
    "fee_schedules",
    "fee_versions",
    "instrument_by_symbol",
    "instrument_info",
    "instrument_versions",
    "instruments",
    "scheduled_changes",
    "state_changes",
    "waiting_fee_proposals",
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


def scheduled_changes() -> QuerySet[ScheduledChange]:
    """Changes that come at a time, and those that came, newest first."""
    return ScheduledChange.objects.select_related("instrument", "asked_by", "ended_by")


def fee_proposals() -> QuerySet[FeeProposal]:
    """All proposals of fees, newest first."""
    return FeeProposal.objects.select_related("requested_by", "decided_by")


def waiting_fee_proposals() -> QuerySet[FeeProposal]:
    """What waits for a second person, the oldest first."""
    return fee_proposals().filter(state=FeeProposal.State.REQUESTED).order_by("pk")
