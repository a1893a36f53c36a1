"""The engine's commands.

Generated from trading/engine/layouts.py by `python -m trading.engine.generate`.
"""

from typing import Any, ClassVar, Self

from trading.engine.message import (
    MASK_64,
    Message,
    decode_text,
    encode_text,
    struct_of,
)


class OpenVenue(Message, kw_only=True, frozen=True, gc=False):
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
            code=decode_text("OpenVenue", code),
        )


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
            code=decode_text("CreateAsset", code),
        )


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
            symbol=decode_text("CreateInstrument", symbol),
        )


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
            symbol=decode_text("ChangeInstrument", symbol),
        )


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

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.instrument_id,
            self.state,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            instrument_id,
            state,
        ) = items
        return cls(
            instrument_id=instrument_id,
            state=state,
        )


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


class CreditFunds(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 9
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("asset_id", "i64"),
        ("amount_units", "i128"),
        ("reason", "i64"),
        ("reference_id", "i64"),
        ("against", "i64"),
        ("reverses_id", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    asset_id: int = 0
    amount_units: int = 0
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
            reason,
            reference_id,
            against,
            reverses_id,
        ) = items
        return cls(
            account_id=account_id,
            asset_id=asset_id,
            amount_units=amount_units_low | amount_units_high << 64,
            reason=reason,
            reference_id=reference_id,
            against=against,
            reverses_id=reverses_id,
        )


class DebitFunds(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 10
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("asset_id", "i64"),
        ("amount_units", "i128"),
        ("reason", "i64"),
        ("reference_id", "i64"),
        ("against", "i64"),
        ("reverses_id", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    asset_id: int = 0
    amount_units: int = 0
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
            reason,
            reference_id,
            against,
            reverses_id,
        ) = items
        return cls(
            account_id=account_id,
            asset_id=asset_id,
            amount_units=amount_units_low | amount_units_high << 64,
            reason=reason,
            reference_id=reference_id,
            against=against,
            reverses_id=reverses_id,
        )


class PlaceOrder(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 11
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
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
            client_order_id=decode_text("PlaceOrder", client_order_id),
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

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.order_id,
            self.client_key,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            order_id,
            client_key,
        ) = items
        return cls(
            account_id=account_id,
            order_id=order_id,
            client_key=client_key,
        )


class CancelAllOrders(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 13
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("instrument_id", "i64"),
        ("side", "i64"),
        ("cause", "i64"),
        ("quotes_only", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    instrument_id: int = 0
    side: int = 0
    cause: int = 0
    quotes_only: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.instrument_id,
            self.side,
            self.cause,
            self.quotes_only,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            instrument_id,
            side,
            cause,
            quotes_only,
        ) = items
        return cls(
            account_id=account_id,
            instrument_id=instrument_id,
            side=side,
            cause=cause,
            quotes_only=quotes_only,
        )


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

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.order_id,
            self.client_key,
            self.lots,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            order_id,
            client_key,
            lots,
        ) = items
        return cls(
            account_id=account_id,
            order_id=order_id,
            client_key=client_key,
            lots=lots,
        )


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


class ReplaceOrder(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 16
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("order_id", "i64"),
        ("lots", "i64"),
        ("ticks", "i64"),
        ("client_key", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    order_id: int = 0
    lots: int = 0
    ticks: int = 0
    client_key: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.order_id,
            self.lots,
            self.ticks,
            self.client_key,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            order_id,
            lots,
            ticks,
            client_key,
        ) = items
        return cls(
            account_id=account_id,
            order_id=order_id,
            lots=lots,
            ticks=ticks,
            client_key=client_key,
        )


class ExpireOrder(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 17
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (("order_id", "i64"),)
    STRUCT: ClassVar = struct_of(FIELDS)

    order_id: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.order_id,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (order_id,) = items
        return cls(
            order_id=order_id,
        )


class SetPrices(Message, kw_only=True, frozen=True, gc=False):
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


class TriggerOrder(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 31
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (("order_id", "i64"),)
    STRUCT: ClassVar = struct_of(FIELDS)

    order_id: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.order_id,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (order_id,) = items
        return cls(
            order_id=order_id,
        )


class PlaceOrderList(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 25
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("list_type", "i64"),
        ("client_key", "i64"),
        ("client_list_id", "s40"),
        ("first_account_id", "i64"),
        ("first_instrument_id", "u32"),
        ("first_side", "u8"),
        ("first_order_type", "u8"),
        ("first_time_in_force", "u8"),
        ("first_self_trade_prevention", "u8"),
        ("first_lots", "i64"),
        ("first_ticks", "i64"),
        ("first_flags", "i64"),
        ("first_client_key", "i64"),
        ("first_client_order_id", "s40"),
        ("first_quote_units", "i128"),
        ("first_trigger_ticks", "i64"),
        ("first_expire_ns", "i64"),
        ("first_trigger_source", "u32"),
        ("first_trailing_distance_bp", "u32"),
        ("first_activation_ticks", "i64"),
        ("first_limit_offset_ticks", "i64"),
        ("first_trigger_ns", "i64"),
        ("first_display_lots", "i64"),
        ("second_account_id", "i64"),
        ("second_instrument_id", "u32"),
        ("second_side", "u8"),
        ("second_order_type", "u8"),
        ("second_time_in_force", "u8"),
        ("second_self_trade_prevention", "u8"),
        ("second_lots", "i64"),
        ("second_ticks", "i64"),
        ("second_flags", "i64"),
        ("second_client_key", "i64"),
        ("second_client_order_id", "s40"),
        ("second_quote_units", "i128"),
        ("second_trigger_ticks", "i64"),
        ("second_expire_ns", "i64"),
        ("second_trigger_source", "u32"),
        ("second_trailing_distance_bp", "u32"),
        ("second_activation_ticks", "i64"),
        ("second_limit_offset_ticks", "i64"),
        ("second_trigger_ns", "i64"),
        ("second_display_lots", "i64"),
        ("third_account_id", "i64"),
        ("third_instrument_id", "u32"),
        ("third_side", "u8"),
        ("third_order_type", "u8"),
        ("third_time_in_force", "u8"),
        ("third_self_trade_prevention", "u8"),
        ("third_lots", "i64"),
        ("third_ticks", "i64"),
        ("third_flags", "i64"),
        ("third_client_key", "i64"),
        ("third_client_order_id", "s40"),
        ("third_quote_units", "i128"),
        ("third_trigger_ticks", "i64"),
        ("third_expire_ns", "i64"),
        ("third_trigger_source", "u32"),
        ("third_trailing_distance_bp", "u32"),
        ("third_activation_ticks", "i64"),
        ("third_limit_offset_ticks", "i64"),
        ("third_trigger_ns", "i64"),
        ("third_display_lots", "i64"),
        ("any_trigger", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    list_type: int = 0
    client_key: int = 0
    client_list_id: str = ""
    first_account_id: int = 0
    first_instrument_id: int = 0
    first_side: int = 0
    first_order_type: int = 0
    first_time_in_force: int = 0
    first_self_trade_prevention: int = 0
    first_lots: int = 0
    first_ticks: int = 0
    first_flags: int = 0
    first_client_key: int = 0
    first_client_order_id: str = ""
    first_quote_units: int = 0
    first_trigger_ticks: int = 0
    first_expire_ns: int = 0
    first_trigger_source: int = 0
    first_trailing_distance_bp: int = 0
    first_activation_ticks: int = 0
    first_limit_offset_ticks: int = 0
    first_trigger_ns: int = 0
    first_display_lots: int = 0
    second_account_id: int = 0
    second_instrument_id: int = 0
    second_side: int = 0
    second_order_type: int = 0
    second_time_in_force: int = 0
    second_self_trade_prevention: int = 0
    second_lots: int = 0
    second_ticks: int = 0
    second_flags: int = 0
    second_client_key: int = 0
    second_client_order_id: str = ""
    second_quote_units: int = 0
    second_trigger_ticks: int = 0
    second_expire_ns: int = 0
    second_trigger_source: int = 0
    second_trailing_distance_bp: int = 0
    second_activation_ticks: int = 0
    second_limit_offset_ticks: int = 0
    second_trigger_ns: int = 0
    second_display_lots: int = 0
    third_account_id: int = 0
    third_instrument_id: int = 0
    third_side: int = 0
    third_order_type: int = 0
    third_time_in_force: int = 0
    third_self_trade_prevention: int = 0
    third_lots: int = 0
    third_ticks: int = 0
    third_flags: int = 0
    third_client_key: int = 0
    third_client_order_id: str = ""
    third_quote_units: int = 0
    third_trigger_ticks: int = 0
    third_expire_ns: int = 0
    third_trigger_source: int = 0
    third_trailing_distance_bp: int = 0
    third_activation_ticks: int = 0
    third_limit_offset_ticks: int = 0
    third_trigger_ns: int = 0
    third_display_lots: int = 0
    any_trigger: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.list_type,
            self.client_key,
            encode_text("client_list_id", self.client_list_id, 40),
            self.first_account_id,
            self.first_instrument_id,
            self.first_side,
            self.first_order_type,
            self.first_time_in_force,
            self.first_self_trade_prevention,
            self.first_lots,
            self.first_ticks,
            self.first_flags,
            self.first_client_key,
            encode_text("first_client_order_id", self.first_client_order_id, 40),
            self.first_quote_units & MASK_64,
            self.first_quote_units >> 64,
            self.first_trigger_ticks,
            self.first_expire_ns,
            self.first_trigger_source,
            self.first_trailing_distance_bp,
            self.first_activation_ticks,
            self.first_limit_offset_ticks,
            self.first_trigger_ns,
            self.first_display_lots,
            self.second_account_id,
            self.second_instrument_id,
            self.second_side,
            self.second_order_type,
            self.second_time_in_force,
            self.second_self_trade_prevention,
            self.second_lots,
            self.second_ticks,
            self.second_flags,
            self.second_client_key,
            encode_text("second_client_order_id", self.second_client_order_id, 40),
            self.second_quote_units & MASK_64,
            self.second_quote_units >> 64,
            self.second_trigger_ticks,
            self.second_expire_ns,
            self.second_trigger_source,
            self.second_trailing_distance_bp,
            self.second_activation_ticks,
            self.second_limit_offset_ticks,
            self.second_trigger_ns,
            self.second_display_lots,
            self.third_account_id,
            self.third_instrument_id,
            self.third_side,
            self.third_order_type,
            self.third_time_in_force,
            self.third_self_trade_prevention,
            self.third_lots,
            self.third_ticks,
            self.third_flags,
            self.third_client_key,
            encode_text("third_client_order_id", self.third_client_order_id, 40),
            self.third_quote_units & MASK_64,
            self.third_quote_units >> 64,
            self.third_trigger_ticks,
            self.third_expire_ns,
            self.third_trigger_source,
            self.third_trailing_distance_bp,
            self.third_activation_ticks,
            self.third_limit_offset_ticks,
            self.third_trigger_ns,
            self.third_display_lots,
            self.any_trigger,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            list_type,
            client_key,
            client_list_id,
            first_account_id,
            first_instrument_id,
            first_side,
            first_order_type,
            first_time_in_force,
            first_self_trade_prevention,
            first_lots,
            first_ticks,
            first_flags,
            first_client_key,
            first_client_order_id,
            first_quote_units_low,
            first_quote_units_high,
            first_trigger_ticks,
            first_expire_ns,
            first_trigger_source,
            first_trailing_distance_bp,
            first_activation_ticks,
            first_limit_offset_ticks,
            first_trigger_ns,
            first_display_lots,
            second_account_id,
            second_instrument_id,
            second_side,
            second_order_type,
            second_time_in_force,
            second_self_trade_prevention,
            second_lots,
            second_ticks,
            second_flags,
            second_client_key,
            second_client_order_id,
            second_quote_units_low,
            second_quote_units_high,
            second_trigger_ticks,
            second_expire_ns,
            second_trigger_source,
            second_trailing_distance_bp,
            second_activation_ticks,
            second_limit_offset_ticks,
            second_trigger_ns,
            second_display_lots,
            third_account_id,
            third_instrument_id,
            third_side,
            third_order_type,
            third_time_in_force,
            third_self_trade_prevention,
            third_lots,
            third_ticks,
            third_flags,
            third_client_key,
            third_client_order_id,
            third_quote_units_low,
            third_quote_units_high,
            third_trigger_ticks,
            third_expire_ns,
            third_trigger_source,
            third_trailing_distance_bp,
            third_activation_ticks,
            third_limit_offset_ticks,
            third_trigger_ns,
            third_display_lots,
            any_trigger,
        ) = items
        return cls(
            list_type=list_type,
            client_key=client_key,
            client_list_id=decode_text("PlaceOrderList", client_list_id),
            first_account_id=first_account_id,
            first_instrument_id=first_instrument_id,
            first_side=first_side,
            first_order_type=first_order_type,
            first_time_in_force=first_time_in_force,
            first_self_trade_prevention=first_self_trade_prevention,
            first_lots=first_lots,
            first_ticks=first_ticks,
            first_flags=first_flags,
            first_client_key=first_client_key,
            first_client_order_id=decode_text("PlaceOrderList", first_client_order_id),
            first_quote_units=first_quote_units_low | first_quote_units_high << 64,
            first_trigger_ticks=first_trigger_ticks,
            first_expire_ns=first_expire_ns,
            first_trigger_source=first_trigger_source,
            first_trailing_distance_bp=first_trailing_distance_bp,
            first_activation_ticks=first_activation_ticks,
            first_limit_offset_ticks=first_limit_offset_ticks,
            first_trigger_ns=first_trigger_ns,
            first_display_lots=first_display_lots,
            second_account_id=second_account_id,
            second_instrument_id=second_instrument_id,
            second_side=second_side,
            second_order_type=second_order_type,
            second_time_in_force=second_time_in_force,
            second_self_trade_prevention=second_self_trade_prevention,
            second_lots=second_lots,
            second_ticks=second_ticks,
            second_flags=second_flags,
            second_client_key=second_client_key,
            second_client_order_id=decode_text("PlaceOrderList", second_client_order_id),
            second_quote_units=second_quote_units_low | second_quote_units_high << 64,
            second_trigger_ticks=second_trigger_ticks,
            second_expire_ns=second_expire_ns,
            second_trigger_source=second_trigger_source,
            second_trailing_distance_bp=second_trailing_distance_bp,
            second_activation_ticks=second_activation_ticks,
            second_limit_offset_ticks=second_limit_offset_ticks,
            second_trigger_ns=second_trigger_ns,
            second_display_lots=second_display_lots,
            third_account_id=third_account_id,
            third_instrument_id=third_instrument_id,
            third_side=third_side,
            third_order_type=third_order_type,
            third_time_in_force=third_time_in_force,
            third_self_trade_prevention=third_self_trade_prevention,
            third_lots=third_lots,
            third_ticks=third_ticks,
            third_flags=third_flags,
            third_client_key=third_client_key,
            third_client_order_id=decode_text("PlaceOrderList", third_client_order_id),
            third_quote_units=third_quote_units_low | third_quote_units_high << 64,
            third_trigger_ticks=third_trigger_ticks,
            third_expire_ns=third_expire_ns,
            third_trigger_source=third_trigger_source,
            third_trailing_distance_bp=third_trailing_distance_bp,
            third_activation_ticks=third_activation_ticks,
            third_limit_offset_ticks=third_limit_offset_ticks,
            third_trigger_ns=third_trigger_ns,
            third_display_lots=third_display_lots,
            any_trigger=any_trigger,
        )


class CancelOrderList(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 26
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("list_id", "i64"),
        ("client_key", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    list_id: int = 0
    client_key: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.list_id,
            self.client_key,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            list_id,
            client_key,
        ) = items
        return cls(
            account_id=account_id,
            list_id=list_id,
            client_key=client_key,
        )


class SetSession(Message, kw_only=True, frozen=True, gc=False):
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


class SetBreaker(Message, kw_only=True, frozen=True, gc=False):
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


class ReopenInstrument(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 37
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (("instrument_id", "i64"),)
    STRUCT: ClassVar = struct_of(FIELDS)

    instrument_id: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.instrument_id,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (instrument_id,) = items
        return cls(
            instrument_id=instrument_id,
        )


class SetCancelTimer(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 40
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("instrument_id", "i64"),
        ("timeout_ns", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    instrument_id: int = 0
    timeout_ns: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.instrument_id,
            self.timeout_ns,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            instrument_id,
            timeout_ns,
        ) = items
        return cls(
            account_id=account_id,
            instrument_id=instrument_id,
            timeout_ns=timeout_ns,
        )


class ArmDisconnect(Message, kw_only=True, frozen=True, gc=False):
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


class PlaceQuotes(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 42
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("flags", "u32"),
        ("self_trade_prevention", "u32"),
        ("instrument_id_1", "i64"),
        ("bid_ticks_1", "i64"),
        ("bid_lots_1", "i64"),
        ("ask_ticks_1", "i64"),
        ("ask_lots_1", "i64"),
        ("instrument_id_2", "i64"),
        ("bid_ticks_2", "i64"),
        ("bid_lots_2", "i64"),
        ("ask_ticks_2", "i64"),
        ("ask_lots_2", "i64"),
        ("instrument_id_3", "i64"),
        ("bid_ticks_3", "i64"),
        ("bid_lots_3", "i64"),
        ("ask_ticks_3", "i64"),
        ("ask_lots_3", "i64"),
        ("instrument_id_4", "i64"),
        ("bid_ticks_4", "i64"),
        ("bid_lots_4", "i64"),
        ("ask_ticks_4", "i64"),
        ("ask_lots_4", "i64"),
        ("instrument_id_5", "i64"),
        ("bid_ticks_5", "i64"),
        ("bid_lots_5", "i64"),
        ("ask_ticks_5", "i64"),
        ("ask_lots_5", "i64"),
        ("instrument_id_6", "i64"),
        ("bid_ticks_6", "i64"),
        ("bid_lots_6", "i64"),
        ("ask_ticks_6", "i64"),
        ("ask_lots_6", "i64"),
        ("instrument_id_7", "i64"),
        ("bid_ticks_7", "i64"),
        ("bid_lots_7", "i64"),
        ("ask_ticks_7", "i64"),
        ("ask_lots_7", "i64"),
        ("instrument_id_8", "i64"),
        ("bid_ticks_8", "i64"),
        ("bid_lots_8", "i64"),
        ("ask_ticks_8", "i64"),
        ("ask_lots_8", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    flags: int = 0
    self_trade_prevention: int = 0
    instrument_id_1: int = 0
    bid_ticks_1: int = 0
    bid_lots_1: int = 0
    ask_ticks_1: int = 0
    ask_lots_1: int = 0
    instrument_id_2: int = 0
    bid_ticks_2: int = 0
    bid_lots_2: int = 0
    ask_ticks_2: int = 0
    ask_lots_2: int = 0
    instrument_id_3: int = 0
    bid_ticks_3: int = 0
    bid_lots_3: int = 0
    ask_ticks_3: int = 0
    ask_lots_3: int = 0
    instrument_id_4: int = 0
    bid_ticks_4: int = 0
    bid_lots_4: int = 0
    ask_ticks_4: int = 0
    ask_lots_4: int = 0
    instrument_id_5: int = 0
    bid_ticks_5: int = 0
    bid_lots_5: int = 0
    ask_ticks_5: int = 0
    ask_lots_5: int = 0
    instrument_id_6: int = 0
    bid_ticks_6: int = 0
    bid_lots_6: int = 0
    ask_ticks_6: int = 0
    ask_lots_6: int = 0
    instrument_id_7: int = 0
    bid_ticks_7: int = 0
    bid_lots_7: int = 0
    ask_ticks_7: int = 0
    ask_lots_7: int = 0
    instrument_id_8: int = 0
    bid_ticks_8: int = 0
    bid_lots_8: int = 0
    ask_ticks_8: int = 0
    ask_lots_8: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.flags,
            self.self_trade_prevention,
            self.instrument_id_1,
            self.bid_ticks_1,
            self.bid_lots_1,
            self.ask_ticks_1,
            self.ask_lots_1,
            self.instrument_id_2,
            self.bid_ticks_2,
            self.bid_lots_2,
            self.ask_ticks_2,
            self.ask_lots_2,
            self.instrument_id_3,
            self.bid_ticks_3,
            self.bid_lots_3,
            self.ask_ticks_3,
            self.ask_lots_3,
            self.instrument_id_4,
            self.bid_ticks_4,
            self.bid_lots_4,
            self.ask_ticks_4,
            self.ask_lots_4,
            self.instrument_id_5,
            self.bid_ticks_5,
            self.bid_lots_5,
            self.ask_ticks_5,
            self.ask_lots_5,
            self.instrument_id_6,
            self.bid_ticks_6,
            self.bid_lots_6,
            self.ask_ticks_6,
            self.ask_lots_6,
            self.instrument_id_7,
            self.bid_ticks_7,
            self.bid_lots_7,
            self.ask_ticks_7,
            self.ask_lots_7,
            self.instrument_id_8,
            self.bid_ticks_8,
            self.bid_lots_8,
            self.ask_ticks_8,
            self.ask_lots_8,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            flags,
            self_trade_prevention,
            instrument_id_1,
            bid_ticks_1,
            bid_lots_1,
            ask_ticks_1,
            ask_lots_1,
            instrument_id_2,
            bid_ticks_2,
            bid_lots_2,
            ask_ticks_2,
            ask_lots_2,
            instrument_id_3,
            bid_ticks_3,
            bid_lots_3,
            ask_ticks_3,
            ask_lots_3,
            instrument_id_4,
            bid_ticks_4,
            bid_lots_4,
            ask_ticks_4,
            ask_lots_4,
            instrument_id_5,
            bid_ticks_5,
            bid_lots_5,
            ask_ticks_5,
            ask_lots_5,
            instrument_id_6,
            bid_ticks_6,
            bid_lots_6,
            ask_ticks_6,
            ask_lots_6,
            instrument_id_7,
            bid_ticks_7,
            bid_lots_7,
            ask_ticks_7,
            ask_lots_7,
            instrument_id_8,
            bid_ticks_8,
            bid_lots_8,
            ask_ticks_8,
            ask_lots_8,
        ) = items
        return cls(
            account_id=account_id,
            flags=flags,
            self_trade_prevention=self_trade_prevention,
            instrument_id_1=instrument_id_1,
            bid_ticks_1=bid_ticks_1,
            bid_lots_1=bid_lots_1,
            ask_ticks_1=ask_ticks_1,
            ask_lots_1=ask_lots_1,
            instrument_id_2=instrument_id_2,
            bid_ticks_2=bid_ticks_2,
            bid_lots_2=bid_lots_2,
            ask_ticks_2=ask_ticks_2,
            ask_lots_2=ask_lots_2,
            instrument_id_3=instrument_id_3,
            bid_ticks_3=bid_ticks_3,
            bid_lots_3=bid_lots_3,
            ask_ticks_3=ask_ticks_3,
            ask_lots_3=ask_lots_3,
            instrument_id_4=instrument_id_4,
            bid_ticks_4=bid_ticks_4,
            bid_lots_4=bid_lots_4,
            ask_ticks_4=ask_ticks_4,
            ask_lots_4=ask_lots_4,
            instrument_id_5=instrument_id_5,
            bid_ticks_5=bid_ticks_5,
            bid_lots_5=bid_lots_5,
            ask_ticks_5=ask_ticks_5,
            ask_lots_5=ask_lots_5,
            instrument_id_6=instrument_id_6,
            bid_ticks_6=bid_ticks_6,
            bid_lots_6=bid_lots_6,
            ask_ticks_6=ask_ticks_6,
            ask_lots_6=ask_lots_6,
            instrument_id_7=instrument_id_7,
            bid_ticks_7=bid_ticks_7,
            bid_lots_7=bid_lots_7,
            ask_ticks_7=ask_ticks_7,
            ask_lots_7=ask_lots_7,
            instrument_id_8=instrument_id_8,
            bid_ticks_8=bid_ticks_8,
            bid_lots_8=bid_lots_8,
            ask_ticks_8=ask_ticks_8,
            ask_lots_8=ask_lots_8,
        )


class SetProtection(Message, kw_only=True, frozen=True, gc=False):
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


class ResetProtection(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 44
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_id", "i64"),
        ("instrument_id", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0
    instrument_id: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
            self.instrument_id,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            account_id,
            instrument_id,
        ) = items
        return cls(
            account_id=account_id,
            instrument_id=instrument_id,
        )


class SetValuation(Message, kw_only=True, frozen=True, gc=False):
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


class SetFeeTiers(Message, kw_only=True, frozen=True, gc=False):
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


class RecordEntry(Message, kw_only=True, frozen=True, gc=False):
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
        ReplaceOrder,
        ExpireOrder,
        SetPrices,
        TriggerOrder,
        PlaceOrderList,
        CancelOrderList,
        SetSession,
        SetBreaker,
        ReopenInstrument,
        SetCancelTimer,
        ArmDisconnect,
        PlaceQuotes,
        SetProtection,
        ResetProtection,
        SetValuation,
        SetFeeTiers,
        RecordEntry,
    )
}
