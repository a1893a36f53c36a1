"""Commands run by hand while there is no database: one sentence, and soon."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from running import MANAGE, clean_environ
from runtime import given, ports
from runtime.by_hand import is_by_hand


@pytest.mark.parametrize(
    "command",
    [["verify_audit"], ["verify_books"], ["relay_resume", "north"], ["demo_code", "a@b.example"]],
)
def test_without_a_database_a_command_says_so_at_once(tmp_path: Path, command: list[str]) -> None:
    port = ports.choose()
    environ = clean_environ(
        tmp_path, DATABASE_URL=f"postgresql://me:secret-password@127.0.0.1:{port}/mine"
    )
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, MANAGE, *command],
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    # The pool of connections, which is for processes of the product, would wait half a minute.
    assert time.monotonic() - started < 25
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("The database does not answer (")
    assert f"port {port}" in done.stderr and "make run" in done.stderr
    assert "secret-password" not in done.stdout + done.stderr


def test_only_a_process_of_the_product_waits_in_a_pool() -> None:
    assert is_by_hand(["/somewhere/manage.py", "status"], {})
    assert not is_by_hand(["/somewhere/manage.py", "relay"], {"MARQUE_SUPERVISED": "/var"})
    assert not is_by_hand(["/usr/bin/celery", "worker"], {})
    options = given.database_options({"sslmode": "require"}, by_hand=True)
    assert options == {"connect_timeout": given.CONNECT_SECONDS, "sslmode": "require"}
    slow = given.database_options({"connect_timeout": "60"}, by_hand=True)
    assert slow == {"connect_timeout": "60"}
    assert "pool" in given.database_options({}, by_hand=False)
