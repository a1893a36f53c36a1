"""The seeded order flow that the engine's benchmarks run: made once, then played many times.

10 000 users and about 10 000 resting orders; 36 % of the commands are cancels, 22 % are orders
that cross the spread, the rest come to rest. Orders carry a self-trade prevention mode, fees
with volume tiers are on, and every account holds real balances in every asset.
"""

import random
import struct
from dataclasses import dataclass, field

import numpy

from trading.engine import columns, commands, keys, shard, wire

USERS = 10_000
RESTING = 10_000
MID_TICKS = 50_000
BATCH = 512
TENANT = 1
_FEE_ACCOUNT = USERS + 1
_REQUEST = struct.Struct("<IHHQIIQQ")
_PLACE = struct.Struct("<qIBBBBqq")
_CLIENT = struct.Struct("<qq40s")
_CANCEL = struct.Struct("<qq")


@dataclass
class Workload:
    """Frames to apply before the clock starts, and the batches to measure."""

    setup: list[bytes]
    batches: list[bytes]
    commands: int
    kinds: dict[str, int] = field(default_factory=dict)


def request(number: int, kind: int, payload: bytes) -> bytes:
    """A request frame of the benchmark's tenant."""
    return _REQUEST.pack(36 + len(payload), kind, 1, number, TENANT, 0, 0, 0) + payload


def place(
    number: int,
    account_id: int,
    instrument_id: int,
    side: int,
    lots: int,
    ticks: int,
    *,
    order_type: int = 1,
    time_in_force: int = 1,
    mode: int = 1,
    client_order_id: str = "",
) -> bytes:
    """A PlaceOrder frame."""
    payload = _PLACE.pack(
        account_id, instrument_id, side, order_type, time_in_force, mode, lots, ticks
    )
    if client_order_id:
        payload += _CLIENT.pack(0, keys.client_order_key(client_order_id), client_order_id.encode())
    return request(number, commands.PlaceOrder.KIND, payload)


def cancel(number: int, account_id: int, order_id: int) -> bytes:
    """A CancelOrder frame."""
    return request(number, commands.CancelOrder.KIND, _CANCEL.pack(account_id, order_id))


def setup_frames(instruments: int, users: int = USERS, *, tiers: bool = True) -> list[bytes]:
    """A venue with its instruments, and users with plenty of everything; volume is counted for
    ``tiers`` of fees.
    """
    messages: list[commands.Message] = [commands.OpenVenue(code="bench")]
    messages.append(commands.CreateAsset(asset_id=1, scale=8, code="USDT"))
    for number in range(1, instruments + 1):
        messages.append(commands.CreateAsset(asset_id=number + 1, scale=8, code=f"A{number}"))
        messages.append(
            commands.CreateInstrument(
                instrument_id=number,
                base_asset_id=number + 1,
                quote_asset_id=1,
                tick_units=10**6,
                lot_units=1000,
                min_lots=1,
                max_lots=10**12,
                maker_ppm=1000,
                taker_ppm=2000,
                state=1,
                symbol=f"A{number}-USDT",
            )
        )
    messages.append(commands.CreateAccount(account_id=_FEE_ACCOUNT, role=1, state=1))
    for account_id in range(1, users + 1):
        messages.append(commands.CreateAccount(account_id=account_id, state=1))
        for asset_id in range(1, instruments + 2):
            messages.append(
                commands.CreditFunds(
                    account_id=account_id, asset_id=asset_id, amount_units=10**15, reason=1
                )
            )
    if tiers:
        messages.append(commands.SetValuation(asset_id=1))
        ladder = {
            f"{name}_{n}": value
            for n in range(1, 6)
            for name, value in (
                ("from_units", 10 ** (12 + n)),
                ("maker_ppm", 1000 - 100 * n),
                ("taker_ppm", 2000 - 200 * n),
            )
        }
        messages.append(commands.SetFeeTiers(**ladder))
    frames = [wire.request_of(message, TENANT) for message in messages]
    return [b"".join(frames[at : at + BATCH]) for at in range(0, len(frames), BATCH)]


class OpenOrders:
    """The resting orders of the world, as the journal tells them."""

    def __init__(self) -> None:
        self.account_of: dict[int, int] = {}
        self.ids: list[int] = []

    def read(self, records: bytes) -> None:
        rows = columns.split_records(records)
        rested = rows.get((TENANT, "OrderRested"))
        if rested is not None:
            table = numpy.frombuffer(rested, dtype=columns.dtype("OrderRested"))
            pairs = zip(table["order_id"].tolist(), table["account_id"].tolist(), strict=True)
            for order_id, account_id in pairs:
                self.account_of[order_id] = account_id
                self.ids.append(order_id)
        closed = rows.get((TENANT, "OrderClosed"))
        if closed is not None:
            table = numpy.frombuffer(closed, dtype=columns.dtype("OrderClosed"))
            for order_id in table["order_id"].tolist():
                self.account_of.pop(order_id, None)

    def take(self, chance: random.Random) -> tuple[int, int] | None:
        """Some resting order (id, account), not to be taken again."""
        while self.ids:
            at = chance.randrange(len(self.ids))
            self.ids[at], self.ids[-1] = self.ids[-1], self.ids[at]
            order_id = self.ids.pop()
            account_id = self.account_of.pop(order_id, None)
            if account_id is not None:
                return order_id, account_id
        return None


def mixed(seed: int, instruments: int, count: int, *, client_ids: bool = False) -> Workload:
    """The standard flow: 36 % cancels, 22 % crossing orders, the rest comes to rest."""
    chance = random.Random(seed)
    world = shard.Shard()
    setup = setup_frames(instruments)
    for frames in setup:
        world.run_batch(frames, 1)
    orders = OpenOrders()
    kinds = {"cancel": 0, "crossing": 0, "resting": 0}
    number = 0

    def passive() -> bytes:
        side = chance.randrange(1, 3)
        distance = 1 + int(chance.expovariate(1 / 100))
        ticks = MID_TICKS - distance if side == 1 else MID_TICKS + distance
        text = f"bench-order-{number:012d}" if client_ids else ""
        return place(
            number,
            chance.randrange(1, USERS + 1),
            chance.randrange(1, instruments + 1),
            side,
            chance.randrange(1, 101),
            max(ticks, 1),
            client_order_id=text,
        )

    def crossing() -> bytes:
        side = chance.randrange(1, 3)
        most = 60 if len(orders.account_of) > RESTING else 20
        text = f"bench-order-{number:012d}" if client_ids else ""
        return place(
            number,
            chance.randrange(1, USERS + 1),
            chance.randrange(1, instruments + 1),
            side,
            chance.randrange(1, most),
            MID_TICKS + 200 if side == 1 else MID_TICKS - 200,
            time_in_force=2,
            client_order_id=text,
        )

    while len(orders.account_of) < RESTING:
        frames = []
        for _ in range(BATCH):
            number += 1
            frames.append(passive())
        setup.append(b"".join(frames))
        orders.read(world.run_batch(setup[-1], 2).records)
    batches: list[bytes] = []
    for _ in range(count // BATCH):
        frames = []
        for _ in range(BATCH):
            number += 1
            dice = chance.random()
            taken = orders.take(chance) if dice < 0.36 else None
            if taken is not None:
                kinds["cancel"] += 1
                frames.append(cancel(number, taken[1], taken[0]))
            elif dice < 0.58:
                kinds["crossing"] += 1
                frames.append(crossing())
            else:
                kinds["resting"] += 1
                frames.append(passive())
        batches.append(b"".join(frames))
        orders.read(world.run_batch(batches[-1], 3).records)
    return Workload(setup, batches, len(batches) * BATCH, kinds)
