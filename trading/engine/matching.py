"""Matching an order with the other side of its book."""

from trading.engine import (
    codes,
    emit,
    icebergs,
    limits,
    linking,
    protecting,
    rows,
    volumes,
)
from trading.engine.step import Step, Sweep
from trading.engine.venue import Venue
from trading.engine.words import (
    added,
    affordable,
    beyond,
    fee_units,
    high,
    join,
    low,
    min_of,
    notional,
    units_of,
    wide,
)


def foresee(venue: Venue, sweep: Sweep) -> int:
    """Work out, without changing anything, what ``match`` would trade: ``sweep.lots`` for
    ``sweep.quote_units``. Returns how it would end; FOK orders need MATCHING_DONE.
    """
    store = venue.store
    orders = store.orders
    levels = store.levels
    instrument = sweep.instrument
    is_buy = sweep.is_buy
    mode = sweep.mode
    may_meet_itself = mode != codes.SELF_TRADE_PREVENTION_NONE and store.parties[sweep.party] > 0
    leaves = sweep.leaves
    budget = sweep.budget_units
    level = instrument.asks.best if is_buy else instrument.bids.best
    while level != 0:
        ticks = levels[level + rows.LEVEL_TICKS]
        if beyond(ticks, sweep.limit_ticks, is_buy):
            return rows.MATCHING_BOOK_ENDED
        lot_price = notional(1, ticks, instrument.factor)
        maker = levels[level + rows.LEVEL_FIRST]
        while maker != 0:
            if sweep.by_quote:
                leaves = affordable(budget, lot_price, limits.MAX_OPEN_LOTS)
                if leaves == 0:
                    return rows.MATCHING_DONE if sweep.lots > 0 else rows.MATCHING_BOOK_ENDED
            lots = orders[maker + rows.ORDER_LEAVES]
            owner = store.accounts[orders[maker + rows.ORDER_ACCOUNT] + rows.ACCOUNT_PARTY]
            own = may_meet_itself and owner == sweep.party
            if own and (
                mode == codes.SELF_TRADE_PREVENTION_EXPIRE_TAKER
                or mode == codes.SELF_TRADE_PREVENTION_EXPIRE_BOTH
            ):
                return rows.MATCHING_PREVENTED
            if not may_meet_itself:
                # Nobody on this level can be the taker itself: take it as a whole.
                lots = levels[level + rows.LEVEL_LOTS] + levels[level + rows.LEVEL_RESERVE]
                maker = 0
            else:
                maker = orders[maker + rows.ORDER_BEHIND]
            if own and mode == codes.SELF_TRADE_PREVENTION_EXPIRE_MAKER:
                continue
            takes_all = lots >= leaves
            leaves_some = lots > leaves
            if takes_all:
                lots = leaves
            leaves -= lots
            units = notional(lots, ticks, instrument.factor)
            budget -= units
            if own:
                if takes_all or sweep.time_in_force == codes.TIME_IN_FORCE_FOK:
                    return rows.MATCHING_PREVENTED
                continue
            sweep.lots += lots
            sweep.quote_units = added(sweep.quote_units, units)
            if sweep.by_quote:
                if leaves_some or budget == 0:
                    return rows.MATCHING_DONE
            elif takes_all:
                return rows.MATCHING_DONE
        if may_meet_itself and levels[level + rows.LEVEL_RESERVE] != 0:
            sweep.foreseen_leaves = leaves
            sweep.foreseen_units = budget
            ended = icebergs.foresee_reserves(venue, level, sweep)
            if ended != rows.MATCHING_GOES_ON:
                return ended
            leaves = sweep.foreseen_leaves
            budget = sweep.foreseen_units
        level = levels[level + rows.LEVEL_WORSE]
    return rows.MATCHING_BOOK_ENDED


def match(venue: Venue, order: int, sweep: Sweep, step: Step) -> int:
    """Trade an order against the book until it is done; returns how it ended."""
    orders = venue.store.orders
    accounts = venue.store.accounts
    levels = venue.store.levels
    instrument = sweep.instrument
    while True:
        level = instrument.asks.best if sweep.is_buy else instrument.bids.best
        if level == 0:
            return rows.MATCHING_BOOK_ENDED
        ticks = levels[level + rows.LEVEL_TICKS]
        if beyond(ticks, sweep.limit_ticks, sweep.is_buy):
            return rows.MATCHING_BOOK_ENDED
        maker = levels[level + rows.LEVEL_FIRST]
        leaves = orders[order + rows.ORDER_LEAVES]
        if sweep.by_quote:
            lot_price = notional(1, ticks, instrument.factor)
            leaves = affordable(sweep.budget_units, lot_price, limits.MAX_OPEN_LOTS)
            if leaves == 0:
                if orders[order + rows.ORDER_CUMULATIVE_LOTS] > 0:
                    return rows.MATCHING_DONE
                return rows.MATCHING_BOOK_ENDED
        owner = accounts[orders[maker + rows.ORDER_ACCOUNT] + rows.ACCOUNT_PARTY]
        if sweep.mode != codes.SELF_TRADE_PREVENTION_NONE and owner == sweep.party:
            if prevent(venue, order, maker, leaves, sweep, step):
                return rows.MATCHING_PREVENTED
            continue
        trade(venue, order, maker, leaves, ticks, sweep, step)
        if sweep.by_quote:
            if sweep.budget_units == 0:
                return rows.MATCHING_DONE
        elif orders[order + rows.ORDER_LEAVES] == 0:
            return rows.MATCHING_DONE


def prevent(venue: Venue, order: int, maker: int, leaves: int, sweep: Sweep, step: Step) -> bool:
    """An order meets its own account or trade group; returns whether the taker ends by it."""
    instrument = sweep.instrument
    mode = sweep.mode
    if mode == codes.SELF_TRADE_PREVENTION_EXPIRE_TAKER:
        return True
    if mode == codes.SELF_TRADE_PREVENTION_EXPIRE_MAKER:
        venue.close_open(maker, instrument, codes.ORDER_STATUS_EXPIRED_IN_MATCH, step)
        return False
    if mode == codes.SELF_TRADE_PREVENTION_EXPIRE_BOTH:
        venue.close_open(maker, instrument, codes.ORDER_STATUS_EXPIRED_IN_MATCH, step)
        return True
    # Decrement: the prevented lots count on both; whoever has none left expires.
    orders = venue.store.orders
    ticks = orders[maker + rows.ORDER_TICKS]
    lots = min_of(leaves, orders[maker + rows.ORDER_LEAVES])
    reason = codes.REDUCE_REASON_SELF_TRADE_PREVENTED
    if lots < orders[maker + rows.ORDER_LEAVES]:
        venue.reduce_open(maker, instrument, lots, reason, step)
    elif venue.hidden.of(maker) > 0:
        venue.reduce_open(maker, instrument, lots, reason, step)
        icebergs.refresh(venue, maker, instrument, step)
    else:
        venue.close_open(maker, instrument, codes.ORDER_STATUS_EXPIRED_IN_MATCH, step)
    if sweep.by_quote:
        sweep.budget_units -= notional(lots, ticks, instrument.factor)
    if lots == leaves:
        return True
    left = 0
    if not sweep.by_quote:
        left = orders[order + rows.ORDER_LEAVES] - lots
        orders[order + rows.ORDER_LEAVES] = left
    venue.write_reduced(order, instrument, lots, left, 0, 0, reason, step)
    return False


def trade(
    venue: Venue, order: int, maker: int, leaves: int, ticks: int, sweep: Sweep, step: Step
) -> int:
    """One match, at the maker's price or an auction's: lots, money and fees change hands."""
    orders = venue.store.orders
    accounts = venue.store.accounts
    instrument = sweep.instrument
    base = instrument.base.index
    quote = instrument.quote.index
    taker_account = sweep.account
    maker_account = orders[maker + rows.ORDER_ACCOUNT]
    lots = min_of(leaves, orders[maker + rows.ORDER_LEAVES])
    base_units = units_of(lots, instrument.lot_units)
    quote_units = notional(lots, ticks, instrument.factor)
    if venue.fees.counted:
        volumes.turn(venue, maker_account, step)
        volumes.turn(venue, taker_account, step)
        volumes.count(venue, instrument, maker_account, taker_account, base_units, quote_units)
    maker_ppm = venue.maker_ppm(maker_account, instrument)
    taker_ppm = venue.taker_ppm(taker_account, instrument)
    if sweep.in_auction:
        taker_ppm = venue.maker_ppm(taker_account, instrument)
    base_fee = wide(0)
    quote_fee = wide(0)
    if sweep.is_buy:
        maker_fee = fee_units(quote_units, maker_ppm)
        taker_fee = fee_units(base_units, taker_ppm)
        venue.store.add_available(taker_account, quote, -quote_units)
        venue.store.add_held(maker_account, base, -base_units)
        venue.store.add_available(taker_account, base, base_units - taker_fee)
        venue.store.add_available(maker_account, quote, quote_units - maker_fee)
        base_fee = taker_fee
        quote_fee = maker_fee
    else:
        maker_fee = fee_units(base_units, maker_ppm)
        taker_fee = fee_units(quote_units, taker_ppm)
        venue.store.add_available(taker_account, base, -base_units)
        venue.store.add_held(maker_account, quote, -quote_units)
        venue.store.add_available(taker_account, quote, quote_units - taker_fee)
        venue.store.add_available(maker_account, base, base_units - maker_fee)
        base_fee = maker_fee
        quote_fee = taker_fee
    if base_fee != 0:
        venue.store.add_available(venue.fee_account, base, base_fee)
    if quote_fee != 0:
        venue.store.add_available(venue.fee_account, quote, quote_fee)
    reserve = 0
    if orders[maker + rows.ORDER_TERMS] & rows.TERMS_ICEBERG != 0:
        reserve = venue.hidden.of(maker)
    maker_leaves = orders[maker + rows.ORDER_LEAVES] - lots
    orders[maker + rows.ORDER_LEAVES] = maker_leaves
    venue.store.levels[orders[maker + rows.ORDER_LEVEL] + rows.LEVEL_LOTS] -= lots
    add_traded(orders, maker, lots, quote_units)
    add_traded(orders, order, lots, quote_units)
    taker_leaves = 0
    if sweep.by_quote:
        sweep.budget_units -= quote_units
    else:
        taker_leaves = orders[order + rows.ORDER_LEAVES] - lots
        orders[order + rows.ORDER_LEAVES] = taker_leaves
        if orders[order + rows.ORDER_TERMS] & rows.TERMS_ICEBERG != 0:
            taker_leaves += venue.hidden.of(order)  # where it rested before an auction
    instrument.open_lots -= lots
    instrument.last_ticks = ticks
    if instrument.trailing_orders != 0:
        instrument.last_watch.follow(ticks)
    venue.last_trade_id += 1
    emit.traded(
        step.out,
        venue.last_trade_id,
        instrument.instrument_id,
        codes.SIDE_BUY if sweep.is_buy else codes.SIDE_SELL,
        instrument.base.asset_id,
        instrument.quote.asset_id,
        lots,
        ticks,
        orders[maker + rows.ORDER_ID],
        orders[order + rows.ORDER_ID],
        accounts[maker_account + rows.ACCOUNT_ID],
        accounts[taker_account + rows.ACCOUNT_ID],
        accounts[venue.fee_account + rows.ACCOUNT_ID],
        base_units,
        quote_units,
        maker_fee,
        taker_fee,
        maker_leaves + reserve,
        taker_leaves,
    )
    if orders[maker + rows.ORDER_TERMS] & rows.TERMS_QUOTE != 0:
        protecting.count_fill(venue, maker, instrument, lots, quote_units, step)
    if maker_leaves == 0 and reserve == 0:
        if sweep.is_buy:
            instrument.asks.take(orders[maker + rows.ORDER_LEVEL], maker)
        else:
            instrument.bids.take(orders[maker + rows.ORDER_LEVEL], maker)
        venue.leave(maker, instrument)
        venue.close(maker, instrument, 0, 0, 1, codes.ORDER_STATUS_FILLED, step)
    else:
        orders[maker + rows.ORDER_STATUS] = codes.ORDER_STATUS_PARTIALLY_FILLED
        if maker_leaves == 0:
            icebergs.refresh(venue, maker, instrument, step)
        if orders[maker + rows.ORDER_TERMS] & rows.TERMS_LISTED != 0:
            linking.end_partner(venue, maker, step)
    if orders[order + rows.ORDER_TERMS] & rows.TERMS_LISTED != 0:
        linking.end_partner(venue, order, step)
    return 0


def add_traded(orders: memoryview, order: int, lots: int, quote_units: int) -> int:
    """Count a trade of an order."""
    at = order + rows.ORDER_CUMULATIVE_QUOTE
    total = added(join(orders[at], orders[at + 1]), quote_units)
    orders[at] = low(total)
    orders[at + 1] = high(total)
    orders[order + rows.ORDER_CUMULATIVE_LOTS] += lots
    return 0
