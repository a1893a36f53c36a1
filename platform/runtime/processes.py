"""The table of processes: what runs, how it is started, when it counts as ready, how it ends."""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from runtime import folders, postgres, privileges, servers, valkey
from runtime.environment import Environment


class Stage(IntEnum):
    """Order of starting; processes of one stage start together, the next when all are ready."""

    SERVERS = 1
    PREPARE = 2
    WEB = 3
    WORKERS = 4


class StopTurn(IntEnum):
    """Order of stopping: the doors first, the databases last."""

    WEB = 1
    WORKERS = 2
    ENGINE = 3
    HEALTH = 4
    SERVERS = 5


@dataclass(frozen=True)
class Process:
    """One line of the table.

    ``check`` says why the process is not ready yet (empty: it is); it must answer within a
    fraction of a second. With ``tells_ready`` the process says so itself (`runtime.ready`).
    ``once`` marks a process that does its work and exits with 0.
    """

    name: str
    command: list[str]
    stage: Stage
    stop_turn: StopTurn
    stop_signal: signal.Signals = signal.SIGTERM
    stop_grace_s: float = 10.0
    check: Callable[[], str] | None = None
    tells_ready: bool = False
    once: bool = False
    identity: privileges.Identity | None = None
    pass_fds: tuple[int, ...] = ()
    extra_environ: dict[str, str] = field(default_factory=dict)


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(folders.ROOT / "manage.py"), *arguments]


def module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]


def server_processes(environment: Environment) -> list[Process]:
    """The embedded servers, those of them that the environment does not replace."""
    table = []
    if environment.postgres_port:
        command, identity = postgres.prepare(environment)
        table.append(
            Process(
                "postgres",
                command,
                Stage.SERVERS,
                StopTurn.SERVERS,
                stop_signal=signal.SIGINT,  # fast shutdown
                stop_grace_s=30,
                check=lambda: postgres.problem(environment),
                identity=identity,
            )
        )
    if environment.valkey_port:
        table.append(
            Process(
                "valkey",
                valkey.prepare(environment),
                Stage.SERVERS,
                StopTurn.SERVERS,
                check=lambda: servers.redis_problem(environment.redis_url, timeout_s=0.5),
            )
        )
    return table


def product_processes(
    environment: Environment, *, listener_fd: int, web_workers: int, demo: bool
) -> list[Process]:
    """Everything else, in the order in which it is shown."""
    folders.make_folder(environment.engine_dir)
    folders.make_folder(environment.data_dir / "static")  # filled in production only
    door = environment.door_variables()
    table = [
        Process(
            "engine",
            module(
                "trading.engine.process",
                *("--dir", str(environment.engine_dir)),
                *("--socket", str(environment.engine_socket)),
            ),
            Stage.SERVERS,
            StopTurn.ENGINE,
            stop_grace_s=30,  # it writes a snapshot
            check=lambda: _socket_problem(environment.engine_socket),
        ),
        Process(
            "prepare",
            manage("prepare", *(["--demo"] if demo else [])),
            Stage.PREPARE,
            StopTurn.WEB,
            once=True,
        ),
    ]
    if environment.gateway_port:
        table.append(_gateway(environment))
    for number in range(1, web_workers + 1):
        table.append(
            Process(
                f"web-{number}" if web_workers > 1 else "web",
                module("runtime.web", "--fd", str(listener_fd)),
                Stage.WEB,
                StopTurn.WEB,
                tells_ready=True,
                pass_fds=(listener_fd,),
                extra_environ=door,
            )
        )
    # Clearing writes the books and the worker looks after their tables: both as the owner.
    table.append(Process("clearing", manage("clearing"), Stage.WORKERS, StopTurn.WORKERS))
    doors = {"publisher": "publisher", "relay": "relay"}
    if demo:
        doors["replay"] = "replay_market"
    for name, command in doors.items():
        table.append(
            Process(name, manage(command), Stage.WORKERS, StopTurn.WORKERS, extra_environ=door)
        )
    if demo:
        # It calls back by the names of the demo's firms: all of them are this machine's.
        simulator = ("--port", str(environment.kyc_simulator_port))
        callback = ("--callback-host", f"127.0.0.1:{environment.port}")
        table.append(
            Process(
                "kyc-simulator",
                module("kyc.simulator", *simulator, *callback),
                Stage.WORKERS,
                StopTurn.WORKERS,
                extra_environ=door,
            )
        )
    celery = module("celery", "--quiet", "--app", "config.celery:app")
    schedule = folders.make_folder(environment.data_dir / "celery") / "beat-schedule"
    table += [
        Process(
            "worker",
            # Threads: tasks wait for servers, and connection pools do not live through a fork.
            [*celery, "worker", "--pool", "threads", "--concurrency", "4", "--without-mingle"],
            Stage.WORKERS,
            StopTurn.WORKERS,
            extra_environ={"CELERY_SKIP_CHECKS": "true"},  # seconds at each start
        ),
        Process(
            "beat",
            [*celery, "beat", "--pidfile=", "--schedule", str(schedule)],
            Stage.WORKERS,
            StopTurn.WORKERS,
            extra_environ=door,
        ),
        Process(
            "health",
            manage("health"),
            Stage.WORKERS,
            StopTurn.HEALTH,
            tells_ready=True,
            extra_environ=door,
        ),
    ]
    return table


def _gateway(environment: Environment) -> Process:
    """The simulated card gateway of a demo."""
    file = folders.make_folder(environment.data_dir / "gateway") / "payments.json"
    return Process(
        "gateway",
        module(
            "wallets.payments.simulator",
            *("--port", str(environment.gateway_port)),
            *("--file", str(file)),
        ),
        Stage.SERVERS,
        StopTurn.WORKERS,
        check=lambda: _port_problem(environment.gateway_port),
    )


def _port_problem(port: int) -> str:
    """Why nobody answers at this port of the loopback; empty when somebody takes connections."""
    import socket

    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _socket_problem(path: Path) -> str:
    """Why nobody answers at this Unix socket; empty when somebody takes connections."""
    import socket

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        try:
            probe.connect(os.fspath(path))
        except OSError as error:
            return error.strerror or str(error)
    return ""
