"""Writes of assets and instruments: row, version, audit, engine command."""

import re
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from audit import actions as audit
from money.units import MAX_SCALE, PPM, MoneyError, exact_quotient, notional_factor, parse_units
from trading.commands.actions import enqueue_command
from trading.commands.actors import label_of, require
from trading.engine import commands
from trading.engine.limits import MAX_BREAKER_NS, MAX_LOTS, MAX_PRICE_BAND_BP
from trading.instruments import info
from trading.instruments.errors import InstrumentError
from trading.instruments.models import (
    Asset,
    Instrument,
    InstrumentVersion,
    State,
)

NS_PER_SECOND = 1_000_000_000
MAX_BREAKER_SECONDS = MAX_BREAKER_NS // NS_PER_SECOND

_CODE = re.compile(r"[A-Z0-9]{2,16}\Z")
_SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9.\-]{1,23}\Z")

# What a person may change of an instrument, as decimal text or numbers; see _clean_rules.
RULE_FIELDS = (
    "tick_size",
    "lot_size",
    "min_quantity",
    "max_quantity",
    "min_notional",
    "max_notional",
    "price_band_bp",
    "maker_ppm",
    "taker_ppm",
)
RULE_COLUMNS = (
    "tick_units",
    "lot_units",
    "min_lots",
    "max_lots",
    "min_notional_units",
    "max_notional_units",
    "price_band_bp",
    "maker_ppm",
    "taker_ppm",
)
_BREAKER_COLUMNS = ("breaker_bp", "breaker_window_seconds", "breaker_halt_seconds")
_COLUMNS = (*RULE_COLUMNS, "state", *_BREAKER_COLUMNS)


def create_asset(
    *, code: str, name: str, scale: int, display_places: int | None = None, acting_user: Any
) -> Asset:
    """Create an asset; its scale (decimal places) is permanent. Raises InstrumentError."""
    require(acting_user, "instruments.change")
    if not _CODE.match(code):
        raise InstrumentError("A code is 2 to 16 capital letters and digits.", "code")
    if not 0 <= scale <= MAX_SCALE:
        raise InstrumentError(f"The scale is between 0 and {MAX_SCALE}.", "scale")
    places = scale if display_places is None else display_places
    if not 0 <= places <= scale:
        raise InstrumentError("Show at most as many places as the scale.", "display_places")
    with transaction.atomic():
        if Asset.objects.filter(code=code).exists():
            raise InstrumentError(f"There is already an asset {code}.", "code")
        asset = Asset.objects.create(code=code, name=name, scale=scale, display_places=places)
        enqueue_command(
            commands.CreateAsset(asset_id=asset.pk, scale=scale, code=code),
            acting_user=acting_user,
        )
        audit.record(
            "instruments.create_asset",
            asset,
            new={"symbol": code, "scale": scale},
            acting_user=acting_user,
        )
    info.forget(connection.schema_name)
    return asset


def create_instrument(
    *,
    symbol: str,
    base: Asset,
    quote: Asset,
    tick_size: str,
    lot_size: str,
    max_quantity: str,
    min_quantity: str = "",
    min_notional: str = "0",
    max_notional: str = "0",
    price_band_bp: int = 0,
    maker_ppm: int = 0,
    taker_ppm: int = 0,
    state: int = State.OPEN,
    reference_price: str = "",
    acting_user: Any,
) -> Instrument:
    """Create an instrument that trades as soon as the engine has it. Raises InstrumentError.

    Sizes, quantities and notionals are decimal text: tick and notionals in the quote asset, lot
    and quantities in the base asset; no minimum quantity means one lot; notional "0": none. A
    ``reference_price`` is what price bands are measured from until the first trade.
    """
    require(acting_user, "instruments.change")
    if not _SYMBOL.match(symbol):
        raise InstrumentError("A symbol looks like BTC-USDT: at most 24 characters.", "symbol")
    if base.pk == quote.pk:
        raise InstrumentError("Base and quote must be two different assets.", "quote")
    columns = _clean_rules(
        base,
        quote,
        {
            "tick_size": tick_size,
            "lot_size": lot_size,
            "min_quantity": min_quantity or lot_size,
            "max_quantity": max_quantity,
            "min_notional": min_notional,
            "max_notional": max_notional,
            "price_band_bp": price_band_bp,
            "maker_ppm": maker_ppm,
            "taker_ppm": taker_ppm,
        },
    )
    with transaction.atomic():
        if Instrument.objects.filter(symbol=symbol).exists():
            raise InstrumentError(f"There is already an instrument {symbol}.", "symbol")
        instrument = Instrument.objects.create(
            symbol=symbol, base=base, quote=quote, state=state, **columns
        )
        command = commands.CreateInstrument(**_command_fields(instrument), state=int(state))
        _write_version(instrument, {}, command, "instruments.create", acting_user, "")
        if reference_price:
            set_reference_price(
                instrument=instrument, price=reference_price, acting_user=acting_user
            )
    return instrument


def change_instrument(
    *, instrument: Instrument, acting_user: Any, reason: str = "", **changes: Any
) -> Instrument:
    """Change rules of an instrument (RULE_FIELDS); effective once the engine has it.

    Tick and lot are permanent: every order, trade and candle is counted in them, and doors
    that convert with the old ones for a second would send orders of another size. Raises
    InstrumentError.
    """
    require(acting_user, "instruments.change")
    unknown = changes.keys() - set(RULE_FIELDS)
    if unknown:
        raise TypeError(f"an instrument has no {', '.join(sorted(unknown))}")
    with transaction.atomic():
        instrument = locked(instrument)
        old = _values(instrument)
        for name, value in check_change(instrument, changes).items():
            setattr(instrument, name, value)
        if _values(instrument) == old:
            return instrument
        instrument.save()
        # Its state stays what it is in the engine, which may have changed it a moment ago.
        command = commands.ChangeInstrument(**_command_fields(instrument))
        _write_version(instrument, old, command, "instruments.change", acting_user, reason)
    return instrument


def check_change(instrument: Instrument, changes: dict[str, Any]) -> dict[str, int]:
    """Columns as they would be with ``changes`` of RULE_FIELDS. Raises InstrumentError."""
    columns = _clean_rules(instrument.base, instrument.quote, _rule_texts(instrument) | changes)
    for name in ("tick_units", "lot_units"):
        if columns[name] != getattr(instrument, name):
            raise InstrumentError(
                "Tick size and lot size are permanent: create another instrument instead.",
                name.replace("_units", "_size"),
            )
    return columns


def set_instrument_state(
    *, instrument: Instrument, state: int, acting_user: Any, reason: str = ""
) -> Instrument:
    """Open an instrument, have it gather orders for an auction, let it only be cancelled in, halt
    or close it.

    An auction uncrosses when the instrument is opened or closed; closing ends DAY orders.
    """
    require(acting_user, "instruments.change")
    if state not in State.values:
        raise InstrumentError("Choose open, auction, cancel-only, halted or closed.", "state")
    with transaction.atomic():
        instrument = locked(instrument)
        if instrument.state == state and instrument.reopens_at is None:
            return instrument
        old = _values(instrument)
        instrument.state = state
        instrument.reopens_at = None
        instrument.save()
        command = commands.SetInstrumentState(instrument_id=instrument.pk, state=int(state))
        _write_version(instrument, old, command, "instruments.set_state", acting_user, reason)
    return instrument


def set_breaker(
    *,
    instrument: Instrument,
    breaker_bp: int,
    window_seconds: int,
    halt_seconds: int,
    acting_user: Any,
    reason: str = "",
) -> Instrument:
    """Set the circuit breaker: a trade that would be further than ``breaker_bp`` basis points from
    the price its window of time began with halts the instrument, into an auction of so long. All
    zero: none. Raises InstrumentError.
    """
    require(acting_user, "instruments.change")
    times = {"breaker_window_seconds": window_seconds, "breaker_halt_seconds": halt_seconds}
    if not 0 <= breaker_bp <= MAX_PRICE_BAND_BP:
        raise InstrumentError(f"Between 0 and {MAX_PRICE_BAND_BP} basis points.", "breaker_bp")
    for name, seconds in times.items():
        if breaker_bp == 0 and seconds != 0:
            raise InstrumentError("Without a distance there is neither window nor halt.", name)
        if breaker_bp > 0 and not 0 < seconds <= MAX_BREAKER_SECONDS:
            raise InstrumentError(f"Between 1 and {MAX_BREAKER_SECONDS} seconds.", name)
    with transaction.atomic():
        instrument = locked(instrument)
        old = _values(instrument)
        instrument.breaker_bp = breaker_bp
        instrument.breaker_window_seconds = window_seconds
        instrument.breaker_halt_seconds = halt_seconds
        if _values(instrument) == old:
            return instrument
        instrument.save()
        command = commands.SetBreaker(
            instrument_id=instrument.pk,
            breaker_bp=breaker_bp,
            window_ns=window_seconds * NS_PER_SECOND,
            halt_ns=halt_seconds * NS_PER_SECOND,
        )
        _write_version(instrument, old, command, "instruments.set_breaker", acting_user, reason)
    return instrument


def set_reference_price(*, instrument: Instrument, price: str, acting_user: Any) -> None:
    """Set what price bands are measured from until the first trade. Raises InstrumentError."""
    require(acting_user, "instruments.change")
    units = _units(price, instrument.quote.scale, "price")
    ticks = _whole(units, instrument.tick_units, "price")
    if ticks <= 0:
        raise InstrumentError("The price must be above zero.", "price")
    with transaction.atomic():
        enqueue_command(
            commands.SetReferencePrice(instrument_id=instrument.pk, ticks=ticks),
            acting_user=acting_user,
        )
        audit.record(
            "instruments.set_reference_price",
            instrument,
            new={"price": price},
            acting_user=acting_user,
        )


def set_prices(
    *,
    instrument: Instrument,
    acting_user: Any,
    mark_price: str = "",
    index_price: str = "",
    reason: str = "",
) -> None:
    """Tell the engine the mark price, the index price or both: orders with such a trigger source
    wait for them. A feed that does so every second goes to the engine by itself. Raises
    InstrumentError."""
    require(acting_user, "instruments.change")
    ticks = {}
    for name, price in (("mark", mark_price), ("index", index_price)):
        if price:
            units = _units(price, instrument.quote.scale, f"{name}_price")
            ticks[f"{name}_ticks"] = _whole(units, instrument.tick_units, f"{name}_price")
            if ticks[f"{name}_ticks"] <= 0:
                raise InstrumentError("The price must be above zero.", f"{name}_price")
    if not ticks:
        raise InstrumentError("Give a mark price, an index price or both.", "mark_price")
    with transaction.atomic():
        enqueue_command(
            commands.SetPrices(instrument_id=instrument.pk, **ticks), acting_user=acting_user
        )
        audit.record(
            "instruments.set_prices",
            instrument,
            new={"mark_price": mark_price, "index_price": index_price},
            acting_user=acting_user,
            reason=reason,
        )


def _write_version(
    instrument: Instrument,
    old: dict[str, Any],
    command: Any,
    action: str,
    acting_user: Any,
    reason: str,
) -> None:
    queued = enqueue_command(command, acting_user=acting_user)
    new = _values(instrument)
    InstrumentVersion.objects.create(
        instrument=instrument,
        version=instrument.versions.count() + 1,
        old=old,
        new=new,
        changed_by=label_of(acting_user),
        reason=reason,
        command=queued,
    )
    audit.record(
        action,
        instrument,
        old={name: value for name, value in old.items() if value != new[name]} or None,
        new={name: value for name, value in new.items() if value != old.get(name)},
        acting_user=acting_user,
        reason=reason,
    )
    info.forget(connection.schema_name)


def locked(instrument: Instrument) -> Instrument:
    """The row as it is now, kept from others until the transaction ends."""
    return (
        Instrument.objects.select_for_update(of=("self",))
        .select_related("base", "quote")
        .get(pk=instrument.pk)
    )


def _values(instrument: Instrument) -> dict[str, int]:
    return {name: int(getattr(instrument, name)) for name in _COLUMNS}


def _rule_texts(instrument: Instrument) -> dict[str, Any]:
    return {
        name: _text(value) if isinstance(value := getattr(instrument, name), Decimal) else value
        for name in RULE_FIELDS
    }


def _command_fields(instrument: Instrument) -> dict[str, Any]:
    return {
        "instrument_id": instrument.pk,
        "base_asset_id": instrument.base_id,
        "quote_asset_id": instrument.quote_id,
        "symbol": instrument.symbol,
        **{name: int(getattr(instrument, name)) for name in RULE_COLUMNS},
    }


def _clean_rules(base: Asset, quote: Asset, rules: dict[str, Any]) -> dict[str, int]:
    """Columns of the rules a person gave; raises InstrumentError naming the field."""
    tick_units = _units(rules["tick_size"], quote.scale, "tick_size")
    lot_units = _units(rules["lot_size"], base.scale, "lot_size")
    if tick_units <= 0:
        raise InstrumentError("The tick size must be above zero.", "tick_size")
    if lot_units <= 0:
        raise InstrumentError("The lot size must be above zero.", "lot_size")
    try:
        notional_factor(tick_units, lot_units, base.scale)
    except MoneyError as error:
        raise InstrumentError(str(error), "tick_size") from error
    columns = {
        "tick_units": tick_units,
        "lot_units": lot_units,
        "min_lots": _whole(
            _units(rules["min_quantity"], base.scale, "min_quantity"), lot_units, "min_quantity"
        ),
        "max_lots": _whole(
            _units(rules["max_quantity"], base.scale, "max_quantity"), lot_units, "max_quantity"
        ),
        "min_notional_units": _units(rules["min_notional"], quote.scale, "min_notional"),
        "max_notional_units": _units(rules["max_notional"], quote.scale, "max_notional"),
        "price_band_bp": int(rules["price_band_bp"]),
        "maker_ppm": check_ppm(rules["maker_ppm"], "maker_ppm"),
        "taker_ppm": check_ppm(rules["taker_ppm"], "taker_ppm"),
    }
    if columns["min_lots"] < 1:
        raise InstrumentError("The smallest quantity is at least one lot.", "min_quantity")
    if not columns["min_lots"] <= columns["max_lots"] <= MAX_LOTS:
        raise InstrumentError(
            f"The largest quantity is between the smallest and {MAX_LOTS} lots.", "max_quantity"
        )
    if columns["min_notional_units"] < 0 or columns["max_notional_units"] < 0:
        raise InstrumentError("A notional cannot be negative.", "min_notional")
    if 0 < columns["max_notional_units"] < columns["min_notional_units"]:
        raise InstrumentError("The largest notional is below the smallest.", "max_notional")
    if not 0 <= columns["price_band_bp"] <= MAX_PRICE_BAND_BP:
        raise InstrumentError(f"Between 0 and {MAX_PRICE_BAND_BP} basis points.", "price_band_bp")
    return columns


def _units(value: Any, scale: int, field: str) -> int:
    try:
        return parse_units(_text(value), scale)
    except MoneyError as error:
        raise InstrumentError(str(error), field) from error


def _text(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _whole(units: int, step_units: int, field: str) -> int:
    try:
        return exact_quotient(units, step_units, field.replace("_", " "))
    except MoneyError as error:
        raise InstrumentError(str(error), field) from error


def check_ppm(value: Any, field: str) -> int:
    """A fee in parts per million; raises InstrumentError."""
    ppm = int(value)
    if not 0 <= ppm <= PPM:
        raise InstrumentError(f"A fee is between 0 and {PPM} parts per million.", field)
    return ppm
