"""The state back from its bytes, which may be anything: nothing is believed.

What could lead the core astray is checked where it is read: ids, indexes, ranges, and that orders
stand where they belong. What the parts must come to is found by dumping the loaded state again.
"""

from trading.engine import (
    administration,
    codes,
    icebergs,
    image,
    limits,
    linking,
    loading_fees,
    loading_makers,
    rows,
    rules,
    sessions,
    standing,
)
from trading.engine.book import Asset, Instrument, Ladder
from trading.engine.closed import Closed
from trading.engine.order_list import OrderList
from trading.engine.reading import Reader
from trading.engine.store import Store
from trading.engine.trailing import Condition
from trading.engine.venue import Venue
from trading.engine.words import (
    MASK_62,
    MASK_63,
    OVER,
    exact,
)


class Loaded:
    """What a dump held."""

    def __init__(
        self, seq: int, time_ns: int, venues: dict[int, Venue], source_numbers: dict[int, int]
    ) -> None:
        self.seq = seq
        self.time_ns = time_ns
        self.venues = venues
        self.source_numbers = source_numbers


def load_state(data: bytes, store: Store) -> Loaded:
    """The state a dump holds, put into an empty store; raises ValueError if it is none."""
    try:
        loaded = load_all(Reader(data), store)
    except (IndexError, KeyError) as error:
        raise ValueError("The snapshot is damaged.") from error
    # Whatever was not in its order, there twice, or not what its parts come to.
    venues, numbers = loaded.venues, loaded.source_numbers
    if image.dump_state(loaded.seq, loaded.time_ns, venues, numbers) != data:
        raise ValueError("The snapshot is damaged.")
    return loaded


def load_all(reader: Reader, store: Store) -> Loaded:
    """The same without the comparison; raises IndexError or KeyError as well."""
    if reader.end < 8 or reader.number() != rows.DUMP_MAGIC:
        raise ValueError("This is no snapshot, or one of a version not known here.")
    seq = reader.within(0, MASK_62)
    time_ns = reader.within(0, MASK_63)
    reader.time_ns = time_ns
    source_numbers: dict[int, int] = {}
    for _ in range(reader.count()):
        key = reader.within(1, MASK_63)
        source_numbers[key] = reader.within(0, MASK_63)
    venues: dict[int, Venue] = {}
    for number in range(reader.count()):
        if number >= rows.MOST_VENUES:
            raise ValueError("The snapshot has more venues than there is room for.")
        venue = Venue(store, number + 1, reader.within(1, rows.MAX_TENANT), reader.text(24))
        load_venue(venue, reader)
        venues[venue.tenant_id] = venue
    if reader.at != reader.end:
        raise ValueError("The snapshot is damaged.")
    return Loaded(seq, time_ns, venues, source_numbers)


def load_venue(venue: Venue, reader: Reader) -> int:
    """All of one tenant but its id and code."""
    reader.listed = 0
    venue.last_order_id = reader.within(0, MASK_62)
    venue.last_trade_id = reader.within(0, MASK_62)
    venue.keyed_kept = reader.within(0, MASK_62)
    venue.keyed_kept_per_account = reader.within(0, MASK_62)
    venue.unkeyed_kept = reader.within(0, MASK_62)
    for index in range(reader.count()):
        asset_id = reader.within(1, limits.MAX_ID)
        scale = reader.within(0, limits.MAX_SCALE)
        load_asset(venue, Asset(asset_id, index, scale, reader.text(16)), reader)
    for index in range(reader.count()):
        load_instrument(venue, index, reader)
    for _ in range(reader.count()):
        line = (reader.within(0, MASK_63), reader.within(0, limits.MAX_ID))
        maker_ppm = reader.within(0, limits.PPM)
        venue.fees.lines[line] = (maker_ppm, reader.within(0, limits.PPM))
    totals = [0] * len(venue.asset_list)
    for _ in range(reader.count()):
        load_account(venue, reader, totals)
    for asset in venue.asset_list:
        if exact(asset.supply_units) != totals[asset.index]:
            raise ValueError("The snapshot's balances do not add up to what was credited.")
    extremes: dict[int, int] = {}
    for _ in range(reader.count()):
        load_condition(venue, reader, extremes)
    opened: list[tuple[int, int]] = []
    for instrument in venue.instrument_list:
        for ladder in image.ladders_of(instrument):
            load_ladder(venue, instrument, ladder, reader, opened)
        sessions.check_crossing(instrument)
    while reader.within(0, 1) != 0:
        load_pending(venue, reader, opened)
    standing.set_waiting(venue, extremes)
    # Within an account they stand by age.
    for _order_id, handle in sorted(opened):
        venue.enter(handle, venue.instrument_of(handle))
    for _ in range(reader.count()):
        order_id = reader.number()
        load_timer(venue, order_id, reader.within(1, MASK_63))
    load_closed(venue, venue.unkeyed, reader)
    load_closed(venue, venue.keyed, reader)
    while reader.within(0, 1) != 0:
        load_list(venue, reader)
    if reader.listed != len(venue.lists):
        raise ValueError("The snapshot has an order of a list that is not there.")
    loading_makers.load_guards(venue, reader)
    return loading_fees.load_fees(venue, reader)


def load_pending(venue: Venue, reader: Reader, opened: list[tuple[int, int]]) -> int:
    """An order that waits for the first of its list; added to ``opened`` as (id, handle)."""
    orders = venue.store.orders
    order = load_order(venue, reader)
    instrument = venue.instrument_of(order)
    lots = orders[order + rows.ORDER_LEAVES]
    if orders[order + rows.ORDER_STATUS] != codes.ORDER_STATUS_PENDING:
        raise KeyError
    if lots == 0 or lots > limits.MAX_OPEN_LOTS - instrument.open_lots:
        raise KeyError
    if orders[order + rows.ORDER_TERMS] & rows.TERMS_LISTED == 0 or reader.reserve != 0:
        raise KeyError
    instrument.open_lots += lots
    instrument.waiting_orders += 1
    opened.append((orders[order + rows.ORDER_ID], order))
    return 0


def load_list(venue: Venue, reader: Reader) -> int:
    """An order list; those of its orders that are remembered are there already."""
    orders = venue.store.orders
    list_id = reader.within(1, venue.last_order_id)
    list_type = reader.within(codes.ORDER_LIST_TYPE_OCO, codes.LAST_ORDER_LIST_TYPE)
    account = venue.account(reader.number())
    client_key = reader.within(0, MASK_63)
    if client_key != 0 and venue.list_ids.get((account, client_key)) is not None:
        raise KeyError
    order_list = OrderList(list_id, list_type, account, client_key)
    for position in range(order_list.legs()):
        order = venue.order(list_id + position)
        trigger_ticks = reader.within(0, limits.MAX_TICKS)
        order_list.triggers[position] = trigger_ticks
        if order == 0:
            continue
        terms = orders[order + rows.ORDER_TERMS]
        if (
            terms & rows.TERMS_LISTED == 0
            or orders[order + rows.ORDER_ACCOUNT] != account
            or venue.lists.get(list_id + position) is not None
        ):
            raise KeyError
        if orders[order + rows.ORDER_STATUS] == codes.ORDER_STATUS_PENDING:
            # Nobody would ever release it.
            first = venue.order(list_id)
            if (
                position == 0
                or list_type == codes.ORDER_LIST_TYPE_OCO
                or first == 0
                or orders[first + rows.ORDER_LEVEL] == 0
                or venue.instrument_of(first) is not venue.instrument_of(order)
            ):
                raise KeyError
            check_pending_trigger(venue, order, trigger_ticks)
        linking.enlist(venue, list_id + position, order_list)
    if order_list.remembered == 0:
        raise KeyError
    return 0


def check_pending_trigger(venue: Venue, order: int, trigger_ticks: int) -> int:
    """Whether a pending order will wait for a price that it has, and for one only; raises
    KeyError.
    """
    order_type = venue.store.orders[order + rows.ORDER_TERMS] >> rows.TERMS_TYPE_SHIFT & 255
    trails = rules.is_trailing(order_type)
    if (trigger_ticks != 0) != (order_type > codes.ORDER_TYPE_MARKET and not trails):
        raise KeyError
    condition = venue.condition_of(order)
    if condition is None:
        if trails:
            raise KeyError
    elif not trails and condition.trigger_ticks != trigger_ticks:
        raise KeyError
    return 0


def load_condition(venue: Venue, reader: Reader, extremes: dict[int, int]) -> int:
    """What one order waits for, or will; the extreme of an active one goes into ``extremes`` by
    its id.
    """
    order_id = reader.within(1, venue.last_order_id)
    source = reader.within(codes.TRIGGER_SOURCE_LAST, codes.LAST_TRIGGER_SOURCE)
    trigger_ticks = reader.within(0, limits.MAX_TICKS)
    trigger_ns = reader.within(0, MASK_63)
    distance_bp = reader.within(0, limits.MAX_TRAILING_BP)
    offset_ticks = reader.within(0, limits.MAX_TICKS)
    extreme = reader.within(0, limits.MAX_TICKS)
    if extreme != 0:
        if distance_bp == 0 or trigger_ns != 0:
            raise KeyError
        extremes[order_id] = extreme
    elif source == 0 and distance_bp == 0 and trigger_ns == 0:
        raise KeyError
    if venue.conditions.get(order_id) is not None:
        raise KeyError
    venue.conditions[order_id] = Condition(
        source, trigger_ticks, trigger_ns, distance_bp, offset_ticks
    )
    return 0


def load_timer(venue: Venue, order_id: int, expire_ns: int) -> int:
    """When an open order ends by itself."""
    orders = venue.store.orders
    order = venue.order(order_id)
    if order == 0 or not linking.is_open(venue, order):
        raise KeyError
    terms = orders[order + rows.ORDER_TERMS]
    time_in_force = terms >> rows.TERMS_TIME_IN_FORCE_SHIFT & 255
    if time_in_force != codes.TIME_IN_FORCE_GTD and time_in_force != codes.TIME_IN_FORCE_DAY:
        raise KeyError
    return venue.set_timer(order_id, expire_ns)


def load_asset(venue: Venue, asset: Asset, reader: Reader) -> int:
    """What an asset's supply is, and its place in the venue."""
    if venue.assets.get(asset.asset_id) is not None:
        raise KeyError
    asset.supply_units = reader.units()
    venue.assets[asset.asset_id] = asset
    venue.asset_list.append(asset)
    return 0


def load_instrument(venue: Venue, index: int, reader: Reader) -> int:
    """The rules and prices of an instrument."""
    instrument_id = reader.within(1, limits.MAX_ID)
    if venue.instrument(instrument_id) is not None or index > rows.MOST_INSTRUMENTS:
        raise KeyError
    base = venue.assets[reader.number()]
    quote = venue.assets[reader.number()]
    instrument = Instrument(venue.store, instrument_id, index, base, quote)
    instrument.tick_units = reader.units()
    instrument.lot_units = reader.units()
    instrument.min_lots = reader.within(0, limits.MAX_LOTS)
    instrument.max_lots = reader.within(0, limits.MAX_LOTS)
    # No order is large enough for a minimum beyond all money; but the rules allow it.
    instrument.min_notional_units = reader.units_within(OVER)
    instrument.max_notional_units = reader.units()
    instrument.price_band_bp = reader.within(0, limits.MAX_PRICE_BAND_BP)
    instrument.maker_ppm = reader.within(0, limits.PPM)
    instrument.taker_ppm = reader.within(0, limits.PPM)
    instrument.state = reader.within(codes.INSTRUMENT_STATE_OPEN, codes.LAST_INSTRUMENT_STATE)
    instrument.symbol = reader.text(24)
    instrument.last_ticks = reader.within(0, limits.MAX_TICKS)
    instrument.reference_ticks = reader.within(0, limits.MAX_TICKS)
    sessions.load_session(venue, instrument, reader)
    instrument.mark_watch.ticks = reader.within(0, limits.MAX_TICKS)
    instrument.index_watch.ticks = reader.within(0, limits.MAX_TICKS)
    administration.derive_rules(instrument)
    if base is quote or instrument.factor == 0 or instrument.lot_units == 0:
        raise ValueError("The snapshot holds an instrument with impossible rules.")
    return venue.add_instrument(instrument)


def load_account(venue: Venue, reader: Reader, totals: list[int]) -> int:
    """An account and its balances, which are added to the ``totals`` of the assets.

    What its orders hold is added again as they come.
    """
    store = venue.store
    if not store.has_room_for_account():
        raise ValueError("The snapshot has more accounts than there is room for.")
    account_id = reader.within(1, MASK_63)
    group_id = reader.within(0, MASK_63)
    trade_group_id = reader.within(0, MASK_63)
    role = reader.within(codes.ACCOUNT_ROLE_CUSTOMER, codes.LAST_ACCOUNT_ROLE)
    state = reader.within(codes.ACCOUNT_STATE_ACTIVE, codes.LAST_ACCOUNT_STATE)
    if venue.account(account_id) != 0:
        raise KeyError
    if role == codes.ACCOUNT_ROLE_HOUSE_FEES and venue.fee_account != 0:
        raise KeyError
    account = venue.add_account(account_id, group_id, trade_group_id, role, state)
    asset = reader.number()
    while asset != 0:
        if asset < 0 or asset > len(venue.asset_list) or not store.has_room():
            raise IndexError
        available = reader.units()
        held = reader.units()
        store.add_available(account, asset - 1, available)
        totals[asset - 1] += exact(available) + exact(held)
        asset = reader.number()
    return 0


def load_order(venue: Venue, reader: Reader) -> int:
    """One order, findable from now on."""
    store = venue.store
    if not store.has_room():
        raise ValueError("The snapshot has more orders than there is room for.")
    order = store.new_order()
    orders = store.orders
    order_id = reader.within(1, venue.last_order_id)
    account = venue.account(reader.number())
    terms = reader.within(0, rows.TERMS_OF_ORDER)
    if account == 0 or venue.order(order_id) != 0 or not are_terms(venue, terms):
        raise KeyError
    orders[order + rows.ORDER_ID] = order_id
    orders[order + rows.ORDER_ACCOUNT] = account
    orders[order + rows.ORDER_TERMS] = terms | venue.number << rows.TERMS_VENUE_SHIFT
    orders[order + rows.ORDER_STATUS] = reader.within(
        codes.ORDER_STATUS_OPEN, codes.LAST_ORDER_STATUS
    )
    orders[order + rows.ORDER_LOTS] = reader.within(0, limits.MAX_OPEN_LOTS)
    orders[order + rows.ORDER_LEAVES] = reader.within(0, limits.MAX_LOTS)
    orders[order + rows.ORDER_TICKS] = reader.within(0, limits.MAX_TICKS)
    client_key = reader.within(0, MASK_63)
    if (client_key != 0) != (terms & rows.TERMS_KEYED != 0):
        raise KeyError
    if client_key != 0 and venue.order_by_client_key(account, client_key) != 0:
        raise KeyError
    orders[order + rows.ORDER_SEQ] = reader.within(0, MASK_63)
    orders[order + rows.ORDER_CUMULATIVE_LOTS] = reader.within(0, limits.MAX_OPEN_LOTS)
    orders[order + rows.ORDER_CUMULATIVE_QUOTE] = reader.number()
    orders[order + rows.ORDER_CUMULATIVE_QUOTE + 1] = reader.within(0, MASK_63)
    orders[order + rows.ORDER_LEVEL] = 0
    reader.reserve = 0
    if terms & rows.TERMS_ICEBERG != 0:
        display = reader.within(1, limits.MAX_LOTS)
        reader.reserve = reader.within(0, limits.MAX_LOTS - orders[order + rows.ORDER_LEAVES])
        venue.hidden.remember(order, display)
    venue.remember(order, client_key)
    if terms & rows.TERMS_LISTED != 0:
        reader.listed += 1
    return order


def are_terms(venue: Venue, terms: int) -> bool:
    """Whether an order can have been placed like this."""
    side = terms & 15
    order_type = terms >> rows.TERMS_TYPE_SHIFT & 255
    time_in_force = terms >> rows.TERMS_TIME_IN_FORCE_SHIFT & 255
    return (
        side >= codes.SIDE_BUY
        and side <= codes.SIDE_SELL
        and order_type >= codes.ORDER_TYPE_LIMIT
        and order_type <= codes.LAST_ORDER_TYPE
        and time_in_force >= codes.TIME_IN_FORCE_GTC
        and time_in_force <= codes.LAST_TIME_IN_FORCE
        and (terms & ~rows.TERMS_QUOTE) >> rows.TERMS_MODE_SHIFT & 255
        <= codes.LAST_SELF_TRADE_PREVENTION
        and (
            terms & rows.TERMS_QUOTE == 0
            or (order_type == codes.ORDER_TYPE_LIMIT and time_in_force == codes.TIME_IN_FORCE_GTC)
        )
        and terms >> rows.TERMS_INSTRUMENT_SHIFT < len(venue.instrument_list)
        and (terms & rows.TERMS_ICEBERG == 0 or icebergs.may_hide(order_type, time_in_force))
    )


def load_closed(venue: Venue, closed: Closed, reader: Reader) -> int:
    """Lately closed orders, the oldest first."""
    orders = venue.store.orders
    for _ in range(reader.count()):
        order = load_order(venue, reader)
        status = orders[order + rows.ORDER_STATUS]
        if (
            status == codes.ORDER_STATUS_OPEN
            or status == codes.ORDER_STATUS_PARTIALLY_FILLED
            or status == codes.ORDER_STATUS_WAITING
            or status == codes.ORDER_STATUS_PENDING
            or reader.reserve != 0
        ):
            raise KeyError
        kept = closed.count
        venue.keep_closed(order)
        if closed.count != kept + 1:
            raise KeyError
    return 0


def load_ladder(
    venue: Venue,
    instrument: Instrument,
    ladder: Ladder,
    reader: Reader,
    opened: list[tuple[int, int]],
) -> int:
    """One side; its orders are added to ``opened`` as (id, handle)."""
    store = venue.store
    count = reader.count()
    while count != 0:
        ticks = reader.within(1, limits.MAX_TICKS)
        if not store.has_room():
            raise ValueError("The snapshot has more levels than there is room for.")
        level = ladder.level_at(ticks)
        for _ in range(count):
            order = load_order(venue, reader)
            reserve = reader.reserve
            standing.check_standing(venue, instrument, ladder, order, ticks, reserve)
            store.append(level, order)
            loading_makers.load_quote(venue, instrument, order)
            instrument.open_lots += store.orders[order + rows.ORDER_LEAVES] + reserve
            if reserve != 0 and not icebergs.restore(venue, order, instrument, reserve):
                raise KeyError
            if store.orders[order + rows.ORDER_STATUS] == codes.ORDER_STATUS_WAITING:
                instrument.waiting_orders += 1
            opened.append((store.orders[order + rows.ORDER_ID], order))
        count = reader.count()
    return 0
