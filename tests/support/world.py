"""A database of its own with committed demo data, for tests that run real processes.

Ordinary tests work inside a database transaction that no other process can see. A test that
starts ``manage.py`` processes takes the ``world`` fixture instead::

    def test_relay(world):
        with world.engine(), world.process("relay"), world.connected():
            aurora = Tenant.objects.get(slug="aurora")      # committed data, ordinary ORM
            ...
            world.wait_for(lambda: ...)

Everything started ends with the world, and the database is dropped.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from engines import EngineProcess
from running import tail_of
from tenants import directory


class World:
    def __init__(self, database: str, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.engine_process = EngineProcess(folder / "engine")
        self._running: list[subprocess.Popen[bytes]] = []

    @property
    def database_url(self) -> str:
        return with_database(settings.DATABASE_URL, self.database)

    @property
    def environ(self) -> dict[str, str]:
        """Environment for every process of this world."""
        return {
            **os.environ,
            "DATABASE_URL": self.database_url,
            "REDIS_URL": settings.REDIS_URL,
            "MARQUE_DATA_DIR": str(self.folder),
            "MARQUE_ENGINE_DIR": str(self.engine_process.directory / "journal"),
            "MARQUE_ENGINE_SOCKET": self.engine_process.socket,
        }

    def manage(self, *arguments: str, timeout_s: float = 240) -> str:
        """Run a management command to its end; its output. Fails the test if it fails."""
        result = subprocess.run(
            self._command(arguments),
            env=self.environ,
            cwd=settings.ROOT,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        assert result.returncode == 0, f"manage.py {arguments}:\n{result.stdout}{result.stderr}"
        return result.stdout

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a management command that stays; its output goes to ``<folder>/<name>.out``."""
        return self.start_program(arguments[0], self._command(arguments))

    def start_program(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        """Start any program in this world's environment; its output goes to ``<name>.out``."""
        with (self.folder / f"{name}.out").open("ab") as output:
            popen = subprocess.Popen(
                command,
                env=self.environ,
                cwd=settings.ROOT,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._running.append(popen)
        return popen

    @contextmanager
    def process(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """A management command that runs during the block."""
        popen = self.start(*arguments)
        try:
            yield popen
        finally:
            end(popen)

    @contextmanager
    def engine(self) -> Iterator[EngineProcess]:
        """The engine, running during the block; it keeps its journal between blocks."""
        self.engine_process.start()
        try:
            yield self.engine_process
        finally:
            self.engine_process.stop()

    def last_words(self) -> str:
        """The end of what each of its processes said."""
        paths = [self.engine_process.output, *sorted(self.folder.glob("*.out"))]
        said = {path.stem: tail_of(path, 25) for path in paths}
        return "\n".join(f"[{name}]\n{text}" for name, text in said.items() if text)

    def output_of(self, name: str) -> str:
        path = self.folder / f"{name}.out"
        return path.read_text(errors="replace") if path.exists() else ""

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Django in this process works on this world's database and engine during the block."""
        before = (connection.settings_dict["NAME"], settings.ENGINE_SOCKET, settings.ENGINE_DIR)
        _point_at(self.database)
        settings.ENGINE_SOCKET = self.engine_process.socket
        settings.ENGINE_DIR = self.engine_process.directory / "journal"
        try:
            yield
        finally:
            _point_at(before[0])
            settings.ENGINE_SOCKET, settings.ENGINE_DIR = before[1:]

    @staticmethod
    def wait_for(condition: Callable[[], Any], *, seconds: float = 120) -> Any:
        """Ask until the answer is true; fails the test after ``seconds``."""
        deadline = time.monotonic() + seconds
        while True:
            answer = condition()
            if answer:
                return answer
            assert time.monotonic() < deadline, f"not within {seconds} s"
            time.sleep(0.02)

    def close(self) -> None:
        for popen in self._running:
            end(popen)
        self.engine_process.__exit__()
        drop_database(self.database)
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def _command(arguments: tuple[str, ...]) -> list[str]:
        return [sys.executable, str(settings.ROOT / "manage.py"), *arguments]


def open_world(name: str, template: str) -> World:
    """A world whose database is a copy of ``template``."""
    database = f"{template}_{name}"[:63]
    drop_database(database)
    with _server() as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(database), sql.Identifier(template)
            )
        )
    return World(database, Path(tempfile.mkdtemp(prefix="marque-world-")))


def make_template(name: str) -> None:
    """A migrated database with the demo data in it, for worlds to be copied from."""
    drop_database(name)
    with _server() as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    world = World(name, Path(tempfile.mkdtemp(prefix="marque-world-")))
    try:
        world.manage("migrate_schemas", "--verbosity", "0", "--skip-checks")
        world.manage("seed_demo", "--quiet", "--skip-checks")
    finally:
        shutil.rmtree(world.folder, ignore_errors=True)
        shutil.rmtree(world.engine_process._socket_folder, ignore_errors=True)


def drop_database(name: str) -> None:
    """Drop it if it is there, and end our own connections to it.

    ``WITH (FORCE)`` would end everybody's and fails when autovacuum, which is not of our role, is
    at work in it; a plain DROP asks autovacuum to leave.
    """
    drop = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    deadline = time.monotonic() + 60
    with _server() as server:
        while True:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = %s AND usename = current_user AND backend_type = 'client backend'",
                [name],
            )
            try:
                server.execute(drop)  # waits up to five seconds for who is still there
            except psycopg.errors.ObjectInUse:
                if time.monotonic() > deadline:
                    raise
            else:
                return


def with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def end(popen: subprocess.Popen[bytes]) -> None:
    """End a process group: kindly, after half a minute by force."""
    if popen.poll() is not None:
        return
    os.killpg(popen.pid, signal.SIGTERM)
    try:
        popen.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(popen.pid, signal.SIGKILL)
        popen.wait()


def _server() -> "psycopg.Connection[Any]":
    return psycopg.connect(with_database(settings.DATABASE_URL, "postgres"), autocommit=True)


def _point_at(database: str) -> None:
    connection.set_schema_to_public()
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = database
    directory.forget()
