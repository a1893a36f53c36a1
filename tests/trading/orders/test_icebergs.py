"""From request fields to an iceberg: what may be shown, and what is said where it may not."""

from typing import Any

import pytest

from order_fields import INFO, LIMIT
from trading.engine.results import Result
from trading.orders.placing import OrderError, build_place_order

STOP_LIMIT = {
    "side": "sell",
    "type": "stop_limit",
    "trigger_price": "49000",
    "price": "48900",
    "quantity": "0.5",
}


@pytest.mark.parametrize(
    ("fields", "lots"),
    [
        (LIMIT, 0),
        (LIMIT | {"display_quantity": None}, 0),
        (LIMIT | {"display_quantity": "0.1"}, 10_000),
        (LIMIT | {"display_quantity": "0.49999"}, 49_999),
        (LIMIT | {"display_quantity": "0.1", "post_only": True}, 10_000),
        (LIMIT | {"display_quantity": "0.1", "expire_time": "2030-01-01T00:00:00Z"}, 10_000),
        (STOP_LIMIT | {"display_quantity": "0.1"}, 10_000),
        (STOP_LIMIT | {"type": "take_profit_limit", "display_quantity": "0.1"}, 10_000),
        (LIMIT | {"quantity": "0.1001", "display_quantity": "0.0001"}, 10),
    ],
)
def test_what_is_shown_becomes_lots(fields: dict[str, Any], lots: int) -> None:
    assert build_place_order(INFO, 7, fields).display_lots == lots


@pytest.mark.parametrize(
    ("fields", "result", "words"),
    [
        (
            LIMIT | {"display_quantity": "0.5"},
            Result.BAD_DISPLAY_QUANTITY,
            "less than",
        ),
        (
            LIMIT | {"display_quantity": "0.6"},
            Result.BAD_DISPLAY_QUANTITY,
            "less than",
        ),
        (LIMIT | {"display_quantity": "0.00009"}, Result.BAD_DISPLAY_QUANTITY, "0.00010 BTC"),
        (LIMIT | {"display_quantity": "0"}, Result.BAD_DISPLAY_QUANTITY, "at least"),
        (LIMIT | {"display_quantity": "-0.1"}, Result.BAD_DISPLAY_QUANTITY, ""),
        (LIMIT | {"display_quantity": "0.000001"}, Result.BAD_DISPLAY_QUANTITY, "multiple"),
        (LIMIT | {"display_quantity": 0.1}, Result.BAD_DISPLAY_QUANTITY, "decimal text"),
        (LIMIT | {"display_quantity": ""}, Result.BAD_DISPLAY_QUANTITY, ""),
        (
            LIMIT | {"display_quantity": "0.1", "time_in_force": "IOC"},
            Result.BAD_DISPLAY_QUANTITY,
            "GTC or GTD",
        ),
        (
            LIMIT | {"display_quantity": "0.1", "time_in_force": "FOK"},
            Result.BAD_DISPLAY_QUANTITY,
            "GTC or GTD",
        ),
        (
            {"side": "buy", "type": "market", "quantity": "0.5", "display_quantity": "0.1"},
            Result.BAD_DISPLAY_QUANTITY,
            "orders with a price",
        ),
        (
            {"side": "buy", "type": "market", "quote_amount": "50", "display_quantity": "0.1"},
            Result.BAD_DISPLAY_QUANTITY,
            "orders with a price",
        ),
        (
            {
                "side": "sell",
                "type": "stop",
                "trigger_price": "49000",
                "quantity": "0.5",
                "display_quantity": "0.1",
            },
            Result.BAD_DISPLAY_QUANTITY,
            "orders with a price",
        ),
        (
            LIMIT | {"quantity": "0.10011", "display_quantity": "0.0001"},
            Result.TOO_MANY_REFRESHES,
            "1,001 parts",
        ),
    ],
)
def test_what_cannot_be_shown(fields: dict[str, Any], result: Result, words: str) -> None:
    with pytest.raises(OrderError) as raised:
        build_place_order(INFO, 7, fields)
    assert raised.value.result == result
    assert words in raised.value.message
