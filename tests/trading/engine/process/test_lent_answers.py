"""Answers that the log writer sends by itself: whole, in order, and to nobody else.

With ``--inline-requests 0`` all are, as far as sockets take them.
"""

import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trading.engine.process import running
from tests.trading.engine.process.running import TENANT, RunningEngine, order, query_order
from trading.engine import links, snapshot, wire
from trading.engine.queries import QueryStatus
from trading.engine.results import Result


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    folder: Path = tmp_path_factory.mktemp("lent") / "engine"
    with RunningEngine(folder, "--inline-requests", "0") as engine:
        running.furnish(engine.client())
        yield engine


def raw(engine: RunningEngine) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(60)
    sock.connect(engine.socket_path)
    return sock


def read_answers(sock: socket.socket, count: int) -> list[wire.Answer]:
    answers: list[wire.Answer] = []
    data = b""
    while len(answers) < count:
        piece = sock.recv(1 << 16)
        assert piece
        data += piece
        more, used = links.take_answers(data)
        answers += more
        data = data[used:]
    assert data == b""
    return answers


def test_whoever_reads_late_gets_all_of_it_in_order(engine: RunningEngine) -> None:
    """Many times what a socket holds: so answers stay behind with the writer, and in the loop."""
    count = 12_000
    frames = [
        wire.request_of(
            order(f"late-{number}") if number % 3 else QueryStatus(),
            TENANT if number % 3 else 0,
            number,
        )
        for number in range(count)
    ]
    with raw(engine) as sock, raw(engine) as other:
        sending = threading.Thread(target=sock.sendall, args=(b"".join(frames),))
        sending.start()
        for number in range(200):  # groups go on meanwhile, and are answered
            other.sendall(wire.request_of(order(f"other-{number}"), TENANT, number))
            assert read_answers(other, 1)[0].request_id == number
        answers = read_answers(sock, count)
        sending.join(60)
    assert [answer.request_id for answer in answers] == list(range(count))
    assert {answer.result for answer in answers} == {Result.ACCEPTED}
    seqs = [answer.seq for answer in answers]
    assert seqs == sorted(seqs)
    counts = running.placed_counts(engine.engine_dir)
    assert [counts.get(f"late-{number}", 0) for number in range(count)] == [
        1 if number % 3 else 0 for number in range(count)
    ]


def test_a_closed_sockets_number_is_nobody_elses_before_its_answers_are_done(
    engine: RunningEngine,
) -> None:
    failures: list[str] = []
    stopping = threading.Event()

    def leave() -> None:
        """Send, and be gone before the answer."""
        number = 0
        while not stopping.is_set():
            with raw(engine) as sock:
                frames = [order(f"gone-{number}-{each}") for each in range(20)]
                sock.sendall(b"".join(wire.request_of(each, TENANT, 10**9) for each in frames))
            number += 1

    def stay(name: str) -> None:
        """A new socket each time, most likely with the number of one that is gone."""
        for number in range(300):
            with raw(engine) as sock:
                window = range(1000 * number, 1000 * number + 10)
                sock.sendall(
                    b"".join(wire.request_of(order(f"{name}-{i}"), TENANT, i) for i in window)
                )
                answers = read_answers(sock, len(window))
                if [(a.request_id, a.result) for a in answers] != [
                    (i, Result.ACCEPTED) for i in window
                ]:
                    failures.append(f"{name}-{number}: {answers}")

    leaving = [threading.Thread(target=leave)]
    staying = [threading.Thread(target=stay, args=(f"stay{number}",)) for number in range(3)]
    for thread in leaving + staying:
        thread.start()
    for thread in staying:
        thread.join(120)
    stopping.set()
    for thread in leaving:
        thread.join(60)
    assert failures == []
    client = engine.client()
    assert client.send(TENANT, query_order("stay0-1000")).result == Result.ACCEPTED


def test_the_last_words_stand_behind_the_answers(engine: RunningEngine) -> None:
    for number in range(50):
        with raw(engine) as sock:
            good = wire.request_of(order(f"words-{number}"), TENANT, 1)
            sock.sendall(good + bytes(36))
            data = b""
            while piece := sock.recv(1 << 16):
                data += piece
        answers, used = links.take_answers(data)
        assert used == len(data)
        assert [(a.request_id, a.result) for a in answers] == [
            (1, Result.ACCEPTED),
            (0, Result.BAD_FRAME),
        ]


def test_a_snapshot_that_is_asked_for_holds_what_was_answered(engine: RunningEngine) -> None:
    client = engine.client()
    assert engine.popen is not None
    for number in range(5):
        before = set(snapshot.list_snapshots(engine.engine_dir))
        seq = client.send(TENANT, order(f"asked-{number}")).seq
        engine.popen.send_signal(signal.SIGUSR1)
        until = time.monotonic() + 60
        made: set[Path] = set()
        while not made and time.monotonic() < until:
            made = set(snapshot.list_snapshots(engine.engine_dir)) - before
            time.sleep(0.02)
        assert max(int(path.stem) for path in made) >= seq
