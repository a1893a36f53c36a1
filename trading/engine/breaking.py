"""The circuit breaker: how far a price may go within a window of time, and the halt at its end."""

from heapq import heappush

from trading.engine import codes, emit, limits, rows, rules
from trading.engine.book import Instrument
from trading.engine.step import Step, Sweep
from trading.engine.venue import Venue
from trading.engine.words import MASK_62, MASK_63, affordable, beyond, notional, wide


def window_price(instrument: Instrument, time_ns: int) -> int:
    """The price that the window of this time began with; 0: there was none."""
    window = time_ns // instrument.breaker_window_ns
    if instrument.breaker_ticks != 0 and window == instrument.breaker_window:
        return instrument.breaker_ticks
    return rules.reference_price(instrument)


def enter_window(instrument: Instrument, time_ns: int) -> int:
    """Keep the price that the window of this time begins with, before anything trades in it."""
    instrument.breaker_ticks = window_price(instrument, time_ns)
    instrument.breaker_window = time_ns // instrument.breaker_window_ns
    return 0


def hold_back(instrument: Instrument, sweep: Sweep, time_ns: int) -> int:
    """Let an order go no further than the breaker does."""
    price = window_price(instrument, time_ns)
    if price == 0:
        return 0
    sweep.far_ticks = sweep.limit_ticks
    if sweep.is_buy:
        highest = wide(price) * (limits.BASIS_POINTS + instrument.breaker_bp) // limits.BASIS_POINTS
        if highest < sweep.limit_ticks:
            sweep.limit_ticks = highest
            sweep.held_back = True
        return 0
    lowest = wide(0)
    if instrument.breaker_bp < limits.BASIS_POINTS:
        band = limits.BASIS_POINTS - instrument.breaker_bp
        lowest = (wide(price) * band + (limits.BASIS_POINTS - 1)) // limits.BASIS_POINTS
    if lowest > sweep.limit_ticks:
        sweep.limit_ticks = lowest
        sweep.held_back = True
    return 0


def goes_further(venue: Venue, sweep: Sweep) -> bool:
    """Whether an order that was held back would trade with what comes next."""
    instrument = sweep.instrument
    level = instrument.asks.best if sweep.is_buy else instrument.bids.best
    if level == 0:
        return False
    ticks = venue.store.levels[level + rows.LEVEL_TICKS]
    if beyond(ticks, sweep.far_ticks, sweep.is_buy):
        return False
    if not beyond(ticks, sweep.limit_ticks, sweep.is_buy):
        return False
    if not sweep.by_quote:
        return True
    return affordable(sweep.budget_units, notional(1, ticks, instrument.factor), 1) > 0


def halt(venue: Venue, instrument: Instrument, step: Step) -> int:
    """The breaker halts an instrument: into an auction, which ends by itself."""
    reopen_ns = MASK_63
    if step.time_ns <= MASK_62:
        reopen_ns = step.time_ns + instrument.breaker_halt_ns
    instrument.state = codes.INSTRUMENT_STATE_AUCTION
    set_reopening(venue, instrument, reopen_ns)
    emit.instrument_state_changed(
        step.out,
        instrument.instrument_id,
        instrument.state,
        codes.STATE_REASON_BREAKER,
        reopen_ns,
    )
    return 0


def set_reopening(venue: Venue, instrument: Instrument, reopen_ns: int) -> int:
    """Have an instrument reopen when the halt of its breaker is over."""
    instrument.reopen_ns = reopen_ns
    heappush(venue.store.timers, (reopen_ns, venue.tenant_id, -instrument.instrument_id))
    return 0


def reopens_at(venue: Venue, instrument_id: int) -> int:
    """When an instrument reopens by itself; 0: never."""
    instrument = venue.instrument(instrument_id)
    return 0 if instrument is None else instrument.reopen_ns
