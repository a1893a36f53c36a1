"""A little journal in which much happened to a few orders, and ways to spoil it."""

import time
from pathlib import Path

from tests.trading.engine.process import running
from tests.trading.engine.process.running import TENANT, RunningEngine, order
from trading.engine import commands, enums, journal, wire
from trading.engine.client import Answer, EngineClient
from trading.engine.events import OrderAccepted
from trading.engine.message import Message
from trading.engine.results import Result

STOP = enums.OrderType.STOP_MARKET
SELL = enums.Side.SELL
IOC = enums.TimeInForce.IOC


def live(engine: RunningEngine) -> dict[str, int]:
    """Let orders live; returns their ids: traded, stop, open, timed."""
    client = engine.client()
    running.furnish(client)
    traded = _place(client, order("traded"))
    _send(client, order("seller", account_id=2, lots=2, side=SELL, time_in_force=IOC))
    _send(client, commands.ReplaceOrder(account_id=1, order_id=traded, lots=4, ticks=1001))
    _send(client, commands.ReduceOrder(account_id=1, order_id=traded, lots=1))
    refused = commands.ReduceOrder(account_id=1, order_id=traded)
    _send(client, refused, Result.BAD_QUANTITY)
    _send(client, commands.CancelOrder(account_id=1, order_id=traded))
    again = commands.CancelOrder(account_id=1, order_id=traded)
    _send(client, again, Result.ORDER_ALREADY_CLOSED)
    stop = _place(client, order("stop", account_id=3, ticks=0, order_type=STOP, trigger_ticks=1010))
    _send(client, order("offer", account_id=4, lots=9, ticks=1010, side=SELL))
    _send(client, order("lifter", account_id=5, lots=1, ticks=1010))
    resting = _place(client, order("open", account_id=6, ticks=900))
    soon_ns = time.time_ns() + 2 * 10**9
    timed = _place(
        client,
        order("timed", account_id=7, ticks=800, time_in_force=4, expire_ns=soon_ns),
    )
    client.close()
    return {"traded": traded, "stop": stop, "open": resting, "timed": timed}


def _send(client: EngineClient, message: Message, result: Result = Result.ACCEPTED) -> Answer:
    answer = client.send(TENANT, message)
    assert answer.result == result, (message, answer)
    return answer


def _place(client: EngineClient, placing: commands.PlaceOrder) -> int:
    accepted = _send(client, placing).events[0]
    assert isinstance(accepted, OrderAccepted)
    return accepted.order_id


def flip(path: Path, offset: int) -> None:
    """Spoil a byte, as a disk would."""
    content = bytearray(path.read_bytes())
    content[offset] ^= 0xFF
    path.write_bytes(content)


def group_of(engine_dir: Path, seq: int) -> tuple[Path, journal.FoundGroup]:
    """Where the group that holds a record stands; the journal has one segment."""
    (segment,) = journal.list_segments(engine_dir)
    found = journal.scan_groups(segment.path.read_bytes(), 0, segment.first_seq, 0)
    return segment.path, next(g for g in found.groups if g.first_seq <= seq <= g.last_seq)


def forge(engine_dir: Path, seq: int) -> None:
    """Give a record another result under a right checksum, as no disk would."""
    path, group = group_of(engine_dir, seq)
    records = b"".join(
        wire.record_again(r._replace(result=Result.NO_ROOM) if r.seq == seq else r)
        for r in wire.iterate_records(group.records)
    )
    count = group.last_seq - group.first_seq + 1
    content = bytearray(path.read_bytes())
    forged = wire.group_header([records], count, group.first_seq) + records
    content[group.offset : group.offset + len(forged)] = forged
    path.write_bytes(content)
