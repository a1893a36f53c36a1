"""The engine's commands.

Generated from trading/engine/layouts.py by `python -m trading.engine.generate`.
"""

from typing import ClassVar

from trading.engine.message import Message, struct_of


class OpenVenue(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (("code", "s24"),)
    STRUCT: ClassVar = struct_of(FIELDS)

    code: str = ""


class CreateAsset(Message, kw_only=True, frozen=True, gc=False):
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


class CreateInstrument(Message, kw_only=True, frozen=True, gc=False):
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


class ChangeInstrument(Message, kw_only=True, frozen=True, gc=False):
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


class SetInstrumentState(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 5
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("instrument_id", "i64"),
        ("state", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    instrument_id: int = 0
    state: int = 0


class SetFees(Message, kw_only=True, frozen=True, gc=False):
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


class CreateAccount(Message, kw_only=True, frozen=True, gc=False):
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


class ChangeAccount(Message, kw_only=True, frozen=True, gc=False):
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


class CreditFunds(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 9
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("asset_id", "i64"),
        ("amount_units", "i128"),
        ("reason", "i64"),
        ("reference_id", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    asset_id: int = 0
    amount_units: int = 0
    reason: int = 0
    reference_id: int = 0


class DebitFunds(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 10
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("asset_id", "i64"),
        ("amount_units", "i128"),
        ("reason", "i64"),
        ("reference_id", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    asset_id: int = 0
    amount_units: int = 0
    reason: int = 0
    reference_id: int = 0


class PlaceOrder(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 11
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
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


class CancelOrder(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 12
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("order_id", "i64"),
        ("client_key", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    order_id: int = 0
    client_key: int = 0


class CancelAllOrders(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 13
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("instrument_id", "i64"),
        ("side", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    instrument_id: int = 0
    side: int = 0


class ReduceOrder(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 14
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("order_id", "i64"),
        ("client_key", "i64"),
        ("lots", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    order_id: int = 0
    client_key: int = 0
    lots: int = 0


class SetReferencePrice(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 15
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("instrument_id", "i64"),
        ("ticks", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    instrument_id: int = 0
    ticks: int = 0


BY_KIND: dict[int, type[Message]] = {
    message.KIND: message
    for message in (
        OpenVenue,
        CreateAsset,
        CreateInstrument,
        ChangeInstrument,
        SetInstrumentState,
        SetFees,
        CreateAccount,
        ChangeAccount,
        CreditFunds,
        DebitFunds,
        PlaceOrder,
        CancelOrder,
        CancelAllOrders,
        ReduceOrder,
        SetReferencePrice,
    )
}
