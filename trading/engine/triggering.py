"""SetPrices and TriggerOrder: what sets waiting orders free from outside the book."""

from trading.engine import arriving, codec, codes, emit, limits, linking, rows, waiting
from trading.engine.book import Watch
from trading.engine.step import Step
from trading.engine.venue import Venue
from trading.engine.words import field


def set_prices(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a SetPrices; in an instrument that is not open nothing fires until it is."""
    instrument_id = field(data, at + codec.SET_PRICES_INSTRUMENT_ID, end)
    mark_ticks = field(data, at + codec.SET_PRICES_MARK_TICKS, end)
    index_ticks = field(data, at + codec.SET_PRICES_INDEX_TICKS, end)
    instrument = venue.instrument(instrument_id)
    if instrument is None:
        return codes.UNKNOWN_INSTRUMENT
    if mark_ticks < 0 or mark_ticks > limits.MAX_TICKS:
        return codes.BAD_PRICE
    if index_ticks < 0 or index_ticks > limits.MAX_TICKS:
        return codes.BAD_PRICE
    if mark_ticks == 0 and index_ticks == 0:
        return codes.NOTHING_TO_CHANGE

    # From here it succeeds.
    set_price(instrument.mark_watch, mark_ticks)
    set_price(instrument.index_watch, index_ticks)
    place = emit.prices_set(step.out, instrument_id, mark_ticks, index_ticks)
    step.out.cut_zeros(place)
    arriving.fire_triggers(venue, instrument, step)
    return codes.ACCEPTED


def set_price(watch: Watch, ticks: int) -> int:
    """A source's price has moved; 0: it has not."""
    if ticks != 0:
        watch.ticks = ticks
        watch.follow(ticks)
    return 0


def trigger_order(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a TriggerOrder, which the shard gives itself when a trigger time has come."""
    order = venue.order(field(data, at + codec.TRIGGER_ORDER_ORDER_ID, end))
    if order == 0:
        return codes.UNKNOWN_ORDER
    if not linking.is_open(venue, order):
        return codes.ORDER_ALREADY_CLOSED
    if venue.store.orders[order + rows.ORDER_STATUS] == codes.ORDER_STATUS_PENDING:
        return codes.BAD_TRIGGER_TIME  # it waits for the first of its list, whatever the time
    condition = venue.condition_of(order)
    if condition is None or condition.trigger_ns == 0 or condition.trigger_ns > step.time_ns:
        return codes.BAD_TRIGGER_TIME

    # From here it succeeds.
    instrument = venue.instrument_of(order)
    waiting.wake(venue, order, instrument, condition, step)
    arriving.fire_triggers(venue, instrument, step)
    return codes.ACCEPTED
