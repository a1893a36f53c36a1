"""A real engine process in a passing folder."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Self

from django.conf import settings

START_SECONDS = 120
SEGMENT_BYTES = 4 * 1024 * 1024  # few tests fill one, and each start writes it


class EngineProcess:
    """``python -m trading.engine.process``: ``start`` it, ``kill`` it, start it again.

    The socket lies in a short folder of its own, as Unix allows 107 bytes for its path.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._socket_folder = tempfile.mkdtemp(prefix="mq-")
        self.socket = str(Path(self._socket_folder) / "engine.sock")
        self.output = directory / "engine.out"
        self.popen: subprocess.Popen[bytes] | None = None

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
        path = os.pathsep.join([str(settings.ROOT), str(settings.ROOT / "platform")])
        with self.output.open("ab") as output:
            self.popen = subprocess.Popen(
                [
                    *(sys.executable, "-m", "trading.engine.process"),
                    *("--dir", str(self.directory / "journal"), "--socket", self.socket),
                    *("--segment-bytes", str(SEGMENT_BYTES)),
                ],
                stdout=output,
                stderr=output,
                env={**os.environ, "PYTHONPATH": path},
                cwd=settings.ROOT,
            )
        deadline = time.monotonic() + START_SECONDS
        while not Path(self.socket).exists():
            if self.popen.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the engine did not start:\n{self.output.read_text()}")
            time.sleep(0.02)

    def kill(self) -> None:
        """As a power cut would: nothing is written any more."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, sign: signal.Signals) -> None:
        if self.popen is None:
            return
        if self.popen.poll() is None:
            self.popen.send_signal(sign)
        try:
            self.popen.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
        self.popen = None
