"""A real engine process in a passing folder."""

import atexit
import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Self

from django.conf import settings

START_SECONDS = 120
END_MILLISECONDS = 60_000
SEGMENT_BYTES = 4 * 1024 * 1024  # few tests fill one, and each start writes it


class EngineProcess:
    """An engine (``trading.engine.process``): ``start`` it, ``kill`` it, start it again.

    The socket lies in a short folder of its own, as Unix allows 107 bytes for its path.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._socket_folder = tempfile.mkdtemp(prefix="mq-")
        self.socket = str(Path(self._socket_folder) / "engine.sock")
        self.output = directory / "engine.out"
        self._pid_fd = -1

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()  # nobody reads what it would write at its end
        shutil.rmtree(self._socket_folder, ignore_errors=True)

    def start(self) -> None:
        """Start it and wait until it listens."""
        Path(self.socket).unlink(missing_ok=True)
        self.directory.mkdir(parents=True, exist_ok=True)
        arguments = [
            *("--dir", str(self.directory / "journal"), "--socket", self.socket),
            *("--segment-bytes", str(SEGMENT_BYTES)),
        ]
        with contextlib.suppress(ProcessLookupError):  # it has ended already
            self._pid_fd = os.pidfd_open(_born(arguments, self.output))
        deadline = time.monotonic() + START_SECONDS
        while not Path(self.socket).exists():
            if self._pid_fd < 0 or self._has_ended(0) or time.monotonic() > deadline:
                raise RuntimeError(f"the engine did not start:\n{self.output.read_text()}")
            time.sleep(0.005)

    def kill(self) -> None:
        """As a power cut would: nothing is written any more."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _has_ended(self, milliseconds: int) -> bool:
        poller = select.poll()
        poller.register(self._pid_fd, select.POLLIN)
        return bool(poller.poll(milliseconds))

    def _end(self, sign: signal.Signals) -> None:
        if self._pid_fd < 0:
            return
        for number in (sign, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pid_fd, number)
            if self._has_ended(END_MILLISECONDS):
                break
        os.close(self._pid_fd)
        self._pid_fd = -1


@cache
def _nest() -> subprocess.Popen[str]:
    path = os.pathsep.join([str(settings.ROOT), str(settings.ROOT / "platform")])
    nest = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("engine_nest.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        cwd=settings.ROOT,
    )
    atexit.register(nest.communicate)
    return nest


def _born(arguments: list[str], output: Path) -> int:
    """The pid of a new engine; see ``engine_nest``."""
    nest = _nest()
    assert nest.stdin is not None and nest.stdout is not None
    nest.stdin.write(json.dumps({"arguments": arguments, "output": str(output)}) + "\n")
    nest.stdin.flush()
    return int(nest.stdout.readline())
