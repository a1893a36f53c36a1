"""From request fields to a command: what is built, and what each mistake is told."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from order_fields import INFO, LIMIT
from trading.engine import commands, enums
from trading.engine.keys import client_order_key
from trading.engine.results import Result
from trading.orders.errors import OrderError, explain
from trading.orders.placing import build_place_order

# A busy machine is no reason to fail.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_a_limit_order():
    command = build_place_order(INFO, 7, LIMIT | {"client_order_id": "abc", "post_only": True})
    assert command == commands.PlaceOrder(
        account_id=7,
        instrument_id=4,
        lots=50_000,
        ticks=5_000_001,
        side=1,
        order_type=1,
        time_in_force=1,
        self_trade_prevention=int(enums.SelfTradePrevention.EXPIRE_TAKER),
        flags=int(enums.OrderFlag.POST_ONLY),
        client_key=client_order_key("abc"),
        client_order_id="abc",
    )


def test_market_orders_by_quantity_and_by_quote_amount():
    by_quantity = build_place_order(
        INFO, 7, {"side": "sell", "type": "market", "quantity": "0.001"}
    )
    assert (by_quantity.lots, by_quantity.quote_units, by_quantity.time_in_force) == (100, 0, 2)
    by_amount = build_place_order(
        INFO, 7, {"side": "buy", "type": "market", "quote_amount": "12.34"}
    )
    assert (by_amount.lots, by_amount.quote_units) == (0, 1_234_000_000)


@pytest.mark.parametrize(
    ("changes", "result", "message"),
    [
        ({"side": "long"}, Result.BAD_SIDE, "side must be one of: buy, sell"),
        ({"side": 1}, Result.BAD_SIDE, "side must be one of"),
        ({"type": "iceberg"}, Result.BAD_ORDER_TYPE, "type must be one of: limit, market, stop"),
        ({"time_in_force": "GTX"}, Result.BAD_TIME_IN_FORCE, "GTC, IOC, FOK, GTD, DAY"),
        ({"price": None}, Result.BAD_PRICE, "needs a price"),
        ({"price": "50000.005"}, Result.BAD_PRICE, r"multiple of 0\.01 USDT"),
        ({"price": "-1"}, Result.BAD_PRICE, "above zero"),
        ({"price": "1e5"}, Result.BAD_PRICE, "plain number"),
        ({"price": 50000}, Result.BAD_PRICE, "decimal text"),
        ({"price": "9" * 35}, Result.BAD_PRICE, "too large"),
        ({"quantity": None}, Result.BAD_QUANTITY, "needs a quantity"),
        ({"quantity": "0.000001"}, Result.BAD_QUANTITY, r"multiple of 0\.00001 BTC"),
        ({"quantity": "0"}, Result.BAD_QUANTITY, "above zero"),
        ({"quantity": "0.00005"}, Result.BELOW_MINIMUM_QUANTITY, r"smallest quantity is 0\.0001"),
        ({"quantity": "10.1"}, Result.ABOVE_MAXIMUM_QUANTITY, "split the order"),
        ({"quote_amount": "5"}, Result.BAD_QUANTITY, "market orders"),
        ({"type": "market"}, Result.BAD_PRICE, "has no price"),
        (
            {"type": "market", "price": None, "time_in_force": "GTC"},
            Result.BAD_TIME_IN_FORCE,
            "IOC",
        ),
        ({"type": "market", "price": None, "quote_amount": "5"}, Result.BAD_QUANTITY, "not both"),
        ({"post_only": "yes"}, Result.BAD_FLAGS, "true or false"),
        ({"post_only": True, "time_in_force": "IOC"}, Result.BAD_FLAGS, "GTC"),
        ({"self_trade_prevention": "x"}, Result.BAD_SELF_TRADE_PREVENTION, "expire_taker"),
        ({"client_order_id": "x" * 37}, Result.BAD_CLIENT_ORDER_ID, "36"),
        ({"client_order_id": "a b"}, Result.BAD_CLIENT_ORDER_ID, "without spaces"),
        ({"client_order_id": "né"}, Result.BAD_CLIENT_ORDER_ID, "ASCII"),
        ({"leverage": 5}, Result.FIELD_OUT_OF_RANGE, "Unknown field: leverage"),
    ],
)
def test_mistakes_say_what_to_do(changes, result, message):
    with pytest.raises(OrderError, match=message) as refused:
        build_place_order(INFO, 7, LIMIT | changes)
    assert refused.value.result == result


@calm
@given(
    st.dictionaries(
        st.sampled_from(
            [
                *LIMIT,
                *("quote_amount", "post_only", "time_in_force", "client_order_id"),
                *("trigger_price", "expire_time"),
            ]
        ),
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.text("0123456789.-e ABé☃", max_size=50),
            st.floats(),
        ),
    )
)
def test_whatever_is_sent_is_a_command_or_an_order_error(fields):
    try:
        command = build_place_order(INFO, 7, LIMIT | fields)
    except OrderError as error:
        assert error.message
    else:
        assert command.encode()


@calm
@given(st.integers(1, 10**15), st.integers(1, 10**15))
def test_prices_and_quantities_survive_the_round_trip(ticks, lots):
    assert INFO.ticks_of(INFO.price_text(ticks)) == ticks
    assert INFO.lots_of(INFO.quantity_text(lots)) == lots


@pytest.mark.parametrize(
    "result", [r for r in Result if r != Result.ACCEPTED], ids=lambda r: r.name
)
def test_every_refusal_of_the_engine_is_explained(result):
    sentence, help_text = explain(result)
    assert sentence.endswith(".") and help_text.endswith(".")
