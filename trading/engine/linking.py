"""Orders of one list: which they are, and what the end, a fill or the trigger of one does to the
others.
"""

from typing import TYPE_CHECKING

from trading.engine import codes, rows
from trading.engine.order_list import OrderList
from trading.engine.step import Step

if TYPE_CHECKING:
    from trading.engine.venue import Venue


def enlist(venue: "Venue", order_id: int, order_list: OrderList) -> int:
    """Remember that an order belongs to a list."""
    venue.lists[order_id] = order_list
    order_list.remembered += 1
    if order_list.client_key != 0:
        venue.list_ids[order_list.account, order_list.client_key] = order_list.list_id
    return 0


def unlist(venue: "Venue", order_id: int) -> int:
    """Forget that an order belongs to a list, and with the last one the list's client key."""
    order_list = list_of(venue, order_id)
    del venue.lists[order_id]
    order_list.remembered -= 1
    if order_list.remembered == 0 and order_list.client_key != 0:
        del venue.list_ids[order_list.account, order_list.client_key]
    return 0


def list_of(venue: "Venue", order_id: int) -> OrderList:
    """The list of an order that belongs to one."""
    return venue.lists[order_id]


def find_list(venue: "Venue", account: int, list_id: int, client_key: int) -> OrderList | None:
    """An account's list by its id, or with list_id 0 by client key."""
    if list_id == 0:
        known = venue.list_ids.get((account, client_key))
        if known is None:
            return None
        list_id = known
    if list_id < 0 or list_id > venue.last_order_id:
        return None
    # Its first orders may be forgotten already.
    for order_id in range(list_id, list_id + 3):
        if order_id in venue.lists:
            order_list = list_of(venue, order_id)
            if order_list.list_id == list_id and order_list.account == account:
                return order_list
    return None


def is_open(venue: "Venue", order: int) -> bool:
    """Whether an order rests, waits for its price or for the first of its list."""
    orders = venue.store.orders
    if orders[order + rows.ORDER_LEVEL] != 0:
        return True
    return orders[order + rows.ORDER_STATUS] == codes.ORDER_STATUS_PENDING


def is_linked(venue: "Venue", order: int) -> bool:
    """Whether another order of its list is open, so that it can't be changed by itself."""
    orders = venue.store.orders
    if orders[order + rows.ORDER_TERMS] & rows.TERMS_LISTED == 0:
        return False
    order_list = list_of(venue, orders[order + rows.ORDER_ID])
    for position in range(order_list.legs()):
        other = venue.order(order_list.list_id + position)
        if other != 0 and other != order and is_open(venue, other):
            return True
    return False


def end_partner(venue: "Venue", order: int, step: Step) -> int:
    """A leg traded or was triggered: the other one of its pair ends."""
    order_id = venue.store.orders[order + rows.ORDER_ID]
    order_list = list_of(venue, order_id)
    partner = order_list.partner(order_id - order_list.list_id)
    if partner < 0:
        return 0
    return end_leg(venue, order_list, partner, order_id, step)


def end_leg(
    venue: "Venue", order_list: OrderList, position: int, by_order_id: int, step: Step
) -> int:
    """End a leg, if it is open, because of another."""
    order = venue.order(order_list.list_id + position)
    if order == 0 or not is_open(venue, order):
        return 0
    step.by_order_id = by_order_id
    venue.close_open(order, venue.instrument_of(order), codes.ORDER_STATUS_CANCELED, step)
    step.by_order_id = 0
    return 0


def close_leg(venue: "Venue", order: int, step: Step) -> int:
    """What the end of a leg does to the others. One that was ended by another does nothing."""
    orders = venue.store.orders
    order_id = orders[order + rows.ORDER_ID]
    is_filled = (
        orders[order + rows.ORDER_STATUS] == codes.ORDER_STATUS_FILLED
        and orders[order + rows.ORDER_CUMULATIVE_LOTS] == orders[order + rows.ORDER_LOTS]
    )
    order_list = list_of(venue, order_id)
    ended_by_another = step.by_order_id != 0
    venue.keep_closed(order)  # from here on the row may be another's
    if ended_by_another:
        return 0
    position = order_id - order_list.list_id
    partner = order_list.partner(position)
    if partner >= 0:
        return end_leg(venue, order_list, partner, order_id, step)
    if not order_list.leads(position):
        return 0
    if is_filled:
        step.due.append(order_list)
        step.due_count += 1
        return 0
    for following in range(1, order_list.legs()):
        end_leg(venue, order_list, following, order_id, step)
    return 0
