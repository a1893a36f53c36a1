"""Price, then time, written down as plainly as it can be: the oracle of real order flow."""

from trading.engine import commands
from trading.engine.enums import Side, TimeInForce


class PlainBook:
    """One instrument's book. Orders are lists [price, size], by key, oldest first."""

    def __init__(self) -> None:
        self.sides: dict[bool, dict[int, list[int]]] = {True: {}, False: {}}
        self.keys = 0

    def apply(self, command: commands.PlaceOrder | commands.ReduceOrder | commands.CancelOrder):
        """The trades, (price, size), that the command makes."""
        if isinstance(command, commands.PlaceOrder):
            return self.place(command)
        for side in self.sides.values():
            order = side.get(command.client_key)
            if order is None:
                continue
            if isinstance(command, commands.CancelOrder):
                del side[command.client_key]
            else:
                order[1] -= command.lots
                if order[1] <= 0:
                    del side[command.client_key]
        return []

    def place(self, order: commands.PlaceOrder) -> list[tuple[int, int]]:
        is_buy = order.side == Side.BUY
        others = self.sides[not is_buy]
        trades = []
        left = order.lots
        while left and others:
            best = (min if is_buy else max)(other[0] for other in others.values())
            if best > order.ticks if is_buy else best < order.ticks:
                break
            key = next(key for key, other in others.items() if other[0] == best)
            size = min(left, others[key][1])
            trades.append((best, size))
            left -= size
            others[key][1] -= size
            if not others[key][1]:
                del others[key]
        if left and order.time_in_force == TimeInForce.GTC:
            self.keys += 1
            self.sides[is_buy][order.client_key or -self.keys] = [order.ticks, left]
        return trades

    def levels(self, *, bids: bool) -> list[tuple[int, int]]:
        """(price, size) of a side's levels, the best first."""
        sums: dict[int, int] = {}
        for price, size in self.sides[bids].values():
            sums[price] = sums.get(price, 0) + size
        return sorted(sums.items(), reverse=bids)
