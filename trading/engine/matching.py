"""Matching an order with the other side of its book."""

from typing import Final

from mypy_extensions import i64

from trading.engine import codec, codes
from trading.engine.book import Account, Order
from trading.engine.limits import MAX_OPEN_LOTS, PPM
from trading.engine.parties import Asset, Balance
from trading.engine.step import Step, Sweep
from trading.engine.venue import Venue, write_reduced

# How matching ended.
DONE: Final = 0  # nothing is left: filled, or the quote amount buys no further lot
BOOK_ENDED: Final = 1  # nothing more on the other side within the limit
PREVENTED: Final = 2  # self-trade prevention ended the order


def foresee(order: Order, sweep: Sweep) -> i64:
    """Work out, without changing anything, what ``match`` would trade: ``sweep.lots`` for
    ``sweep.quote_units``. Returns how it would end; FOK orders need DONE.
    """
    instrument = order.instrument
    is_buy = order.side == codes.SIDE_BUY
    party = order.account.party
    mode = sweep.mode
    may_meet_itself = mode != codes.SELF_TRADE_PREVENTION_NONE and party.open_orders > 0
    leaves: i64 = order.leaves_lots
    budget = sweep.budget_units
    level = instrument.asks.best if is_buy else instrument.bids.best
    while level is not None:
        if beyond(level.ticks, sweep.limit_ticks, is_buy):
            return BOOK_ENDED
        lot_price = int(level.ticks) * instrument.factor
        maker = level.first
        while maker is not None:
            if sweep.by_quote:
                leaves = affordable_lots(budget, lot_price)
                if leaves == 0:
                    return DONE if sweep.lots > 0 else BOOK_ENDED
            lots: i64 = maker.leaves_lots
            own = may_meet_itself and maker.account.party is party
            if own and (
                mode == codes.SELF_TRADE_PREVENTION_EXPIRE_TAKER
                or mode == codes.SELF_TRADE_PREVENTION_EXPIRE_BOTH
            ):
                return PREVENTED
            if not own and not may_meet_itself:
                # Nobody on this level can be the taker itself: take it as a whole.
                lots = level.lots
                maker = None
            else:
                maker = maker.behind
            if own and mode == codes.SELF_TRADE_PREVENTION_EXPIRE_MAKER:
                continue
            takes_all = lots >= leaves
            leaves_some = lots > leaves
            if takes_all:
                lots = leaves
            leaves -= lots
            units = int(lots) * lot_price
            budget -= units
            if own:
                if takes_all or sweep.all_or_nothing:
                    return PREVENTED
                continue
            sweep.lots += lots
            sweep.quote_units += units
            if sweep.by_quote:
                if leaves_some or budget == 0:
                    return DONE
            elif takes_all:
                return DONE
        level = level.worse
    return BOOK_ENDED


def match(venue: Venue, order: Order, sweep: Sweep, step: Step) -> i64:
    """Trade an order against the book until it is done; returns how it ended."""
    instrument = order.instrument
    taker = order.account
    is_buy = order.side == codes.SIDE_BUY
    ladder = instrument.asks if is_buy else instrument.bids
    while True:
        level = ladder.best
        if level is None or beyond(level.ticks, sweep.limit_ticks, is_buy):
            return BOOK_ENDED
        maker = level.first
        assert maker is not None
        leaves: i64 = order.leaves_lots
        if sweep.by_quote:
            leaves = affordable_lots(sweep.budget_units, int(level.ticks) * instrument.factor)
            if leaves == 0:
                return DONE if order.cumulative_lots > 0 else BOOK_ENDED
        if sweep.mode != codes.SELF_TRADE_PREVENTION_NONE and maker.account.party is taker.party:
            if prevent(venue, order, maker, leaves, sweep, step):
                return PREVENTED
            continue
        trade(venue, order, maker, leaves, sweep, step)
        if sweep.by_quote:
            if sweep.budget_units == 0:
                return DONE
        elif order.leaves_lots == 0:
            return DONE


def beyond(ticks: i64, limit_ticks: i64, is_buy: bool) -> bool:
    """Whether a price on the other side is worse than the limit."""
    if is_buy:
        return ticks > limit_ticks
    return ticks < limit_ticks


def affordable_lots(budget_units: int, lot_price_units: int) -> i64:
    """Whole lots that a quote amount reaches for; never more than can ever rest."""
    lots = budget_units // lot_price_units
    if lots > MAX_OPEN_LOTS:
        return MAX_OPEN_LOTS
    return i64(lots)


def prevent(
    venue: Venue, order: Order, maker: Order, leaves: i64, sweep: Sweep, step: Step
) -> bool:
    """An order meets its own account or trade group; returns whether the taker ends by it."""
    mode = sweep.mode
    if mode == codes.SELF_TRADE_PREVENTION_EXPIRE_TAKER:
        return True
    if mode == codes.SELF_TRADE_PREVENTION_EXPIRE_MAKER:
        venue.close_resting(maker, codes.ORDER_STATUS_EXPIRED_IN_MATCH, step)
        return False
    if mode == codes.SELF_TRADE_PREVENTION_EXPIRE_BOTH:
        venue.close_resting(maker, codes.ORDER_STATUS_EXPIRED_IN_MATCH, step)
        return True
    # Decrement: the prevented lots count on both; whoever has none left expires.
    ticks = maker.ticks
    lots: i64 = maker.leaves_lots
    if leaves < lots:
        lots = leaves
    if lots == maker.leaves_lots:
        venue.close_resting(maker, codes.ORDER_STATUS_EXPIRED_IN_MATCH, step)
    else:
        venue.reduce_resting(maker, lots, codes.REDUCE_REASON_SELF_TRADE_PREVENTED, step)
    if lots == leaves and not sweep.by_quote:
        return True
    if sweep.by_quote:
        sweep.budget_units -= int(lots) * int(ticks) * order.instrument.factor
        if lots == leaves:
            return True
        write_reduced(order, lots, 0, 0, codes.REDUCE_REASON_SELF_TRADE_PREVENTED, step)
        return False
    order.leaves_lots -= lots
    write_reduced(order, lots, order.leaves_lots, 0, codes.REDUCE_REASON_SELF_TRADE_PREVENTED, step)
    return False


def trade(venue: Venue, order: Order, maker: Order, leaves: i64, sweep: Sweep, step: Step) -> None:
    """One match at the maker's price: lots, money and fees change hands."""
    instrument = order.instrument
    taker_account = order.account
    maker_account = maker.account
    fee_account = venue.fee_account
    level = maker.level
    assert level is not None and fee_account is not None
    lots: i64 = maker.leaves_lots
    if leaves < lots:
        lots = leaves
    ticks = maker.ticks
    base_units = int(lots) * instrument.lot_units
    quote_units = int(lots) * int(ticks) * instrument.factor
    maker_ppm = venue.fee_rates(maker_account.fee_group, instrument).maker_ppm
    taker_ppm = venue.fee_rates(taker_account.fee_group, instrument).taker_ppm
    if order.side == codes.SIDE_BUY:
        maker_fee = fee_units(quote_units, maker_ppm)
        taker_fee = fee_units(base_units, taker_ppm)
        taker_account.balance(instrument.quote).available_units -= quote_units
        maker_account.balance(instrument.base).held_units -= base_units
        receive(taker_account.balance(instrument.base), base_units, taker_fee)
        receive(maker_account.balance(instrument.quote), quote_units, maker_fee)
        pay_fees(fee_account, instrument.base, taker_fee, instrument.quote, maker_fee)
    else:
        maker_fee = fee_units(base_units, maker_ppm)
        taker_fee = fee_units(quote_units, taker_ppm)
        taker_account.balance(instrument.base).available_units -= base_units
        maker_account.balance(instrument.quote).held_units -= quote_units
        receive(taker_account.balance(instrument.quote), quote_units, taker_fee)
        receive(maker_account.balance(instrument.base), base_units, maker_fee)
        pay_fees(fee_account, instrument.base, maker_fee, instrument.quote, taker_fee)
    maker.leaves_lots -= lots
    maker.cumulative_lots += lots
    maker.cumulative_quote_units += quote_units
    level.lots -= lots
    order.cumulative_lots += lots
    order.cumulative_quote_units += quote_units
    taker_leaves: i64 = 0
    if sweep.by_quote:
        sweep.budget_units -= quote_units
    else:
        order.leaves_lots -= lots
        taker_leaves = order.leaves_lots
    instrument.open_lots -= lots
    instrument.last_ticks = ticks
    venue.last_trade_id += 1
    codec.write_traded(
        step.out,
        venue.last_trade_id,
        instrument.instrument_id,
        instrument.base.asset_id,
        instrument.quote.asset_id,
        lots,
        ticks,
        base_units,
        quote_units,
        maker.order_id,
        order.order_id,
        maker_account.account_id,
        taker_account.account_id,
        fee_account.account_id,
        maker_fee,
        taker_fee,
        order.side,
        maker.leaves_lots,
        taker_leaves,
    )
    step.event_count += 1
    if maker.leaves_lots == 0:
        venue.leave(maker)
        venue.close(maker, 0, 1, codes.ORDER_STATUS_FILLED, step)
    else:
        maker.status = codes.ORDER_STATUS_PARTIALLY_FILLED


def fee_units(amount_units: int, fee_ppm: int) -> int:
    """The fee on an amount, rounded up to a whole unit: ``money.units.fee_units``, compiled."""
    if fee_ppm == 0:
        return 0
    return (amount_units * fee_ppm + (PPM - 1)) // PPM


def receive(balance: Balance, amount_units: int, charged_units: int) -> None:
    """Credit what a trade brings, less its fee."""
    balance.available_units += amount_units - charged_units


def pay_fees(
    account: Account, base: Asset, base_fee_units: int, quote: Asset, quote_fee_units: int
) -> None:
    """Credit the house's fee account."""
    if base_fee_units != 0:
        account.balance(base).available_units += base_fee_units
    if quote_fee_units != 0:
        account.balance(quote).available_units += quote_fee_units
