"""Clients: what they get when the link or the engine goes away, and frames that are none."""

import asyncio
import contextlib
import random
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trading.engine.process import running
from tests.trading.engine.process.running import TENANT, RunningEngine, order, query_order
from trading.engine import links, wire
from trading.engine.client import (
    AsyncEngineClient,
    EngineClient,
    EngineUnavailable,
    EngineUnknown,
    Request,
)
from trading.engine.events import OrderAccepted, OrderRow
from trading.engine.queries import QueryOrder, QueryStatus
from trading.engine.results import Result


@pytest.fixture(scope="module", params=[(), ("--inline-requests", "0")], ids=["", "beside"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningEngine]:
    with RunningEngine(tmp_path_factory.mktemp("clients") / "engine", *request.param) as engine:
        running.furnish(engine.client())
        yield engine


class CuttingProxy:
    """A unix socket in front of the engine's that cuts the link.

    ``cut_after`` answer bytes; ``passes`` false: it takes requests and hands on none;
    ``astray``: the answer is one to another connection's request.
    """

    def __init__(
        self, target: str, *, cut_after: int = 0, passes: bool = True, astray: bool = False
    ) -> None:
        self.socket_path = tempfile.mktemp(prefix="mq-", suffix=".sock")
        self._target = target
        self._cut_after = cut_after
        self._passes = passes
        self._astray = astray
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.socket_path)
        self._listener.listen()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        Path(self.socket_path).unlink()
        self._thread.join(10)

    def _run(self) -> None:
        while True:
            try:
                near = self._listener.accept()[0]
            except OSError:
                return
            with near, socket.socket(socket.AF_UNIX) as far:
                far.connect(self._target)
                request = near.recv(1 << 16)
                if not self._passes:
                    continue
                far.sendall(request)
                answer = far.recv(1 << 16)  # so it was applied
                if self._astray:
                    (request_id,) = struct.unpack_from("<Q", answer, 8)
                    other = struct.pack("<Q", request_id ^ 1 << 58)
                    near.sendall(answer[:8] + other + answer[16:])
                    near.recv(1)  # its end
                    continue
                near.sendall(answer[: self._cut_after])


@contextlib.contextmanager
def cutting(engine: RunningEngine, **how: int) -> Iterator[str]:
    proxy = CuttingProxy(engine.socket_path, **how)  # type: ignore[arg-type]
    try:
        yield proxy.socket_path
    finally:
        proxy.close()


@pytest.mark.parametrize("cut_after", [0, 3, 40, 90])
def test_a_link_cut_in_an_answer_is_unknown_and_asked_about(
    engine: RunningEngine, cut_after: int
) -> None:
    name = f"cut-{cut_after}"
    with cutting(engine, cut_after=cut_after) as socket_path, pytest.raises(EngineUnknown):
        EngineClient(socket_path).send(TENANT, order(name))
    client = engine.client()
    found = client.send(TENANT, query_order(name))
    assert found.result == Result.ACCEPTED
    (row,) = found.events
    assert isinstance(row, OrderRow)
    again = client.send(TENANT, order(name))
    assert again.result == Result.REPEATED
    assert running.placed_counts(engine.engine_dir)[name] == 1


@pytest.mark.parametrize("is_async", [False, True])
def test_an_answer_gone_astray_is_not_taken_for_ones_own(
    engine: RunningEngine, is_async: bool
) -> None:
    """At once, not only when the patience is over."""
    name = f"astray-{is_async}"

    async def send(socket_path: str) -> None:
        client = AsyncEngineClient(socket_path, timeout_seconds=600)
        await client.send(TENANT, order(name))

    with cutting(engine, astray=True) as socket_path, pytest.raises(EngineUnknown):
        if is_async:
            asyncio.run(send(socket_path))
        else:
            EngineClient(socket_path, timeout_seconds=600).send(TENANT, order(name))
    assert running.placed_counts(engine.engine_dir)[name] == 1


def test_a_query_cut_in_its_answer_is_unavailable(engine: RunningEngine) -> None:
    with cutting(engine, cut_after=10) as socket_path, pytest.raises(EngineUnavailable):
        EngineClient(socket_path).send(0, QueryStatus())


@pytest.mark.parametrize("cut_after", [0, 40])
def test_async_link_cut_in_an_answer(engine: RunningEngine, cut_after: int) -> None:
    async def cut(socket_path: str) -> None:
        client = AsyncEngineClient(socket_path)
        with pytest.raises(EngineUnknown):
            await client.send(TENANT, order(f"async-{cut_after}"))
        with pytest.raises(EngineUnavailable):
            await client.send(0, QueryStatus())
        await client.close()

    with cutting(engine, cut_after=cut_after) as socket_path:
        asyncio.run(cut(socket_path))
    assert running.placed_counts(engine.engine_dir)[f"async-{cut_after}"] == 1


def test_no_engine_is_unavailable(tmp_path: Path) -> None:
    async def nobody() -> None:
        with pytest.raises(EngineUnavailable):
            await AsyncEngineClient(str(tmp_path / "s")).send(0, QueryStatus())

    with pytest.raises(EngineUnavailable):
        EngineClient(str(tmp_path / "s")).send(TENANT, order("x"))
    asyncio.run(nobody())


def test_an_engine_that_does_not_answer_in_time(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="mq-") as folder:
        path = f"{folder}/s"
        with socket.socket(socket.AF_UNIX) as mute:
            mute.bind(path)
            mute.listen()

            async def ask() -> None:
                client = AsyncEngineClient(path, timeout_seconds=0.2)
                with pytest.raises(EngineUnknown, match="in time"):
                    await client.send(TENANT, order("late"))
                await client.close()

            with pytest.raises(EngineUnknown, match="in time"):
                EngineClient(path, timeout_seconds=0.2).send(TENANT, order("late"))
            with pytest.raises(EngineUnavailable):
                EngineClient(path, timeout_seconds=0.2).send(TENANT, query_order("late"))
            asyncio.run(ask())


def test_clients_reconnect_to_the_next_engine(tmp_path: Path) -> None:
    with RunningEngine(tmp_path / "engine") as engine:
        client = engine.client(patience_seconds=120.0)
        running.furnish(client)
        assert client.send(TENANT, order("before")).result == Result.ACCEPTED
        engine.kill()
        with pytest.raises(EngineUnavailable):
            engine.client().send(TENANT, order("down"))
        starting = threading.Timer(0.2, engine.start)
        starting.start()
        # The idle link is dead: nothing was sent over it, so trying anew is safe.
        assert client.send(TENANT, order("after")).result == Result.ACCEPTED
        starting.join()

        async def across() -> None:
            aclient = AsyncEngineClient(engine.socket_path, patience_seconds=120.0)
            assert (await aclient.send(TENANT, order("a1"))).result == Result.ACCEPTED
            await asyncio.to_thread(engine.kill)
            starting = asyncio.create_task(asyncio.to_thread(engine.start))
            await asyncio.sleep(0.05)
            assert (await aclient.send(TENANT, order("a2"))).result == Result.ACCEPTED
            await starting
            await aclient.close()

        asyncio.run(across())
        assert set(running.placed_counts(engine.engine_dir)) == {"before", "after", "a1", "a2"}


def test_many_threads_share_one_client(engine: RunningEngine) -> None:
    client = engine.client()
    wrong: list[str] = []

    def place(number: int) -> None:
        for step in range(25):
            name = f"thread-{number}-{step}"
            accepted = client.send(TENANT, order(name)).events[0]
            if not isinstance(accepted, OrderAccepted) or accepted.client_order_id != name:
                wrong.append(name)

    threads = [threading.Thread(target=place, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    client.close()
    assert wrong == []
    counts = running.placed_counts(engine.engine_dir)
    assert sum(counts[f"thread-{n}-{s}"] for n in range(8) for s in range(25)) == 200


def test_bundles_are_answered_in_order(engine: RunningEngine) -> None:
    requests = [Request(TENANT, order(f"bundle-{n}")) for n in range(3000)]
    seqs = [answer.seq for answer in engine.client().send_frames(requests)]
    assert seqs == list(range(seqs[0], seqs[0] + 3000))

    async def pipelined() -> list[int]:
        client = AsyncEngineClient(engine.socket_path)
        requests = [Request(TENANT, order(f"async-bundle-{n}")) for n in range(3000)]
        answers = await client.send_frames(requests)
        await client.close()
        return [answer.seq for answer in answers]

    seqs = asyncio.run(pipelined())
    assert seqs == list(range(seqs[0], seqs[0] + 3000))


def test_a_repeated_source_number_is_not_applied(engine: RunningEngine) -> None:
    client = engine.client()
    first = client.send(TENANT, order("source"), source=7, source_no=1)
    again = client.send(TENANT, order("source"), source=7, source_no=1)
    assert (first.result, again.result) == (Result.ACCEPTED, Result.REPEATED)


def test_an_answer_follows_all_before_it_on_its_connection(engine: RunningEngine) -> None:
    """A query sent behind a command sees it, and both come once the command is durable."""
    client = engine.client()
    placed, asked = client.send_frames(
        [Request(TENANT, order("seen")), Request(TENANT, query_order("seen"))]
    )
    assert asked.result == Result.ACCEPTED
    assert asked.seq == placed.seq


def raw(engine: RunningEngine) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(60)
    sock.connect(engine.socket_path)
    return sock


def read_to_end(sock: socket.socket) -> list[wire.Answer]:
    data = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := sock.recv(1 << 16):
            data += piece
    answers, used = links.take_answers(data)
    assert used == len(data)
    return answers


@pytest.mark.parametrize("length", [0, 35, 65_533, 1 << 31, (1 << 32) - 1])
def test_an_impossible_length_closes_that_connection_only(
    engine: RunningEngine, length: int
) -> None:
    with raw(engine) as other, raw(engine) as sock:
        good = wire.request_of(order(f"good-{length}"), TENANT, 1)
        bad = struct.pack("<IHHQ", length, 11, 1, 77) + bytes(24)
        sock.sendall(good + bad + good)
        answers = read_to_end(sock)
        assert [(a.request_id, a.result) for a in answers] == [
            (1, Result.ACCEPTED),
            (77, Result.BAD_FRAME),
        ]
        other.sendall(wire.request_of(QueryStatus(), 0, 2))
        assert wire.decode_answer(other.recv(1 << 16)).result == Result.ACCEPTED


def test_half_frames_are_waited_for(engine: RunningEngine) -> None:
    with raw(engine) as sock:
        frame = wire.request_of(order("pieces"), TENANT, 5)
        for at in range(0, len(frame), 7):
            sock.sendall(frame[at : at + 7])
        assert wire.decode_answer(sock.recv(1 << 16)).result == Result.ACCEPTED


def test_a_client_that_vanishes_leaves_whole_frames_only(engine: RunningEngine) -> None:
    with raw(engine) as sock:
        sock.sendall(wire.request_of(order("whole"), TENANT, 1))
        sock.sendall(wire.request_of(order("half"), TENANT, 2)[:-1])
    client = engine.client()
    assert client.send(TENANT, query_order("half")).result == Result.UNKNOWN_ORDER
    assert client.send(TENANT, query_order("whole")).result == Result.ACCEPTED


@pytest.mark.parametrize("seed", range(4))
def test_garbage_harms_nobody(engine: RunningEngine, seed: int) -> None:
    chance = random.Random(seed)
    before = running.status(engine.client())
    good = wire.request_of(QueryOrder(account_id=1), TENANT, 1)
    for _ in range(60):
        with raw(engine) as sock:
            if chance.random() < 0.5:
                data = chance.randbytes(chance.randrange(1, 4000))
            else:
                noisy = bytearray(good * 5)
                for _ in range(chance.randrange(1, 20)):
                    noisy[chance.randrange(len(noisy))] = chance.randrange(256)
                data = bytes(noisy)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                sock.sendall(data)
                sock.shutdown(socket.SHUT_WR)
                for answer in read_to_end(sock):
                    assert answer.result in set(Result)
    assert running.status(engine.client()) == before


def test_a_client_that_reads_nothing_is_not_read_either(engine: RunningEngine) -> None:
    """Its answers stay bounded in the engine; the others are served."""
    frame = wire.request_of(QueryStatus(), 0, 1)
    frames = frame * 1000
    with raw(engine) as sock:
        sock.sendall(frame)
        answer_bytes = len(sock.recv(1 << 16))
        sock.settimeout(1.0)
        sent = 0
        with contextlib.suppress(TimeoutError):
            while sent < 100_000_000:
                sent += sock.send(frames)
        assert sent < 20_000_000
        assert running.status(engine.client()) > 0
        # Whoever takes his answers goes on being served.
        sock.settimeout(60)
        got = 0
        expected = sent // len(frame) * answer_bytes
        while got < expected:
            got += len(sock.recv(1 << 20))
        assert got == expected
