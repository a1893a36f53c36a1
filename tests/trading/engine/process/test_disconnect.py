"""Orders that end with the connection that armed them, however it ends; and cancel timers."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.trading.engine.process import running
from tests.trading.engine.process.running import ROOT, TENANT, RunningEngine, order, replayed
from trading.engine import commands as c
from trading.engine import events as e
from trading.engine import journal, queries, wire
from trading.engine.client import EngineClient, Request
from trading.engine.enums import CancelCause
from trading.engine.links import Link
from trading.engine.results import Result

ARM_AND_WAIT = """
import sys, time
from tests.trading.engine.process.running import TENANT, order
from trading.engine import commands
from trading.engine.client import Request
from trading.engine.links import Link
link = Link(sys.argv[1], 5.0)
sent = [commands.ArmDisconnect(account_id=1, armed=1), order("left-behind")]
answers = link.exchange([Request(TENANT, message) for message in sent], 5.0)
print(*[answer.result for answer in answers], flush=True)
time.sleep(600)
"""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[RunningEngine]:
    with RunningEngine(tmp_path / "engine") as engine:
        running.furnish(engine.client())
        yield engine


@contextlib.contextmanager
def link_to(engine: RunningEngine) -> Iterator[Link]:
    link = Link(engine.socket_path, 5.0)
    try:
        yield link
    finally:
        link.close()


def must(link: Link, *messages: object) -> None:
    requests = [Request(TENANT, message) for message in messages]  # type: ignore[arg-type]
    for answer in link.exchange(requests, 5.0):
        assert answer.result == Result.ACCEPTED, answer


def arm(instrument_id: int = 0, *, account_id: int = 1, armed: int = 1) -> c.ArmDisconnect:
    return c.ArmDisconnect(account_id=account_id, instrument_id=instrument_id, armed=armed)


def open_orders(engine: RunningEngine, account_id: int = 1) -> list[int]:
    answer = engine.client().send(TENANT, queries.QueryOpenOrders(account_id=account_id))
    return [row.order_id for row in answer.events if isinstance(row, e.OrderRow)]


def armed_rows(engine: RunningEngine) -> list[tuple[int, int, int]]:
    answer = engine.client().send(TENANT, queries.QueryArmed())
    rows = [row for row in answer.events if isinstance(row, e.ArmedRow)]
    return [(row.account_id, row.instrument_id, row.on_disconnect) for row in rows]


def until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def causes(engine: RunningEngine) -> list[int]:
    """Why all orders of an account were canceled, by the journal."""
    found = []
    for record in journal.read_records(engine.engine_dir):
        command = wire.record_command(record)
        if isinstance(command, c.CancelAllOrders):
            assert record.result == Result.ACCEPTED
            found.append(command.cause)
    return found


def test_what_a_closed_connection_armed_is_canceled(engine: RunningEngine) -> None:
    with link_to(engine) as link:
        must(link, arm(), order("mine"), order("another", account_id=2))
    until(lambda: open_orders(engine) == [])
    assert open_orders(engine, 2) == [2]
    assert armed_rows(engine) == []
    assert causes(engine) == [CancelCause.DISCONNECTED]
    assert engine.stop()[0] == 0
    assert replayed(engine.engine_dir).seq > 0


def test_orders_that_came_over_other_connections_go_too(engine: RunningEngine) -> None:
    client = engine.client()
    with link_to(engine) as link:
        must(link, arm())
        assert client.send(TENANT, order("elsewhere")).result == Result.ACCEPTED
        assert open_orders(engine) == [1]
    until(lambda: open_orders(engine) == [])


def test_a_killed_process_is_a_lost_connection(engine: RunningEngine) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ARM_AND_WAIT, engine.socket_path],
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
        stdout=subprocess.PIPE,
        text=True,
    ) as popen:
        assert popen.stdout is not None
        assert popen.stdout.readline() == "0 0\n"
        assert len(open_orders(engine)) == 1
        popen.kill()
    until(lambda: open_orders(engine) == [])
    assert armed_rows(engine) == []


def test_frames_that_came_before_the_end_are_applied_before_it(engine: RunningEngine) -> None:
    """Nothing that a vanished connection sent comes behind its cancel."""
    sock = socket.socket(socket.AF_UNIX)
    sock.connect(engine.socket_path)
    frames = [wire.request_of(arm(), TENANT, 1)]
    frames += [wire.request_of(order(f"o{number}"), TENANT, number) for number in range(2, 400)]
    sock.sendall(b"".join(frames))
    sock.close()
    until(lambda: causes(engine) == [CancelCause.DISCONNECTED])
    assert open_orders(engine) == []


def test_one_instrument_only(engine: RunningEngine) -> None:
    other = c.CreateInstrument(
        instrument_id=2,
        base_asset_id=1,
        quote_asset_id=2,
        tick_units=10**6,
        lot_units=1000,
        state=1,
        symbol="TWO",
    )
    elsewhere = c.PlaceOrder(
        account_id=1, instrument_id=2, side=1, order_type=1, time_in_force=1, lots=5, ticks=1000
    )
    with link_to(engine) as link:
        must(link, other, arm(2), order("stays"), elsewhere)
        assert open_orders(engine) == [1, 2]
    until(lambda: open_orders(engine) == [1])


def test_each_connection_arms_for_itself(engine: RunningEngine) -> None:
    with link_to(engine) as second:
        with link_to(engine) as first:
            must(first, arm(), order("one"))
            must(second, arm())
        until(lambda: open_orders(engine) == [])
        until(lambda: armed_rows(engine) == [(1, 0, 1)])
        must(second, order("two"))
    until(lambda: open_orders(engine) == [])
    until(lambda: armed_rows(engine) == [])


def test_disarming_lets_the_orders_be(engine: RunningEngine) -> None:
    with link_to(engine) as other:
        with link_to(engine) as link:
            must(link, arm(), arm(), order("stays"))
            must(other, arm())
            must(link, arm(armed=0))
            assert armed_rows(engine) == [(1, 0, 1)]  # for the other one's sake
        time.sleep(0.1)
        assert open_orders(engine) == [1]
        must(other, arm(armed=0))
        assert armed_rows(engine) == []
    time.sleep(0.1)
    assert open_orders(engine) == [1]


def test_a_refused_arming_cancels_nothing(engine: RunningEngine) -> None:
    with link_to(engine) as link:
        must(link, order("stays"))
        refused = [arm(7), arm(account_id=777), arm(armed=2)]
        answers = link.exchange([Request(TENANT, message) for message in refused], 5.0)
        assert [answer.result for answer in answers] == [
            Result.UNKNOWN_INSTRUMENT,
            Result.UNKNOWN_ACCOUNT,
            Result.FIELD_OUT_OF_RANGE,
        ]
        (answer,) = link.exchange([Request(99, arm())], 5.0)
        assert answer.result == Result.UNKNOWN_TENANT
    time.sleep(0.1)
    assert open_orders(engine) == [1]
    assert engine.client().send(0, queries.QueryStatus()).result == Result.ACCEPTED


@pytest.mark.parametrize("kills", [True, False])
def test_an_engine_that_comes_back_cancels_what_was_armed(
    engine: RunningEngine, kills: bool
) -> None:
    """Whoever armed it has lost his connection, whichever side it broke on."""
    with link_to(engine) as link:
        must(link, arm(), order("mine"), order("another", account_id=2))
        if kills:
            engine.kill()
        else:
            assert engine.stop()[0] == 0
        engine.start()
        assert open_orders(engine) == []
        assert open_orders(engine, 2) == [2]
        assert armed_rows(engine) == []
    assert engine.stop()[0] == 0
    assert replayed(engine.engine_dir).venues[TENANT].armed == {}


def test_a_timer_runs_out_by_itself(engine: RunningEngine) -> None:
    client = engine.client()
    timer = c.SetCancelTimer(account_id=1, timeout_ns=300_000_000)
    for message in (timer, order("mine"), order("another", account_id=2)):
        assert client.send(TENANT, message).result == Result.ACCEPTED
    until(lambda: causes(engine) == [CancelCause.TIMER])  # nobody asks the engine meanwhile
    assert (open_orders(engine), open_orders(engine, 2)) == ([], [2])


def test_a_timer_survives_the_engine(engine: RunningEngine) -> None:
    client = EngineClient(engine.socket_path, patience_seconds=30.0)
    timer = c.SetCancelTimer(account_id=1, timeout_ns=700_000_000)
    for message in (timer, order("mine")):
        assert client.send(TENANT, message).result == Result.ACCEPTED
    engine.kill()
    time.sleep(0.8)
    engine.start()
    until(lambda: open_orders(engine) == [])
    assert causes(engine) == [CancelCause.TIMER]
