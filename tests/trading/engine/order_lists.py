"""Order lists for the engine's tests: in few words, and at random."""

import random
from typing import Any

from trading.engine import commands as c
from trading.engine import keys
from trading.engine.enums import OrderListType, OrderType, Side, TimeInForce


def order_list(kind: int, *legs: c.PlaceOrder, **fields: Any) -> c.PlaceOrderList:
    """A PlaceOrderList of some orders; ``client_list_id`` gives it a key as well."""
    text = fields.get("client_list_id", "")
    fields.setdefault("client_key", keys.client_order_key(text))
    for which, leg in zip(("first", "second", "third"), legs, strict=False):
        fields.update({f"{which}_{name}": getattr(leg, name) for name, _ in leg.FIELDS})
    more = any(leg.trigger_source or leg.trailing_distance_bp or leg.trigger_ns for leg in legs)
    fields.setdefault("any_trigger", int(more))
    return c.PlaceOrderList(list_type=kind, **fields)


def oco(*legs: c.PlaceOrder, **fields: Any) -> c.PlaceOrderList:
    return order_list(OrderListType.OCO, *legs, **fields)


def oto(*legs: c.PlaceOrder, **fields: Any) -> c.PlaceOrderList:
    return order_list(OrderListType.OTO, *legs, **fields)


def otoco(*legs: c.PlaceOrder, **fields: Any) -> c.PlaceOrderList:
    return order_list(OrderListType.OTOCO, *legs, **fields)


class RandomLists:
    """Seeded lists, most of which could be meant; the rest is wrong in one way or another."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def next(self, account_id: int, stray: c.PlaceOrder, time_ns: int) -> c.PlaceOrderList:
        """A list of one account; ``stray`` is any order, which now and then is one of the legs."""
        chance = self.chance
        kind = chance.choice([1, 1, 2, 2, 3, 3, 3])
        side = chance.choice([Side.BUY, Side.SELL])
        lots = chance.choice([1, 2, 2, 3, 5, 8, 20])
        legs = []
        if kind == OrderListType.OCO:
            legs = self.pair(account_id, side, lots, time_ns)
        else:
            legs.append(self.lead(account_id, Side.BUY + Side.SELL - side, lots, time_ns))
            legs += self.pair(account_id, side, chance.choice([lots, lots, 1]), time_ns)
        if kind == OrderListType.OTO:
            legs.pop(chance.choice([1, 2]))
        if chance.random() < 0.12:
            legs[chance.randrange(len(legs))] = stray
        if chance.random() < 0.03:
            legs = legs[:-1] if chance.random() < 0.5 else [*legs, stray][:3]
        text = f"l{chance.randrange(25)}" if chance.random() < 0.3 else ""
        message = order_list(kind, *legs, client_list_id=text)
        if chance.random() < 0.04:
            wrong = chance.choice(
                [
                    {"client_key": -1},
                    {"client_key": 5},
                    {"list_type": chance.choice([-1, 0, 4])},
                    {"any_trigger": chance.choice([-1, 0, 0, 1, 2])},
                ]
            )
            message = c.PlaceOrderList(**{**_all_of(message), **wrong})
        return message

    def lead(self, account_id: int, side: int, lots: int, time_ns: int) -> c.PlaceOrder:
        chance = self.chance
        if chance.random() < 0.1:
            return self.trailing(account_id, side, lots, time_ns)
        kind = chance.choice([OrderType.LIMIT] * 5 + [OrderType.MARKET, OrderType.STOP_MARKET])
        is_limit = kind == OrderType.LIMIT
        return self.leg(
            account_id,
            side,
            lots,
            order_type=kind,
            time_in_force=chance.choice([1, 1, 1, 2, 3]) if is_limit else TimeInForce.IOC,
            ticks=100 + int(chance.gauss(0, 3)) if is_limit else 0,
            trigger_ticks=100 + int(chance.gauss(0, 5)) if kind == OrderType.STOP_MARKET else 0,
            trigger_source=chance.choice([0, 0, 1, 2]) if kind == OrderType.STOP_MARKET else 0,
            trigger_ns=self.moment(time_ns, 0.1),
        )

    def moment(self, time_ns: int, share: float) -> int:
        """A time soon to come, for such a share of the orders; else 0."""
        chance = self.chance
        return time_ns + chance.choice([1, 3, 9, 30, 80]) if chance.random() < share else 0

    def trailing(self, account_id: int, side: int, lots: int, time_ns: int) -> c.PlaceOrder:
        """A stop that trails."""
        chance = self.chance
        is_limit = chance.random() < 0.4
        kind = OrderType.TRAILING_STOP_LIMIT if is_limit else OrderType.TRAILING_STOP_MARKET
        return self.leg(
            account_id,
            side,
            lots,
            order_type=kind,
            time_in_force=TimeInForce.GTC if is_limit else TimeInForce.IOC,
            trailing_distance_bp=chance.choice([1, 50, 100, 200, 300]),
            activation_ticks=100 + int(chance.gauss(0, 4)) if chance.random() < 0.4 else 0,
            limit_offset_ticks=chance.choice([0, 1, 3]) if is_limit else 0,
            trigger_source=chance.choice([0, 0, 1, 2]),
            trigger_ns=self.moment(time_ns, 0.1),
        )

    def at_a_time(self, account_id: int, side: int, lots: int, time_ns: int) -> c.PlaceOrder:
        """What is sent on whatever the price."""
        chance = self.chance
        is_limit = chance.random() < 0.5
        return self.leg(
            account_id,
            side,
            lots,
            order_type=OrderType.LIMIT if is_limit else OrderType.MARKET,
            time_in_force=chance.choice([1, 1, 2, 3]) if is_limit else TimeInForce.IOC,
            ticks=100 + int(chance.gauss(0, 3)) if is_limit else 0,
            trigger_ns=self.moment(time_ns, 1),
        )

    def pair(self, account_id: int, side: int, lots: int, time_ns: int) -> list[c.PlaceOrder]:
        chance = self.chance
        away = 1 if side == Side.SELL else -1
        middle = 100 + int(chance.gauss(0, 3))
        gain_ticks = middle + away * int(chance.expovariate(0.25))
        stop_ticks = middle - away * (1 + int(chance.expovariate(0.25)))
        kind = chance.choice([OrderType.LIMIT] * 4 + [OrderType.TAKE_PROFIT_MARKET])
        is_limit = kind == OrderType.LIMIT
        ends = {}
        if chance.random() < 0.25:
            ends = {"time_in_force": 4, "expire_ns": time_ns + chance.choice([2, 9, 40, 200])}
        gain = self.leg(
            account_id,
            side,
            lots,
            order_type=kind,
            ticks=gain_ticks if is_limit else 0,
            trigger_ticks=0 if is_limit else gain_ticks,
            flags=int(is_limit and chance.random() < 0.2),
            trigger_source=0 if is_limit else chance.choice([0, 0, 1, 2]),
            **ends,
        )
        limited = chance.random() < 0.3
        stop = self.leg(
            account_id,
            side,
            lots,
            order_type=OrderType.STOP_LIMIT if limited else OrderType.STOP_MARKET,
            ticks=stop_ticks - away * chance.choice([0, 2]) if limited else 0,
            trigger_ticks=stop_ticks,
            trigger_source=chance.choice([0, 0, 0, 1, 2]),
            trigger_ns=0 if ends else self.moment(time_ns, 0.1),
            **(ends if chance.random() < 0.5 else {}),
        )
        dice = chance.random()
        if dice < 0.25:
            stop = self.trailing(account_id, side, lots, time_ns)
        elif dice < 0.33:
            stop = self.at_a_time(account_id, side, lots, time_ns)
        elif dice < 0.38:
            gain = self.at_a_time(account_id, side, lots, time_ns)
        elif dice < 0.4:
            gain = stop
        return chance.choice([[gain, stop], [stop, gain]])

    def leg(self, account_id: int, side: int, lots: int, **fields: Any) -> c.PlaceOrder:
        chance = self.chance
        text = f"o{chance.randrange(60)}" if chance.random() < 0.1 else ""
        return c.PlaceOrder(
            **{
                "account_id": account_id,
                "instrument_id": 1,
                "side": side,
                "lots": lots,
                "time_in_force": TimeInForce.GTC,
                "self_trade_prevention": chance.randrange(5),
                "client_order_id": text,
                "client_key": keys.client_order_key(text),
                **fields,
            }
        )


def _all_of(message: c.PlaceOrderList) -> dict[str, Any]:
    return {name: getattr(message, name) for name, _ in message.FIELDS}
