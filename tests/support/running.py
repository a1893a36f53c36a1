"""The real product, or part of it, under its supervisor in a passing data folder."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from runtime import folders, instance, ports

MANAGE = str(folders.ROOT / "manage.py")


def tail_of(path: Path, lines: int = 60) -> str:
    """The last lines of a log that may not be there, without requests that went as usual."""
    if not path.exists():
        return ""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - 200_000))
        said = log.read().decode(errors="replace").splitlines()
    usual = ('"event": "request"', '"level": "info"')
    return "\n".join([line for line in said if not all(part in line for part in usual)][-lines:])


def clean_environ(data: Path, **variables: str) -> dict[str, str]:
    """This process's environment without anything that points at another installation."""
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("MARQUE_")
        and name
        not in (
            "DATABASE_URL",
            "DATABASE_APP_URL",
            "REDIS_URL",
            "PROMETHEUS_MULTIPROC_DIR",
            "PYTHONPATH",
        )
    }
    return {**environ, "MARQUE_DATA_DIR": str(data), **variables}


class Product:
    """`manage.py up` with ports of its own; ended and swept away with the block.

    It runs from `start` on, and may be stopped and started again.
    """

    def __init__(self, *arguments: str, data: Path | None = None, **variables: str) -> None:
        self.data = data or folders.temporary_data_dir("marque-test-")
        self._sweep = data is None
        self.port = ports.choose()
        self.metrics_port = ports.choose()
        self.environ = clean_environ(
            self.data,
            MARQUE_PORT=str(self.port),
            MARQUE_METRICS_PORT=str(self.metrics_port),
            **variables,
        )
        self.arguments = arguments
        self.output = self.data / "output.txt"
        self.popen: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.popen is not None:
            self.stop()
        instance.end_stale(self.data)
        if self._sweep:
            shutil.rmtree(folders.run_dir(self.data), ignore_errors=True)
            shutil.rmtree(self.data, ignore_errors=True)

    def start(self, stdout: int | None = None) -> None:
        """Start it; what it says is in ``output``, unless another descriptor takes it."""
        with self.output.open("ab") as output:
            self.popen = subprocess.Popen(
                [sys.executable, MANAGE, "up", *self.arguments],
                env=self.environ,
                stdout=output if stdout is None else stdout,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )

    def stop(self, number: signal.Signals = signal.SIGTERM, timeout_s: float = 180) -> int:
        """Send the signal once and wait; returns the exit code."""
        assert self.popen is not None
        if self.popen.poll() is None:
            self.popen.send_signal(number)
        return self.popen.wait(timeout_s)

    def said(self) -> str:
        return self.output.read_text(errors="replace") if self.output.exists() else ""

    def last_words(self) -> str:
        """The end of the log of all its processes; of its output while there is no log."""
        log = self.data / "log" / "marque.log"
        return tail_of(log if log.exists() else self.output)

    def process(self, name: str) -> dict[str, Any]:
        """The status line of a process; empty when there is none."""
        for line in instance.read_status(self.data).get("processes", []):
            if line["name"] == name:
                return dict(line)
        return {}

    def wait_up(self, *names: str, timeout_s: float = 180) -> None:
        """Until each of these is up, under this very supervisor."""
        assert self.popen is not None
        pid = self.popen.pid

        def all_up() -> bool:
            status = instance.read_status(self.data)
            states = {line["name"]: line["state"] for line in status.get("processes", [])}
            started = status.get("pid") == pid and status["started"]
            return started and all(states.get(name) == "up" for name in names)

        self.wait(all_up, f"{', '.join(names)} up", timeout_s)

    def wait(self, condition: Callable[[], bool], what: str, timeout_s: float = 180) -> None:
        """Until the condition holds."""
        begun_s = time.monotonic()
        while not condition():
            assert self.popen is not None
            if self.popen.poll() is not None:
                raise AssertionError(f"the supervisor ended before: {what}\n{self.said()[-4000:]}")
            if time.monotonic() - begun_s > timeout_s:
                raise AssertionError(f"not within {timeout_s} s: {what}\n{self.said()[-4000:]}")
            time.sleep(0.02)

    def manage(self, *arguments: str, timeout_s: float = 180) -> subprocess.CompletedProcess[str]:
        """Another `manage.py` command run by hand beside the product."""
        return subprocess.run(
            [sys.executable, MANAGE, *arguments],
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    def remembered(self) -> dict[str, Any]:
        return dict(json.loads((self.data / "environment.json").read_text()))
