"""Order flows that are hard on an engine, each made from its seed without running one.

Every order of a flow is accepted, so the id of the n-th is n.
"""

import random
import struct
from collections.abc import Callable, Iterator

from benchmarks import engine_workload as workload
from trading.engine import commands, enums

_REPLACE = struct.Struct("<qqqq")
_STOP = struct.Struct("<qIBBBBqqqq40sqqq")
MID = workload.MID_TICKS * 40  # room for a million levels on one side


class Flow:
    """Frames being made; ``orders`` counts the orders among them."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.orders = 0
        self.number = 0

    def account(self, order: int) -> int:
        return 1 + order % workload.USERS

    def place(self, side: int, lots: int, ticks: int, time_in_force: int = 1) -> bytes:
        self.orders += 1
        self.number += 1
        return workload.place(
            self.number,
            self.account(self.orders),
            1,
            side,
            lots,
            ticks,
            time_in_force=time_in_force,
            mode=0,
        )

    def stop(self, side: int, lots: int, trigger_ticks: int) -> bytes:
        self.orders += 1
        self.number += 1
        payload = _STOP.pack(
            self.account(self.orders),
            1,
            side,
            enums.OrderType.STOP_MARKET,
            enums.TimeInForce.IOC,
            0,
            lots,
            0,
            0,
            0,
            b"",
            0,
            0,
            trigger_ticks,
        )
        return workload.request(self.number, commands.PlaceOrder.KIND, payload)

    def cancel(self, order: int) -> bytes:
        self.number += 1
        return workload.cancel(self.number, self.account(order), order)

    def replace(self, order: int, lots: int, ticks: int) -> bytes:
        self.number += 1
        payload = _REPLACE.pack(self.account(order), order, lots, ticks)
        return workload.request(self.number, commands.ReplaceOrder.KIND, payload)


def _take(chance: random.Random, orders: list[int]) -> int:
    at = chance.randrange(len(orders))
    orders[at], orders[-1] = orders[-1], orders[at]
    return orders.pop()


def wide_side(flow: Flow) -> Iterator[tuple[bool, bytes]]:
    """A million levels on one side; levels made and emptied anywhere among them."""
    prices = list(range(MID + 1, MID + 2_000_001))
    flow.chance.shuffle(prices)
    resting = []
    for _ in range(1_000_000):
        yield False, flow.place(2, 1, prices.pop())
        resting.append(flow.orders)
    while prices:
        yield True, flow.place(2, 1, prices.pop())
        resting.append(flow.orders)
        yield True, flow.cancel(_take(flow.chance, resting))


def one_price(flow: Flow) -> Iterator[tuple[bool, bytes]]:
    """Everything at one price: one long queue, left from anywhere in it."""
    resting = []
    for _ in range(100_000):
        yield False, flow.place(1, 5, MID)
        resting.append(flow.orders)
    while True:
        yield True, flow.place(1, 5, MID)
        resting.append(flow.orders)
        yield True, flow.cancel(_take(flow.chance, resting))


def cancels(flow: Flow) -> Iterator[tuple[bool, bytes]]:
    """Nineteen cancels for each order."""
    resting = []
    for _ in range(300_000):
        ticks = MID - 1 - int(flow.chance.expovariate(1 / 300))
        yield False, flow.place(1, 5, ticks)
        resting.append(flow.orders)
    while len(resting) > 20:
        yield True, flow.place(1, 5, MID - 1 - int(flow.chance.expovariate(1 / 300)))
        resting.append(flow.orders)
        for _ in range(19):
            yield True, flow.cancel(_take(flow.chance, resting))


def crossing(flow: Flow) -> Iterator[tuple[bool, bytes]]:
    """Every order trades with the one before it."""
    while True:
        yield True, flow.place(2, 7, MID)
        yield True, flow.place(1, 7, MID)


def sweeps(flow: Flow) -> Iterator[tuple[bool, bytes]]:
    """Orders that take a hundred levels each; a command is an order, not a trade."""
    while True:
        for step in range(100):
            yield True, flow.place(2, 1, MID + step)
        yield True, flow.place(1, 100, MID + 100, time_in_force=2)


def replaces(flow: Flow) -> Iterator[tuple[bool, bytes]]:
    """A storm of new prices for resting orders."""
    for _ in range(10_000):
        yield False, flow.place(1, 50, MID - 1 - flow.chance.randrange(500))
    known = flow.orders
    while True:
        order = flow.chance.randrange(1, known + 1)
        yield True, flow.replace(order, 0, MID - 1 - flow.chance.randrange(10**6))


def waiting_stops(flow: Flow) -> Iterator[tuple[bool, bytes]]:
    """A hundred thousand stops wait while others trade, come and go."""
    yield False, flow.place(2, 1, MID)
    yield False, flow.place(1, 1, MID)
    stops = []
    for number in range(100_000):
        distance = 1000 + flow.chance.randrange(100_000)
        side = 1 + number % 2
        yield False, flow.stop(side, 1, MID + distance if side == 1 else MID - distance)
        stops.append(flow.orders)
    while True:
        yield True, flow.place(2, 3, MID + flow.chance.randrange(-5, 6))
        yield True, flow.place(1, 3, MID + 20)
        yield True, flow.stop(1, 1, MID + 1000 + flow.chance.randrange(100_000))
        stops.append(flow.orders)
        yield True, flow.cancel(_take(flow.chance, stops))


FLOWS: dict[str, Callable[[Flow], Iterator[tuple[bool, bytes]]]] = {
    "one side a million levels wide": wide_side,
    "all orders at one price": one_price,
    "95 % cancels": cancels,
    "every order crosses": crossing,
    "sweeps of 100 levels": sweeps,
    "replace storm": replaces,
    "100 000 waiting stops": waiting_stops,
}


def made(name: str, seed: int, count: int) -> workload.Workload:
    """A flow of so many measured commands, in batches."""
    setup: list[bytes] = []
    measured: list[bytes] = []
    for is_measured, frame in FLOWS[name](Flow(seed)):
        (measured if is_measured else setup).append(frame)
        if len(measured) == count:
            break
    batch = workload.BATCH
    return workload.Workload(
        workload.setup_frames(1)
        + [b"".join(setup[at : at + batch]) for at in range(0, len(setup), batch)],
        [b"".join(measured[at : at + batch]) for at in range(0, len(measured), batch)],
        len(measured),
    )
