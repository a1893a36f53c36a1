"""How the core reads commands and writes events.

Generated from trading/engine/layouts.py by `python -m trading.engine.generate`.
"""

from struct import Struct
from typing import Final

from librt.strings import (
    BytesWriter,
    read_i32_le,
    read_i64_le,
    write_i32_le,
    write_i64_le,
)
from mypy_extensions import i64

# Interpreted code packs an event in one call, compiled code writes field after field.
COMPILED: Final = not __file__.endswith(".py")
# Amounts lie within +-(10**38 - 1), so 127 bits and a sign always hold them.
_SMALL: Final = (1 << 62) - 1  # larger ones are objects in compiled code
_MASK_64: Final = (1 << 64) - 1
_SIGN_64: Final = 1 << 63


def write_i128(out: BytesWriter, amount: int) -> None:
    """Write 16 bytes, little endian, signed."""
    if 0 <= amount <= _SMALL:
        write_i64_le(out, i64(amount))
        write_i64_le(out, 0)
    else:
        low = amount & _MASK_64
        write_i64_le(out, i64(low - (1 << 64) if low >= _SIGN_64 else low))
        write_i64_le(out, i64(amount >> 64))


def read_i128(data: bytes, offset: i64) -> int:
    """Read 16 bytes, little endian, signed."""
    low = read_i64_le(data, offset)
    high = read_i64_le(data, offset + 8)
    if high == 0 and low >= 0:
        return int(low)
    return (int(high) << 64) + (int(low) & _MASK_64)


# Commands: kind, payload bytes, and where each field starts.
OPEN_VENUE: Final = 1
OPEN_VENUE_BYTES: Final = 24
OPEN_VENUE_CODE: Final = 0
CREATE_ASSET: Final = 2
CREATE_ASSET_BYTES: Final = 32
CREATE_ASSET_ASSET_ID: Final = 0
CREATE_ASSET_SCALE: Final = 8
CREATE_ASSET_CODE: Final = 16
CREATE_INSTRUMENT: Final = 3
CREATE_INSTRUMENT_BYTES: Final = 160
CREATE_INSTRUMENT_INSTRUMENT_ID: Final = 0
CREATE_INSTRUMENT_BASE_ASSET_ID: Final = 8
CREATE_INSTRUMENT_QUOTE_ASSET_ID: Final = 16
CREATE_INSTRUMENT_TICK_UNITS: Final = 24
CREATE_INSTRUMENT_LOT_UNITS: Final = 40
CREATE_INSTRUMENT_MIN_LOTS: Final = 56
CREATE_INSTRUMENT_MAX_LOTS: Final = 64
CREATE_INSTRUMENT_MIN_NOTIONAL_UNITS: Final = 72
CREATE_INSTRUMENT_MAX_NOTIONAL_UNITS: Final = 88
CREATE_INSTRUMENT_PRICE_BAND_BP: Final = 104
CREATE_INSTRUMENT_MAKER_PPM: Final = 112
CREATE_INSTRUMENT_TAKER_PPM: Final = 120
CREATE_INSTRUMENT_STATE: Final = 128
CREATE_INSTRUMENT_SYMBOL: Final = 136
CHANGE_INSTRUMENT: Final = 4
CHANGE_INSTRUMENT_BYTES: Final = 160
CHANGE_INSTRUMENT_INSTRUMENT_ID: Final = 0
CHANGE_INSTRUMENT_BASE_ASSET_ID: Final = 8
CHANGE_INSTRUMENT_QUOTE_ASSET_ID: Final = 16
CHANGE_INSTRUMENT_TICK_UNITS: Final = 24
CHANGE_INSTRUMENT_LOT_UNITS: Final = 40
CHANGE_INSTRUMENT_MIN_LOTS: Final = 56
CHANGE_INSTRUMENT_MAX_LOTS: Final = 64
CHANGE_INSTRUMENT_MIN_NOTIONAL_UNITS: Final = 72
CHANGE_INSTRUMENT_MAX_NOTIONAL_UNITS: Final = 88
CHANGE_INSTRUMENT_PRICE_BAND_BP: Final = 104
CHANGE_INSTRUMENT_MAKER_PPM: Final = 112
CHANGE_INSTRUMENT_TAKER_PPM: Final = 120
CHANGE_INSTRUMENT_STATE: Final = 128
CHANGE_INSTRUMENT_SYMBOL: Final = 136
SET_INSTRUMENT_STATE: Final = 5
SET_INSTRUMENT_STATE_BYTES: Final = 16
SET_INSTRUMENT_STATE_INSTRUMENT_ID: Final = 0
SET_INSTRUMENT_STATE_STATE: Final = 8
SET_FEES: Final = 6
SET_FEES_BYTES: Final = 32
SET_FEES_GROUP_ID: Final = 0
SET_FEES_INSTRUMENT_ID: Final = 8
SET_FEES_MAKER_PPM: Final = 16
SET_FEES_TAKER_PPM: Final = 24
CREATE_ACCOUNT: Final = 7
CREATE_ACCOUNT_BYTES: Final = 40
CREATE_ACCOUNT_ACCOUNT_ID: Final = 0
CREATE_ACCOUNT_GROUP_ID: Final = 8
CREATE_ACCOUNT_TRADE_GROUP_ID: Final = 16
CREATE_ACCOUNT_ROLE: Final = 24
CREATE_ACCOUNT_STATE: Final = 32
CHANGE_ACCOUNT: Final = 8
CHANGE_ACCOUNT_BYTES: Final = 32
CHANGE_ACCOUNT_ACCOUNT_ID: Final = 0
CHANGE_ACCOUNT_GROUP_ID: Final = 8
CHANGE_ACCOUNT_TRADE_GROUP_ID: Final = 16
CHANGE_ACCOUNT_STATE: Final = 24
CREDIT_FUNDS: Final = 9
CREDIT_FUNDS_BYTES: Final = 48
CREDIT_FUNDS_ACCOUNT_ID: Final = 0
CREDIT_FUNDS_ASSET_ID: Final = 8
CREDIT_FUNDS_AMOUNT_UNITS: Final = 16
CREDIT_FUNDS_REASON: Final = 32
CREDIT_FUNDS_REFERENCE_ID: Final = 40
DEBIT_FUNDS: Final = 10
DEBIT_FUNDS_BYTES: Final = 48
DEBIT_FUNDS_ACCOUNT_ID: Final = 0
DEBIT_FUNDS_ASSET_ID: Final = 8
DEBIT_FUNDS_AMOUNT_UNITS: Final = 16
DEBIT_FUNDS_REASON: Final = 32
DEBIT_FUNDS_REFERENCE_ID: Final = 40
PLACE_ORDER: Final = 11
PLACE_ORDER_BYTES: Final = 132
PLACE_ORDER_ACCOUNT_ID: Final = 0
PLACE_ORDER_INSTRUMENT_ID: Final = 8
PLACE_ORDER_LOTS: Final = 16
PLACE_ORDER_TICKS: Final = 24
PLACE_ORDER_QUOTE_UNITS: Final = 32
PLACE_ORDER_SIDE: Final = 48
PLACE_ORDER_ORDER_TYPE: Final = 56
PLACE_ORDER_TIME_IN_FORCE: Final = 64
PLACE_ORDER_SELF_TRADE_PREVENTION: Final = 72
PLACE_ORDER_FLAGS: Final = 80
PLACE_ORDER_CLIENT_KEY: Final = 88
PLACE_ORDER_CLIENT_ORDER_ID: Final = 96
CANCEL_ORDER: Final = 12
CANCEL_ORDER_BYTES: Final = 24
CANCEL_ORDER_ACCOUNT_ID: Final = 0
CANCEL_ORDER_ORDER_ID: Final = 8
CANCEL_ORDER_CLIENT_KEY: Final = 16
CANCEL_ALL_ORDERS: Final = 13
CANCEL_ALL_ORDERS_BYTES: Final = 24
CANCEL_ALL_ORDERS_ACCOUNT_ID: Final = 0
CANCEL_ALL_ORDERS_INSTRUMENT_ID: Final = 8
CANCEL_ALL_ORDERS_SIDE: Final = 16
REDUCE_ORDER: Final = 14
REDUCE_ORDER_BYTES: Final = 32
REDUCE_ORDER_ACCOUNT_ID: Final = 0
REDUCE_ORDER_ORDER_ID: Final = 8
REDUCE_ORDER_CLIENT_KEY: Final = 16
REDUCE_ORDER_LOTS: Final = 24
SET_REFERENCE_PRICE: Final = 15
SET_REFERENCE_PRICE_BYTES: Final = 16
SET_REFERENCE_PRICE_INSTRUMENT_ID: Final = 0
SET_REFERENCE_PRICE_TICKS: Final = 8


# Queries: kind, payload bytes, and where each field starts.
QUERY_STATUS: Final = 1000
QUERY_STATUS_BYTES: Final = 0
QUERY_BALANCES: Final = 1001
QUERY_BALANCES_BYTES: Final = 8
QUERY_BALANCES_ACCOUNT_ID: Final = 0
QUERY_OPEN_ORDERS: Final = 1002
QUERY_OPEN_ORDERS_BYTES: Final = 16
QUERY_OPEN_ORDERS_ACCOUNT_ID: Final = 0
QUERY_OPEN_ORDERS_INSTRUMENT_ID: Final = 8
QUERY_ORDER: Final = 1003
QUERY_ORDER_BYTES: Final = 24
QUERY_ORDER_ACCOUNT_ID: Final = 0
QUERY_ORDER_ORDER_ID: Final = 8
QUERY_ORDER_CLIENT_KEY: Final = 16
QUERY_DEPTH: Final = 1004
QUERY_DEPTH_BYTES: Final = 16
QUERY_DEPTH_INSTRUMENT_ID: Final = 0
QUERY_DEPTH_LEVELS: Final = 8
QUERY_SOURCE: Final = 1005
QUERY_SOURCE_BYTES: Final = 8
QUERY_SOURCE_SOURCE: Final = 0
FOLLOW: Final = 1010
FOLLOW_BYTES: Final = 8
FOLLOW_FROM_SEQ: Final = 0

# Version and payload bytes by kind, for the check at the door.
VERSION_OF: Final[dict[int, int]] = {
    1: 1,
    2: 1,
    3: 1,
    4: 1,
    5: 1,
    6: 1,
    7: 1,
    8: 1,
    9: 1,
    10: 1,
    11: 1,
    12: 1,
    13: 1,
    14: 1,
    15: 1,
    1000: 1,
    1001: 1,
    1002: 1,
    1003: 1,
    1004: 1,
    1005: 1,
    1010: 1,
}
PAYLOAD_BYTES_OF: Final[dict[int, int]] = {
    1: 24,
    2: 32,
    3: 160,
    4: 160,
    5: 16,
    6: 32,
    7: 40,
    8: 32,
    9: 48,
    10: 48,
    11: 132,
    12: 24,
    13: 24,
    14: 32,
    15: 16,
    1000: 0,
    1001: 8,
    1002: 16,
    1003: 24,
    1004: 16,
    1005: 8,
    1010: 8,
}


_VENUE_OPENED: Final = Struct("<q24s")


def write_venue_opened(
    out: BytesWriter,
    code_in: bytes,
    code_at: i64,
) -> None:
    if not COMPILED:
        out.write(
            _VENUE_OPENED.pack(
                137439019009,
                code_in[code_at : code_at + 24],
            )
        )
        return
    write_i64_le(out, 137439019009)
    write_i64_le(out, read_i64_le(code_in, code_at + 0))
    write_i64_le(out, read_i64_le(code_in, code_at + 8))
    write_i64_le(out, read_i64_le(code_in, code_at + 16))


_ASSET_CREATED: Final = Struct("<qqq16s")


def write_asset_created(
    out: BytesWriter,
    asset_id: i64,
    scale: i64,
    code_in: bytes,
    code_at: i64,
) -> None:
    if not COMPILED:
        out.write(
            _ASSET_CREATED.pack(
                171798757378,
                asset_id,
                scale,
                code_in[code_at : code_at + 16],
            )
        )
        return
    write_i64_le(out, 171798757378)
    write_i64_le(out, asset_id)
    write_i64_le(out, scale)
    write_i64_le(out, read_i64_le(code_in, code_at + 0))
    write_i64_le(out, read_i64_le(code_in, code_at + 8))


_INSTRUMENT_CREATED: Final = Struct("<qqqqQqQqqqQqQqqqqq24s")


def write_instrument_created(
    out: BytesWriter,
    instrument_id: i64,
    base_asset_id: i64,
    quote_asset_id: i64,
    tick_units: int,
    lot_units: int,
    min_lots: i64,
    max_lots: i64,
    min_notional_units: int,
    max_notional_units: int,
    price_band_bp: i64,
    maker_ppm: i64,
    taker_ppm: i64,
    state: i64,
    symbol_in: bytes,
    symbol_at: i64,
) -> None:
    if not COMPILED:
        out.write(
            _INSTRUMENT_CREATED.pack(
                721554571267,
                instrument_id,
                base_asset_id,
                quote_asset_id,
                tick_units & _MASK_64,
                tick_units >> 64,
                lot_units & _MASK_64,
                lot_units >> 64,
                min_lots,
                max_lots,
                min_notional_units & _MASK_64,
                min_notional_units >> 64,
                max_notional_units & _MASK_64,
                max_notional_units >> 64,
                price_band_bp,
                maker_ppm,
                taker_ppm,
                state,
                symbol_in[symbol_at : symbol_at + 24],
            )
        )
        return
    write_i64_le(out, 721554571267)
    write_i64_le(out, instrument_id)
    write_i64_le(out, base_asset_id)
    write_i64_le(out, quote_asset_id)
    write_i128(out, tick_units)
    write_i128(out, lot_units)
    write_i64_le(out, min_lots)
    write_i64_le(out, max_lots)
    write_i128(out, min_notional_units)
    write_i128(out, max_notional_units)
    write_i64_le(out, price_band_bp)
    write_i64_le(out, maker_ppm)
    write_i64_le(out, taker_ppm)
    write_i64_le(out, state)
    write_i64_le(out, read_i64_le(symbol_in, symbol_at + 0))
    write_i64_le(out, read_i64_le(symbol_in, symbol_at + 8))
    write_i64_le(out, read_i64_le(symbol_in, symbol_at + 16))


_INSTRUMENT_CHANGED: Final = Struct("<qqqqQqQqqqQqQqqqqq24s")


def write_instrument_changed(
    out: BytesWriter,
    instrument_id: i64,
    base_asset_id: i64,
    quote_asset_id: i64,
    tick_units: int,
    lot_units: int,
    min_lots: i64,
    max_lots: i64,
    min_notional_units: int,
    max_notional_units: int,
    price_band_bp: i64,
    maker_ppm: i64,
    taker_ppm: i64,
    state: i64,
    symbol_in: bytes,
    symbol_at: i64,
) -> None:
    if not COMPILED:
        out.write(
            _INSTRUMENT_CHANGED.pack(
                721554571268,
                instrument_id,
                base_asset_id,
                quote_asset_id,
                tick_units & _MASK_64,
                tick_units >> 64,
                lot_units & _MASK_64,
                lot_units >> 64,
                min_lots,
                max_lots,
                min_notional_units & _MASK_64,
                min_notional_units >> 64,
                max_notional_units & _MASK_64,
                max_notional_units >> 64,
                price_band_bp,
                maker_ppm,
                taker_ppm,
                state,
                symbol_in[symbol_at : symbol_at + 24],
            )
        )
        return
    write_i64_le(out, 721554571268)
    write_i64_le(out, instrument_id)
    write_i64_le(out, base_asset_id)
    write_i64_le(out, quote_asset_id)
    write_i128(out, tick_units)
    write_i128(out, lot_units)
    write_i64_le(out, min_lots)
    write_i64_le(out, max_lots)
    write_i128(out, min_notional_units)
    write_i128(out, max_notional_units)
    write_i64_le(out, price_band_bp)
    write_i64_le(out, maker_ppm)
    write_i64_le(out, taker_ppm)
    write_i64_le(out, state)
    write_i64_le(out, read_i64_le(symbol_in, symbol_at + 0))
    write_i64_le(out, read_i64_le(symbol_in, symbol_at + 8))
    write_i64_le(out, read_i64_le(symbol_in, symbol_at + 16))


_INSTRUMENT_STATE_CHANGED: Final = Struct("<qqq")


def write_instrument_state_changed(
    out: BytesWriter,
    instrument_id: i64,
    state: i64,
) -> None:
    if not COMPILED:
        out.write(
            _INSTRUMENT_STATE_CHANGED.pack(
                103079280645,
                instrument_id,
                state,
            )
        )
        return
    write_i64_le(out, 103079280645)
    write_i64_le(out, instrument_id)
    write_i64_le(out, state)


_FEES_CHANGED: Final = Struct("<qqqqq")


def write_fees_changed(
    out: BytesWriter,
    group_id: i64,
    instrument_id: i64,
    maker_ppm: i64,
    taker_ppm: i64,
) -> None:
    if not COMPILED:
        out.write(
            _FEES_CHANGED.pack(
                171798757382,
                group_id,
                instrument_id,
                maker_ppm,
                taker_ppm,
            )
        )
        return
    write_i64_le(out, 171798757382)
    write_i64_le(out, group_id)
    write_i64_le(out, instrument_id)
    write_i64_le(out, maker_ppm)
    write_i64_le(out, taker_ppm)


_ACCOUNT_CREATED: Final = Struct("<qqqqqq")


def write_account_created(
    out: BytesWriter,
    account_id: i64,
    group_id: i64,
    trade_group_id: i64,
    role: i64,
    state: i64,
) -> None:
    if not COMPILED:
        out.write(
            _ACCOUNT_CREATED.pack(
                206158495751,
                account_id,
                group_id,
                trade_group_id,
                role,
                state,
            )
        )
        return
    write_i64_le(out, 206158495751)
    write_i64_le(out, account_id)
    write_i64_le(out, group_id)
    write_i64_le(out, trade_group_id)
    write_i64_le(out, role)
    write_i64_le(out, state)


_ACCOUNT_CHANGED: Final = Struct("<qqqqq")


def write_account_changed(
    out: BytesWriter,
    account_id: i64,
    group_id: i64,
    trade_group_id: i64,
    state: i64,
) -> None:
    if not COMPILED:
        out.write(
            _ACCOUNT_CHANGED.pack(
                171798757384,
                account_id,
                group_id,
                trade_group_id,
                state,
            )
        )
        return
    write_i64_le(out, 171798757384)
    write_i64_le(out, account_id)
    write_i64_le(out, group_id)
    write_i64_le(out, trade_group_id)
    write_i64_le(out, state)


_FUNDS_CREDITED: Final = Struct("<qqqQqQqqq")


def write_funds_credited(
    out: BytesWriter,
    account_id: i64,
    asset_id: i64,
    amount_units: int,
    balance_units: int,
    reason: i64,
    reference_id: i64,
) -> None:
    if not COMPILED:
        out.write(
            _FUNDS_CREDITED.pack(
                309237710857,
                account_id,
                asset_id,
                amount_units & _MASK_64,
                amount_units >> 64,
                balance_units & _MASK_64,
                balance_units >> 64,
                reason,
                reference_id,
            )
        )
        return
    write_i64_le(out, 309237710857)
    write_i64_le(out, account_id)
    write_i64_le(out, asset_id)
    write_i128(out, amount_units)
    write_i128(out, balance_units)
    write_i64_le(out, reason)
    write_i64_le(out, reference_id)


_FUNDS_DEBITED: Final = Struct("<qqqQqQqqq")


def write_funds_debited(
    out: BytesWriter,
    account_id: i64,
    asset_id: i64,
    amount_units: int,
    balance_units: int,
    reason: i64,
    reference_id: i64,
) -> None:
    if not COMPILED:
        out.write(
            _FUNDS_DEBITED.pack(
                309237710858,
                account_id,
                asset_id,
                amount_units & _MASK_64,
                amount_units >> 64,
                balance_units & _MASK_64,
                balance_units >> 64,
                reason,
                reference_id,
            )
        )
        return
    write_i64_le(out, 309237710858)
    write_i64_le(out, account_id)
    write_i64_le(out, asset_id)
    write_i128(out, amount_units)
    write_i128(out, balance_units)
    write_i64_le(out, reason)
    write_i64_le(out, reference_id)


_ORDER_ACCEPTED: Final = Struct("<qqqqqqQqqqqqqq36s")


def write_order_accepted(
    out: BytesWriter,
    order_id: i64,
    account_id: i64,
    instrument_id: i64,
    lots: i64,
    ticks: i64,
    quote_units: int,
    side: i64,
    order_type: i64,
    time_in_force: i64,
    self_trade_prevention: i64,
    flags: i64,
    client_key: i64,
    client_order_id_in: bytes,
    client_order_id_at: i64,
) -> None:
    if not COMPILED:
        out.write(
            _ORDER_ACCEPTED.pack(
                635655225355,
                order_id,
                account_id,
                instrument_id,
                lots,
                ticks,
                quote_units & _MASK_64,
                quote_units >> 64,
                side,
                order_type,
                time_in_force,
                self_trade_prevention,
                flags,
                client_key,
                client_order_id_in[client_order_id_at : client_order_id_at + 36],
            )
        )
        return
    write_i64_le(out, 635655225355)
    write_i64_le(out, order_id)
    write_i64_le(out, account_id)
    write_i64_le(out, instrument_id)
    write_i64_le(out, lots)
    write_i64_le(out, ticks)
    write_i128(out, quote_units)
    write_i64_le(out, side)
    write_i64_le(out, order_type)
    write_i64_le(out, time_in_force)
    write_i64_le(out, self_trade_prevention)
    write_i64_le(out, flags)
    write_i64_le(out, client_key)
    write_i64_le(out, read_i64_le(client_order_id_in, client_order_id_at + 0))
    write_i64_le(out, read_i64_le(client_order_id_in, client_order_id_at + 8))
    write_i64_le(out, read_i64_le(client_order_id_in, client_order_id_at + 16))
    write_i64_le(out, read_i64_le(client_order_id_in, client_order_id_at + 24))
    write_i32_le(out, read_i32_le(client_order_id_in, client_order_id_at + 32))


_ORDER_RESTED: Final = Struct("<qqqqqqq")


def write_order_rested(
    out: BytesWriter,
    order_id: i64,
    account_id: i64,
    instrument_id: i64,
    lots: i64,
    ticks: i64,
    side: i64,
) -> None:
    if not COMPILED:
        out.write(
            _ORDER_RESTED.pack(
                240518234124,
                order_id,
                account_id,
                instrument_id,
                lots,
                ticks,
                side,
            )
        )
        return
    write_i64_le(out, 240518234124)
    write_i64_le(out, order_id)
    write_i64_le(out, account_id)
    write_i64_le(out, instrument_id)
    write_i64_le(out, lots)
    write_i64_le(out, ticks)
    write_i64_le(out, side)


_TRADED: Final = Struct("<qqqqqqqQqQqqqqqqQqQqqqq")


def write_traded(
    out: BytesWriter,
    trade_id: i64,
    instrument_id: i64,
    base_asset_id: i64,
    quote_asset_id: i64,
    lots: i64,
    ticks: i64,
    base_units: int,
    quote_units: int,
    maker_order_id: i64,
    taker_order_id: i64,
    maker_account_id: i64,
    taker_account_id: i64,
    fee_account_id: i64,
    maker_fee_units: int,
    taker_fee_units: int,
    taker_side: i64,
    maker_leaves_lots: i64,
    taker_leaves_lots: i64,
) -> None:
    if not COMPILED:
        out.write(
            _TRADED.pack(
                790274048013,
                trade_id,
                instrument_id,
                base_asset_id,
                quote_asset_id,
                lots,
                ticks,
                base_units & _MASK_64,
                base_units >> 64,
                quote_units & _MASK_64,
                quote_units >> 64,
                maker_order_id,
                taker_order_id,
                maker_account_id,
                taker_account_id,
                fee_account_id,
                maker_fee_units & _MASK_64,
                maker_fee_units >> 64,
                taker_fee_units & _MASK_64,
                taker_fee_units >> 64,
                taker_side,
                maker_leaves_lots,
                taker_leaves_lots,
            )
        )
        return
    write_i64_le(out, 790274048013)
    write_i64_le(out, trade_id)
    write_i64_le(out, instrument_id)
    write_i64_le(out, base_asset_id)
    write_i64_le(out, quote_asset_id)
    write_i64_le(out, lots)
    write_i64_le(out, ticks)
    write_i128(out, base_units)
    write_i128(out, quote_units)
    write_i64_le(out, maker_order_id)
    write_i64_le(out, taker_order_id)
    write_i64_le(out, maker_account_id)
    write_i64_le(out, taker_account_id)
    write_i64_le(out, fee_account_id)
    write_i128(out, maker_fee_units)
    write_i128(out, taker_fee_units)
    write_i64_le(out, taker_side)
    write_i64_le(out, maker_leaves_lots)
    write_i64_le(out, taker_leaves_lots)


_ORDER_REDUCED: Final = Struct("<qqqqqqqqqq")


def write_order_reduced(
    out: BytesWriter,
    order_id: i64,
    account_id: i64,
    instrument_id: i64,
    lots: i64,
    leaves_lots: i64,
    ticks: i64,
    side: i64,
    rested: i64,
    reason: i64,
) -> None:
    if not COMPILED:
        out.write(
            _ORDER_REDUCED.pack(
                343597449230,
                order_id,
                account_id,
                instrument_id,
                lots,
                leaves_lots,
                ticks,
                side,
                rested,
                reason,
            )
        )
        return
    write_i64_le(out, 343597449230)
    write_i64_le(out, order_id)
    write_i64_le(out, account_id)
    write_i64_le(out, instrument_id)
    write_i64_le(out, lots)
    write_i64_le(out, leaves_lots)
    write_i64_le(out, ticks)
    write_i64_le(out, side)
    write_i64_le(out, rested)
    write_i64_le(out, reason)


_ORDER_CLOSED: Final = Struct("<qqqqqqqqqqQq")


def write_order_closed(
    out: BytesWriter,
    order_id: i64,
    account_id: i64,
    instrument_id: i64,
    leaves_lots: i64,
    ticks: i64,
    side: i64,
    rested: i64,
    status: i64,
    cumulative_lots: i64,
    cumulative_quote_units: int,
) -> None:
    if not COMPILED:
        out.write(
            _ORDER_CLOSED.pack(
                412316925967,
                order_id,
                account_id,
                instrument_id,
                leaves_lots,
                ticks,
                side,
                rested,
                status,
                cumulative_lots,
                cumulative_quote_units & _MASK_64,
                cumulative_quote_units >> 64,
            )
        )
        return
    write_i64_le(out, 412316925967)
    write_i64_le(out, order_id)
    write_i64_le(out, account_id)
    write_i64_le(out, instrument_id)
    write_i64_le(out, leaves_lots)
    write_i64_le(out, ticks)
    write_i64_le(out, side)
    write_i64_le(out, rested)
    write_i64_le(out, status)
    write_i64_le(out, cumulative_lots)
    write_i128(out, cumulative_quote_units)


_REFERENCE_PRICE_SET: Final = Struct("<qqq")


def write_reference_price_set(
    out: BytesWriter,
    instrument_id: i64,
    ticks: i64,
) -> None:
    if not COMPILED:
        out.write(
            _REFERENCE_PRICE_SET.pack(
                103079280656,
                instrument_id,
                ticks,
            )
        )
        return
    write_i64_le(out, 103079280656)
    write_i64_le(out, instrument_id)
    write_i64_le(out, ticks)


_STATUS_ROW: Final = Struct("<qqqqqqqqq")


def write_status_row(
    out: BytesWriter,
    seq: i64,
    durable_seq: i64,
    snapshot_seq: i64,
    open_orders: i64,
    accounts: i64,
    commands_applied: i64,
    started_ns: i64,
    compiled: i64,
) -> None:
    if not COMPILED:
        out.write(
            _STATUS_ROW.pack(
                309237711848,
                seq,
                durable_seq,
                snapshot_seq,
                open_orders,
                accounts,
                commands_applied,
                started_ns,
                compiled,
            )
        )
        return
    write_i64_le(out, 309237711848)
    write_i64_le(out, seq)
    write_i64_le(out, durable_seq)
    write_i64_le(out, snapshot_seq)
    write_i64_le(out, open_orders)
    write_i64_le(out, accounts)
    write_i64_le(out, commands_applied)
    write_i64_le(out, started_ns)
    write_i64_le(out, compiled)


_BALANCE_ROW: Final = Struct("<qqqQqQq")


def write_balance_row(
    out: BytesWriter,
    account_id: i64,
    asset_id: i64,
    available_units: int,
    held_units: int,
) -> None:
    if not COMPILED:
        out.write(
            _BALANCE_ROW.pack(
                240518235113,
                account_id,
                asset_id,
                available_units & _MASK_64,
                available_units >> 64,
                held_units & _MASK_64,
                held_units >> 64,
            )
        )
        return
    write_i64_le(out, 240518235113)
    write_i64_le(out, account_id)
    write_i64_le(out, asset_id)
    write_i128(out, available_units)
    write_i128(out, held_units)


_ORDER_ROW: Final = Struct("<qqqqqqqQqqqqqqqq")


def write_order_row(
    out: BytesWriter,
    order_id: i64,
    account_id: i64,
    instrument_id: i64,
    lots: i64,
    leaves_lots: i64,
    cumulative_lots: i64,
    cumulative_quote_units: int,
    ticks: i64,
    side: i64,
    order_type: i64,
    time_in_force: i64,
    status: i64,
    client_key: i64,
    placed_seq: i64,
) -> None:
    if not COMPILED:
        out.write(
            _ORDER_ROW.pack(
                549755880426,
                order_id,
                account_id,
                instrument_id,
                lots,
                leaves_lots,
                cumulative_lots,
                cumulative_quote_units & _MASK_64,
                cumulative_quote_units >> 64,
                ticks,
                side,
                order_type,
                time_in_force,
                status,
                client_key,
                placed_seq,
            )
        )
        return
    write_i64_le(out, 549755880426)
    write_i64_le(out, order_id)
    write_i64_le(out, account_id)
    write_i64_le(out, instrument_id)
    write_i64_le(out, lots)
    write_i64_le(out, leaves_lots)
    write_i64_le(out, cumulative_lots)
    write_i128(out, cumulative_quote_units)
    write_i64_le(out, ticks)
    write_i64_le(out, side)
    write_i64_le(out, order_type)
    write_i64_le(out, time_in_force)
    write_i64_le(out, status)
    write_i64_le(out, client_key)
    write_i64_le(out, placed_seq)


_DEPTH_ROW: Final = Struct("<qqqqq")


def write_depth_row(
    out: BytesWriter,
    side: i64,
    ticks: i64,
    lots: i64,
    orders: i64,
) -> None:
    if not COMPILED:
        out.write(
            _DEPTH_ROW.pack(
                171798758380,
                side,
                ticks,
                lots,
                orders,
            )
        )
        return
    write_i64_le(out, 171798758380)
    write_i64_le(out, side)
    write_i64_le(out, ticks)
    write_i64_le(out, lots)
    write_i64_le(out, orders)


_SOURCE_ROW: Final = Struct("<qqq")


def write_source_row(
    out: BytesWriter,
    source: i64,
    last_no: i64,
) -> None:
    if not COMPILED:
        out.write(
            _SOURCE_ROW.pack(
                103079281645,
                source,
                last_no,
            )
        )
        return
    write_i64_le(out, 103079281645)
    write_i64_le(out, source)
    write_i64_le(out, last_no)


_DURABLE_SEQ: Final = Struct("<qq")


def write_durable_seq(
    out: BytesWriter,
    seq: i64,
) -> None:
    if not COMPILED:
        out.write(
            _DURABLE_SEQ.pack(
                68719543282,
                seq,
            )
        )
        return
    write_i64_le(out, 68719543282)
    write_i64_le(out, seq)
