"""Ports are chosen by many at once, and each gets its own."""

import socket
import subprocess
import sys

from runtime import folders, ports

CHOOSING = (
    "import sys; from runtime import ports; ports.FIRST, ports.LAST = 31000, 31400; "
    "print(*(ports.choose() for _ in range(20)), flush=True); sys.stdin.read()"
)


def test_nobody_chooses_what_another_has_chosen() -> None:
    """All choose out of few before anybody listens; each keeps its own until it ends."""
    choosing = [
        subprocess.Popen(
            [sys.executable, "-c", CHOOSING],
            env={"PYTHONPATH": str(folders.ROOT / "platform")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    chosen: list[int] = []
    try:
        for process in choosing:
            assert process.stdout is not None
            chosen += map(int, process.stdout.readline().split())
        assert len(chosen) == len(set(chosen)) == 120
        assert not any(ports.claim(port) for port in chosen)
    finally:
        for process in choosing:
            process.communicate()
    assert ports.claim(chosen[0])


def test_a_port_that_is_listened_at_is_nobodys() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert not ports.claim(listener.getsockname()[1])


def test_what_is_claimed_stays_ours() -> None:
    port = ports.choose()
    assert ports.claim(port)
    assert ports.choose() != port
