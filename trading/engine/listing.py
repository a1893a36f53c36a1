"""PlaceOrderList and CancelOrderList: orders that depend on each other, placed as a whole.

All legs are checked before anything changes. Then they are accepted as pending ones, with nothing
held, and those that wait for no other order are set free, in the order of the legs.
"""

from trading.engine import (
    arriving,
    auctions,
    codec,
    codes,
    emit,
    limits,
    linking,
    placing,
    rows,
    telling,
    waiting,
)
from trading.engine.order_list import OrderList
from trading.engine.step import Step, Sweep
from trading.engine.venue import Venue
from trading.engine.words import field, half, octet, text, wide, word


def place_order_list(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a PlaceOrderList; a repeated client list id is answered with what became of the first
    list and changes nothing.
    """
    store = venue.store
    account = venue.account(field(data, at + codec.PLACE_ORDER_LIST_FIRST_ACCOUNT_ID, end))
    if account == 0:
        return codes.UNKNOWN_ACCOUNT
    client_key = field(data, at + codec.PLACE_ORDER_LIST_CLIENT_KEY, end)
    if client_key != 0:
        earlier = linking.find_list(venue, account, 0, client_key)
        if earlier is not None:
            telling.write_list(venue, earlier, step)
            return codes.REPEATED
    instrument = venue.instrument(half(data, at + codec.PLACE_ORDER_LIST_FIRST_INSTRUMENT_ID, end))
    result = placing.check_may_place(venue, account, instrument)
    if instrument is None or result != codes.ACCEPTED:
        return result
    list_type = field(data, at + codec.PLACE_ORDER_LIST_LIST_TYPE, end)
    if list_type < codes.ORDER_LIST_TYPE_OCO or list_type > codes.LAST_ORDER_LIST_TYPE:
        return codes.BAD_ORDER_LIST
    any_trigger = field(data, at + codec.PLACE_ORDER_LIST_ANY_TRIGGER, end)
    if any_trigger < 0 or any_trigger > 1:
        return codes.BAD_ORDER_LIST
    order_list = OrderList(venue.last_order_id + 1, list_type, account, client_key)
    has_text = octet(data, at + codec.PLACE_ORDER_LIST_CLIENT_LIST_ID, end) != 0
    if client_key < 0 or (client_key != 0) != has_text:
        return codes.BAD_CLIENT_ORDER_ID
    sweep = step.sweep
    sweep.instrument = instrument
    sweep.account = account
    sweep.party = store.accounts[account + rows.ACCOUNT_PARTY]
    sweep.is_counted = True
    result = check_legs(venue, order_list, data, at, end, step)
    if result != codes.ACCEPTED:
        return result
    if not store.has_room_for_list() or not auctions.has_auction_room(instrument):
        return codes.NO_ROOM
    if instrument.waiting_orders > limits.MAX_WAITING_ORDERS - order_list.legs():
        return codes.NO_ROOM
    for position in range(live_legs(order_list)):
        leg = leg_at(at, position)
        placing.read_terms(sweep, data, leg, leg_end(leg, end))
        if not sweep.waits:
            result = arriving.check_funds(venue, sweep, wide(0), step.time_ns)
            if result != codes.ACCEPTED:
                return result

    # From here it succeeds.
    accept(venue, order_list, data, at, end, step)
    for position in range(live_legs(order_list)):
        order = venue.order(order_list.list_id + position)
        if order != 0 and store.orders[order + rows.ORDER_STATUS] == codes.ORDER_STATUS_PENDING:
            arriving.set_free(venue, order, instrument, order_list.trigger(position), step)
    if instrument.waiting_orders != 0 or step.due_count != 0:
        arriving.fire_triggers(venue, instrument, step)
    return codes.ACCEPTED


def live_legs(order_list: OrderList) -> int:
    """How many legs, from the first on, wait for no other order."""
    return 2 if order_list.list_type == codes.ORDER_LIST_TYPE_OCO else 1


def leg_at(at: int, position: int) -> int:
    """Where the PlaceOrder of a leg stands."""
    first = at + codec.PLACE_ORDER_LIST_FIRST_ACCOUNT_ID
    return first + position * codec.PLACE_ORDER_BYTES


def leg_end(leg: int, end: int) -> int:
    """Where the PlaceOrder of a leg ends, which is never behind the payload's end."""
    last = leg + codec.PLACE_ORDER_BYTES
    return last if last < end else end


def check_legs(
    venue: Venue, order_list: OrderList, data: bytes, at: int, end: int, step: Step
) -> int:
    """Whether each leg is allowed, but for its funds, and all go together; a result code."""
    sweep = step.sweep
    instrument = sweep.instrument
    legs = order_list.legs()
    any_trigger = field(data, at + codec.PLACE_ORDER_LIST_ANY_TRIGGER, end) != 0
    rest = leg_at(at, legs)
    while rest < end and rest < at + codec.PLACE_ORDER_LIST_ANY_TRIGGER:
        if word(data, rest) != 0:
            return codes.BAD_ORDER_LIST  # more legs than the list has
        rest += 8
    first = leg_at(at, 0)
    result = codes.ACCEPTED
    counted = 0
    for position in range(legs):
        leg = leg_at(at, position)
        last = leg_end(leg, end)
        result = codes.BAD_ORDER_LIST
        if field(data, leg, last) == field(data, first, end) and half(
            data, leg + codec.PLACE_ORDER_INSTRUMENT_ID, last
        ) == half(data, first + codec.PLACE_ORDER_INSTRUMENT_ID, end):
            pends = position >= live_legs(order_list)
            result = placing.check_order(sweep, data, leg, last, pends, step)
        if (
            result == codes.ACCEPTED
            and not any_trigger
            and (
                sweep.trigger_source != codes.TRIGGER_SOURCE_LAST
                or sweep.distance_bp != 0
                or sweep.trigger_ns != 0
            )
        ):
            result = codes.BAD_ORDER_LIST  # these legs wait for last prices only
        if result == codes.ACCEPTED and sweep.by_quote:
            result = codes.BAD_QUANTITY
        if result == codes.ACCEPTED and sweep.client_key != 0:
            result = check_client_key(venue, sweep, data, at, end, position)
        if result != codes.ACCEPTED:
            break
        # The next one comes on top of it.
        instrument.open_lots += sweep.leaves
        counted += sweep.leaves
    instrument.open_lots -= counted
    if result != codes.ACCEPTED:
        return result
    if order_list.list_type == codes.ORDER_LIST_TYPE_OTO:
        return codes.ACCEPTED
    return check_pair(sweep, data, leg_at(at, legs - 2), end)


def check_client_key(
    venue: Venue, sweep: Sweep, data: bytes, at: int, end: int, position: int
) -> int:
    """Whether a leg's client order id is its own; a result code."""
    if venue.order_by_client_key(sweep.account, sweep.client_key) != 0:
        return codes.CLIENT_ORDER_ID_TAKEN
    for other in range(position):
        leg = leg_at(at, other)
        if field(data, leg + codec.PLACE_ORDER_CLIENT_KEY, end) == sweep.client_key:
            return codes.CLIENT_ORDER_ID_TAKEN
    return codes.ACCEPTED


def check_pair(sweep: Sweep, data: bytes, leg: int, end: int) -> int:
    """Whether a leg and the next one make an OCO pair; a result code.

    They are of one side and one quantity; one is a stop, the other a limit order that rests or a
    take-profit, on the other side of the price; or one of them waits for a time only. All but the
    limit order wait outside the book, and what fires ends the other before it arrives. So of such a
    pair at most one is in the book, and what ends the other changes no level that is being matched.
    """
    other = leg + codec.PLACE_ORDER_BYTES
    placing.read_terms(sweep, data, other, leg_end(other, end))
    side = sweep.side
    lots = sweep.leaves
    one_part = part_of(sweep)
    one_ticks = turning_ticks(sweep)
    placing.read_terms(sweep, data, leg, leg_end(leg, end))
    other_part = part_of(sweep)
    other_ticks = turning_ticks(sweep)
    if sweep.side != side or sweep.leaves != lots:
        return codes.BAD_ORDER_LIST
    if one_part == 0 or other_part == 0 or one_part == other_part:
        return codes.BAD_ORDER_LIST
    if one_ticks == 0 or other_ticks == 0:
        return codes.ACCEPTED  # where the one fires that trails, or waits for a time, nobody knows
    one_stops = one_part == rows.PAIR_STOP
    stop_ticks = one_ticks if one_stops else other_ticks
    profit_ticks = other_ticks if one_stops else one_ticks
    if profit_ticks <= stop_ticks if side == codes.SIDE_SELL else profit_ticks >= stop_ticks:
        return codes.BAD_ORDER_LIST
    return codes.ACCEPTED


def part_of(sweep: Sweep) -> int:
    """What a leg can be in a pair; 0: no part of one."""
    order_type = sweep.order_type
    if order_type <= codes.ORDER_TYPE_MARKET:
        if sweep.trigger_ns != 0:
            return rows.PAIR_EITHER
        rests = order_type == codes.ORDER_TYPE_LIMIT and (
            sweep.time_in_force != codes.TIME_IN_FORCE_IOC
            and sweep.time_in_force != codes.TIME_IN_FORCE_FOK
        )
        return rows.PAIR_GAIN if rests else 0
    if (
        order_type == codes.ORDER_TYPE_TAKE_PROFIT_MARKET
        or order_type == codes.ORDER_TYPE_TAKE_PROFIT_LIMIT
    ):
        return rows.PAIR_GAIN
    return rows.PAIR_STOP


def turning_ticks(sweep: Sweep) -> int:
    """The price at which a leg of a pair does something; 0: that is not known beforehand."""
    if sweep.order_type > codes.ORDER_TYPE_MARKET:
        return sweep.trigger_ticks  # 0 for a trailing stop
    return sweep.ticks if sweep.trigger_ns == 0 else 0


def accept(venue: Venue, order_list: OrderList, data: bytes, at: int, end: int, step: Step) -> int:
    """Make the orders of a list, as pending ones, and tell of them."""
    store = venue.store
    orders = store.orders
    sweep = step.sweep
    instrument = sweep.instrument
    place = emit.order_list_placed(
        step.out,
        order_list.list_id,
        store.accounts[order_list.account + rows.ACCOUNT_ID],
        instrument.instrument_id,
        order_list.list_type,
        order_list.legs(),
        order_list.client_key,
        text(data, at + codec.PLACE_ORDER_LIST_CLIENT_LIST_ID, end, 40),
        0,
    )
    step.out.cut_zeros(place)
    for position in range(order_list.legs()):
        leg = leg_at(at, position)
        last = leg_end(leg, end)
        placing.read_terms(sweep, data, leg, last)
        if sweep.time_in_force == codes.TIME_IN_FORCE_DAY:
            sweep.expire_ns = placing.day_end(instrument, step.time_ns)
        order = placing.new_order(venue, sweep, step.seq)
        orders[order + rows.ORDER_TERMS] |= rows.TERMS_LISTED
        orders[order + rows.ORDER_STATUS] = codes.ORDER_STATUS_PENDING
        order_list.triggers[position] = sweep.trigger_ticks
        ticks = waiting.awaited_ticks(sweep)
        waiting.remember_condition(venue, venue.last_order_id, sweep, ticks)
        linking.enlist(venue, venue.last_order_id, order_list)
        venue.enter(order, instrument)
        instrument.open_lots += sweep.leaves
        instrument.waiting_orders += 1
        place = placing.write_accepted(venue.last_order_id, data, leg, last, step)
        if sweep.time_in_force == codes.TIME_IN_FORCE_DAY:
            placing.write_day_end(sweep.expire_ns, (last - leg) >> 3, step)
        step.out.cut_zeros(place)
    for position in range(live_legs(order_list), order_list.legs()):
        order = venue.order(order_list.list_id + position)
        emit.order_pending(
            step.out,
            orders[order + rows.ORDER_ID],
            store.accounts[order_list.account + rows.ACCOUNT_ID],
            instrument.instrument_id,
            orders[order + rows.ORDER_TERMS] & 15,
            orders[order + rows.ORDER_LEAVES],
        )
    return 0


def cancel_order_list(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a CancelOrderList: every order of it that is open ends."""
    account = venue.account(field(data, at + codec.CANCEL_ORDER_LIST_ACCOUNT_ID, end))
    if account == 0:
        return codes.UNKNOWN_ACCOUNT
    if venue.store.accounts[account + rows.ACCOUNT_STATE] == codes.ACCOUNT_STATE_SUSPENDED:
        return codes.ACCOUNT_SUSPENDED
    order_list = linking.find_list(
        venue,
        account,
        field(data, at + codec.CANCEL_ORDER_LIST_LIST_ID, end),
        field(data, at + codec.CANCEL_ORDER_LIST_CLIENT_KEY, end),
    )
    if order_list is None:
        return codes.UNKNOWN_ORDER_LIST
    result = codes.ORDER_LIST_ALREADY_CLOSED
    for position in range(order_list.legs()):
        order = venue.order(order_list.list_id + position)
        if order == 0 or not linking.is_open(venue, order):
            continue
        instrument = venue.instrument_of(order)
        if instrument.state == codes.INSTRUMENT_STATE_HALTED:
            return codes.INSTRUMENT_HALTED
        # The end of the first that is open ends the others with it.
        venue.close_open(order, instrument, codes.ORDER_STATUS_CANCELED, step)
        result = codes.ACCEPTED
    return result


def query_order_list(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """A list, and those of its orders that are remembered."""
    account = venue.account(field(data, at + codec.QUERY_ORDER_LIST_ACCOUNT_ID, end))
    if account == 0:
        return codes.UNKNOWN_ACCOUNT
    order_list = linking.find_list(
        venue,
        account,
        field(data, at + codec.QUERY_ORDER_LIST_LIST_ID, end),
        field(data, at + codec.QUERY_ORDER_LIST_CLIENT_KEY, end),
    )
    if order_list is None:
        return codes.UNKNOWN_ORDER_LIST
    telling.write_list(venue, order_list, step)
    return codes.ACCEPTED
