"""What an order is, for answers; no fact of the journal."""

from trading.engine import codes, emit, rows
from trading.engine.step import Step
from trading.engine.venue import Venue
from trading.engine.words import join


def write_order_row(venue: Venue, order: int, step: Step) -> int:
    """Tell what an order is now; a row of an answer, not a fact of the journal."""
    orders = venue.store.orders
    terms = orders[order + rows.ORDER_TERMS]
    trigger_ticks = 0
    if orders[order + rows.ORDER_STATUS] == codes.ORDER_STATUS_WAITING:
        level = orders[order + rows.ORDER_LEVEL]
        trigger_ticks = venue.store.levels[level + rows.LEVEL_TICKS]
    place = emit.order_row(
        step.out,
        orders[order + rows.ORDER_ID],
        venue.store.accounts[orders[order + rows.ORDER_ACCOUNT] + rows.ACCOUNT_ID],
        venue.instrument_of(order).instrument_id,
        orders[order + rows.ORDER_LOTS],
        venue.hidden.leaves_of(order),
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
        venue.hidden.display_of(order),
        venue.hidden.of(order),
    )
    return place
