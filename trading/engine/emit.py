"""Writes events; each function returns where its event begins.

Generated from trading/engine/layouts.py by `python -m trading.engine.generate`.
"""

from trading.engine.output import Output
from trading.engine.words import high, low, word


def venue_opened(
    out: Output,
    code_in: bytes,
    code_at: int,
) -> int:
    at = out.room(4)
    words = out.words
    words[at] = 137439019009
    words[at + 1] = word(code_in, code_at + 0)
    words[at + 2] = word(code_in, code_at + 8)
    words[at + 3] = word(code_in, code_at + 16)
    out.events += 1
    return at


def asset_created(
    out: Output,
    asset_id: int,
    scale: int,
    code_in: bytes,
    code_at: int,
) -> int:
    at = out.room(5)
    words = out.words
    words[at] = 171798757378
    words[at + 1] = asset_id
    words[at + 2] = scale
    words[at + 3] = word(code_in, code_at + 0)
    words[at + 4] = word(code_in, code_at + 8)
    out.events += 1
    return at


def instrument_created(
    out: Output,
    instrument_id: int,
    base_asset_id: int,
    quote_asset_id: int,
    tick_units: int,
    lot_units: int,
    min_lots: int,
    max_lots: int,
    min_notional_units: int,
    max_notional_units: int,
    price_band_bp: int,
    maker_ppm: int,
    taker_ppm: int,
    state: int,
    symbol_in: bytes,
    symbol_at: int,
) -> int:
    at = out.room(21)
    words = out.words
    words[at] = 721554571267
    words[at + 1] = instrument_id
    words[at + 2] = base_asset_id
    words[at + 3] = quote_asset_id
    words[at + 4] = low(tick_units)
    words[at + 5] = high(tick_units)
    words[at + 6] = low(lot_units)
    words[at + 7] = high(lot_units)
    words[at + 8] = min_lots
    words[at + 9] = max_lots
    words[at + 10] = low(min_notional_units)
    words[at + 11] = high(min_notional_units)
    words[at + 12] = low(max_notional_units)
    words[at + 13] = high(max_notional_units)
    words[at + 14] = price_band_bp
    words[at + 15] = maker_ppm
    words[at + 16] = taker_ppm
    words[at + 17] = state
    words[at + 18] = word(symbol_in, symbol_at + 0)
    words[at + 19] = word(symbol_in, symbol_at + 8)
    words[at + 20] = word(symbol_in, symbol_at + 16)
    out.events += 1
    return at


def instrument_changed(
    out: Output,
    instrument_id: int,
    base_asset_id: int,
    quote_asset_id: int,
    tick_units: int,
    lot_units: int,
    min_lots: int,
    max_lots: int,
    min_notional_units: int,
    max_notional_units: int,
    price_band_bp: int,
    maker_ppm: int,
    taker_ppm: int,
    state: int,
    symbol_in: bytes,
    symbol_at: int,
) -> int:
    at = out.room(21)
    words = out.words
    words[at] = 721554571268
    words[at + 1] = instrument_id
    words[at + 2] = base_asset_id
    words[at + 3] = quote_asset_id
    words[at + 4] = low(tick_units)
    words[at + 5] = high(tick_units)
    words[at + 6] = low(lot_units)
    words[at + 7] = high(lot_units)
    words[at + 8] = min_lots
    words[at + 9] = max_lots
    words[at + 10] = low(min_notional_units)
    words[at + 11] = high(min_notional_units)
    words[at + 12] = low(max_notional_units)
    words[at + 13] = high(max_notional_units)
    words[at + 14] = price_band_bp
    words[at + 15] = maker_ppm
    words[at + 16] = taker_ppm
    words[at + 17] = state
    words[at + 18] = word(symbol_in, symbol_at + 0)
    words[at + 19] = word(symbol_in, symbol_at + 8)
    words[at + 20] = word(symbol_in, symbol_at + 16)
    out.events += 1
    return at


def instrument_state_changed(
    out: Output,
    instrument_id: int,
    state: int,
    reason: int,
    reopen_ns: int,
) -> int:
    at = out.room(5)
    words = out.words
    words[at] = 171798757381
    words[at + 1] = instrument_id
    words[at + 2] = state
    words[at + 3] = reason
    words[at + 4] = reopen_ns
    out.events += 1
    return at


def fees_changed(
    out: Output,
    group_id: int,
    instrument_id: int,
    maker_ppm: int,
    taker_ppm: int,
) -> int:
    at = out.room(5)
    words = out.words
    words[at] = 171798757382
    words[at + 1] = group_id
    words[at + 2] = instrument_id
    words[at + 3] = maker_ppm
    words[at + 4] = taker_ppm
    out.events += 1
    return at


def account_created(
    out: Output,
    account_id: int,
    group_id: int,
    trade_group_id: int,
    role: int,
    state: int,
) -> int:
    at = out.room(6)
    words = out.words
    words[at] = 206158495751
    words[at + 1] = account_id
    words[at + 2] = group_id
    words[at + 3] = trade_group_id
    words[at + 4] = role
    words[at + 5] = state
    out.events += 1
    return at


def account_changed(
    out: Output,
    account_id: int,
    group_id: int,
    trade_group_id: int,
    state: int,
) -> int:
    at = out.room(5)
    words = out.words
    words[at] = 171798757384
    words[at + 1] = account_id
    words[at + 2] = group_id
    words[at + 3] = trade_group_id
    words[at + 4] = state
    out.events += 1
    return at


def funds_credited(
    out: Output,
    account_id: int,
    asset_id: int,
    amount_units: int,
    balance_units: int,
    reason: int,
    reference_id: int,
    against: int,
    reverses_id: int,
) -> int:
    at = out.room(11)
    words = out.words
    words[at] = 377957187593
    words[at + 1] = account_id
    words[at + 2] = asset_id
    words[at + 3] = low(amount_units)
    words[at + 4] = high(amount_units)
    words[at + 5] = low(balance_units)
    words[at + 6] = high(balance_units)
    words[at + 7] = reason
    words[at + 8] = reference_id
    words[at + 9] = against
    words[at + 10] = reverses_id
    out.events += 1
    return at


def funds_debited(
    out: Output,
    account_id: int,
    asset_id: int,
    amount_units: int,
    balance_units: int,
    reason: int,
    reference_id: int,
    against: int,
    reverses_id: int,
) -> int:
    at = out.room(11)
    words = out.words
    words[at] = 377957187594
    words[at + 1] = account_id
    words[at + 2] = asset_id
    words[at + 3] = low(amount_units)
    words[at + 4] = high(amount_units)
    words[at + 5] = low(balance_units)
    words[at + 6] = high(balance_units)
    words[at + 7] = reason
    words[at + 8] = reference_id
    words[at + 9] = against
    words[at + 10] = reverses_id
    out.events += 1
    return at


def order_accepted(
    out: Output,
    order_id: int,
    account_id: int,
    instrument_id: int,
    side: int,
    order_type: int,
    time_in_force: int,
    self_trade_prevention: int,
    lots: int,
    ticks: int,
    flags: int,
    client_key: int,
    client_order_id_in: bytes,
    client_order_id_at: int,
    quote_units: int,
    trigger_ticks: int,
    expire_ns: int,
    trigger_source: int,
    trailing_distance_bp: int,
    activation_ticks: int,
    limit_offset_ticks: int,
    trigger_ns: int,
    display_lots: int,
) -> int:
    at = out.room(22)
    words = out.words
    words[at] = 755914309643
    words[at + 1] = order_id
    words[at + 2] = account_id
    words[at + 3] = (
        instrument_id
        | side << 32
        | order_type << 40
        | time_in_force << 48
        | self_trade_prevention << 56
    )
    words[at + 4] = lots
    words[at + 5] = ticks
    words[at + 6] = flags
    words[at + 7] = client_key
    words[at + 8] = word(client_order_id_in, client_order_id_at + 0)
    words[at + 9] = word(client_order_id_in, client_order_id_at + 8)
    words[at + 10] = word(client_order_id_in, client_order_id_at + 16)
    words[at + 11] = word(client_order_id_in, client_order_id_at + 24)
    words[at + 12] = word(client_order_id_in, client_order_id_at + 32)
    words[at + 13] = low(quote_units)
    words[at + 14] = high(quote_units)
    words[at + 15] = trigger_ticks
    words[at + 16] = expire_ns
    words[at + 17] = trigger_source | trailing_distance_bp << 32
    words[at + 18] = activation_ticks
    words[at + 19] = limit_offset_ticks
    words[at + 20] = trigger_ns
    words[at + 21] = display_lots
    out.events += 1
    return at


def order_rested(
    out: Output,
    order_id: int,
    account_id: int,
    instrument_id: int,
    side: int,
    lots: int,
    ticks: int,
    reserve_lots: int,
) -> int:
    at = out.room(7)
    words = out.words
    words[at] = 240518234124
    words[at + 1] = order_id
    words[at + 2] = account_id
    words[at + 3] = instrument_id | side << 32
    words[at + 4] = lots
    words[at + 5] = ticks
    words[at + 6] = reserve_lots
    out.events += 1
    return at


def traded(
    out: Output,
    trade_id: int,
    instrument_id: int,
    taker_side: int,
    base_asset_id: int,
    quote_asset_id: int,
    lots: int,
    ticks: int,
    maker_order_id: int,
    taker_order_id: int,
    maker_account_id: int,
    taker_account_id: int,
    fee_account_id: int,
    base_units: int,
    quote_units: int,
    maker_fee_units: int,
    taker_fee_units: int,
    maker_leaves_lots: int,
    taker_leaves_lots: int,
) -> int:
    at = out.room(21)
    words = out.words
    words[at] = 721554571277
    words[at + 1] = trade_id
    words[at + 2] = instrument_id | taker_side << 32
    words[at + 3] = base_asset_id | quote_asset_id << 32
    words[at + 4] = lots
    words[at + 5] = ticks
    words[at + 6] = maker_order_id
    words[at + 7] = taker_order_id
    words[at + 8] = maker_account_id
    words[at + 9] = taker_account_id
    words[at + 10] = fee_account_id
    words[at + 11] = low(base_units)
    words[at + 12] = high(base_units)
    words[at + 13] = low(quote_units)
    words[at + 14] = high(quote_units)
    words[at + 15] = low(maker_fee_units)
    words[at + 16] = high(maker_fee_units)
    words[at + 17] = low(taker_fee_units)
    words[at + 18] = high(taker_fee_units)
    words[at + 19] = maker_leaves_lots
    words[at + 20] = taker_leaves_lots
    out.events += 1
    return at


def order_reduced(
    out: Output,
    order_id: int,
    account_id: int,
    instrument_id: int,
    side: int,
    rested: int,
    reason: int,
    lots: int,
    leaves_lots: int,
    ticks: int,
    reserve_lots: int,
) -> int:
    at = out.room(8)
    words = out.words
    words[at] = 274877972494
    words[at + 1] = order_id
    words[at + 2] = account_id
    words[at + 3] = instrument_id | side << 32 | rested << 48 | reason << 56
    words[at + 4] = lots
    words[at + 5] = leaves_lots
    words[at + 6] = ticks
    words[at + 7] = reserve_lots
    out.events += 1
    return at


def order_closed(
    out: Output,
    order_id: int,
    account_id: int,
    instrument_id: int,
    side: int,
    rested: int,
    status: int,
    ticks: int,
    leaves_lots: int,
    cumulative_lots: int,
    cumulative_quote_units: int,
    by_order_id: int,
    reserve_lots: int,
) -> int:
    at = out.room(11)
    words = out.words
    words[at] = 377957187599
    words[at + 1] = order_id
    words[at + 2] = account_id
    words[at + 3] = instrument_id | side << 32 | rested << 48 | status << 56
    words[at + 4] = ticks
    words[at + 5] = leaves_lots
    words[at + 6] = cumulative_lots
    words[at + 7] = low(cumulative_quote_units)
    words[at + 8] = high(cumulative_quote_units)
    words[at + 9] = by_order_id
    words[at + 10] = reserve_lots
    out.events += 1
    return at


def reference_price_set(
    out: Output,
    instrument_id: int,
    ticks: int,
) -> int:
    at = out.room(3)
    words = out.words
    words[at] = 103079280656
    words[at + 1] = instrument_id
    words[at + 2] = ticks
    out.events += 1
    return at


def order_replaced(
    out: Output,
    order_id: int,
    account_id: int,
    instrument_id: int,
    side: int,
    lots: int,
    ticks: int,
    old_lots: int,
    old_ticks: int,
    old_reserve_lots: int,
) -> int:
    at = out.room(9)
    words = out.words
    words[at] = 309237710865
    words[at + 1] = order_id
    words[at + 2] = account_id
    words[at + 3] = instrument_id | side << 32
    words[at + 4] = lots
    words[at + 5] = ticks
    words[at + 6] = old_lots
    words[at + 7] = old_ticks
    words[at + 8] = old_reserve_lots
    out.events += 1
    return at


def order_waiting(
    out: Output,
    order_id: int,
    account_id: int,
    instrument_id: int,
    side: int,
    trigger_ticks: int,
    trigger_ns: int,
) -> int:
    at = out.room(6)
    words = out.words
    words[at] = 206158495762
    words[at + 1] = order_id
    words[at + 2] = account_id
    words[at + 3] = instrument_id | side << 32
    words[at + 4] = trigger_ticks
    words[at + 5] = trigger_ns
    out.events += 1
    return at


def order_triggered(
    out: Output,
    order_id: int,
    account_id: int,
    instrument_id: int,
    side: int,
    trigger_ticks: int,
    last_ticks: int,
    ticks: int,
) -> int:
    at = out.room(7)
    words = out.words
    words[at] = 240518234131
    words[at + 1] = order_id
    words[at + 2] = account_id
    words[at + 3] = instrument_id | side << 32
    words[at + 4] = trigger_ticks
    words[at + 5] = last_ticks
    words[at + 6] = ticks
    out.events += 1
    return at


def prices_set(
    out: Output,
    instrument_id: int,
    mark_ticks: int,
    index_ticks: int,
) -> int:
    at = out.room(4)
    words = out.words
    words[at] = 137439019038
    words[at + 1] = instrument_id
    words[at + 2] = mark_ticks
    words[at + 3] = index_ticks
    out.events += 1
    return at


def order_activated(
    out: Output,
    order_id: int,
    account_id: int,
    instrument_id: int,
    side: int,
    extreme_ticks: int,
    trigger_ticks: int,
) -> int:
    at = out.room(6)
    words = out.words
    words[at] = 206158495775
    words[at + 1] = order_id
    words[at + 2] = account_id
    words[at + 3] = instrument_id | side << 32
    words[at + 4] = extreme_ticks
    words[at + 5] = trigger_ticks
    out.events += 1
    return at


def order_refreshed(
    out: Output,
    order_id: int,
    account_id: int,
    instrument_id: int,
    side: int,
    lots: int,
    ticks: int,
    reserve_lots: int,
) -> int:
    at = out.room(7)
    words = out.words
    words[at] = 240518234132
    words[at + 1] = order_id
    words[at + 2] = account_id
    words[at + 3] = instrument_id | side << 32
    words[at + 4] = lots
    words[at + 5] = ticks
    words[at + 6] = reserve_lots
    out.events += 1
    return at


def order_list_placed(
    out: Output,
    list_id: int,
    account_id: int,
    instrument_id: int,
    list_type: int,
    legs: int,
    client_key: int,
    client_list_id_in: bytes,
    client_list_id_at: int,
) -> int:
    at = out.room(10)
    words = out.words
    words[at] = 343597449241
    words[at + 1] = list_id
    words[at + 2] = account_id
    words[at + 3] = instrument_id | list_type << 32 | legs << 48
    words[at + 4] = client_key
    words[at + 5] = word(client_list_id_in, client_list_id_at + 0)
    words[at + 6] = word(client_list_id_in, client_list_id_at + 8)
    words[at + 7] = word(client_list_id_in, client_list_id_at + 16)
    words[at + 8] = word(client_list_id_in, client_list_id_at + 24)
    words[at + 9] = word(client_list_id_in, client_list_id_at + 32)
    out.events += 1
    return at


def order_pending(
    out: Output,
    order_id: int,
    account_id: int,
    instrument_id: int,
    side: int,
    lots: int,
) -> int:
    at = out.room(5)
    words = out.words
    words[at] = 171798757402
    words[at + 1] = order_id
    words[at + 2] = account_id
    words[at + 3] = instrument_id | side << 32
    words[at + 4] = lots
    out.events += 1
    return at


def order_released(
    out: Output,
    order_id: int,
    account_id: int,
    instrument_id: int,
    side: int,
    lots: int,
    trigger_ticks: int,
) -> int:
    at = out.room(6)
    words = out.words
    words[at] = 206158495771
    words[at + 1] = order_id
    words[at + 2] = account_id
    words[at + 3] = instrument_id | side << 32
    words[at + 4] = lots
    words[at + 5] = trigger_ticks
    out.events += 1
    return at


def session_set(
    out: Output,
    instrument_id: int,
    ends_ns: int,
) -> int:
    at = out.room(3)
    words = out.words
    words[at] = 103079280675
    words[at + 1] = instrument_id
    words[at + 2] = ends_ns
    out.events += 1
    return at


def breaker_set(
    out: Output,
    instrument_id: int,
    breaker_bp: int,
    window_ns: int,
    halt_ns: int,
) -> int:
    at = out.room(5)
    words = out.words
    words[at] = 171798757412
    words[at + 1] = instrument_id
    words[at + 2] = breaker_bp
    words[at + 3] = window_ns
    words[at + 4] = halt_ns
    out.events += 1
    return at


def auction_uncrossed(
    out: Output,
    instrument_id: int,
    ticks: int,
    lots: int,
    surplus_lots: int,
) -> int:
    at = out.room(5)
    words = out.words
    words[at] = 171798757413
    words[at + 1] = instrument_id
    words[at + 2] = ticks
    words[at + 3] = lots
    words[at + 4] = surplus_lots
    out.events += 1
    return at


def order_uncrossed(
    out: Output,
    order_id: int,
    account_id: int,
    instrument_id: int,
    side: int,
    lots: int,
    ticks: int,
    to_ticks: int,
) -> int:
    at = out.room(7)
    words = out.words
    words[at] = 240518234150
    words[at + 1] = order_id
    words[at + 2] = account_id
    words[at + 3] = instrument_id | side << 32
    words[at + 4] = lots
    words[at + 5] = ticks
    words[at + 6] = to_ticks
    out.events += 1
    return at


def cancel_timer_set(
    out: Output,
    account_id: int,
    instrument_id: int,
    deadline_ns: int,
) -> int:
    at = out.room(4)
    words = out.words
    words[at] = 137439019048
    words[at + 1] = account_id
    words[at + 2] = instrument_id
    words[at + 3] = deadline_ns
    out.events += 1
    return at


def disconnect_armed(
    out: Output,
    account_id: int,
    instrument_id: int,
    armed: int,
) -> int:
    at = out.room(4)
    words = out.words
    words[at] = 137439019049
    words[at + 1] = account_id
    words[at + 2] = instrument_id
    words[at + 3] = armed
    out.events += 1
    return at


def quote_answered(
    out: Output,
    account_id: int,
    instrument_id: int,
    entry: int,
    result: int,
    side: int,
    bid_order_id: int,
    ask_order_id: int,
) -> int:
    at = out.room(6)
    words = out.words
    words[at] = 206158495786
    words[at + 1] = account_id
    words[at + 2] = instrument_id
    words[at + 3] = entry | result << 32 | side << 48
    words[at + 4] = bid_order_id
    words[at + 5] = ask_order_id
    out.events += 1
    return at


def protection_set(
    out: Output,
    account_id: int,
    instrument_id: int,
    window_ns: int,
    lots: int,
    trades: int,
    notional_units: int,
) -> int:
    at = out.room(8)
    words = out.words
    words[at] = 274877972523
    words[at + 1] = account_id
    words[at + 2] = instrument_id
    words[at + 3] = window_ns
    words[at + 4] = lots
    words[at + 5] = trades
    words[at + 6] = low(notional_units)
    words[at + 7] = high(notional_units)
    out.events += 1
    return at


def protection_changed(
    out: Output,
    account_id: int,
    instrument_id: int,
    tripped: int,
    lots: int,
    trades: int,
    notional_units: int,
) -> int:
    at = out.room(8)
    words = out.words
    words[at] = 274877972524
    words[at + 1] = account_id
    words[at + 2] = instrument_id
    words[at + 3] = tripped
    words[at + 4] = lots
    words[at + 5] = trades
    words[at + 6] = low(notional_units)
    words[at + 7] = high(notional_units)
    out.events += 1
    return at


def valuation_set(
    out: Output,
    asset_id: int,
) -> int:
    at = out.room(2)
    words = out.words
    words[at] = 68719542317
    words[at + 1] = asset_id
    out.events += 1
    return at


def fee_tiers_set(
    out: Output,
    group_id: int,
    from_units_1: int,
    maker_ppm_1: int,
    taker_ppm_1: int,
    from_units_2: int,
    maker_ppm_2: int,
    taker_ppm_2: int,
    from_units_3: int,
    maker_ppm_3: int,
    taker_ppm_3: int,
    from_units_4: int,
    maker_ppm_4: int,
    taker_ppm_4: int,
    from_units_5: int,
    maker_ppm_5: int,
    taker_ppm_5: int,
    from_units_6: int,
    maker_ppm_6: int,
    taker_ppm_6: int,
    from_units_7: int,
    maker_ppm_7: int,
    taker_ppm_7: int,
    from_units_8: int,
    maker_ppm_8: int,
    taker_ppm_8: int,
    from_units_9: int,
    maker_ppm_9: int,
    taker_ppm_9: int,
    from_units_10: int,
    maker_ppm_10: int,
    taker_ppm_10: int,
    from_units_11: int,
    maker_ppm_11: int,
    taker_ppm_11: int,
    from_units_12: int,
    maker_ppm_12: int,
    taker_ppm_12: int,
) -> int:
    at = out.room(38)
    words = out.words
    words[at] = 1305670123566
    words[at + 1] = group_id
    words[at + 2] = low(from_units_1)
    words[at + 3] = high(from_units_1)
    words[at + 4] = maker_ppm_1 | taker_ppm_1 << 32
    words[at + 5] = low(from_units_2)
    words[at + 6] = high(from_units_2)
    words[at + 7] = maker_ppm_2 | taker_ppm_2 << 32
    words[at + 8] = low(from_units_3)
    words[at + 9] = high(from_units_3)
    words[at + 10] = maker_ppm_3 | taker_ppm_3 << 32
    words[at + 11] = low(from_units_4)
    words[at + 12] = high(from_units_4)
    words[at + 13] = maker_ppm_4 | taker_ppm_4 << 32
    words[at + 14] = low(from_units_5)
    words[at + 15] = high(from_units_5)
    words[at + 16] = maker_ppm_5 | taker_ppm_5 << 32
    words[at + 17] = low(from_units_6)
    words[at + 18] = high(from_units_6)
    words[at + 19] = maker_ppm_6 | taker_ppm_6 << 32
    words[at + 20] = low(from_units_7)
    words[at + 21] = high(from_units_7)
    words[at + 22] = maker_ppm_7 | taker_ppm_7 << 32
    words[at + 23] = low(from_units_8)
    words[at + 24] = high(from_units_8)
    words[at + 25] = maker_ppm_8 | taker_ppm_8 << 32
    words[at + 26] = low(from_units_9)
    words[at + 27] = high(from_units_9)
    words[at + 28] = maker_ppm_9 | taker_ppm_9 << 32
    words[at + 29] = low(from_units_10)
    words[at + 30] = high(from_units_10)
    words[at + 31] = maker_ppm_10 | taker_ppm_10 << 32
    words[at + 32] = low(from_units_11)
    words[at + 33] = high(from_units_11)
    words[at + 34] = maker_ppm_11 | taker_ppm_11 << 32
    words[at + 35] = low(from_units_12)
    words[at + 36] = high(from_units_12)
    words[at + 37] = maker_ppm_12 | taker_ppm_12 << 32
    out.events += 1
    return at


def fee_tier_changed(
    out: Output,
    account_id: int,
    tier: int,
    old_tier: int,
    volume_units: int,
    day: int,
) -> int:
    at = out.room(6)
    words = out.words
    words[at] = 206158495791
    words[at + 1] = account_id
    words[at + 2] = tier | old_tier << 32
    words[at + 3] = low(volume_units)
    words[at + 4] = high(volume_units)
    words[at + 5] = day
    out.events += 1
    return at


def entry_recorded(
    out: Output,
    entry_kind: int,
    reference_id: int,
    value_ns: int,
    reverses_id: int,
    line_1: int,
    asset_id_1: int,
    amount_units_1: int,
    line_2: int,
    asset_id_2: int,
    amount_units_2: int,
    line_3: int,
    asset_id_3: int,
    amount_units_3: int,
    line_4: int,
    asset_id_4: int,
    amount_units_4: int,
    line_5: int,
    asset_id_5: int,
    amount_units_5: int,
    line_6: int,
    asset_id_6: int,
    amount_units_6: int,
    line_7: int,
    asset_id_7: int,
    amount_units_7: int,
    line_8: int,
    asset_id_8: int,
    amount_units_8: int,
) -> int:
    at = out.room(29)
    words = out.words
    words[at] = 996432478258
    words[at + 1] = entry_kind
    words[at + 2] = reference_id
    words[at + 3] = value_ns
    words[at + 4] = reverses_id
    words[at + 5] = line_1 | asset_id_1 << 32
    words[at + 6] = low(amount_units_1)
    words[at + 7] = high(amount_units_1)
    words[at + 8] = line_2 | asset_id_2 << 32
    words[at + 9] = low(amount_units_2)
    words[at + 10] = high(amount_units_2)
    words[at + 11] = line_3 | asset_id_3 << 32
    words[at + 12] = low(amount_units_3)
    words[at + 13] = high(amount_units_3)
    words[at + 14] = line_4 | asset_id_4 << 32
    words[at + 15] = low(amount_units_4)
    words[at + 16] = high(amount_units_4)
    words[at + 17] = line_5 | asset_id_5 << 32
    words[at + 18] = low(amount_units_5)
    words[at + 19] = high(amount_units_5)
    words[at + 20] = line_6 | asset_id_6 << 32
    words[at + 21] = low(amount_units_6)
    words[at + 22] = high(amount_units_6)
    words[at + 23] = line_7 | asset_id_7 << 32
    words[at + 24] = low(amount_units_7)
    words[at + 25] = high(amount_units_7)
    words[at + 26] = line_8 | asset_id_8 << 32
    words[at + 27] = low(amount_units_8)
    words[at + 28] = high(amount_units_8)
    out.events += 1
    return at


def status_row(
    out: Output,
    seq: int,
    durable_seq: int,
    snapshot_seq: int,
    open_orders: int,
    accounts: int,
    commands_applied: int,
    started_ns: int,
    compiled: int,
) -> int:
    at = out.room(9)
    words = out.words
    words[at] = 309237711848
    words[at + 1] = seq
    words[at + 2] = durable_seq
    words[at + 3] = snapshot_seq
    words[at + 4] = open_orders
    words[at + 5] = accounts
    words[at + 6] = commands_applied
    words[at + 7] = started_ns
    words[at + 8] = compiled
    out.events += 1
    return at


def balance_row(
    out: Output,
    account_id: int,
    asset_id: int,
    available_units: int,
    held_units: int,
) -> int:
    at = out.room(7)
    words = out.words
    words[at] = 240518235113
    words[at + 1] = account_id
    words[at + 2] = asset_id
    words[at + 3] = low(available_units)
    words[at + 4] = high(available_units)
    words[at + 5] = low(held_units)
    words[at + 6] = high(held_units)
    out.events += 1
    return at


def order_row(
    out: Output,
    order_id: int,
    account_id: int,
    instrument_id: int,
    lots: int,
    leaves_lots: int,
    cumulative_lots: int,
    cumulative_quote_units: int,
    ticks: int,
    side: int,
    order_type: int,
    time_in_force: int,
    status: int,
    client_key: int,
    placed_seq: int,
    trigger_ticks: int,
    trigger_source: int,
    trailing_distance_bp: int,
    activation_ticks: int,
    limit_offset_ticks: int,
    extreme_ticks: int,
    trigger_ns: int,
    list_id: int,
    list_type: int,
    list_legs: int,
    display_lots: int,
    reserve_lots: int,
    flags: int,
    self_trade_prevention: int,
) -> int:
    at = out.room(27)
    words = out.words
    words[at] = 927713002474
    words[at + 1] = order_id
    words[at + 2] = account_id
    words[at + 3] = instrument_id
    words[at + 4] = lots
    words[at + 5] = leaves_lots
    words[at + 6] = cumulative_lots
    words[at + 7] = low(cumulative_quote_units)
    words[at + 8] = high(cumulative_quote_units)
    words[at + 9] = ticks
    words[at + 10] = side
    words[at + 11] = order_type
    words[at + 12] = time_in_force
    words[at + 13] = status
    words[at + 14] = client_key
    words[at + 15] = placed_seq
    words[at + 16] = trigger_ticks
    words[at + 17] = trigger_source | trailing_distance_bp << 32
    words[at + 18] = activation_ticks
    words[at + 19] = limit_offset_ticks
    words[at + 20] = extreme_ticks
    words[at + 21] = trigger_ns
    words[at + 22] = list_id
    words[at + 23] = list_type | list_legs << 32
    words[at + 24] = display_lots
    words[at + 25] = reserve_lots
    words[at + 26] = flags | self_trade_prevention << 32
    out.events += 1
    return at


def depth_row(
    out: Output,
    side: int,
    ticks: int,
    lots: int,
    orders: int,
) -> int:
    at = out.room(5)
    words = out.words
    words[at] = 171798758380
    words[at + 1] = side
    words[at + 2] = ticks
    words[at + 3] = lots
    words[at + 4] = orders
    out.events += 1
    return at


def source_row(
    out: Output,
    source: int,
    last_no: int,
) -> int:
    at = out.room(3)
    words = out.words
    words[at] = 103079281645
    words[at + 1] = source
    words[at + 2] = last_no
    out.events += 1
    return at


def durable_seq(
    out: Output,
    seq: int,
) -> int:
    at = out.room(2)
    words = out.words
    words[at] = 68719543282
    words[at + 1] = seq
    out.events += 1
    return at


def order_list_row(
    out: Output,
    list_id: int,
    account_id: int,
    instrument_id: int,
    list_type: int,
    legs: int,
    client_key: int,
) -> int:
    at = out.room(7)
    words = out.words
    words[at] = 240518235137
    words[at + 1] = list_id
    words[at + 2] = account_id
    words[at + 3] = instrument_id
    words[at + 4] = list_type
    words[at + 5] = legs
    words[at + 6] = client_key
    out.events += 1
    return at


def armed_row(
    out: Output,
    account_id: int,
    instrument_id: int,
    on_disconnect: int,
    deadline_ns: int,
) -> int:
    at = out.room(5)
    words = out.words
    words[at] = 171798758416
    words[at + 1] = account_id
    words[at + 2] = instrument_id
    words[at + 3] = on_disconnect
    words[at + 4] = deadline_ns
    out.events += 1
    return at


def protection_row(
    out: Output,
    account_id: int,
    instrument_id: int,
    window_ns: int,
    lots: int,
    trades: int,
    notional_units: int,
    tripped: int,
) -> int:
    at = out.room(9)
    words = out.words
    words[at] = 309237711889
    words[at + 1] = account_id
    words[at + 2] = instrument_id
    words[at + 3] = window_ns
    words[at + 4] = lots
    words[at + 5] = trades
    words[at + 6] = low(notional_units)
    words[at + 7] = high(notional_units)
    words[at + 8] = tripped
    out.events += 1
    return at


def fee_tier_row(
    out: Output,
    account_id: int,
    asset_id: int,
    day: int,
    volume_units: int,
    today_units: int,
    tier: int,
    tiers: int,
    from_units: int,
    next_from_units: int,
    maker_ppm: int,
    taker_ppm: int,
) -> int:
    at = out.room(14)
    words = out.words
    words[at] = 481036403733
    words[at + 1] = account_id
    words[at + 2] = asset_id
    words[at + 3] = day
    words[at + 4] = low(volume_units)
    words[at + 5] = high(volume_units)
    words[at + 6] = low(today_units)
    words[at + 7] = high(today_units)
    words[at + 8] = tier | tiers << 32
    words[at + 9] = low(from_units)
    words[at + 10] = high(from_units)
    words[at + 11] = low(next_from_units)
    words[at + 12] = high(next_from_units)
    words[at + 13] = maker_ppm | taker_ppm << 32
    out.events += 1
    return at


def auction_row(
    out: Output,
    instrument_id: int,
    state: int,
    ticks: int,
    lots: int,
    surplus_lots: int,
    reference_ticks: int,
    last_ticks: int,
    session_ends_ns: int,
    reopen_ns: int,
) -> int:
    at = out.room(10)
    words = out.words
    words[at] = 343597450251
    words[at + 1] = instrument_id
    words[at + 2] = state
    words[at + 3] = ticks
    words[at + 4] = lots
    words[at + 5] = surplus_lots
    words[at + 6] = reference_ticks
    words[at + 7] = last_ticks
    words[at + 8] = session_ends_ns
    words[at + 9] = reopen_ns
    out.events += 1
    return at
