"""The engine's queries.

Generated from trading/engine/layouts.py by `python -m trading.engine.generate`.
"""

from typing import ClassVar

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


class Follow(Message, kw_only=True, frozen=True, gc=False):
    KIND: ClassVar[int] = 1010
    VERSION: ClassVar[int] = 1
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (("from_seq", "i64"),)
    STRUCT: ClassVar = struct_of(FIELDS)

    from_seq: int = 0


BY_KIND: dict[int, type[Message]] = {
    message.KIND: message
    for message in (
        QueryStatus,
        QueryBalances,
        QueryOpenOrders,
        QueryOrder,
        QueryDepth,
        Follow,
    )
}
