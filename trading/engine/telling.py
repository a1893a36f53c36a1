"""What an order is, for answers; no fact of the journal."""

from trading.engine import codes, emit, rows, waiting
from trading.engine.step import Step
from trading.engine.trailing import root_of
from trading.engine.venue import Venue
from trading.engine.words import join


def write_order_row(venue: Venue, order: int, step: Step) -> int:
    """Tell what an order is now; a row of an answer, not a fact of the journal."""
    orders = venue.store.orders
    terms = orders[order + rows.ORDER_TERMS]
    trigger_ticks = 0
    source = 0
    distance_bp = 0
    activation_ticks = 0
    offset_ticks = 0
    extreme_ticks = 0
    trigger_ns = 0
    if orders[order + rows.ORDER_STATUS] == codes.ORDER_STATUS_WAITING:
        trigger_ticks = waiting.trigger_of(venue, order)
        condition = venue.condition_of(order)
        if condition is not None:
            source = condition.source
            distance_bp = condition.distance_bp
            offset_ticks = condition.offset_ticks
            trigger_ns = condition.trigger_ns
            trail = condition.trail
            if distance_bp != 0:
                activation_ticks = condition.trigger_ticks
            if trail is not None:
                extreme_ticks = root_of(trail).ticks
    place = emit.order_row(
        step.out,
        orders[order + rows.ORDER_ID],
        venue.store.accounts[orders[order + rows.ORDER_ACCOUNT] + rows.ACCOUNT_ID],
        venue.instrument_of(order).instrument_id,
        orders[order + rows.ORDER_LOTS],
        orders[order + rows.ORDER_LEAVES],
        orders[order + rows.ORDER_CUMULATIVE_LOTS],
        join(
            orders[order + rows.ORDER_CUMULATIVE_QUOTE],
            orders[order + rows.ORDER_CUMULATIVE_QUOTE + 1],
        ),
        orders[order + rows.ORDER_TICKS],
        terms & 15,
        terms >> rows.TERMS_TYPE_SHIFT & 255,
        terms >> rows.TERMS_TIME_IN_FORCE_SHIFT & 255,
        orders[order + rows.ORDER_STATUS],
        venue.client_key_of(order),
        orders[order + rows.ORDER_SEQ],
        trigger_ticks,
        source,
        distance_bp,
        activation_ticks,
        offset_ticks,
        extreme_ticks,
        trigger_ns,
    )
    return step.out.cut_zeros(place)
