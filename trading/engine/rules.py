"""An instrument's rules for quantity, price and notional, and its price band."""

from trading.engine import codes, limits, rows
from trading.engine.book import Instrument
from trading.engine.step import Sweep
from trading.engine.words import notional, wide


def check_size(instrument: Instrument, sweep: Sweep) -> int:
    """Whether an order's quantity, price and notional are allowed; a result code."""
    lots = sweep.leaves
    if lots < 0 or sweep.budget_units < 0:
        return codes.BAD_QUANTITY
    if sweep.by_quote:
        if sweep.budget_units == 0:
            return codes.BAD_QUANTITY
    elif lots == 0 or sweep.budget_units != 0:
        return codes.BAD_QUANTITY
    else:
        if lots < instrument.min_lots:
            return codes.BELOW_MINIMUM_QUANTITY
        if lots > instrument.lots_cap or lots > limits.MAX_OPEN_LOTS - instrument.open_lots:
            return codes.ABOVE_MAXIMUM_QUANTITY
    ticks = sweep.ticks
    if sweep.is_limit:
        if ticks <= 0 or ticks > limits.MAX_TICKS:
            return codes.BAD_PRICE
        if instrument.price_band_bp > 0 and (
            ticks > highest_ticks(instrument) or ticks < lowest_ticks(instrument)
        ):
            return codes.OUTSIDE_PRICE_BAND
    elif ticks != 0:
        return codes.BAD_PRICE
    # A market order by quantity is measured at the reference price; unmeasured without one.
    notional_units = sweep.budget_units
    if not sweep.by_quote:
        price = ticks if sweep.is_limit else reference_price(instrument)
        if price == 0:
            return codes.ACCEPTED
        notional_units = notional(lots, price, instrument.factor)
    if notional_units < instrument.min_notional_units:
        return codes.BELOW_MINIMUM_NOTIONAL
    if notional_units > instrument.notional_cap:
        return codes.ABOVE_MAXIMUM_NOTIONAL
    return codes.ACCEPTED


def reference_price(instrument: Instrument) -> int:
    """The last trade's price in ticks, else the set reference price, else 0."""
    if instrument.last_ticks != 0:
        return instrument.last_ticks
    return instrument.reference_ticks


def highest_ticks(instrument: Instrument) -> int:
    """The upper end of the price band, in ticks."""
    reference = reference_price(instrument)
    if instrument.price_band_bp == 0 or reference == 0:
        return limits.MAX_TICKS
    band = limits.BASIS_POINTS + instrument.price_band_bp
    highest = wide(reference) * band // limits.BASIS_POINTS
    if highest > limits.MAX_TICKS:
        return limits.MAX_TICKS
    return highest


def lowest_ticks(instrument: Instrument) -> int:
    """The lower end of the price band, in ticks."""
    reference = reference_price(instrument)
    if instrument.price_band_bp >= limits.BASIS_POINTS or instrument.price_band_bp == 0:
        return 1
    if reference == 0:
        return 1
    band = limits.BASIS_POINTS - instrument.price_band_bp
    return (wide(reference) * band + (limits.BASIS_POINTS - 1)) // limits.BASIS_POINTS


def waits_for_rise(terms: int) -> bool:
    """Whether a triggered order waits for the price to rise: a buying stop, a selling profit.

    So does a selling trailing stop until it is active.
    """
    order_type = terms >> rows.TERMS_TYPE_SHIFT & 255
    is_stop = (
        order_type == codes.ORDER_TYPE_STOP_MARKET or order_type == codes.ORDER_TYPE_STOP_LIMIT
    )
    return is_stop == (terms & 15 == codes.SIDE_BUY)


def is_trailing(order_type: int) -> bool:
    """Whether an order's trigger follows the price."""
    return (
        order_type == codes.ORDER_TYPE_TRAILING_STOP_MARKET
        or order_type == codes.ORDER_TYPE_TRAILING_STOP_LIMIT
    )
