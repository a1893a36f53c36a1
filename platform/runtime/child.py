"""One supervised process: started, watched, started again with back-off, ended."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable
from enum import StrEnum

from runtime import births, folders, ready
from runtime.processes import Process

# In the environment of every child and what that starts: the data folder it works for.
MARK = "MARQUE_SUPERVISED"
FIRST_DELAY_S = 0.2
LONGEST_DELAY_S = 30.0
# A process that lived this long crashed by chance, not because it cannot start.
STEADY_S = 20.0

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class State(StrEnum):
    WAITING = "waiting"  # not started yet
    STARTING = "starting"
    UP = "up"
    CRASHED = "crashed"  # will be started again
    DONE = "done"  # a process that runs once, and did
    STOPPING = "stopping"
    STOPPED = "stopped"


class Child:
    """A line of the process table with the process that stands for it now."""

    def __init__(self, process: Process, environ: dict[str, str]) -> None:
        self.process = process
        self.state = State.WAITING
        self.restarts = 0
        self.exit_code: int | None = None
        self.popen: subprocess.Popen[bytes] | None = None
        self.ready_fd: int | None = None
        self.birth = ""  # tells this process from a later one of the same number
        self.started_s = 0.0  # time.monotonic()
        self.restart_at_s = 0.0
        self._environ = environ
        self._delay_s = FIRST_DELAY_S

    @property
    def name(self) -> str:
        return self.process.name

    @property
    def pid(self) -> int | None:
        return self.popen.pid if self.popen is not None else None

    @property
    def output_fd(self) -> int:
        assert self.popen is not None and self.popen.stdout is not None
        return self.popen.stdout.fileno()

    def start(self) -> None:
        """Start it; an executable that cannot be started counts as a crash."""
        process = self.process
        environ = {**self._environ, **process.extra_environ}
        environ[MARK] = environ["MARQUE_DATA_DIR"]
        pass_fds = process.pass_fds
        tell_fd = None
        if process.tells_ready:
            self.ready_fd, tell_fd = os.pipe()
            environ[ready.VARIABLE] = str(tell_fd)
            pass_fds = (*pass_fds, tell_fd)
        identity = process.identity
        try:
            self.popen = subprocess.Popen(
                process.command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environ,
                cwd="/" if identity else folders.ROOT,
                start_new_session=True,
                pass_fds=pass_fds,
                user=identity.uid if identity else None,
                group=identity.gid if identity else None,
                extra_groups=[] if identity else None,
                preexec_fn=_die_with_parent(os.getpid(), process.stop_signal),
            )
        finally:
            if tell_fd is not None:
                os.close(tell_fd)
        os.set_blocking(self.output_fd, False)
        self.state = State.STARTING
        self.birth = births.birth_of(self.popen.pid)
        self.started_s = time.monotonic()
        self.exit_code = None

    def on_ready(self) -> None:
        self.state = State.UP
        self.close_ready()

    def on_exit(self, exit_code: int, now_s: float) -> None:
        """Take note of its end; sets when it is due again, or that it is over."""
        self.exit_code = exit_code
        self.close_ready()
        if self.state is State.STOPPING:
            self.state = State.STOPPED
        elif self.process.once and exit_code == 0:
            self.state = State.DONE
        else:
            if now_s - self.started_s >= STEADY_S:
                self._delay_s = FIRST_DELAY_S
            self.state = State.CRASHED
            self.restart_at_s = now_s + self._delay_s
            self._delay_s = min(self._delay_s * 2, LONGEST_DELAY_S)
            self.restarts += 1

    def send(self, number: signal.Signals) -> None:
        if self.popen is not None and self.exit_code is None and not self.has_ended():
            os.kill(self.popen.pid, number)  # not Popen's, which takes note of an end by itself

    def has_ended(self) -> bool:
        """Whether it has ended and waits to be taken note of; until then its number is its own."""
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return self.popen is not None and os.waitid(os.P_PID, self.popen.pid, flags) is not None

    def kill_rest(self) -> None:
        """End what the process started and left behind in its group.

        To be called before its end is taken note of: afterwards the number may be another's.
        """
        if self.popen is not None:
            try:
                os.killpg(self.popen.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                return

    def close_ready(self) -> None:
        if self.ready_fd is not None:
            os.close(self.ready_fd)
            self.ready_fd = None

    def describe(self) -> dict[str, object]:
        """What the status file says of it."""
        alive = self.state in (State.STARTING, State.UP, State.STOPPING)
        return {
            "name": self.name,
            "state": str(self.state),
            "pid": self.pid if alive else None,
            "birth": self.birth if alive else "",
            "restarts": self.restarts,
            "exit_code": self.exit_code,
            "once": self.process.once,
            "stop_signal": int(self.process.stop_signal),
        }


def _die_with_parent(parent: int, number: signal.Signals) -> Callable[[], None]:
    """For the time between fork and exec: be told when the supervisor dies, even by kill -9."""

    def prepare() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
