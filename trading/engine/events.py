"""The engine's events.

Generated from trading/engine/layouts.py by `python -m trading.engine.generate`.
"""

from typing import ClassVar

from trading.engine.message import EVENT_HEADER, LayoutError, Message, struct_of


class VenueOpened(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (("code", "s24"),)
    STRUCT: ClassVar = struct_of(FIELDS)

    code: str = ""


class AssetCreated(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 2
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("asset_id", "i64"),
        ("scale", "i64"),
        ("code", "s16"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    asset_id: int = 0
    scale: int = 0
    code: str = ""


class InstrumentCreated(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 3
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("instrument_id", "i64"),
        ("base_asset_id", "i64"),
        ("quote_asset_id", "i64"),
        ("tick_units", "i128"),
        ("lot_units", "i128"),
        ("min_lots", "i64"),
        ("max_lots", "i64"),
        ("min_notional_units", "i128"),
        ("max_notional_units", "i128"),
        ("price_band_bp", "i64"),
        ("maker_ppm", "i64"),
        ("taker_ppm", "i64"),
        ("state", "i64"),
        ("symbol", "s24"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    instrument_id: int = 0
    base_asset_id: int = 0
    quote_asset_id: int = 0
    tick_units: int = 0
    lot_units: int = 0
    min_lots: int = 0
    max_lots: int = 0
    min_notional_units: int = 0
    max_notional_units: int = 0
    price_band_bp: int = 0
    maker_ppm: int = 0
    taker_ppm: int = 0
    state: int = 0
    symbol: str = ""


class InstrumentChanged(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 4
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("instrument_id", "i64"),
        ("base_asset_id", "i64"),
        ("quote_asset_id", "i64"),
        ("tick_units", "i128"),
        ("lot_units", "i128"),
        ("min_lots", "i64"),
        ("max_lots", "i64"),
        ("min_notional_units", "i128"),
        ("max_notional_units", "i128"),
        ("price_band_bp", "i64"),
        ("maker_ppm", "i64"),
        ("taker_ppm", "i64"),
        ("state", "i64"),
        ("symbol", "s24"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    instrument_id: int = 0
    base_asset_id: int = 0
    quote_asset_id: int = 0
    tick_units: int = 0
    lot_units: int = 0
    min_lots: int = 0
    max_lots: int = 0
    min_notional_units: int = 0
    max_notional_units: int = 0
    price_band_bp: int = 0
    maker_ppm: int = 0
    taker_ppm: int = 0
    state: int = 0
    symbol: str = ""


class InstrumentStateChanged(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 5
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("instrument_id", "i64"),
        ("state", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    instrument_id: int = 0
    state: int = 0


class FeesChanged(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 6
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("group_id", "i64"),
        ("instrument_id", "i64"),
        ("maker_ppm", "i64"),
        ("taker_ppm", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    group_id: int = 0
    instrument_id: int = 0
    maker_ppm: int = 0
    taker_ppm: int = 0


class AccountCreated(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 7
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("group_id", "i64"),
        ("trade_group_id", "i64"),
        ("role", "i64"),
        ("state", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    group_id: int = 0
    trade_group_id: int = 0
    role: int = 0
    state: int = 0


class AccountChanged(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 8
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("group_id", "i64"),
        ("trade_group_id", "i64"),
        ("state", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    group_id: int = 0
    trade_group_id: int = 0
    state: int = 0


class FundsCredited(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 9
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("asset_id", "i64"),
        ("amount_units", "i128"),
        ("balance_units", "i128"),
        ("reason", "i64"),
        ("reference_id", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    asset_id: int = 0
    amount_units: int = 0
    balance_units: int = 0
    reason: int = 0
    reference_id: int = 0


class FundsDebited(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 10
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("asset_id", "i64"),
        ("amount_units", "i128"),
        ("balance_units", "i128"),
        ("reason", "i64"),
        ("reference_id", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    asset_id: int = 0
    amount_units: int = 0
    balance_units: int = 0
    reason: int = 0
    reference_id: int = 0


class OrderAccepted(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 11
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("order_id", "i64"),
        ("account_id", "i64"),
        ("instrument_id", "i64"),
        ("lots", "i64"),
        ("ticks", "i64"),
        ("quote_units", "i128"),
        ("side", "i64"),
        ("order_type", "i64"),
        ("time_in_force", "i64"),
        ("self_trade_prevention", "i64"),
        ("flags", "i64"),
        ("client_key", "i64"),
        ("client_order_id", "s36"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    order_id: int = 0
    account_id: int = 0
    instrument_id: int = 0
    lots: int = 0
    ticks: int = 0
    quote_units: int = 0
    side: int = 0
    order_type: int = 0
    time_in_force: int = 0
    self_trade_prevention: int = 0
    flags: int = 0
    client_key: int = 0
    client_order_id: str = ""


class OrderRested(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 12
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("order_id", "i64"),
        ("account_id", "i64"),
        ("instrument_id", "i64"),
        ("lots", "i64"),
        ("ticks", "i64"),
        ("side", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    order_id: int = 0
    account_id: int = 0
    instrument_id: int = 0
    lots: int = 0
    ticks: int = 0
    side: int = 0


class Traded(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 13
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("trade_id", "i64"),
        ("instrument_id", "i64"),
        ("base_asset_id", "i64"),
        ("quote_asset_id", "i64"),
        ("lots", "i64"),
        ("ticks", "i64"),
        ("base_units", "i128"),
        ("quote_units", "i128"),
        ("maker_order_id", "i64"),
        ("taker_order_id", "i64"),
        ("maker_account_id", "i64"),
        ("taker_account_id", "i64"),
        ("fee_account_id", "i64"),
        ("maker_fee_units", "i128"),
        ("taker_fee_units", "i128"),
        ("taker_side", "i64"),
        ("maker_leaves_lots", "i64"),
        ("taker_leaves_lots", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    trade_id: int = 0
    instrument_id: int = 0
    base_asset_id: int = 0
    quote_asset_id: int = 0
    lots: int = 0
    ticks: int = 0
    base_units: int = 0
    quote_units: int = 0
    maker_order_id: int = 0
    taker_order_id: int = 0
    maker_account_id: int = 0
    taker_account_id: int = 0
    fee_account_id: int = 0
    maker_fee_units: int = 0
    taker_fee_units: int = 0
    taker_side: int = 0
    maker_leaves_lots: int = 0
    taker_leaves_lots: int = 0


class OrderReduced(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 14
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("order_id", "i64"),
        ("account_id", "i64"),
        ("instrument_id", "i64"),
        ("lots", "i64"),
        ("leaves_lots", "i64"),
        ("ticks", "i64"),
        ("side", "i64"),
        ("rested", "i64"),
        ("reason", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    order_id: int = 0
    account_id: int = 0
    instrument_id: int = 0
    lots: int = 0
    leaves_lots: int = 0
    ticks: int = 0
    side: int = 0
    rested: int = 0
    reason: int = 0


class OrderClosed(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 15
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("order_id", "i64"),
        ("account_id", "i64"),
        ("instrument_id", "i64"),
        ("leaves_lots", "i64"),
        ("ticks", "i64"),
        ("side", "i64"),
        ("rested", "i64"),
        ("status", "i64"),
        ("cumulative_lots", "i64"),
        ("cumulative_quote_units", "i128"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    order_id: int = 0
    account_id: int = 0
    instrument_id: int = 0
    leaves_lots: int = 0
    ticks: int = 0
    side: int = 0
    rested: int = 0
    status: int = 0
    cumulative_lots: int = 0
    cumulative_quote_units: int = 0


class ReferencePriceSet(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 16
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("instrument_id", "i64"),
        ("ticks", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    instrument_id: int = 0
    ticks: int = 0


class StatusRow(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1000
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("seq", "i64"),
        ("durable_seq", "i64"),
        ("snapshot_seq", "i64"),
        ("open_orders", "i64"),
        ("accounts", "i64"),
        ("commands_applied", "i64"),
        ("started_ns", "i64"),
        ("compiled", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    seq: int = 0
    durable_seq: int = 0
    snapshot_seq: int = 0
    open_orders: int = 0
    accounts: int = 0
    commands_applied: int = 0
    started_ns: int = 0
    compiled: int = 0


class BalanceRow(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1001
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("asset_id", "i64"),
        ("available_units", "i128"),
        ("held_units", "i128"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    asset_id: int = 0
    available_units: int = 0
    held_units: int = 0


class OrderRow(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1002
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("order_id", "i64"),
        ("account_id", "i64"),
        ("instrument_id", "i64"),
        ("lots", "i64"),
        ("leaves_lots", "i64"),
        ("cumulative_lots", "i64"),
        ("cumulative_quote_units", "i128"),
        ("ticks", "i64"),
        ("side", "i64"),
        ("order_type", "i64"),
        ("time_in_force", "i64"),
        ("status", "i64"),
        ("client_key", "i64"),
        ("placed_seq", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    order_id: int = 0
    account_id: int = 0
    instrument_id: int = 0
    lots: int = 0
    leaves_lots: int = 0
    cumulative_lots: int = 0
    cumulative_quote_units: int = 0
    ticks: int = 0
    side: int = 0
    order_type: int = 0
    time_in_force: int = 0
    status: int = 0
    client_key: int = 0
    placed_seq: int = 0


class DepthRow(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1004
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("side", "i64"),
        ("ticks", "i64"),
        ("lots", "i64"),
        ("orders", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    side: int = 0
    ticks: int = 0
    lots: int = 0
    orders: int = 0


class DurableSeq(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1010
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (("seq", "i64"),)
    STRUCT: ClassVar = struct_of(FIELDS)

    seq: int = 0


BY_KIND: dict[int, type[Message]] = {
    message.KIND: message
    for message in (
        VenueOpened,
        AssetCreated,
        InstrumentCreated,
        InstrumentChanged,
        InstrumentStateChanged,
        FeesChanged,
        AccountCreated,
        AccountChanged,
        FundsCredited,
        FundsDebited,
        OrderAccepted,
        OrderRested,
        Traded,
        OrderReduced,
        OrderClosed,
        ReferencePriceSet,
        StatusRow,
        BalanceRow,
        OrderRow,
        DepthRow,
        DurableSeq,
    )
}


def decode_events(blob: bytes | memoryview, offset: int = 0, count: int = -1) -> list[Message]:
    """The events that stand one after another in ``blob`` from ``offset`` on.

    ``count`` -1 reads to the end. Raises LayoutError on an unknown kind or a broken length.
    """
    events: list[Message] = []
    end = len(blob)
    while offset < end and count != 0:
        if end - offset < EVENT_HEADER.size:
            raise LayoutError("An event's header is cut off.")
        kind, version, length = EVENT_HEADER.unpack_from(blob, offset)
        event_class = BY_KIND.get(kind)
        if event_class is None:
            raise LayoutError(f"There is no event of kind {kind}.")
        if length != EVENT_HEADER.size + event_class.STRUCT.size or offset + length > end:
            raise LayoutError(f"{event_class.__name__} has a wrong length.")
        events.append(event_class.decode(blob, version, offset + EVENT_HEADER.size))
        offset += length
        count -= 1
    return events
