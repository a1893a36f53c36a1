"""Small worlds for the engine's tests: a shard with one venue, and seeded random commands."""

from typing import Any

from trading.engine import commands as c
from trading.engine import keys, queries, wire
from trading.engine.enums import OrderType, TimeInForce
from trading.engine.results import Result
from trading.engine.shard import Shard

TENANT = 7
FEES_ACCOUNT = 9


START_NS = 1_000


class World:
    """A shard spoken to with message objects, one command a batch.

    Time goes on by one with each command; queries take none. ``own`` holds what the last batch
    began with by itself: commands of the shard's own, their results and their events.
    """

    def __init__(self, shard: Shard | None = None) -> None:
        self.shard = shard or Shard()
        self.time_ns = START_NS
        self.records = b""
        self.own: list[tuple[Any, Result, list[Any]]] = []

    def send(self, message: Any, **header: int) -> tuple[Result, list[Any]]:
        """The result and the events (or rows) of one command or query."""
        answer = self.answer(message, **header)
        return Result(answer.result), wire.answer_events(answer)

    def answer(self, message: Any, **header: int) -> wire.Answer:
        header.setdefault("tenant_id", TENANT)
        self.time_ns += is_command(message)
        output = self.shard.run_batch(wire.request_of(message, **header), self.time_ns)
        assert output.answer_ends == [len(output.answers)]
        self.records += output.records
        answer = wire.decode_answer(output.answers)
        records = list(wire.iterate_records(output.records))
        seqs = range(output.first_seq, output.last_seq + 1)
        assert [record.seq for record in records] == list(seqs)
        assert all(record.time_ns == self.time_ns for record in records)
        if is_command(message) and answer.seq:
            # The shard's own come first, the command that was sent is the last.
            assert records.pop().seq == answer.seq
        self.own = [
            (
                wire.record_command(record),
                Result(record.result),
                list(wire.answer_events(record)),
            )
            for record in records
        ]
        return answer

    def wait(self, nanoseconds: int) -> None:
        """Let time go on."""
        self.time_ns += nanoseconds

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


def is_command(message: Any) -> bool:
    return isinstance(message, tuple(c.BY_KIND.values()))


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
    """A PlaceOrder in few words: no price means a market order, ``stop`` or ``take`` a trigger."""
    stop, take = fields.pop("stop", 0), fields.pop("take", 0)
    plain = OrderType.LIMIT if ticks else OrderType.MARKET
    if stop:
        plain = OrderType.STOP_LIMIT if ticks else OrderType.STOP_MARKET
    elif take:
        plain = OrderType.TAKE_PROFIT_LIMIT if ticks else OrderType.TAKE_PROFIT_MARKET
    values: dict[str, Any] = {
        "account_id": account_id,
        "instrument_id": 1,
        "lots": lots,
        "ticks": ticks,
        "side": {"buy": 1, "sell": 2}[side],
        "order_type": plain,
        "time_in_force": TimeInForce.GTC if ticks else TimeInForce.IOC,
        "trigger_ticks": stop or take,
        **fields,
    }
    text = values.get("client_order_id", "")
    values.setdefault("client_key", keys.client_order_key(text))
    return c.PlaceOrder(**values)
