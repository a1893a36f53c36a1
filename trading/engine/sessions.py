"""When an instrument trades: its states, the end of its session, its circuit breaker."""

from trading.engine import (
    arriving,
    auctions,
    breaking,
    codec,
    codes,
    emit,
    limits,
    protecting,
    rows,
)
from trading.engine.book import Instrument
from trading.engine.reading import Reader
from trading.engine.step import Step
from trading.engine.venue import Venue
from trading.engine.words import MASK_63, field


def may_be_crossed(state: int) -> bool:
    """Whether the book of an instrument in this state may be crossed: in an auction, and in one
    that was interrupted.
    """
    return state != codes.INSTRUMENT_STATE_OPEN and state != codes.INSTRUMENT_STATE_CLOSED


def change_state(venue: Venue, instrument: Instrument, state: int, reason: int, step: Step) -> int:
    """Bring an instrument into a state, with all that follows."""
    instrument.state = state
    place = emit.instrument_state_changed(step.out, instrument.instrument_id, state, reason, 0)
    step.out.cut_zeros(place)
    return enter_state(venue, instrument, step)


def enter_state(venue: Venue, instrument: Instrument, step: Step) -> int:
    """What follows of an instrument's new state: an auction uncrosses when trading begins or
    ends, then waiting orders fire or DAY orders end.
    """
    instrument.reopen_ns = 0
    if may_be_crossed(instrument.state):
        return codes.ACCEPTED
    auctions.uncross(venue, instrument, step)
    if step.pulls:
        protecting.pull_quotes(venue, step)
    # The breaker measures from here on.
    instrument.breaker_ticks = 0
    # What the trades have set free comes in any case, triggers fire while trading is open.
    arriving.fire_triggers(venue, instrument, step)
    if instrument.state == codes.INSTRUMENT_STATE_CLOSED:
        end_day_orders(venue, instrument, step)
    return codes.ACCEPTED


def end_day_orders(venue: Venue, instrument: Instrument, step: Step) -> int:
    """End every DAY order of an instrument, the oldest first."""
    orders = venue.store.orders
    for order_id in sorted(venue.expiries):
        if venue.expiries.get(order_id) is None:
            continue  # it ended with another one of its list
        order = venue.order(order_id)
        terms = orders[order + rows.ORDER_TERMS]
        if (
            terms >> rows.TERMS_TIME_IN_FORCE_SHIFT & 255 == codes.TIME_IN_FORCE_DAY
            and venue.instrument_of(order) is instrument
        ):
            venue.close_open(order, instrument, codes.ORDER_STATUS_EXPIRED, step)
    return 0


def set_session(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a SetSession; DAY orders that are there keep the end that they were told."""
    instrument_id = field(data, at + codec.SET_SESSION_INSTRUMENT_ID, end)
    ends_ns = field(data, at + codec.SET_SESSION_ENDS_NS, end)
    if ends_ns < 0:
        return codes.FIELD_OUT_OF_RANGE
    instrument = venue.instrument(instrument_id)
    if instrument is None:
        return codes.UNKNOWN_INSTRUMENT

    # From here it succeeds.
    instrument.session_ends_ns = ends_ns
    emit.session_set(step.out, instrument_id, ends_ns)
    return codes.ACCEPTED


def set_breaker(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a SetBreaker; a halt that has begun goes on."""
    instrument_id = field(data, at + codec.SET_BREAKER_INSTRUMENT_ID, end)
    breaker_bp = field(data, at + codec.SET_BREAKER_BREAKER_BP, end)
    window_ns = field(data, at + codec.SET_BREAKER_WINDOW_NS, end)
    halt_ns = field(data, at + codec.SET_BREAKER_HALT_NS, end)
    instrument = venue.instrument(instrument_id)
    if instrument is None:
        return codes.UNKNOWN_INSTRUMENT
    if breaker_bp < 0 or breaker_bp > limits.MAX_PRICE_BAND_BP:
        return codes.BAD_BREAKER
    # All three, or none of them.
    least = 1 if breaker_bp > 0 else 0
    most = limits.MAX_BREAKER_NS if breaker_bp > 0 else 0
    if window_ns < least or window_ns > most or halt_ns < least or halt_ns > most:
        return codes.BAD_BREAKER

    # From here it succeeds.
    instrument.breaker_bp = breaker_bp
    instrument.breaker_window_ns = window_ns
    instrument.breaker_halt_ns = halt_ns
    instrument.breaker_window = 0
    instrument.breaker_ticks = 0
    emit.breaker_set(step.out, instrument_id, breaker_bp, window_ns, halt_ns)
    return codes.ACCEPTED


def reopen_instrument(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a ReopenInstrument, which the shard gives itself: the end of a breaker's halt."""
    instrument = venue.instrument(field(data, at + codec.REOPEN_INSTRUMENT_INSTRUMENT_ID, end))
    if instrument is None:
        return codes.UNKNOWN_INSTRUMENT
    if instrument.reopen_ns == 0 or instrument.reopen_ns > step.time_ns:
        return codes.NOTHING_TO_REOPEN

    # From here it succeeds.
    state = codes.INSTRUMENT_STATE_OPEN
    return change_state(venue, instrument, state, codes.STATE_REASON_REOPENED, step)


def load_session(venue: Venue, instrument: Instrument, reader: Reader) -> int:
    """When an instrument's session ends, and its circuit breaker."""
    instrument.session_ends_ns = reader.within(0, MASK_63)
    reopen_ns = reader.within(0, MASK_63)
    instrument.breaker_bp = reader.within(0, limits.MAX_PRICE_BAND_BP)
    least = 1 if instrument.breaker_bp > 0 else 0
    most = limits.MAX_BREAKER_NS if instrument.breaker_bp > 0 else 0
    instrument.breaker_window_ns = reader.within(least, most)
    instrument.breaker_halt_ns = reader.within(least, most)
    instrument.breaker_window = reader.within(0, MASK_63 if instrument.breaker_bp > 0 else 0)
    instrument.breaker_ticks = reader.within(0, limits.MAX_TICKS)
    if instrument.breaker_bp == 0 and instrument.breaker_ticks != 0:
        raise KeyError
    if reopen_ns != 0:
        if instrument.state != codes.INSTRUMENT_STATE_AUCTION:
            raise KeyError
        breaking.set_reopening(venue, instrument, reopen_ns)
    return 0


def check_crossing(instrument: Instrument) -> int:
    """Whether a book is crossed though it may not be; raises KeyError then."""
    if may_be_crossed(instrument.state):
        return 0
    if auctions.is_crossed(instrument):
        raise KeyError
    return 0
