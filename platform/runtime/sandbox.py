"""Embedded servers for a passing run: `python -m runtime.sandbox pytest …`.

They get a data folder and ports of their own and are gone afterwards, so tests never meet the
data of a product that runs beside them. Durability is switched off: it costs time and proves
nothing here. A benchmark asks for it: `python -m runtime.sandbox --durable …`. The command's exit
code is handed on.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator

from runtime import environment as environments
from runtime import folders, ports, postgres, processes
from runtime.errors import EXIT_PROBLEM, RuntimeProblem
from runtime.logs import Log
from runtime.processes import Stage
from runtime.supervisor import Supervisor

FAST_BUT_NOT_DURABLE = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "log_min_messages=fatal",  # refused statements are what many tests are about
)


@contextlib.contextmanager
def servers(*, durable: bool = False) -> Iterator[tuple[dict[str, str], Supervisor]]:
    """PostgreSQL and Valkey while the block runs; yields the environment that leads to them.

    The caller keeps calling the supervisor's ``step``, which takes what the servers write.
    """
    data = folders.temporary_data_dir("marque-test-")
    given = {
        "MARQUE_DATA_DIR": str(data),
        "MARQUE_PORT": str(ports.choose()),
        "MARQUE_METRICS_PORT": str(ports.choose()),
    }
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ.update(given)
    environment = environments.prepare()
    log = Log(environment.log_dir, quiet=True)
    supervisor = Supervisor(environment, log)
    try:
        table = processes.server_processes(environment)
        for process in table:
            if process.name == "postgres" and not durable:
                for setting in FAST_BUT_NOT_DURABLE:
                    process.command.extend(["-c", setting])
        supervisor.add(table)
        supervisor.start(Stage.SERVERS)
        postgres.create_role_and_database(environment)
        folders.make_folder(environment.engine_dir)
        folders.make_folder(environment.metrics_dir)
        yield environment.child_environ(), supervisor
    finally:
        supervisor.stop()
        log.close()
        shutil.rmtree(data, ignore_errors=True)
        shutil.rmtree(environment.run_dir, ignore_errors=True)


def main() -> int:
    """Run the command given on the command line beside the servers."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(128 + signal.SIGTERM))
    arguments = sys.argv[1:]
    durable = arguments[:1] == ["--durable"]
    try:
        with servers(durable=durable) as (environ, supervisor):
            command = subprocess.Popen(arguments[durable:], env=environ)
            try:
                while command.poll() is None:
                    supervisor.step(0.2)
                return command.returncode
            except KeyboardInterrupt:
                return command.wait()
            finally:
                if command.poll() is None:
                    command.terminate()
                    command.wait()
    except RuntimeProblem as problem:
        sys.stderr.write(f"{problem}\n")
        return EXIT_PROBLEM


if __name__ == "__main__":
    sys.exit(main())
