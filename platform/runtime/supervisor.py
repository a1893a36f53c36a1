"""Keeps the processes of the product running, and ends them in order.

One thread, one loop: it reads what the children write, notices the dead, starts them again and
writes ``supervisor.json`` for `manage.py status`, the health server and the next supervisor.
"""

import json
import os
import selectors
import signal
import time
from collections.abc import Sequence
from types import FrameType

from runtime import births
from runtime import environment as environments
from runtime.child import Child, State
from runtime.environment import Environment
from runtime.errors import RuntimeProblem
from runtime.logs import Log
from runtime.processes import Process, Stage

NAME = "marque"
STATUS_FILE = "supervisor.json"
PROBE_INTERVAL_S = 0.1
# A process without a readiness check counts as up when it lived this long.
SETTLE_S = 1.0
# During the start a process of an early stage may crash this often before the start is given up.
START_ATTEMPTS = 4
START_LIMIT_S = 240.0
HURRIED_S = 3.0
# A process that does not even end when killed waits in the kernel, for a disk that hangs say.
KILL_S = 5.0


class Supervisor:
    """Runs a table of processes until it is told to stop."""

    def __init__(self, environment: Environment, log: Log) -> None:
        self.environment = environment
        self.log = log
        self.children: list[Child] = []
        self.started = False  # every stage was started once
        self._selector = selectors.DefaultSelector()
        self._partial: dict[str, bytes] = {}
        self._last_lines: dict[str, list[str]] = {}
        self._stop_signals = 0
        self._birth = births.birth_of(os.getpid())
        self._status_text = ""
        self._next_probe_s = 0.0
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)

    def add(self, table: Sequence[Process]) -> None:
        environ = self.environment.child_environ()
        self.children += [Child(process, environ) for process in table]

    def start(self, stage: Stage) -> None:
        """Start the processes of a stage and wait until each is ready; raises RuntimeProblem."""
        members = [child for child in self.children if child.process.stage is stage]
        for child in members:
            self._start(child)
        limit_s = time.monotonic() + START_LIMIT_S
        while not self.stopping and any(
            child.state not in (State.UP, State.DONE) for child in members
        ):
            self.step(PROBE_INTERVAL_S)
            for child in members:
                self._check_start(child, limit_s)

    def launch(self, stage: Stage) -> None:
        """Start the processes of a stage without waiting for them."""
        for child in self.children:
            if child.process.stage is stage:
                self._start(child)

    def watch(self) -> None:
        """Keep everything running until a signal asks to stop."""
        self.started = True
        while not self.stopping:
            self.step(self._timeout_s())

    @property
    def stopping(self) -> bool:
        return self._stop_signals > 0

    def install_signals(self) -> None:
        """Ctrl-C, SIGTERM and a closed terminal stop; the end of a child wakes the loop."""
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        self._selector.register(self._wake_read, selectors.EVENT_READ, self._drain_wakeups)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_stop_signal)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    def stop(self) -> None:
        """End everything, turn by turn; a second signal shortens the wait for each."""
        self._stop_signals = max(1, self._stop_signals)
        for child in self.children:
            if child.state in (State.WAITING, State.CRASHED):
                child.state = State.STOPPED
        for turn in sorted({child.process.stop_turn for child in self.children}):
            self._stop_together(
                [child for child in self.children if child.process.stop_turn is turn]
            )
        self._write_status()

    def _stop_together(self, members: list[Child]) -> None:
        begun_s = time.monotonic()
        for child in members:
            if child.state in (State.STARTING, State.UP):
                child.state = State.STOPPING
                child.send(child.process.stop_signal)
        killed_s: dict[str, float] = {}
        while running := [child for child in members if child.state is State.STOPPING]:
            self.step(PROBE_INTERVAL_S)
            for child in running:
                self._hasten(child, time.monotonic() - begun_s, killed_s)

    def _hasten(self, child: Child, waited_s: float, killed_s: dict[str, float]) -> None:
        """Kill what does not stop within its grace; give up what not even that ends."""
        grace_s = child.process.stop_grace_s
        if self._stop_signals > 1:
            grace_s = min(grace_s, HURRIED_S)
        if waited_s <= grace_s or child.state is not State.STOPPING:
            return
        if child.name not in killed_s:
            killed_s[child.name] = waited_s
            self.log.line(NAME, f"{child.name} did not stop in {grace_s:g} s: killed")
            child.send(signal.SIGKILL)
        elif waited_s - killed_s[child.name] > KILL_S:
            child.state = State.STOPPED
            self.log.line(NAME, f"{child.name} (process {child.pid}) cannot be ended: left behind")

    def _start(self, child: Child) -> None:
        try:
            child.start()
        except OSError as error:
            self.log.line(child.name, f"could not be started: {error}")
            child.started_s = time.monotonic()
            child.on_exit(127, child.started_s)
            return
        self._selector.register(child.output_fd, selectors.EVENT_READ, lambda: self._read(child))
        if child.ready_fd is not None:
            self._selector.register(
                child.ready_fd, selectors.EVENT_READ, lambda: self._on_ready_byte(child)
            )
        self._write_status()

    def step(self, timeout_s: float) -> None:
        """One turn of the loop: output, the dead, the due, the not yet ready, the status file."""
        for key, _ in self._selector.select(timeout_s):
            key.data()
        now_s = time.monotonic()
        for child in self.children:
            self._reap(child, now_s)
        if not self.stopping:
            for child in self.children:
                if child.state is State.CRASHED and child.restart_at_s <= now_s:
                    self._start(child)
        if now_s >= self._next_probe_s:
            self._next_probe_s = now_s + PROBE_INTERVAL_S
            for child in self.children:
                self._probe(child, now_s)
        self._write_status()

    def _timeout_s(self) -> float:
        """How long nothing can become due: short while something starts, long when all is up."""
        if any(child.state is State.STARTING for child in self.children):
            return PROBE_INTERVAL_S
        due = [child.restart_at_s for child in self.children if child.state is State.CRASHED]
        return max(0.0, min([5.0, *(moment - time.monotonic() for moment in due)]))

    def _reap(self, child: Child, now_s: float) -> None:
        if child.popen is None or child.exit_code is not None:
            return
        if not child.has_ended():
            return
        child.kill_rest()  # also before the last reading, which would not end while that writes
        exit_code = child.popen.wait()
        self._read(child, last=True)
        was_stopping = child.state is State.STOPPING
        self._forget_ready(child)
        child.on_exit(exit_code, now_s)
        if child.state is State.CRASHED:
            wait_s = max(0.0, child.restart_at_s - now_s)
            again = "" if child.process.once else f"; again in {wait_s:.1f} s"
            self.log.line(NAME, f"{child.name} ended with {_exit_text(exit_code)}{again}")
        elif was_stopping:
            self.log.line(NAME, f"{child.name} stopped")

    def _probe(self, child: Child, now_s: float) -> None:
        if child.state is not State.STARTING or child.process.tells_ready or child.process.once:
            return
        if child.process.check is None:
            if now_s - child.started_s >= SETTLE_S:
                child.on_ready()
        elif not child.process.check():
            child.on_ready()

    def _check_start(self, child: Child, limit_s: float) -> None:
        """Give the start up where waiting longer cannot help."""
        failed = child.state is State.CRASHED and (
            child.process.once or child.restarts >= START_ATTEMPTS
        )
        if failed or (time.monotonic() > limit_s and child.state is not State.UP):
            said = self._last_lines.get(child.name, ["it said nothing"])
            raise RuntimeProblem(
                f"{child.name} did not start; the whole log is {self.log.path}, its last line: "
                f"{said[-1]}"
            )

    def _read(self, child: Child, *, last: bool = False) -> None:
        """Take what the child wrote; with ``last`` also a line without its end."""
        assert child.popen is not None and child.popen.stdout is not None
        if child.popen.stdout.closed:
            return
        data = self._partial.pop(child.name, b"")
        ended = last
        while True:
            try:
                chunk = os.read(child.output_fd, 65536)
            except BlockingIOError:
                break
            if not chunk:
                ended = True
                break
            data += chunk
            if not last and len(data) > 1_000_000:
                break
        lines = data.split(b"\n")
        rest = lines.pop()
        if ended and rest:
            lines.append(rest)
        elif rest:
            self._partial[child.name] = rest
        for line in lines:
            text = line.decode("utf-8", "replace").rstrip()
            self._last_lines[child.name] = [*self._last_lines.get(child.name, [])[-9:], text]
            self.log.line(child.name, text)
        if ended:
            self._selector.unregister(child.output_fd)
            child.popen.stdout.close()

    def _on_ready_byte(self, child: Child) -> None:
        told = child.ready_fd is not None and os.read(child.ready_fd, 1)
        self._forget_ready(child)
        if told and child.state is State.STARTING:
            child.on_ready()

    def _forget_ready(self, child: Child) -> None:
        if child.ready_fd is not None:
            self._selector.unregister(child.ready_fd)
            child.close_ready()

    def _drain_wakeups(self) -> None:
        try:
            os.read(self._wake_read, 4096)
        except BlockingIOError:
            return

    def _on_stop_signal(self, number: int, _frame: FrameType | None) -> None:
        self._stop_signals += 1
        if self._stop_signals == 1:
            self.log.line(NAME, f"{signal.Signals(number).name}: stopping")

    def _write_status(self) -> None:
        """Tell others, when something changed."""
        document = {
            "pid": os.getpid(),
            "birth": self._birth,
            "started": self.started,
            "port": self.environment.port,
            "metrics_port": self.environment.metrics_port,
            "processes": [child.describe() for child in self.children],
        }
        text = json.dumps(document, indent=1)
        if text != self._status_text:
            try:
                environments.write_private(self.environment.data_dir / STATUS_FILE, text)
            except OSError as error:  # a full disk is no reason to let everything go
                self.log.line(NAME, f"{STATUS_FILE} could not be written: {error.strerror}")
            self._status_text = text


def _exit_text(exit_code: int) -> str:
    if exit_code >= 0:
        return f"exit code {exit_code}"
    return signal.Signals(-exit_code).name
