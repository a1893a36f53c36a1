"""What an order is, for answers; no fact of the journal."""

from trading.engine import codes, emit, linking, rows, waiting
from trading.engine.order_list import OrderList
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
    status = orders[order + rows.ORDER_STATUS]
    if status == codes.ORDER_STATUS_WAITING or status == codes.ORDER_STATUS_PENDING:
        if status == codes.ORDER_STATUS_WAITING:
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
    list_id = 0
    list_type = 0
    list_legs = 0
    if terms & rows.TERMS_LISTED != 0:
        order_list = linking.list_of(venue, orders[order + rows.ORDER_ID])
        list_id = order_list.list_id
        list_type = order_list.list_type
        list_legs = order_list.legs()
        if status == codes.ORDER_STATUS_PENDING:
            trigger_ticks = order_list.trigger(orders[order + rows.ORDER_ID] - list_id)
    flags = 0
    if terms & rows.TERMS_POST_ONLY != 0:
        flags |= codes.ORDER_FLAG_POST_ONLY
    if terms & rows.TERMS_QUOTE != 0:
        flags |= codes.ORDER_FLAG_QUOTE
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
        status,
        venue.client_key_of(order),
        orders[order + rows.ORDER_SEQ],
        trigger_ticks,
        source,
        distance_bp,
        activation_ticks,
        offset_ticks,
        extreme_ticks,
        trigger_ns,
        list_id,
        list_type,
        list_legs,
        venue.hidden.display_of(order),
        venue.hidden.of(order),
        flags,
        terms >> rows.TERMS_MODE_SHIFT & 15,
    )
    return step.out.cut_zeros(place)


def write_list(venue: Venue, order_list: OrderList, step: Step) -> int:
    """Tell what a list consists of, and what its orders are that are remembered."""
    place = step.out.at
    for position in range(order_list.legs()):
        order = venue.order(order_list.list_id + position)
        if order == 0:
            continue
        if step.out.at == place:
            emit.order_list_row(
                step.out,
                order_list.list_id,
                venue.store.accounts[order_list.account + rows.ACCOUNT_ID],
                venue.instrument_of(order).instrument_id,
                order_list.list_type,
                order_list.legs(),
                order_list.client_key,
            )
        write_order_row(venue, order, step)
    return place
