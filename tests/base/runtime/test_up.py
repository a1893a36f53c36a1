"""`manage.py up` with the real embedded servers: start, crash, stop, and what it refuses."""

import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from running import MANAGE, Product, clean_environ
from runtime import folders, instance, ports
from whole_production import PRODUCTION

SERVERS = ("--only", "postgres,valkey")


@pytest.fixture
def data() -> Iterator[Path]:
    folder = folders.temporary_data_dir("marque-test-")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def _installation() -> Iterator[Product]:
    with Product(*SERVERS) as product:
        yield product


@pytest.fixture
def servers(_installation: Product) -> Product:
    """Running servers; a test may stop or kill what it likes."""
    if _installation.popen is None or _installation.popen.poll() is not None:
        _installation.start()
    _installation.wait_up("postgres", "valkey")
    return _installation


def refused(data: Path, *arguments: str, lines: int = 1, **variables: str) -> str:
    """What `up` says before it exits with code 2; so many lines, and no traceback."""
    web, metrics = str(ports.choose()), str(ports.choose())
    environ = clean_environ(
        data, **{"MARQUE_PORT": web, "MARQUE_METRICS_PORT": metrics, **variables}
    )
    done = subprocess.run(
        [sys.executable, MANAGE, "up", *(arguments or SERVERS)],
        env=environ,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.count("\n") == lines
    assert "Traceback" not in done.stdout + done.stderr
    return done.stderr


def test_servers_start_keep_data_and_stop_in_order(servers: Product):
    first = servers.remembered()
    with psycopg.connect(first["last_run"]["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE kept (number int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    redis.Redis.from_url(first["last_run"]["REDIS_URL"]).set("kept", "7")
    assert servers.stop() == 0
    said = servers.said()
    assert "valkey stopped" in said and "postgres stopped" in said
    assert "database system is shut down" in said

    servers.start()
    servers.wait_up("postgres", "valkey")
    again = servers.remembered()
    assert again == first
    with psycopg.connect(again["last_run"]["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    assert redis.Redis.from_url(again["last_run"]["REDIS_URL"]).get("kept") == b"7"


def test_a_killed_server_is_started_again_at_once(servers: Product):
    for name in ("valkey", "postgres"):
        old = servers.process(name)["pid"]
        os.kill(old, signal.SIGKILL)
        servers.wait(
            lambda name=name, old=old: servers.process(name).get("pid") not in (None, old),
            f"{name} started again",
        )
        servers.wait_up(name)
        assert f"{name} ended with SIGKILL; again in 0.2 s" in servers.said()
        assert servers.process(name)["restarts"] >= 1
    url = servers.remembered()["last_run"]["DATABASE_URL"]
    assert psycopg.connect(url).execute("SELECT 1").fetchone() == (1,)


def test_killing_the_supervisor_leaves_nothing_that_blocks_the_next_start(servers: Product):
    orphans = [servers.process(name) for name in ("postgres", "valkey")]
    servers.stop(signal.SIGKILL)
    servers.start()
    servers.wait_up("postgres", "valkey")
    assert not any(instance.is_alive(orphan) for orphan in orphans)


def test_an_orphan_that_ignores_its_end_is_ended_by_the_next_start(servers: Product):
    orphan = servers.process("valkey")
    psutil.Process(orphan["pid"]).suspend()  # it cannot even look at signals now
    servers.stop(signal.SIGKILL)
    assert instance.is_alive(orphan)
    servers.start()
    servers.wait_up("postgres", "valkey")
    assert not instance.is_alive(orphan)


def test_a_database_process_that_outlives_its_server_is_ended_by_the_next_start(servers: Product):
    """Its shared memory would keep the next server from starting."""
    server = psutil.Process(servers.process("postgres")["pid"])
    child = server.children()[0]
    child.suspend()
    servers.stop(signal.SIGKILL)
    server.kill()
    servers.start()
    servers.wait_up("postgres", "valkey")
    assert not child.is_running()


def test_a_second_start_is_refused(servers: Product):
    sentence = refused(servers.data)
    assert "already runs" in sentence and str(servers.port) in sentence
    assert servers.process("postgres")["state"] == "up"


def test_stop_ends_the_running_product(servers: Product):
    assert servers.manage("stop").stdout == "Marque has stopped.\n"
    assert servers.popen is not None and servers.popen.wait(60) == 0
    assert servers.manage("stop").stdout == "Marque does not run.\n"


def test_a_taken_port_is_one_sentence(data: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = refused(data, MARQUE_PORT=str(port))
        assert f"Port {port} is taken" in sentence and f"MARQUE_PORT={port + 1}" in sentence
        sentence = refused(data, MARQUE_METRICS_PORT=str(port))
        assert f"MARQUE_METRICS_PORT={port + 1}" in sentence


def test_an_unwritable_folder_is_one_sentence():
    assert "cannot be written" in refused(Path("/proc/marque"))


def test_a_damaged_memory_is_one_sentence(data: Path):
    (data / "environment.json").write_text("{")
    assert "is damaged" in refused(data)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://marque:secret@127.0.0.1:1/marque", "leads to no database"),
        ("postgresql://marque:secret@host.invalid/marque", "leads to no database"),
        ("mysql://marque@127.0.0.1/marque", "must look like"),
        ("marque", "must look like"),
    ],
)
def test_a_wrong_database_url_is_one_sentence(data: Path, url: str, words: str):
    sentence = refused(data, DATABASE_URL=url)
    assert words in sentence and "secret" not in sentence


def test_a_wrong_redis_url_is_one_sentence(data: Path):
    assert "leads to no Redis" in refused(data, REDIS_URL="redis://127.0.0.1:1/0")
    assert "leads to no Redis" in refused(data, REDIS_URL="rubbish")


def test_wrong_words_are_one_sentence(data: Path):
    assert "There is no process nonsense" in refused(data, "--only", "nonsense")
    assert "MARQUE_PORT must be" in refused(data, MARQUE_PORT="many")
    assert "MARQUE_WEB_WORKERS must be" in refused(data, MARQUE_WEB_WORKERS="0")
    assert "MARQUE_DEBUG must be" in refused(data, MARQUE_DEBUG="perhaps")


def test_production_without_its_settings_is_one_list(data: Path):
    sentence = refused(data, lines=len(PRODUCTION), MARQUE_DEBUG="0")
    for name in set(PRODUCTION) - {"MARQUE_DEBUG"}:
        assert f"  {name}: " in sentence
    assert not (data / "environment.json").exists()


def test_development_does_not_listen_to_other_machines(data: Path):
    sentence = refused(data, MARQUE_HOST="0.0.0.0")
    assert "MARQUE_HOST=0.0.0.0" in sentence and "MARQUE_DEBUG=0" in sentence


def by_hand(*lines: str) -> "subprocess.CompletedProcess[str]":
    """`manage.py stop` under an interpreter that is made to differ by these lines first."""
    code = "; ".join(
        [
            *("import runpy, sys", *lines, f"sys.argv = [{MANAGE!r}, 'stop']"),
            f"runpy.run_path({MANAGE!r}, run_name='__main__')",
        ]
    )
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=180, check=False
    )


def test_another_python_is_one_sentence():
    done = by_hand("sys.version_info = (3, 13, 0, 'final', 0)")
    assert done.returncode == 2
    assert "this is Python 3.13" in done.stderr and done.stderr.count("\n") == 1


def test_a_python_without_the_packages_is_one_sentence():
    done = by_hand("sys.modules['psycopg'] = None")
    assert done.returncode == 2
    assert "make setup" in done.stderr and done.stderr.count("\n") == 1


def test_a_database_of_another_version_is_one_sentence(data: Path):
    cluster = data / "postgres" / "data"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("9.6\n")
    sentence = refused(data)
    assert "made by PostgreSQL 9" in sentence


def test_secrets_are_readable_by_their_owner_only(servers: Product):
    for name in ("environment.json", "valkey/valkey.conf"):
        assert stat.S_IMODE((servers.data / name).stat().st_mode) == 0o600
    password = servers.remembered()["postgres_password"]
    for process in psutil.process_iter(["cmdline"]):
        assert password not in " ".join(process.info["cmdline"] or [])


def test_passwords_are_needed(servers: Product):
    remembered = servers.remembered()
    right = remembered["last_run"]["DATABASE_URL"]
    wrong = right.replace(remembered["postgres_password"], "wrong")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(wrong)
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=remembered["valkey_port"]).ping()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has someone to drop to")
def test_root_runs_postgresql_as_somebody_else(servers: Product):
    process = psutil.Process(servers.process("postgres")["pid"])
    assert process.uids().real != 0
    assert process.username() == "nobody"


def test_a_foreign_server_on_a_remembered_port_moves_the_embedded_one(servers: Product):
    servers.stop()
    port = servers.remembered()["postgres_port"]
    with socket.create_server(("127.0.0.1", port)):
        servers.start()
        servers.wait_up("postgres", "valkey")
        assert servers.remembered()["postgres_port"] != port


def test_a_stale_pid_file_of_another_process_is_forgotten(servers: Product):
    servers.stop()
    pid_file = servers.data / "postgres" / "data" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n/elsewhere\n{int(time.time())}\n1\n\n\n\n\n")
    servers.start()
    servers.wait_up("postgres", "valkey")


def test_a_stop_during_the_start_ends_all(servers: Product):
    servers.stop()
    before = servers.process("postgres").get("birth")
    servers.start()
    # Whether it has become ready meanwhile is chance, and of no account here.
    servers.wait(lambda: servers.process("postgres").get("birth") not in (before, ""), "begun")
    begun = servers.process("postgres")
    assert servers.stop() == 0
    assert not instance.is_alive(begun)


def test_a_stop_before_the_first_process_ends_the_preparation(data: Path):
    """`make stop` finds a start that is still making its database cluster."""
    with Product(*SERVERS, data=data) as product:
        product.start()
        lock = data / instance.LOCK_FILE
        product.wait(lambda: lock.exists() and lock.stat().st_size > 0, "the folder claimed")
        assert product.manage("stop").stdout == "Marque has stopped.\n"
        assert product.popen is not None and product.popen.wait(60) == 0
        assert "Traceback" not in product.said()
        product.start()  # what was left half made is no obstacle
        product.wait_up("postgres", "valkey")


def test_a_terminal_that_takes_nothing_does_not_hold_up_the_product(data: Path):
    """As after Ctrl-S, or in front of a pager: nobody reads what the supervisor writes."""
    unread, written = os.pipe()
    os.set_blocking(written, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(written, b"x" * 4096)
    os.set_blocking(written, True)
    with Product(*SERVERS, data=data) as product:
        product.start(stdout=written)
        product.wait_up("postgres", "valkey")
        assert product.stop() == 0
        assert "postgres stopped" in (data / "log" / "marque.log").read_text()
    os.close(written)
    os.close(unread)
