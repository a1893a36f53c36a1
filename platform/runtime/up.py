"""`manage.py up` and `manage.py stop`: the whole product under one supervisor.

Works without Django, so that it starts at once and lives through anything that the rest does.
"""

import argparse
import os
import shutil
import signal
import sys
from collections.abc import Sequence

from runtime import environment as environments
from runtime import folders, given, instance, ports, postgres, processes, production, servers
from runtime.environment import Environment
from runtime.errors import EXIT_PROBLEM, RuntimeProblem
from runtime.logs import Log
from runtime.processes import Process, Stage
from runtime.supervisor import NAME, Supervisor

DEMO_FILE = "demo.txt"


def main(arguments: Sequence[str]) -> int:
    """Run `up` or `stop` with the words after `manage.py`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="manage.py")
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="run the product until Ctrl-C")
    up.add_argument("--demo", action="store_true", help="with demo tenants and a moving market")
    up.add_argument("--only", default="", help="comma-separated names of processes, no others")
    up.add_argument("--without", default="", help="comma-separated names of processes to omit")
    up.add_argument("--quiet", action="store_true", help="log to the file only")
    commands.add_parser("stop", help="stop the running product")
    options = parser.parse_args(arguments)
    try:
        if options.command == "stop":
            return _stop()
        # Until the supervisor listens for signals itself, each ends what was begun here.
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.default_int_handler)
        return _up(options)
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return 0
    except RuntimeProblem as problem:
        sys.stderr.write(f"{problem}\n")
        return EXIT_PROBLEM


def _stop() -> int:
    stopped = instance.stop_running(folders.data_dir())
    sys.stdout.write("Marque has stopped.\n" if stopped else "Marque does not run.\n")
    return 0


def _up(options: argparse.Namespace) -> int:
    production.check(os.environ)
    data = folders.data_dir()
    with instance.claimed(data):
        servers.check_given(os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", ""))
        stale = instance.end_stale(data)
        environment = environments.prepare(demo=options.demo)
        listener = ports.listen(environment.host, environment.port, "MARQUE_PORT")
        if not ports.is_free(environment.metrics_port, environment.metrics_host):
            raise RuntimeProblem(
                f"Port {environment.metrics_port} is taken by another program: stop that, or "
                f"choose another port, for example "
                f"MARQUE_METRICS_PORT={environment.metrics_port + 1}."
            )
        log = Log(environment.log_dir, quiet=options.quiet)
        try:
            for name in stale:
                log.line(NAME, f"ended {name}, left over from a killed supervisor")
            _empty(environment)
            table = processes.server_processes(environment) + processes.product_processes(
                environment,
                listener_fd=listener.fileno(),
                web_workers=given.whole(os.environ, "MARQUE_WEB_WORKERS", 1, least=1, most=64),
                demo=options.demo,
            )
            _run(Supervisor(environment, log), _chosen(table, options), log)
        finally:
            log.close()
            listener.close()
    return 0


def _run(supervisor: Supervisor, table: Sequence[Process], log: Log) -> None:
    """Start stage by stage, say so, watch; whatever happens, end all children."""
    environment = supervisor.environment
    supervisor.add(table)
    supervisor.install_signals()
    try:
        supervisor.start(Stage.SERVERS)
        if environment.postgres_port and not supervisor.stopping:
            postgres.create_role_and_database(environment)
        for stage in (Stage.PREPARE, Stage.WEB):
            if not supervisor.stopping:
                supervisor.start(stage)
        if not supervisor.stopping:
            log.banner(_banner(environment))
            supervisor.launch(Stage.WORKERS)
        supervisor.watch()
    finally:
        supervisor.stop()


def _banner(environment: Environment) -> str:
    """Addresses and sign-ins, for the person who waits at the terminal."""
    lines = [f"Marque runs. Ctrl-C stops it; the log is {environment.log_dir / 'marque.log'}."]
    demo = environment.data_dir / DEMO_FILE
    if demo.exists():
        lines += ["", demo.read_text().rstrip()]
    else:
        lines += ["", f"Operator    http://localhost:{environment.port}/operator/"]
    lines.append(f"\nHealth      http://127.0.0.1:{environment.metrics_port}/readyz (and /metrics)")
    return "\n".join(lines)


def _chosen(table: list[Process], options: argparse.Namespace) -> list[Process]:
    """The part of the table that was asked for; unknown names are refused."""
    known = {process.name for process in table}
    only = set(filter(None, options.only.split(",")))
    without = set(filter(None, options.without.split(",")))
    if unknown := sorted((only | without) - known):
        raise RuntimeProblem(
            f"There is no process {', '.join(unknown)}; there are {', '.join(sorted(known))}."
        )
    return [
        process
        for process in table
        if process.name not in without and (not only or process.name in only)
    ]


def _empty(environment: Environment) -> None:
    """Counters of processes that are gone must not be added to those of the new ones."""
    shutil.rmtree(environment.metrics_dir, ignore_errors=True)
    folders.make_folder(environment.metrics_dir)
