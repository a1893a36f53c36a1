"""The engine's events.

Generated from trading/engine/layouts.py by `python -m trading.engine.generate`.
"""

from typing import Any, ClassVar, Self

from trading.engine.message import (
    EVENT_HEADER,
    MASK_64,
    LayoutError,
    Message,
    decode_text,
    encode_text,
    struct_of,
)


class VenueOpened(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (("code", "s24"),)
    STRUCT: ClassVar = struct_of(FIELDS)

    code: str = ""

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            encode_text("code", self.code, 24),
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (code,) = items
        return cls(
            code=decode_text("VenueOpened", code),
        )


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

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.asset_id,
            self.scale,
            encode_text("code", self.code, 16),
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            asset_id,
            scale,
            code,
        ) = items
        return cls(
            asset_id=asset_id,
            scale=scale,
            code=decode_text("AssetCreated", code),
        )


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

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.instrument_id,
            self.base_asset_id,
            self.quote_asset_id,
            self.tick_units & MASK_64,
            self.tick_units >> 64,
            self.lot_units & MASK_64,
            self.lot_units >> 64,
            self.min_lots,
            self.max_lots,
            self.min_notional_units & MASK_64,
            self.min_notional_units >> 64,
            self.max_notional_units & MASK_64,
            self.max_notional_units >> 64,
            self.price_band_bp,
            self.maker_ppm,
            self.taker_ppm,
            self.state,
            encode_text("symbol", self.symbol, 24),
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            instrument_id,
            base_asset_id,
            quote_asset_id,
            tick_units_low,
            tick_units_high,
            lot_units_low,
            lot_units_high,
            min_lots,
            max_lots,
            min_notional_units_low,
            min_notional_units_high,
            max_notional_units_low,
            max_notional_units_high,
            price_band_bp,
            maker_ppm,
            taker_ppm,
            state,
            symbol,
        ) = items
        return cls(
            instrument_id=instrument_id,
            base_asset_id=base_asset_id,
            quote_asset_id=quote_asset_id,
            tick_units=tick_units_low | tick_units_high << 64,
            lot_units=lot_units_low | lot_units_high << 64,
            min_lots=min_lots,
            max_lots=max_lots,
            min_notional_units=min_notional_units_low | min_notional_units_high << 64,
            max_notional_units=max_notional_units_low | max_notional_units_high << 64,
            price_band_bp=price_band_bp,
            maker_ppm=maker_ppm,
            taker_ppm=taker_ppm,
            state=state,
            symbol=decode_text("InstrumentCreated", symbol),
        )


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

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.instrument_id,
            self.base_asset_id,
            self.quote_asset_id,
            self.tick_units & MASK_64,
            self.tick_units >> 64,
            self.lot_units & MASK_64,
            self.lot_units >> 64,
            self.min_lots,
            self.max_lots,
            self.min_notional_units & MASK_64,
            self.min_notional_units >> 64,
            self.max_notional_units & MASK_64,
            self.max_notional_units >> 64,
            self.price_band_bp,
            self.maker_ppm,
            self.taker_ppm,
            self.state,
            encode_text("symbol", self.symbol, 24),
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            instrument_id,
            base_asset_id,
            quote_asset_id,
            tick_units_low,
            tick_units_high,
            lot_units_low,
            lot_units_high,
            min_lots,
            max_lots,
            min_notional_units_low,
            min_notional_units_high,
            max_notional_units_low,
            max_notional_units_high,
            price_band_bp,
            maker_ppm,
            taker_ppm,
            state,
            symbol,
        ) = items
        return cls(
            instrument_id=instrument_id,
            base_asset_id=base_asset_id,
            quote_asset_id=quote_asset_id,
            tick_units=tick_units_low | tick_units_high << 64,
            lot_units=lot_units_low | lot_units_high << 64,
            min_lots=min_lots,
            max_lots=max_lots,
            min_notional_units=min_notional_units_low | min_notional_units_high << 64,
            max_notional_units=max_notional_units_low | max_notional_units_high << 64,
            price_band_bp=price_band_bp,
            maker_ppm=maker_ppm,
            taker_ppm=taker_ppm,
            state=state,
            symbol=decode_text("InstrumentChanged", symbol),
        )


class InstrumentStateChanged(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 5
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("instrument_id", "i64"),
        ("state", "i64"),
        ("reason", "i64"),
        ("reopen_ns", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    instrument_id: int = 0
    state: int = 0
    reason: int = 0
    reopen_ns: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.instrument_id,
            self.state,
            self.reason,
            self.reopen_ns,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            instrument_id,
            state,
            reason,
            reopen_ns,
        ) = items
        return cls(
            instrument_id=instrument_id,
            state=state,
            reason=reason,
            reopen_ns=reopen_ns,
        )


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

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.group_id,
            self.instrument_id,
            self.maker_ppm,
            self.taker_ppm,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            group_id,
            instrument_id,
            maker_ppm,
            taker_ppm,
        ) = items
        return cls(
            group_id=group_id,
            instrument_id=instrument_id,
            maker_ppm=maker_ppm,
            taker_ppm=taker_ppm,
        )


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

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.group_id,
            self.trade_group_id,
            self.role,
            self.state,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            group_id,
            trade_group_id,
            role,
            state,
        ) = items
        return cls(
            account_id=account_id,
            group_id=group_id,
            trade_group_id=trade_group_id,
            role=role,
            state=state,
        )


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

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.group_id,
            self.trade_group_id,
            self.state,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            group_id,
            trade_group_id,
            state,
        ) = items
        return cls(
            account_id=account_id,
            group_id=group_id,
            trade_group_id=trade_group_id,
            state=state,
        )


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
        ("against", "i64"),
        ("reverses_id", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    asset_id: int = 0
    amount_units: int = 0
    balance_units: int = 0
    reason: int = 0
    reference_id: int = 0
    against: int = 0
    reverses_id: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.asset_id,
            self.amount_units & MASK_64,
            self.amount_units >> 64,
            self.balance_units & MASK_64,
            self.balance_units >> 64,
            self.reason,
            self.reference_id,
            self.against,
            self.reverses_id,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            asset_id,
            amount_units_low,
            amount_units_high,
            balance_units_low,
            balance_units_high,
            reason,
            reference_id,
            against,
            reverses_id,
        ) = items
        return cls(
            account_id=account_id,
            asset_id=asset_id,
            amount_units=amount_units_low | amount_units_high << 64,
            balance_units=balance_units_low | balance_units_high << 64,
            reason=reason,
            reference_id=reference_id,
            against=against,
            reverses_id=reverses_id,
        )


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
        ("against", "i64"),
        ("reverses_id", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    asset_id: int = 0
    amount_units: int = 0
    balance_units: int = 0
    reason: int = 0
    reference_id: int = 0
    against: int = 0
    reverses_id: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.asset_id,
            self.amount_units & MASK_64,
            self.amount_units >> 64,
            self.balance_units & MASK_64,
            self.balance_units >> 64,
            self.reason,
            self.reference_id,
            self.against,
            self.reverses_id,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            asset_id,
            amount_units_low,
            amount_units_high,
            balance_units_low,
            balance_units_high,
            reason,
            reference_id,
            against,
            reverses_id,
        ) = items
        return cls(
            account_id=account_id,
            asset_id=asset_id,
            amount_units=amount_units_low | amount_units_high << 64,
            balance_units=balance_units_low | balance_units_high << 64,
            reason=reason,
            reference_id=reference_id,
            against=against,
            reverses_id=reverses_id,
        )


class OrderAccepted(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 11
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("order_id", "i64"),
        ("account_id", "i64"),
        ("instrument_id", "u32"),
        ("side", "u8"),
        ("order_type", "u8"),
        ("time_in_force", "u8"),
        ("self_trade_prevention", "u8"),
        ("lots", "i64"),
        ("ticks", "i64"),
        ("flags", "i64"),
        ("client_key", "i64"),
        ("client_order_id", "s40"),
        ("quote_units", "i128"),
        ("trigger_ticks", "i64"),
        ("expire_ns", "i64"),
        ("trigger_source", "u32"),
        ("trailing_distance_bp", "u32"),
        ("activation_ticks", "i64"),
        ("limit_offset_ticks", "i64"),
        ("trigger_ns", "i64"),
        ("display_lots", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    order_id: int = 0
    account_id: int = 0
    instrument_id: int = 0
    side: int = 0
    order_type: int = 0
    time_in_force: int = 0
    self_trade_prevention: int = 0
    lots: int = 0
    ticks: int = 0
    flags: int = 0
    client_key: int = 0
    client_order_id: str = ""
    quote_units: int = 0
    trigger_ticks: int = 0
    expire_ns: int = 0
    trigger_source: int = 0
    trailing_distance_bp: int = 0
    activation_ticks: int = 0
    limit_offset_ticks: int = 0
    trigger_ns: int = 0
    display_lots: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.order_id,
            self.account_id,
            self.instrument_id,
            self.side,
            self.order_type,
            self.time_in_force,
            self.self_trade_prevention,
            self.lots,
            self.ticks,
            self.flags,
            self.client_key,
            encode_text("client_order_id", self.client_order_id, 40),
            self.quote_units & MASK_64,
            self.quote_units >> 64,
            self.trigger_ticks,
            self.expire_ns,
            self.trigger_source,
            self.trailing_distance_bp,
            self.activation_ticks,
            self.limit_offset_ticks,
            self.trigger_ns,
            self.display_lots,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            order_id,
            account_id,
            instrument_id,
            side,
            order_type,
            time_in_force,
            self_trade_prevention,
            lots,
            ticks,
            flags,
            client_key,
            client_order_id,
            quote_units_low,
            quote_units_high,
            trigger_ticks,
            expire_ns,
            trigger_source,
            trailing_distance_bp,
            activation_ticks,
            limit_offset_ticks,
            trigger_ns,
            display_lots,
        ) = items
        return cls(
            order_id=order_id,
            account_id=account_id,
            instrument_id=instrument_id,
            side=side,
            order_type=order_type,
            time_in_force=time_in_force,
            self_trade_prevention=self_trade_prevention,
            lots=lots,
            ticks=ticks,
            flags=flags,
            client_key=client_key,
            client_order_id=decode_text("OrderAccepted", client_order_id),
            quote_units=quote_units_low | quote_units_high << 64,
            trigger_ticks=trigger_ticks,
            expire_ns=expire_ns,
            trigger_source=trigger_source,
            trailing_distance_bp=trailing_distance_bp,
            activation_ticks=activation_ticks,
            limit_offset_ticks=limit_offset_ticks,
            trigger_ns=trigger_ns,
            display_lots=display_lots,
        )


class OrderRested(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 12
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("order_id", "i64"),
        ("account_id", "i64"),
        ("instrument_id", "u32"),
        ("side", "u32"),
        ("lots", "i64"),
        ("ticks", "i64"),
        ("reserve_lots", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    order_id: int = 0
    account_id: int = 0
    instrument_id: int = 0
    side: int = 0
    lots: int = 0
    ticks: int = 0
    reserve_lots: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.order_id,
            self.account_id,
            self.instrument_id,
            self.side,
            self.lots,
            self.ticks,
            self.reserve_lots,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            order_id,
            account_id,
            instrument_id,
            side,
            lots,
            ticks,
            reserve_lots,
        ) = items
        return cls(
            order_id=order_id,
            account_id=account_id,
            instrument_id=instrument_id,
            side=side,
            lots=lots,
            ticks=ticks,
            reserve_lots=reserve_lots,
        )


class Traded(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 13
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("trade_id", "i64"),
        ("instrument_id", "u32"),
        ("taker_side", "u32"),
        ("base_asset_id", "u32"),
        ("quote_asset_id", "u32"),
        ("lots", "i64"),
        ("ticks", "i64"),
        ("maker_order_id", "i64"),
        ("taker_order_id", "i64"),
        ("maker_account_id", "i64"),
        ("taker_account_id", "i64"),
        ("fee_account_id", "i64"),
        ("base_units", "i128"),
        ("quote_units", "i128"),
        ("maker_fee_units", "i128"),
        ("taker_fee_units", "i128"),
        ("maker_leaves_lots", "i64"),
        ("taker_leaves_lots", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    trade_id: int = 0
    instrument_id: int = 0
    taker_side: int = 0
    base_asset_id: int = 0
    quote_asset_id: int = 0
    lots: int = 0
    ticks: int = 0
    maker_order_id: int = 0
    taker_order_id: int = 0
    maker_account_id: int = 0
    taker_account_id: int = 0
    fee_account_id: int = 0
    base_units: int = 0
    quote_units: int = 0
    maker_fee_units: int = 0
    taker_fee_units: int = 0
    maker_leaves_lots: int = 0
    taker_leaves_lots: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.trade_id,
            self.instrument_id,
            self.taker_side,
            self.base_asset_id,
            self.quote_asset_id,
            self.lots,
            self.ticks,
            self.maker_order_id,
            self.taker_order_id,
            self.maker_account_id,
            self.taker_account_id,
            self.fee_account_id,
            self.base_units & MASK_64,
            self.base_units >> 64,
            self.quote_units & MASK_64,
            self.quote_units >> 64,
            self.maker_fee_units & MASK_64,
            self.maker_fee_units >> 64,
            self.taker_fee_units & MASK_64,
            self.taker_fee_units >> 64,
            self.maker_leaves_lots,
            self.taker_leaves_lots,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            trade_id,
            instrument_id,
            taker_side,
            base_asset_id,
            quote_asset_id,
            lots,
            ticks,
            maker_order_id,
            taker_order_id,
            maker_account_id,
            taker_account_id,
            fee_account_id,
            base_units_low,
            base_units_high,
            quote_units_low,
            quote_units_high,
            maker_fee_units_low,
            maker_fee_units_high,
            taker_fee_units_low,
            taker_fee_units_high,
            maker_leaves_lots,
            taker_leaves_lots,
        ) = items
        return cls(
            trade_id=trade_id,
            instrument_id=instrument_id,
            taker_side=taker_side,
            base_asset_id=base_asset_id,
            quote_asset_id=quote_asset_id,
            lots=lots,
            ticks=ticks,
            maker_order_id=maker_order_id,
            taker_order_id=taker_order_id,
            maker_account_id=maker_account_id,
            taker_account_id=taker_account_id,
            fee_account_id=fee_account_id,
            base_units=base_units_low | base_units_high << 64,
            quote_units=quote_units_low | quote_units_high << 64,
            maker_fee_units=maker_fee_units_low | maker_fee_units_high << 64,
            taker_fee_units=taker_fee_units_low | taker_fee_units_high << 64,
            maker_leaves_lots=maker_leaves_lots,
            taker_leaves_lots=taker_leaves_lots,
        )


class OrderReduced(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 14
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("order_id", "i64"),
        ("account_id", "i64"),
        ("instrument_id", "u32"),
        ("side", "u16"),
        ("rested", "u8"),
        ("reason", "u8"),
        ("lots", "i64"),
        ("leaves_lots", "i64"),
        ("ticks", "i64"),
        ("reserve_lots", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    order_id: int = 0
    account_id: int = 0
    instrument_id: int = 0
    side: int = 0
    rested: int = 0
    reason: int = 0
    lots: int = 0
    leaves_lots: int = 0
    ticks: int = 0
    reserve_lots: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.order_id,
            self.account_id,
            self.instrument_id,
            self.side,
            self.rested,
            self.reason,
            self.lots,
            self.leaves_lots,
            self.ticks,
            self.reserve_lots,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            order_id,
            account_id,
            instrument_id,
            side,
            rested,
            reason,
            lots,
            leaves_lots,
            ticks,
            reserve_lots,
        ) = items
        return cls(
            order_id=order_id,
            account_id=account_id,
            instrument_id=instrument_id,
            side=side,
            rested=rested,
            reason=reason,
            lots=lots,
            leaves_lots=leaves_lots,
            ticks=ticks,
            reserve_lots=reserve_lots,
        )


class OrderClosed(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 15
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("order_id", "i64"),
        ("account_id", "i64"),
        ("instrument_id", "u32"),
        ("side", "u16"),
        ("rested", "u8"),
        ("status", "u8"),
        ("ticks", "i64"),
        ("leaves_lots", "i64"),
        ("cumulative_lots", "i64"),
        ("cumulative_quote_units", "i128"),
        ("by_order_id", "i64"),
        ("reserve_lots", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    order_id: int = 0
    account_id: int = 0
    instrument_id: int = 0
    side: int = 0
    rested: int = 0
    status: int = 0
    ticks: int = 0
    leaves_lots: int = 0
    cumulative_lots: int = 0
    cumulative_quote_units: int = 0
    by_order_id: int = 0
    reserve_lots: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.order_id,
            self.account_id,
            self.instrument_id,
            self.side,
            self.rested,
            self.status,
            self.ticks,
            self.leaves_lots,
            self.cumulative_lots,
            self.cumulative_quote_units & MASK_64,
            self.cumulative_quote_units >> 64,
            self.by_order_id,
            self.reserve_lots,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            order_id,
            account_id,
            instrument_id,
            side,
            rested,
            status,
            ticks,
            leaves_lots,
            cumulative_lots,
            cumulative_quote_units_low,
            cumulative_quote_units_high,
            by_order_id,
            reserve_lots,
        ) = items
        return cls(
            order_id=order_id,
            account_id=account_id,
            instrument_id=instrument_id,
            side=side,
            rested=rested,
            status=status,
            ticks=ticks,
            leaves_lots=leaves_lots,
            cumulative_lots=cumulative_lots,
            cumulative_quote_units=cumulative_quote_units_low | cumulative_quote_units_high << 64,
            by_order_id=by_order_id,
            reserve_lots=reserve_lots,
        )


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

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.instrument_id,
            self.ticks,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            instrument_id,
            ticks,
        ) = items
        return cls(
            instrument_id=instrument_id,
            ticks=ticks,
        )


class OrderReplaced(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 17
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("order_id", "i64"),
        ("account_id", "i64"),
        ("instrument_id", "u32"),
        ("side", "u32"),
        ("lots", "i64"),
        ("ticks", "i64"),
        ("old_lots", "i64"),
        ("old_ticks", "i64"),
        ("old_reserve_lots", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    order_id: int = 0
    account_id: int = 0
    instrument_id: int = 0
    side: int = 0
    lots: int = 0
    ticks: int = 0
    old_lots: int = 0
    old_ticks: int = 0
    old_reserve_lots: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.order_id,
            self.account_id,
            self.instrument_id,
            self.side,
            self.lots,
            self.ticks,
            self.old_lots,
            self.old_ticks,
            self.old_reserve_lots,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            order_id,
            account_id,
            instrument_id,
            side,
            lots,
            ticks,
            old_lots,
            old_ticks,
            old_reserve_lots,
        ) = items
        return cls(
            order_id=order_id,
            account_id=account_id,
            instrument_id=instrument_id,
            side=side,
            lots=lots,
            ticks=ticks,
            old_lots=old_lots,
            old_ticks=old_ticks,
            old_reserve_lots=old_reserve_lots,
        )


class OrderWaiting(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 18
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("order_id", "i64"),
        ("account_id", "i64"),
        ("instrument_id", "u32"),
        ("side", "u32"),
        ("trigger_ticks", "i64"),
        ("trigger_ns", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    order_id: int = 0
    account_id: int = 0
    instrument_id: int = 0
    side: int = 0
    trigger_ticks: int = 0
    trigger_ns: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.order_id,
            self.account_id,
            self.instrument_id,
            self.side,
            self.trigger_ticks,
            self.trigger_ns,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            order_id,
            account_id,
            instrument_id,
            side,
            trigger_ticks,
            trigger_ns,
        ) = items
        return cls(
            order_id=order_id,
            account_id=account_id,
            instrument_id=instrument_id,
            side=side,
            trigger_ticks=trigger_ticks,
            trigger_ns=trigger_ns,
        )


class OrderTriggered(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 19
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("order_id", "i64"),
        ("account_id", "i64"),
        ("instrument_id", "u32"),
        ("side", "u32"),
        ("trigger_ticks", "i64"),
        ("last_ticks", "i64"),
        ("ticks", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    order_id: int = 0
    account_id: int = 0
    instrument_id: int = 0
    side: int = 0
    trigger_ticks: int = 0
    last_ticks: int = 0
    ticks: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.order_id,
            self.account_id,
            self.instrument_id,
            self.side,
            self.trigger_ticks,
            self.last_ticks,
            self.ticks,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            order_id,
            account_id,
            instrument_id,
            side,
            trigger_ticks,
            last_ticks,
            ticks,
        ) = items
        return cls(
            order_id=order_id,
            account_id=account_id,
            instrument_id=instrument_id,
            side=side,
            trigger_ticks=trigger_ticks,
            last_ticks=last_ticks,
            ticks=ticks,
        )


class PricesSet(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 30
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("instrument_id", "i64"),
        ("mark_ticks", "i64"),
        ("index_ticks", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    instrument_id: int = 0
    mark_ticks: int = 0
    index_ticks: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.instrument_id,
            self.mark_ticks,
            self.index_ticks,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            instrument_id,
            mark_ticks,
            index_ticks,
        ) = items
        return cls(
            instrument_id=instrument_id,
            mark_ticks=mark_ticks,
            index_ticks=index_ticks,
        )


class OrderActivated(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 31
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("order_id", "i64"),
        ("account_id", "i64"),
        ("instrument_id", "u32"),
        ("side", "u32"),
        ("extreme_ticks", "i64"),
        ("trigger_ticks", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    order_id: int = 0
    account_id: int = 0
    instrument_id: int = 0
    side: int = 0
    extreme_ticks: int = 0
    trigger_ticks: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.order_id,
            self.account_id,
            self.instrument_id,
            self.side,
            self.extreme_ticks,
            self.trigger_ticks,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            order_id,
            account_id,
            instrument_id,
            side,
            extreme_ticks,
            trigger_ticks,
        ) = items
        return cls(
            order_id=order_id,
            account_id=account_id,
            instrument_id=instrument_id,
            side=side,
            extreme_ticks=extreme_ticks,
            trigger_ticks=trigger_ticks,
        )


class OrderRefreshed(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 20
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("order_id", "i64"),
        ("account_id", "i64"),
        ("instrument_id", "u32"),
        ("side", "u32"),
        ("lots", "i64"),
        ("ticks", "i64"),
        ("reserve_lots", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    order_id: int = 0
    account_id: int = 0
    instrument_id: int = 0
    side: int = 0
    lots: int = 0
    ticks: int = 0
    reserve_lots: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.order_id,
            self.account_id,
            self.instrument_id,
            self.side,
            self.lots,
            self.ticks,
            self.reserve_lots,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            order_id,
            account_id,
            instrument_id,
            side,
            lots,
            ticks,
            reserve_lots,
        ) = items
        return cls(
            order_id=order_id,
            account_id=account_id,
            instrument_id=instrument_id,
            side=side,
            lots=lots,
            ticks=ticks,
            reserve_lots=reserve_lots,
        )


class OrderListPlaced(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 25
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("list_id", "i64"),
        ("account_id", "i64"),
        ("instrument_id", "u32"),
        ("list_type", "u16"),
        ("legs", "u16"),
        ("client_key", "i64"),
        ("client_list_id", "s40"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    list_id: int = 0
    account_id: int = 0
    instrument_id: int = 0
    list_type: int = 0
    legs: int = 0
    client_key: int = 0
    client_list_id: str = ""

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.list_id,
            self.account_id,
            self.instrument_id,
            self.list_type,
            self.legs,
            self.client_key,
            encode_text("client_list_id", self.client_list_id, 40),
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            list_id,
            account_id,
            instrument_id,
            list_type,
            legs,
            client_key,
            client_list_id,
        ) = items
        return cls(
            list_id=list_id,
            account_id=account_id,
            instrument_id=instrument_id,
            list_type=list_type,
            legs=legs,
            client_key=client_key,
            client_list_id=decode_text("OrderListPlaced", client_list_id),
        )


class OrderPending(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 26
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("order_id", "i64"),
        ("account_id", "i64"),
        ("instrument_id", "u32"),
        ("side", "u32"),
        ("lots", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    order_id: int = 0
    account_id: int = 0
    instrument_id: int = 0
    side: int = 0
    lots: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.order_id,
            self.account_id,
            self.instrument_id,
            self.side,
            self.lots,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            order_id,
            account_id,
            instrument_id,
            side,
            lots,
        ) = items
        return cls(
            order_id=order_id,
            account_id=account_id,
            instrument_id=instrument_id,
            side=side,
            lots=lots,
        )


class OrderReleased(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 27
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("order_id", "i64"),
        ("account_id", "i64"),
        ("instrument_id", "u32"),
        ("side", "u32"),
        ("lots", "i64"),
        ("trigger_ticks", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    order_id: int = 0
    account_id: int = 0
    instrument_id: int = 0
    side: int = 0
    lots: int = 0
    trigger_ticks: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.order_id,
            self.account_id,
            self.instrument_id,
            self.side,
            self.lots,
            self.trigger_ticks,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            order_id,
            account_id,
            instrument_id,
            side,
            lots,
            trigger_ticks,
        ) = items
        return cls(
            order_id=order_id,
            account_id=account_id,
            instrument_id=instrument_id,
            side=side,
            lots=lots,
            trigger_ticks=trigger_ticks,
        )


class SessionSet(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 35
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("instrument_id", "i64"),
        ("ends_ns", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    instrument_id: int = 0
    ends_ns: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.instrument_id,
            self.ends_ns,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            instrument_id,
            ends_ns,
        ) = items
        return cls(
            instrument_id=instrument_id,
            ends_ns=ends_ns,
        )


class BreakerSet(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 36
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("instrument_id", "i64"),
        ("breaker_bp", "i64"),
        ("window_ns", "i64"),
        ("halt_ns", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    instrument_id: int = 0
    breaker_bp: int = 0
    window_ns: int = 0
    halt_ns: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.instrument_id,
            self.breaker_bp,
            self.window_ns,
            self.halt_ns,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            instrument_id,
            breaker_bp,
            window_ns,
            halt_ns,
        ) = items
        return cls(
            instrument_id=instrument_id,
            breaker_bp=breaker_bp,
            window_ns=window_ns,
            halt_ns=halt_ns,
        )


class AuctionUncrossed(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 37
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("instrument_id", "i64"),
        ("ticks", "i64"),
        ("lots", "i64"),
        ("surplus_lots", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    instrument_id: int = 0
    ticks: int = 0
    lots: int = 0
    surplus_lots: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.instrument_id,
            self.ticks,
            self.lots,
            self.surplus_lots,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            instrument_id,
            ticks,
            lots,
            surplus_lots,
        ) = items
        return cls(
            instrument_id=instrument_id,
            ticks=ticks,
            lots=lots,
            surplus_lots=surplus_lots,
        )


class OrderUncrossed(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 38
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("order_id", "i64"),
        ("account_id", "i64"),
        ("instrument_id", "u32"),
        ("side", "u32"),
        ("lots", "i64"),
        ("ticks", "i64"),
        ("to_ticks", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    order_id: int = 0
    account_id: int = 0
    instrument_id: int = 0
    side: int = 0
    lots: int = 0
    ticks: int = 0
    to_ticks: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.order_id,
            self.account_id,
            self.instrument_id,
            self.side,
            self.lots,
            self.ticks,
            self.to_ticks,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            order_id,
            account_id,
            instrument_id,
            side,
            lots,
            ticks,
            to_ticks,
        ) = items
        return cls(
            order_id=order_id,
            account_id=account_id,
            instrument_id=instrument_id,
            side=side,
            lots=lots,
            ticks=ticks,
            to_ticks=to_ticks,
        )


class CancelTimerSet(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 40
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("instrument_id", "i64"),
        ("deadline_ns", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    instrument_id: int = 0
    deadline_ns: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.instrument_id,
            self.deadline_ns,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            instrument_id,
            deadline_ns,
        ) = items
        return cls(
            account_id=account_id,
            instrument_id=instrument_id,
            deadline_ns=deadline_ns,
        )


class DisconnectArmed(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 41
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("instrument_id", "i64"),
        ("armed", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    instrument_id: int = 0
    armed: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.instrument_id,
            self.armed,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            instrument_id,
            armed,
        ) = items
        return cls(
            account_id=account_id,
            instrument_id=instrument_id,
            armed=armed,
        )


class QuoteAnswered(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 42
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("instrument_id", "i64"),
        ("entry", "u32"),
        ("result", "u16"),
        ("side", "u16"),
        ("bid_order_id", "i64"),
        ("ask_order_id", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    instrument_id: int = 0
    entry: int = 0
    result: int = 0
    side: int = 0
    bid_order_id: int = 0
    ask_order_id: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.instrument_id,
            self.entry,
            self.result,
            self.side,
            self.bid_order_id,
            self.ask_order_id,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            instrument_id,
            entry,
            result,
            side,
            bid_order_id,
            ask_order_id,
        ) = items
        return cls(
            account_id=account_id,
            instrument_id=instrument_id,
            entry=entry,
            result=result,
            side=side,
            bid_order_id=bid_order_id,
            ask_order_id=ask_order_id,
        )


class ProtectionSet(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 43
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("instrument_id", "i64"),
        ("window_ns", "i64"),
        ("lots", "i64"),
        ("trades", "i64"),
        ("notional_units", "i128"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    instrument_id: int = 0
    window_ns: int = 0
    lots: int = 0
    trades: int = 0
    notional_units: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.instrument_id,
            self.window_ns,
            self.lots,
            self.trades,
            self.notional_units & MASK_64,
            self.notional_units >> 64,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            instrument_id,
            window_ns,
            lots,
            trades,
            notional_units_low,
            notional_units_high,
        ) = items
        return cls(
            account_id=account_id,
            instrument_id=instrument_id,
            window_ns=window_ns,
            lots=lots,
            trades=trades,
            notional_units=notional_units_low | notional_units_high << 64,
        )


class ProtectionChanged(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 44
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("instrument_id", "i64"),
        ("tripped", "i64"),
        ("lots", "i64"),
        ("trades", "i64"),
        ("notional_units", "i128"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    instrument_id: int = 0
    tripped: int = 0
    lots: int = 0
    trades: int = 0
    notional_units: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.instrument_id,
            self.tripped,
            self.lots,
            self.trades,
            self.notional_units & MASK_64,
            self.notional_units >> 64,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            instrument_id,
            tripped,
            lots,
            trades,
            notional_units_low,
            notional_units_high,
        ) = items
        return cls(
            account_id=account_id,
            instrument_id=instrument_id,
            tripped=tripped,
            lots=lots,
            trades=trades,
            notional_units=notional_units_low | notional_units_high << 64,
        )


class ValuationSet(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 45
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (("asset_id", "i64"),)
    STRUCT: ClassVar = struct_of(FIELDS)

    asset_id: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.asset_id,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (asset_id,) = items
        return cls(
            asset_id=asset_id,
        )


class FeeTiersSet(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 46
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("group_id", "i64"),
        ("from_units_1", "i128"),
        ("maker_ppm_1", "u32"),
        ("taker_ppm_1", "u32"),
        ("from_units_2", "i128"),
        ("maker_ppm_2", "u32"),
        ("taker_ppm_2", "u32"),
        ("from_units_3", "i128"),
        ("maker_ppm_3", "u32"),
        ("taker_ppm_3", "u32"),
        ("from_units_4", "i128"),
        ("maker_ppm_4", "u32"),
        ("taker_ppm_4", "u32"),
        ("from_units_5", "i128"),
        ("maker_ppm_5", "u32"),
        ("taker_ppm_5", "u32"),
        ("from_units_6", "i128"),
        ("maker_ppm_6", "u32"),
        ("taker_ppm_6", "u32"),
        ("from_units_7", "i128"),
        ("maker_ppm_7", "u32"),
        ("taker_ppm_7", "u32"),
        ("from_units_8", "i128"),
        ("maker_ppm_8", "u32"),
        ("taker_ppm_8", "u32"),
        ("from_units_9", "i128"),
        ("maker_ppm_9", "u32"),
        ("taker_ppm_9", "u32"),
        ("from_units_10", "i128"),
        ("maker_ppm_10", "u32"),
        ("taker_ppm_10", "u32"),
        ("from_units_11", "i128"),
        ("maker_ppm_11", "u32"),
        ("taker_ppm_11", "u32"),
        ("from_units_12", "i128"),
        ("maker_ppm_12", "u32"),
        ("taker_ppm_12", "u32"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    group_id: int = 0
    from_units_1: int = 0
    maker_ppm_1: int = 0
    taker_ppm_1: int = 0
    from_units_2: int = 0
    maker_ppm_2: int = 0
    taker_ppm_2: int = 0
    from_units_3: int = 0
    maker_ppm_3: int = 0
    taker_ppm_3: int = 0
    from_units_4: int = 0
    maker_ppm_4: int = 0
    taker_ppm_4: int = 0
    from_units_5: int = 0
    maker_ppm_5: int = 0
    taker_ppm_5: int = 0
    from_units_6: int = 0
    maker_ppm_6: int = 0
    taker_ppm_6: int = 0
    from_units_7: int = 0
    maker_ppm_7: int = 0
    taker_ppm_7: int = 0
    from_units_8: int = 0
    maker_ppm_8: int = 0
    taker_ppm_8: int = 0
    from_units_9: int = 0
    maker_ppm_9: int = 0
    taker_ppm_9: int = 0
    from_units_10: int = 0
    maker_ppm_10: int = 0
    taker_ppm_10: int = 0
    from_units_11: int = 0
    maker_ppm_11: int = 0
    taker_ppm_11: int = 0
    from_units_12: int = 0
    maker_ppm_12: int = 0
    taker_ppm_12: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.group_id,
            self.from_units_1 & MASK_64,
            self.from_units_1 >> 64,
            self.maker_ppm_1,
            self.taker_ppm_1,
            self.from_units_2 & MASK_64,
            self.from_units_2 >> 64,
            self.maker_ppm_2,
            self.taker_ppm_2,
            self.from_units_3 & MASK_64,
            self.from_units_3 >> 64,
            self.maker_ppm_3,
            self.taker_ppm_3,
            self.from_units_4 & MASK_64,
            self.from_units_4 >> 64,
            self.maker_ppm_4,
            self.taker_ppm_4,
            self.from_units_5 & MASK_64,
            self.from_units_5 >> 64,
            self.maker_ppm_5,
            self.taker_ppm_5,
            self.from_units_6 & MASK_64,
            self.from_units_6 >> 64,
            self.maker_ppm_6,
            self.taker_ppm_6,
            self.from_units_7 & MASK_64,
            self.from_units_7 >> 64,
            self.maker_ppm_7,
            self.taker_ppm_7,
            self.from_units_8 & MASK_64,
            self.from_units_8 >> 64,
            self.maker_ppm_8,
            self.taker_ppm_8,
            self.from_units_9 & MASK_64,
            self.from_units_9 >> 64,
            self.maker_ppm_9,
            self.taker_ppm_9,
            self.from_units_10 & MASK_64,
            self.from_units_10 >> 64,
            self.maker_ppm_10,
            self.taker_ppm_10,
            self.from_units_11 & MASK_64,
            self.from_units_11 >> 64,
            self.maker_ppm_11,
            self.taker_ppm_11,
            self.from_units_12 & MASK_64,
            self.from_units_12 >> 64,
            self.maker_ppm_12,
            self.taker_ppm_12,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            group_id,
            from_units_1_low,
            from_units_1_high,
            maker_ppm_1,
            taker_ppm_1,
            from_units_2_low,
            from_units_2_high,
            maker_ppm_2,
            taker_ppm_2,
            from_units_3_low,
            from_units_3_high,
            maker_ppm_3,
            taker_ppm_3,
            from_units_4_low,
            from_units_4_high,
            maker_ppm_4,
            taker_ppm_4,
            from_units_5_low,
            from_units_5_high,
            maker_ppm_5,
            taker_ppm_5,
            from_units_6_low,
            from_units_6_high,
            maker_ppm_6,
            taker_ppm_6,
            from_units_7_low,
            from_units_7_high,
            maker_ppm_7,
            taker_ppm_7,
            from_units_8_low,
            from_units_8_high,
            maker_ppm_8,
            taker_ppm_8,
            from_units_9_low,
            from_units_9_high,
            maker_ppm_9,
            taker_ppm_9,
            from_units_10_low,
            from_units_10_high,
            maker_ppm_10,
            taker_ppm_10,
            from_units_11_low,
            from_units_11_high,
            maker_ppm_11,
            taker_ppm_11,
            from_units_12_low,
            from_units_12_high,
            maker_ppm_12,
            taker_ppm_12,
        ) = items
        return cls(
            group_id=group_id,
            from_units_1=from_units_1_low | from_units_1_high << 64,
            maker_ppm_1=maker_ppm_1,
            taker_ppm_1=taker_ppm_1,
            from_units_2=from_units_2_low | from_units_2_high << 64,
            maker_ppm_2=maker_ppm_2,
            taker_ppm_2=taker_ppm_2,
            from_units_3=from_units_3_low | from_units_3_high << 64,
            maker_ppm_3=maker_ppm_3,
            taker_ppm_3=taker_ppm_3,
            from_units_4=from_units_4_low | from_units_4_high << 64,
            maker_ppm_4=maker_ppm_4,
            taker_ppm_4=taker_ppm_4,
            from_units_5=from_units_5_low | from_units_5_high << 64,
            maker_ppm_5=maker_ppm_5,
            taker_ppm_5=taker_ppm_5,
            from_units_6=from_units_6_low | from_units_6_high << 64,
            maker_ppm_6=maker_ppm_6,
            taker_ppm_6=taker_ppm_6,
            from_units_7=from_units_7_low | from_units_7_high << 64,
            maker_ppm_7=maker_ppm_7,
            taker_ppm_7=taker_ppm_7,
            from_units_8=from_units_8_low | from_units_8_high << 64,
            maker_ppm_8=maker_ppm_8,
            taker_ppm_8=taker_ppm_8,
            from_units_9=from_units_9_low | from_units_9_high << 64,
            maker_ppm_9=maker_ppm_9,
            taker_ppm_9=taker_ppm_9,
            from_units_10=from_units_10_low | from_units_10_high << 64,
            maker_ppm_10=maker_ppm_10,
            taker_ppm_10=taker_ppm_10,
            from_units_11=from_units_11_low | from_units_11_high << 64,
            maker_ppm_11=maker_ppm_11,
            taker_ppm_11=taker_ppm_11,
            from_units_12=from_units_12_low | from_units_12_high << 64,
            maker_ppm_12=maker_ppm_12,
            taker_ppm_12=taker_ppm_12,
        )


class FeeTierChanged(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 47
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("tier", "u32"),
        ("old_tier", "u32"),
        ("volume_units", "i128"),
        ("day", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    tier: int = 0
    old_tier: int = 0
    volume_units: int = 0
    day: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.tier,
            self.old_tier,
            self.volume_units & MASK_64,
            self.volume_units >> 64,
            self.day,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            tier,
            old_tier,
            volume_units_low,
            volume_units_high,
            day,
        ) = items
        return cls(
            account_id=account_id,
            tier=tier,
            old_tier=old_tier,
            volume_units=volume_units_low | volume_units_high << 64,
            day=day,
        )


class EntryRecorded(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 50
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("entry_kind", "i64"),
        ("reference_id", "i64"),
        ("value_ns", "i64"),
        ("reverses_id", "i64"),
        ("line_1", "u32"),
        ("asset_id_1", "u32"),
        ("amount_units_1", "i128"),
        ("line_2", "u32"),
        ("asset_id_2", "u32"),
        ("amount_units_2", "i128"),
        ("line_3", "u32"),
        ("asset_id_3", "u32"),
        ("amount_units_3", "i128"),
        ("line_4", "u32"),
        ("asset_id_4", "u32"),
        ("amount_units_4", "i128"),
        ("line_5", "u32"),
        ("asset_id_5", "u32"),
        ("amount_units_5", "i128"),
        ("line_6", "u32"),
        ("asset_id_6", "u32"),
        ("amount_units_6", "i128"),
        ("line_7", "u32"),
        ("asset_id_7", "u32"),
        ("amount_units_7", "i128"),
        ("line_8", "u32"),
        ("asset_id_8", "u32"),
        ("amount_units_8", "i128"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    entry_kind: int = 0
    reference_id: int = 0
    value_ns: int = 0
    reverses_id: int = 0
    line_1: int = 0
    asset_id_1: int = 0
    amount_units_1: int = 0
    line_2: int = 0
    asset_id_2: int = 0
    amount_units_2: int = 0
    line_3: int = 0
    asset_id_3: int = 0
    amount_units_3: int = 0
    line_4: int = 0
    asset_id_4: int = 0
    amount_units_4: int = 0
    line_5: int = 0
    asset_id_5: int = 0
    amount_units_5: int = 0
    line_6: int = 0
    asset_id_6: int = 0
    amount_units_6: int = 0
    line_7: int = 0
    asset_id_7: int = 0
    amount_units_7: int = 0
    line_8: int = 0
    asset_id_8: int = 0
    amount_units_8: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.entry_kind,
            self.reference_id,
            self.value_ns,
            self.reverses_id,
            self.line_1,
            self.asset_id_1,
            self.amount_units_1 & MASK_64,
            self.amount_units_1 >> 64,
            self.line_2,
            self.asset_id_2,
            self.amount_units_2 & MASK_64,
            self.amount_units_2 >> 64,
            self.line_3,
            self.asset_id_3,
            self.amount_units_3 & MASK_64,
            self.amount_units_3 >> 64,
            self.line_4,
            self.asset_id_4,
            self.amount_units_4 & MASK_64,
            self.amount_units_4 >> 64,
            self.line_5,
            self.asset_id_5,
            self.amount_units_5 & MASK_64,
            self.amount_units_5 >> 64,
            self.line_6,
            self.asset_id_6,
            self.amount_units_6 & MASK_64,
            self.amount_units_6 >> 64,
            self.line_7,
            self.asset_id_7,
            self.amount_units_7 & MASK_64,
            self.amount_units_7 >> 64,
            self.line_8,
            self.asset_id_8,
            self.amount_units_8 & MASK_64,
            self.amount_units_8 >> 64,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            entry_kind,
            reference_id,
            value_ns,
            reverses_id,
            line_1,
            asset_id_1,
            amount_units_1_low,
            amount_units_1_high,
            line_2,
            asset_id_2,
            amount_units_2_low,
            amount_units_2_high,
            line_3,
            asset_id_3,
            amount_units_3_low,
            amount_units_3_high,
            line_4,
            asset_id_4,
            amount_units_4_low,
            amount_units_4_high,
            line_5,
            asset_id_5,
            amount_units_5_low,
            amount_units_5_high,
            line_6,
            asset_id_6,
            amount_units_6_low,
            amount_units_6_high,
            line_7,
            asset_id_7,
            amount_units_7_low,
            amount_units_7_high,
            line_8,
            asset_id_8,
            amount_units_8_low,
            amount_units_8_high,
        ) = items
        return cls(
            entry_kind=entry_kind,
            reference_id=reference_id,
            value_ns=value_ns,
            reverses_id=reverses_id,
            line_1=line_1,
            asset_id_1=asset_id_1,
            amount_units_1=amount_units_1_low | amount_units_1_high << 64,
            line_2=line_2,
            asset_id_2=asset_id_2,
            amount_units_2=amount_units_2_low | amount_units_2_high << 64,
            line_3=line_3,
            asset_id_3=asset_id_3,
            amount_units_3=amount_units_3_low | amount_units_3_high << 64,
            line_4=line_4,
            asset_id_4=asset_id_4,
            amount_units_4=amount_units_4_low | amount_units_4_high << 64,
            line_5=line_5,
            asset_id_5=asset_id_5,
            amount_units_5=amount_units_5_low | amount_units_5_high << 64,
            line_6=line_6,
            asset_id_6=asset_id_6,
            amount_units_6=amount_units_6_low | amount_units_6_high << 64,
            line_7=line_7,
            asset_id_7=asset_id_7,
            amount_units_7=amount_units_7_low | amount_units_7_high << 64,
            line_8=line_8,
            asset_id_8=asset_id_8,
            amount_units_8=amount_units_8_low | amount_units_8_high << 64,
        )


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

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.seq,
            self.durable_seq,
            self.snapshot_seq,
            self.open_orders,
            self.accounts,
            self.commands_applied,
            self.started_ns,
            self.compiled,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            seq,
            durable_seq,
            snapshot_seq,
            open_orders,
            accounts,
            commands_applied,
            started_ns,
            compiled,
        ) = items
        return cls(
            seq=seq,
            durable_seq=durable_seq,
            snapshot_seq=snapshot_seq,
            open_orders=open_orders,
            accounts=accounts,
            commands_applied=commands_applied,
            started_ns=started_ns,
            compiled=compiled,
        )


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

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.asset_id,
            self.available_units & MASK_64,
            self.available_units >> 64,
            self.held_units & MASK_64,
            self.held_units >> 64,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            asset_id,
            available_units_low,
            available_units_high,
            held_units_low,
            held_units_high,
        ) = items
        return cls(
            account_id=account_id,
            asset_id=asset_id,
            available_units=available_units_low | available_units_high << 64,
            held_units=held_units_low | held_units_high << 64,
        )


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
        ("trigger_ticks", "i64"),
        ("trigger_source", "u32"),
        ("trailing_distance_bp", "u32"),
        ("activation_ticks", "i64"),
        ("limit_offset_ticks", "i64"),
        ("extreme_ticks", "i64"),
        ("trigger_ns", "i64"),
        ("list_id", "i64"),
        ("list_type", "u32"),
        ("list_legs", "u32"),
        ("display_lots", "i64"),
        ("reserve_lots", "i64"),
        ("flags", "u32"),
        ("self_trade_prevention", "u32"),
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
    trigger_ticks: int = 0
    trigger_source: int = 0
    trailing_distance_bp: int = 0
    activation_ticks: int = 0
    limit_offset_ticks: int = 0
    extreme_ticks: int = 0
    trigger_ns: int = 0
    list_id: int = 0
    list_type: int = 0
    list_legs: int = 0
    display_lots: int = 0
    reserve_lots: int = 0
    flags: int = 0
    self_trade_prevention: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.order_id,
            self.account_id,
            self.instrument_id,
            self.lots,
            self.leaves_lots,
            self.cumulative_lots,
            self.cumulative_quote_units & MASK_64,
            self.cumulative_quote_units >> 64,
            self.ticks,
            self.side,
            self.order_type,
            self.time_in_force,
            self.status,
            self.client_key,
            self.placed_seq,
            self.trigger_ticks,
            self.trigger_source,
            self.trailing_distance_bp,
            self.activation_ticks,
            self.limit_offset_ticks,
            self.extreme_ticks,
            self.trigger_ns,
            self.list_id,
            self.list_type,
            self.list_legs,
            self.display_lots,
            self.reserve_lots,
            self.flags,
            self.self_trade_prevention,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            order_id,
            account_id,
            instrument_id,
            lots,
            leaves_lots,
            cumulative_lots,
            cumulative_quote_units_low,
            cumulative_quote_units_high,
            ticks,
            side,
            order_type,
            time_in_force,
            status,
            client_key,
            placed_seq,
            trigger_ticks,
            trigger_source,
            trailing_distance_bp,
            activation_ticks,
            limit_offset_ticks,
            extreme_ticks,
            trigger_ns,
            list_id,
            list_type,
            list_legs,
            display_lots,
            reserve_lots,
            flags,
            self_trade_prevention,
        ) = items
        return cls(
            order_id=order_id,
            account_id=account_id,
            instrument_id=instrument_id,
            lots=lots,
            leaves_lots=leaves_lots,
            cumulative_lots=cumulative_lots,
            cumulative_quote_units=cumulative_quote_units_low | cumulative_quote_units_high << 64,
            ticks=ticks,
            side=side,
            order_type=order_type,
            time_in_force=time_in_force,
            status=status,
            client_key=client_key,
            placed_seq=placed_seq,
            trigger_ticks=trigger_ticks,
            trigger_source=trigger_source,
            trailing_distance_bp=trailing_distance_bp,
            activation_ticks=activation_ticks,
            limit_offset_ticks=limit_offset_ticks,
            extreme_ticks=extreme_ticks,
            trigger_ns=trigger_ns,
            list_id=list_id,
            list_type=list_type,
            list_legs=list_legs,
            display_lots=display_lots,
            reserve_lots=reserve_lots,
            flags=flags,
            self_trade_prevention=self_trade_prevention,
        )


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

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.side,
            self.ticks,
            self.lots,
            self.orders,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            side,
            ticks,
            lots,
            orders,
        ) = items
        return cls(
            side=side,
            ticks=ticks,
            lots=lots,
            orders=orders,
        )


class SourceRow(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1005
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("source", "i64"),
        ("last_no", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    source: int = 0
    last_no: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.source,
            self.last_no,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            source,
            last_no,
        ) = items
        return cls(
            source=source,
            last_no=last_no,
        )


class DurableSeq(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1010
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (("seq", "i64"),)
    STRUCT: ClassVar = struct_of(FIELDS)

    seq: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.seq,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (seq,) = items
        return cls(
            seq=seq,
        )


class OrderListRow(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1025
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("list_id", "i64"),
        ("account_id", "i64"),
        ("instrument_id", "i64"),
        ("list_type", "i64"),
        ("legs", "i64"),
        ("client_key", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    list_id: int = 0
    account_id: int = 0
    instrument_id: int = 0
    list_type: int = 0
    legs: int = 0
    client_key: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.list_id,
            self.account_id,
            self.instrument_id,
            self.list_type,
            self.legs,
            self.client_key,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            list_id,
            account_id,
            instrument_id,
            list_type,
            legs,
            client_key,
        ) = items
        return cls(
            list_id=list_id,
            account_id=account_id,
            instrument_id=instrument_id,
            list_type=list_type,
            legs=legs,
            client_key=client_key,
        )


class ArmedRow(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1040
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("instrument_id", "i64"),
        ("on_disconnect", "i64"),
        ("deadline_ns", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    instrument_id: int = 0
    on_disconnect: int = 0
    deadline_ns: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.instrument_id,
            self.on_disconnect,
            self.deadline_ns,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            instrument_id,
            on_disconnect,
            deadline_ns,
        ) = items
        return cls(
            account_id=account_id,
            instrument_id=instrument_id,
            on_disconnect=on_disconnect,
            deadline_ns=deadline_ns,
        )


class ProtectionRow(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1041
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("instrument_id", "i64"),
        ("window_ns", "i64"),
        ("lots", "i64"),
        ("trades", "i64"),
        ("notional_units", "i128"),
        ("tripped", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    instrument_id: int = 0
    window_ns: int = 0
    lots: int = 0
    trades: int = 0
    notional_units: int = 0
    tripped: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.instrument_id,
            self.window_ns,
            self.lots,
            self.trades,
            self.notional_units & MASK_64,
            self.notional_units >> 64,
            self.tripped,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            instrument_id,
            window_ns,
            lots,
            trades,
            notional_units_low,
            notional_units_high,
            tripped,
        ) = items
        return cls(
            account_id=account_id,
            instrument_id=instrument_id,
            window_ns=window_ns,
            lots=lots,
            trades=trades,
            notional_units=notional_units_low | notional_units_high << 64,
            tripped=tripped,
        )


class FeeTierRow(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1045
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("asset_id", "i64"),
        ("day", "i64"),
        ("volume_units", "i128"),
        ("today_units", "i128"),
        ("tier", "u32"),
        ("tiers", "u32"),
        ("from_units", "i128"),
        ("next_from_units", "i128"),
        ("maker_ppm", "u32"),
        ("taker_ppm", "u32"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    asset_id: int = 0
    day: int = 0
    volume_units: int = 0
    today_units: int = 0
    tier: int = 0
    tiers: int = 0
    from_units: int = 0
    next_from_units: int = 0
    maker_ppm: int = 0
    taker_ppm: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.asset_id,
            self.day,
            self.volume_units & MASK_64,
            self.volume_units >> 64,
            self.today_units & MASK_64,
            self.today_units >> 64,
            self.tier,
            self.tiers,
            self.from_units & MASK_64,
            self.from_units >> 64,
            self.next_from_units & MASK_64,
            self.next_from_units >> 64,
            self.maker_ppm,
            self.taker_ppm,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            asset_id,
            day,
            volume_units_low,
            volume_units_high,
            today_units_low,
            today_units_high,
            tier,
            tiers,
            from_units_low,
            from_units_high,
            next_from_units_low,
            next_from_units_high,
            maker_ppm,
            taker_ppm,
        ) = items
        return cls(
            account_id=account_id,
            asset_id=asset_id,
            day=day,
            volume_units=volume_units_low | volume_units_high << 64,
            today_units=today_units_low | today_units_high << 64,
            tier=tier,
            tiers=tiers,
            from_units=from_units_low | from_units_high << 64,
            next_from_units=next_from_units_low | next_from_units_high << 64,
            maker_ppm=maker_ppm,
            taker_ppm=taker_ppm,
        )


class AuctionRow(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1035
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("instrument_id", "i64"),
        ("state", "i64"),
        ("ticks", "i64"),
        ("lots", "i64"),
        ("surplus_lots", "i64"),
        ("reference_ticks", "i64"),
        ("last_ticks", "i64"),
        ("session_ends_ns", "i64"),
        ("reopen_ns", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    instrument_id: int = 0
    state: int = 0
    ticks: int = 0
    lots: int = 0
    surplus_lots: int = 0
    reference_ticks: int = 0
    last_ticks: int = 0
    session_ends_ns: int = 0
    reopen_ns: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.instrument_id,
            self.state,
            self.ticks,
            self.lots,
            self.surplus_lots,
            self.reference_ticks,
            self.last_ticks,
            self.session_ends_ns,
            self.reopen_ns,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            instrument_id,
            state,
            ticks,
            lots,
            surplus_lots,
            reference_ticks,
            last_ticks,
            session_ends_ns,
            reopen_ns,
        ) = items
        return cls(
            instrument_id=instrument_id,
            state=state,
            ticks=ticks,
            lots=lots,
            surplus_lots=surplus_lots,
            reference_ticks=reference_ticks,
            last_ticks=last_ticks,
            session_ends_ns=session_ends_ns,
            reopen_ns=reopen_ns,
        )


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
        OrderReplaced,
        OrderWaiting,
        OrderTriggered,
        PricesSet,
        OrderActivated,
        OrderRefreshed,
        OrderListPlaced,
        OrderPending,
        OrderReleased,
        SessionSet,
        BreakerSet,
        AuctionUncrossed,
        OrderUncrossed,
        CancelTimerSet,
        DisconnectArmed,
        QuoteAnswered,
        ProtectionSet,
        ProtectionChanged,
        ValuationSet,
        FeeTiersSet,
        FeeTierChanged,
        EntryRecorded,
        StatusRow,
        BalanceRow,
        OrderRow,
        DepthRow,
        SourceRow,
        DurableSeq,
        OrderListRow,
        ArmedRow,
        ProtectionRow,
        FeeTierRow,
        AuctionRow,
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
        if length < EVENT_HEADER.size or offset + length > end:
            raise LayoutError(f"{event_class.__name__} has a wrong length.")
        payload = blob[offset + EVENT_HEADER.size : offset + length]
        events.append(event_class.decode(payload, version))
        offset += length
        count -= 1
    return events
