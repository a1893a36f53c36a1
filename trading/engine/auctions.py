"""Auctions: orders gather without trading, then uncross at one price."""

from trading.engine import codes, emit, icebergs, limits, matching, rows, rules
from trading.engine.book import Instrument, Ladder
from trading.engine.step import Step, Sweep
from trading.engine.venue import Venue
from trading.engine.words import beyond, min_of, notional


class Crossing:
    """What an uncrossing would come to: its price (0: nothing would trade), how many lots trade,
    and how many more at this price are wanted (above 0) or offered (below 0).
    """

    def __init__(self) -> None:
        self.ticks = 0
        self.lots = 0
        self.surplus_lots = 0


def check_for_auction(sweep: Sweep) -> int:
    """Whether an order can take part in an auction, or wait it out; a result code."""
    if sweep.order_type > codes.ORDER_TYPE_MARKET:
        return codes.ACCEPTED
    if (
        sweep.order_type == codes.ORDER_TYPE_MARKET
        or sweep.time_in_force == codes.TIME_IN_FORCE_IOC
        or sweep.time_in_force == codes.TIME_IN_FORCE_FOK
        or sweep.post_only
    ):
        return codes.NOT_FOR_AUCTION
    return codes.ACCEPTED


def has_auction_room(instrument: Instrument) -> bool:
    """Whether one more order may join, if there is an auction."""
    if instrument.state != codes.INSTRUMENT_STATE_AUCTION:
        return True
    return instrument.open_orders < limits.MAX_AUCTION_ORDERS


def is_crossed(instrument: Instrument) -> bool:
    """Whether somebody bids what somebody else asks."""
    bid = instrument.bids.best
    ask = instrument.asks.best
    if bid == 0 or ask == 0:
        return False
    levels = instrument.bids.store.levels
    return levels[bid + rows.LEVEL_TICKS] >= levels[ask + rows.LEVEL_TICKS]


def collect(venue: Venue, order: int, sweep: Sweep, step: Step) -> int:
    """An order joins an auction: nothing trades, but what would meet its own account or trade
    group is prevented now, by the rules of the newcomer as ever. So nobody meets himself in the
    uncrossing, and its price is known before it. Returns how matching would have ended.
    """
    store = venue.store
    orders = store.orders
    if sweep.mode == codes.SELF_TRADE_PREVENTION_NONE or store.parties[sweep.party] == 0:
        return rows.MATCHING_BOOK_ENDED
    while True:
        maker = own_ahead(venue, sweep)
        if maker == 0:
            return rows.MATCHING_BOOK_ENDED
        leaves = orders[order + rows.ORDER_LEAVES]
        if matching.prevent(venue, order, maker, leaves, sweep, step):
            return rows.MATCHING_PREVENTED


def own_ahead(venue: Venue, sweep: Sweep) -> int:
    """The first order of its own account or trade group that an order would cross; or 0."""
    store = venue.store
    levels = store.levels
    level = sweep.instrument.asks.best if sweep.is_buy else sweep.instrument.bids.best
    while level != 0 and not beyond(levels[level + rows.LEVEL_TICKS], sweep.ticks, sweep.is_buy):
        maker = levels[level + rows.LEVEL_FIRST]
        while maker != 0:
            account = store.orders[maker + rows.ORDER_ACCOUNT]
            if store.accounts[account + rows.ACCOUNT_PARTY] == sweep.party:
                return maker
            maker = store.orders[maker + rows.ORDER_BEHIND]
        level = levels[level + rows.LEVEL_WORSE]
    return 0


def find_price(instrument: Instrument) -> Crossing:
    """The price at which most lots trade; of several the one that leaves the smallest surplus; of
    several the highest if all leave buyers, the lowest if all leave sellers; else the one nearest
    to the reference price (without one: the middle).
    """
    found = Crossing()
    levels = instrument.bids.store.levels
    bid = instrument.bids.best
    ask = instrument.asks.best
    if not is_crossed(instrument):
        return found
    # The best of either side meet until they don't: nothing trades more lots than this.
    bid_lots = all_lots(instrument.bids, bid)
    ask_lots = all_lots(instrument.asks, ask)
    highest = 0
    lowest = 0
    while (
        bid != 0 and ask != 0 and levels[bid + rows.LEVEL_TICKS] >= levels[ask + rows.LEVEL_TICKS]
    ):
        highest = levels[bid + rows.LEVEL_TICKS]
        lowest = levels[ask + rows.LEVEL_TICKS]
        lots = min_of(bid_lots, ask_lots)
        found.lots += lots
        bid_lots -= lots
        ask_lots -= lots
        if bid_lots == 0:
            bid = levels[bid + rows.LEVEL_WORSE]
            bid_lots = all_lots(instrument.bids, bid)
        if ask_lots == 0:
            ask = levels[ask + rows.LEVEL_WORSE]
            ask_lots = all_lots(instrument.asks, ask)
    # From the lowest to the highest price all of them trade. What is left over bids next_bid and
    # less, and asks next_ask, which is higher, and more: in between there is no surplus.
    next_bid = levels[bid + rows.LEVEL_TICKS] if bid != 0 else 0
    next_ask = levels[ask + rows.LEVEL_TICKS] if ask != 0 else limits.MAX_TICKS + 1
    if next_bid >= highest:
        # At every price buyers are left over, at the highest the fewest.
        found.ticks = highest
        found.surplus_lots = bid_lots
        return found
    if next_ask <= lowest:
        found.ticks = lowest
        found.surplus_lots = -ask_lots
        return found
    if next_bid + 1 < next_ask:
        lowest = next_bid + 1 if next_bid + 1 > lowest else lowest
        highest = next_ask - 1 if next_ask - 1 < highest else highest
        found.ticks = nearest(rules.reference_price(instrument), lowest, highest)
        return found
    # One tick apart: buyers are left over up to next_bid, sellers from next_ask on.
    if bid_lots != ask_lots:
        found.ticks = next_bid if bid_lots < ask_lots else next_ask
    else:
        worse = levels[bid + rows.LEVEL_WORSE]
        if worse != 0 and levels[worse + rows.LEVEL_TICKS] >= lowest:
            lowest = levels[worse + rows.LEVEL_TICKS] + 1
        worse = levels[ask + rows.LEVEL_WORSE]
        if worse != 0 and levels[worse + rows.LEVEL_TICKS] <= highest:
            highest = levels[worse + rows.LEVEL_TICKS] - 1
        found.ticks = nearest(rules.reference_price(instrument), lowest, highest)
    found.surplus_lots = bid_lots if found.ticks <= next_bid else -ask_lots
    return found


def all_lots(ladder: Ladder, level: int) -> int:
    """All that rests at a level, what icebergs hide as well; of none: nothing."""
    levels = ladder.store.levels
    return levels[level + rows.LEVEL_LOTS] + levels[level + rows.LEVEL_RESERVE] if level != 0 else 0


def nearest(reference: int, lowest: int, highest: int) -> int:
    """The price of a range that is nearest to the reference; the middle if there is none."""
    if reference == 0:
        return lowest + ((highest - lowest) >> 1)
    if reference < lowest:
        return lowest
    return highest if reference > highest else reference


def uncross(venue: Venue, instrument: Instrument, step: Step) -> int:
    """Trade all that an auction brings together, at its one price, each side in the order of
    price and time. Those of the side that is left over count as takers; the fee is a maker's for
    both.
    """
    found = find_price(instrument)
    if found.lots == 0:
        return 0
    emit.auction_uncrossed(
        step.out, instrument.instrument_id, found.ticks, found.lots, found.surplus_lots
    )
    orders = venue.store.orders
    sweep = step.sweep
    sweep.instrument = instrument
    sweep.is_buy = found.surplus_lots >= 0
    sweep.by_quote = False
    sweep.in_auction = True
    takers = instrument.bids if sweep.is_buy else instrument.asks
    makers = instrument.asks if sweep.is_buy else instrument.bids
    # Lots that each side has still to bring, beyond those of its order that trades now.
    taker_left = found.lots
    maker_left = found.lots
    taker = 0
    maker = 0
    taker_lots = 0
    maker_lots = 0
    while taker_left > 0 or taker_lots > 0:
        if taker_lots == 0:
            taker = first_at(takers)
            taker_lots = min_of(orders[taker + rows.ORDER_LEAVES], taker_left)
            taker_left -= taker_lots
            sweep.account = orders[taker + rows.ORDER_ACCOUNT]
            take_out(venue, taker, instrument, taker_lots, 0, step)
        if maker_lots == 0:
            maker = first_at(makers)
            maker_lots = min_of(orders[maker + rows.ORDER_LEAVES], maker_left)
            maker_left -= maker_lots
            take_out(venue, maker, instrument, maker_lots, found.ticks, step)
        lots = min_of(taker_lots, maker_lots)
        taker_lots -= lots
        maker_lots -= lots
        matching.trade(venue, taker, maker, lots, found.ticks, sweep, step)
        if orders[taker + rows.ORDER_LEAVES] != 0:
            orders[taker + rows.ORDER_STATUS] = codes.ORDER_STATUS_PARTIALLY_FILLED
        elif venue.hidden.of(taker) != 0:
            orders[taker + rows.ORDER_STATUS] = codes.ORDER_STATUS_PARTIALLY_FILLED
            icebergs.refresh(venue, taker, instrument, step)
        else:
            takers.take(orders[taker + rows.ORDER_LEVEL], taker)
            venue.leave(taker, instrument)
            venue.close(taker, instrument, 0, 0, 1, codes.ORDER_STATUS_FILLED, step)
    sweep.in_auction = False
    return 0


def first_at(ladder: Ladder) -> int:
    """The order of a side that trades first."""
    return ladder.store.levels[ladder.best + rows.LEVEL_FIRST]


def take_out(
    venue: Venue, order: int, instrument: Instrument, lots: int, to_ticks: int, step: Step
) -> int:
    """Lots of a resting order are about to trade at ``to_ticks`` as a maker's, or (0) as a
    taker's: what was held for them at their own price is held at that one, or is available.
    """
    store = venue.store
    orders = store.orders
    account = orders[order + rows.ORDER_ACCOUNT]
    side = orders[order + rows.ORDER_TERMS] & 15
    ticks = orders[order + rows.ORDER_TICKS]
    if to_ticks == 0:
        venue.release(order, instrument, lots)
        store.levels[orders[order + rows.ORDER_LEVEL] + rows.LEVEL_LOTS] -= lots
        instrument.open_lots -= lots
    elif side == codes.SIDE_BUY:
        # It bids the auction's price or more: it gets the difference back.
        units = notional(lots, ticks - to_ticks, instrument.factor)
        store.hold(account, instrument.quote.index, -units)
    place = emit.order_uncrossed(
        step.out,
        orders[order + rows.ORDER_ID],
        store.accounts[account + rows.ACCOUNT_ID],
        instrument.instrument_id,
        side,
        lots,
        ticks,
        to_ticks,
    )
    return step.out.cut_zeros(place)
