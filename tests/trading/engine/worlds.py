"""Small worlds for the engine's tests: a shard with one venue, and seeded random commands."""

import random
from typing import Any

from trading.engine import commands as c
from trading.engine import events as e
from trading.engine import keys, queries, wire
from trading.engine.results import Result
from trading.engine.shard import Shard

TENANT = 7
FEES_ACCOUNT = 9


class World:
    """A shard spoken to with message objects, one command a batch."""

    def __init__(self, shard: Shard | None = None) -> None:
        self.shard = shard or Shard()
        self.time_ns = 1_000
        self.records = b""

    def send(self, message: Any, **header: int) -> tuple[Result, list[Any]]:
        """The result and the events (or rows) of one command or query."""
        answer = self.answer(message, **header)
        return Result(answer.result), wire.answer_events(answer)

    def answer(self, message: Any, **header: int) -> wire.Answer:
        header.setdefault("tenant_id", TENANT)
        self.time_ns += 1
        output = self.shard.run_batch(wire.request_of(message, **header), self.time_ns)
        assert output.answer_ends == [len(output.answers)]
        self.records += output.records
        return wire.decode_answer(output.answers)

    def must(self, *messages: Any) -> list[Any]:
        """Send commands that have to be accepted; returns the events of the last."""
        events: list[Any] = []
        for message in messages:
            result, events = self.send(message)
            assert result == Result.ACCEPTED, (result, message)
        return events

    def balances(self, account_id: int = 0) -> dict[tuple[int, int], tuple[int, int]]:
        """(account, asset) → (available, held)."""
        rows = self.must(queries.QueryBalances(account_id=account_id))
        return {
            (row.account_id, row.asset_id): (row.available_units, row.held_units) for row in rows
        }

    def depth(self, instrument_id: int = 1) -> list[tuple[int, int, int, int]]:
        """(side, ticks, lots, orders) of every level."""
        rows = self.must(queries.QueryDepth(instrument_id=instrument_id))
        return [(row.side, row.ticks, row.lots, row.orders) for row in rows]


def spot_setup(accounts: int = 3, **rules: int) -> list[Any]:
    """Two assets, instrument 1, a fee account and some funded accounts.

    By default one tick times one lot is one unit of the quote asset, a lot is one unit of the
    base asset, and nothing costs a fee.
    """
    fields: dict[str, Any] = {
        "instrument_id": 1,
        "base_asset_id": 1,
        "quote_asset_id": 2,
        "tick_units": 1,
        "lot_units": 1,
        "state": 1,
        "symbol": "AAA-BBB",
        **rules,
    }
    messages: list[Any] = [
        c.CreateAsset(asset_id=1, scale=0, code="AAA"),
        c.CreateAsset(asset_id=2, scale=0, code="BBB"),
        c.CreateInstrument(**fields),
        c.CreateAccount(account_id=FEES_ACCOUNT, role=1, state=1),
    ]
    for account_id in range(1, accounts + 1):
        messages.append(c.CreateAccount(account_id=account_id, state=1))
        for asset_id in (1, 2):
            messages.append(
                c.CreditFunds(
                    account_id=account_id, asset_id=asset_id, amount_units=1_000_000, reason=1
                )
            )
    return messages


def spot_world(accounts: int = 3, **rules: int) -> World:
    """An open venue that has gone through ``spot_setup``."""
    world = World()
    world.must(c.OpenVenue(code="test"), *spot_setup(accounts, **rules))
    return world


def order(account_id: int, side: str, lots: int, ticks: int = 0, **fields: Any) -> c.PlaceOrder:
    """A PlaceOrder in few words: no price means a market order."""
    values: dict[str, Any] = {
        "account_id": account_id,
        "instrument_id": 1,
        "lots": lots,
        "ticks": ticks,
        "side": {"buy": 1, "sell": 2}[side],
        "order_type": 1 if ticks else 2,
        "time_in_force": 1 if ticks else 2,
        **fields,
    }
    text = values.get("client_order_id", "")
    values.setdefault("client_key", keys.client_order_key(text))
    return c.PlaceOrder(**values)


class RandomCommands:
    """Seeded commands over few accounts and prices, so that everything meets everything."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.scale = self.chance.choice([0, 2, 8])
        self.orders = 0

    def setup(self) -> list[Any]:
        chance = self.chance
        messages: list[Any] = [
            c.CreateAsset(asset_id=1, scale=self.scale, code="AAA"),
            c.CreateAsset(asset_id=2, scale=8, code="BBB"),
            c.CreateAsset(asset_id=3, scale=18, code="CCC"),
            self.instrument(1, 1, 2),
            self.instrument(2, 3, 2),
            c.CreateAccount(account_id=FEES_ACCOUNT, role=1, state=1),
        ]
        for account_id in range(1, 6):
            messages.append(
                c.CreateAccount(
                    account_id=account_id,
                    group_id=chance.choice([0, 0, 1, 2]),
                    trade_group_id=chance.choice([0, 0, 5]),
                    state=1,
                )
            )
            for asset_id in (1, 2, 3):
                messages.append(self.funds(account_id, asset_id))
        return messages

    def instrument(self, instrument_id: int, base: int, quote: int, change: bool = False) -> Any:
        chance = self.chance
        scale = {1: self.scale, 3: 18}.get(base, 2)
        message = c.ChangeInstrument if change else c.CreateInstrument
        return message(
            instrument_id=instrument_id,
            base_asset_id=base,
            quote_asset_id=quote,
            tick_units=chance.choice([1, 10, 250]) * (1 if scale < 9 else 1000),
            lot_units=10**scale // chance.choice([1, 1]) * chance.choice([1, 3]),
            min_lots=chance.choice([0, 1, 2]),
            max_lots=chance.choice([0, 60, 1000]),
            min_notional_units=chance.choice([0, 0, 200]),
            max_notional_units=chance.choice([0, 0, 10**7]),
            price_band_bp=chance.choice([0, 0, 500, 2000]),
            maker_ppm=chance.choice([0, 1000, 333_333]),
            taker_ppm=chance.choice([0, 2000, 1_000_000]),
            state=1,
            symbol=f"S{instrument_id}",
        )

    def funds(self, account_id: int, asset_id: int) -> Any:
        scale = {1: self.scale, 2: 4, 3: 18}[asset_id]
        units = self.chance.choice([50, 2_000, 10**6]) * 10**scale
        return c.CreditFunds(account_id=account_id, asset_id=asset_id, amount_units=units, reason=1)

    def next(self) -> Any:
        """Mostly orders and cancels, now and then a change of the rules."""
        dice = self.chance.random()
        if dice < 0.62:
            return self.place()
        if dice < 0.80:
            return c.CancelOrder(**self.some_order())
        if dice < 0.86:
            return c.ReduceOrder(lots=self.chance.choice([-1, 0, 1, 3, 50]), **self.some_order())
        if dice < 0.88:
            return c.CancelAllOrders(
                account_id=self.account(),
                instrument_id=self.chance.choice([0, 0, 1, 2, 3]),
                side=self.chance.choice([0, 0, 1, 2, 3]),
            )
        return self.rare()

    def account(self) -> int:
        return self.chance.choice([1, 1, 2, 2, 3, 3, 4, 5, FEES_ACCOUNT, 77])

    def some_order(self) -> dict[str, int]:
        chance = self.chance
        by_key = chance.random() < 0.3
        return {
            "account_id": self.account(),
            "order_id": 0 if by_key else max(0, self.orders - int(chance.expovariate(0.15))),
            "client_key": keys.client_order_key(f"o{chance.randrange(60)}") if by_key else 0,
        }

    def place(self) -> c.PlaceOrder:
        chance = self.chance
        self.orders += 1
        limit = chance.random() < 0.8
        by_quote = not limit and chance.random() < 0.5
        lots = chance.choice([1, 1, 2, 3, 5, 8, 20, 80, 0, -2])
        text = f"o{chance.randrange(60)}" if chance.random() < 0.3 else ""
        key = keys.client_order_key(text)
        if chance.random() < 0.01:
            key = chance.choice([0, -5, 12])
        return c.PlaceOrder(
            account_id=self.account(),
            instrument_id=chance.choice([1, 1, 1, 2, 2, 3]) if chance.random() < 0.1 else 1,
            lots=0 if by_quote else lots,
            ticks=chance.choice([0, -1, 10**15, 10**16, 2**62])
            if chance.random() < 0.02
            else (100 + int(chance.gauss(0, 4)) if limit else 0),
            quote_units=chance.choice([1, 100, 5_000, 10**6])
            if by_quote
            else (5 if chance.random() < 0.01 else 0),
            side=chance.choice([1, 2]) if chance.random() < 0.99 else chance.choice([0, 3, 255]),
            order_type=(1 if limit else 2) if chance.random() < 0.99 else 3,
            time_in_force=chance.choice([1, 1, 1, 2, 3]) if chance.random() < 0.99 else 9,
            self_trade_prevention=chance.randrange(5) if chance.random() < 0.99 else 5,
            flags=chance.choice([0, 0, 0, 1]) if chance.random() < 0.99 else 2,
            client_key=key,
            client_order_id=text,
        )

    def rare(self) -> Any:
        chance = self.chance
        account_id = self.account()
        asset_id = chance.choice([1, 2, 3, 4])
        return chance.choice(
            [
                lambda: self.funds(account_id, chance.choice([1, 2, 3])),
                lambda: c.CreditFunds(
                    account_id=account_id,
                    asset_id=asset_id,
                    amount_units=chance.choice([0, -1, 10**38 - 1, 10**20]),
                    reason=chance.choice([0, 1, 90]),
                    reference_id=4,
                ),
                lambda: c.DebitFunds(
                    account_id=account_id,
                    asset_id=asset_id,
                    amount_units=chance.choice([1, 500, 10**12, 0]),
                    reason=2,
                    reference_id=chance.randrange(100),
                ),
                lambda: c.SetFees(
                    group_id=chance.choice([0, 1, 2, -1]),
                    instrument_id=chance.choice([0, 1, 2, 3]),
                    maker_ppm=chance.choice([-1, 0, 500, 1_000_001]),
                    taker_ppm=chance.choice([0, 700]),
                ),
                lambda: c.SetReferencePrice(
                    instrument_id=chance.choice([1, 2, 3]), ticks=chance.choice([95, 100, 0])
                ),
                lambda: c.SetInstrumentState(
                    instrument_id=chance.choice([1, 2, 3]), state=chance.choice([1, 1, 1, 2, 3, 4])
                ),
                lambda: self.instrument(chance.choice([1, 1, 3]), 1, 2, change=True),
                lambda: self.instrument(chance.choice([1, 3]), 1, 2),
                lambda: c.ChangeAccount(
                    account_id=account_id,
                    group_id=chance.choice([0, 1, 2]),
                    trade_group_id=chance.choice([0, 0, 5, 6]),
                    state=chance.choice([1, 1, 1, 1, 2, 3, 0]),
                ),
                lambda: c.CreateAccount(
                    account_id=chance.choice([3, 8]), role=chance.choice([0, 1, 4]), state=1
                ),
                lambda: self.instrument(chance.choice([1, 4]), chance.choice([2, 5]), 2),
                lambda: c.CreateAsset(
                    asset_id=chance.choice([0, 2, 6]), scale=chance.choice([8, 19]), code="X"
                ),
            ]
        )()


def check_invariants(world: World, events: list[Any]) -> None:
    """What must hold after every command, seen from outside.

    Conservation needs the reference; here: nobody owes, no book is crossed, levels add up to
    their orders, and what is held is what the resting orders need.
    """
    orders = world.must(queries.QueryOpenOrders())
    needed: dict[tuple[int, int], int] = {}
    levels: dict[tuple[int, int, int], list[int]] = {}
    venue = world.shard.venues[TENANT]
    for row in orders:
        instrument = venue.instruments[row.instrument_id]
        assert 0 < row.leaves_lots <= row.lots
        assert row.leaves_lots + row.cumulative_lots <= row.lots
        if row.side == 1:
            key = (row.account_id, int(instrument.quote.asset_id))
            units = row.leaves_lots * row.ticks * instrument.factor
        else:
            key = (row.account_id, int(instrument.base.asset_id))
            units = row.leaves_lots * instrument.lot_units
        needed[key] = needed.get(key, 0) + units
        level = levels.setdefault((row.instrument_id, row.side, row.ticks), [0, 0])
        level[0] += row.leaves_lots
        level[1] += 1
    balances = world.balances()
    for key, (available, held) in balances.items():
        assert available >= 0, key
        assert held == needed.pop(key, 0), key
    assert not needed
    totals: dict[int, int] = {}
    for (_, asset_id), (available, held) in balances.items():
        totals[asset_id] = totals.get(asset_id, 0) + available + held
    for asset_id, asset in venue.assets.items():
        assert totals.get(asset_id, 0) == asset.supply_units
    for instrument_id in venue.instruments:
        rows = world.depth(instrument_id)
        bids = [row[1] for row in rows if row[0] == 1]
        asks = [row[1] for row in rows if row[0] == 2]
        assert bids == sorted(set(bids), reverse=True)
        assert asks == sorted(set(asks))
        assert not bids or not asks or bids[0] < asks[0]
        for side, ticks, lots, count in rows:
            assert levels.pop((instrument_id, side, ticks)) == [lots, count]
    assert not levels
    for event in events:
        if isinstance(event, e.OrderClosed | e.OrderReduced):
            assert event.leaves_lots >= 0
