"""The engine's queries.

Generated from trading/engine/layouts.py by `python -m trading.engine.generate`.
"""

from typing import Any, ClassVar, Self

from trading.engine.message import Message, struct_of


class QueryStatus(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1000
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = ()
    STRUCT: ClassVar = struct_of(FIELDS)


class QueryBalances(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1001
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (("account_id", "i64"),)
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (account_id,) = items
        return cls(
            account_id=account_id,
        )


class QueryOpenOrders(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1002
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


class QueryOrder(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1003
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


class QueryDepth(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1004
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("instrument_id", "i64"),
        ("levels", "i64"),
    )
    STRUCT: ClassVar = struct_of(FIELDS)

    instrument_id: int = 0
    levels: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.instrument_id,
            self.levels,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (
            instrument_id,
            levels,
        ) = items
        return cls(
            instrument_id=instrument_id,
            levels=levels,
        )


class QuerySource(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1005
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (("source", "i64"),)
    STRUCT: ClassVar = struct_of(FIELDS)

    source: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.source,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (source,) = items
        return cls(
            source=source,
        )


class QueryOrderList(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1025
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


class QueryArmed(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1040
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (("account_id", "i64"),)
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (account_id,) = items
        return cls(
            account_id=account_id,
        )


class QueryProtections(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1041
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (("account_id", "i64"),)
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (account_id,) = items
        return cls(
            account_id=account_id,
        )


class QueryFeeTier(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1045
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (("account_id", "i64"),)
    STRUCT: ClassVar = struct_of(FIELDS)

    account_id: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.account_id,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (account_id,) = items
        return cls(
            account_id=account_id,
        )


class QueryAuction(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1035
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


class Follow(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1010
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (("from_seq", "i64"),)
    STRUCT: ClassVar = struct_of(FIELDS)

    from_seq: int = 0

    def _pack(self) -> bytes:
        packed: bytes = self.STRUCT.pack(
            self.from_seq,
        )
        return packed

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        (from_seq,) = items
        return cls(
            from_seq=from_seq,
        )


BY_KIND: dict[int, type[Message]] = {
    message.KIND: message
    for message in (
        QueryStatus,
        QueryBalances,
        QueryOpenOrders,
        QueryOrder,
        QueryDepth,
        QuerySource,
        QueryOrderList,
        QueryArmed,
        QueryProtections,
        QueryFeeTier,
        QueryAuction,
        Follow,
    )
}
