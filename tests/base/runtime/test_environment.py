"""What is worked out, remembered and handed on; where data and sockets go."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runtime import environment as environments
from runtime import folders, privileges
from runtime.errors import RuntimeProblem


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MARQUE_")]:
        monkeypatch.delenv(name)
    for name in ("DATABASE_URL", "DATABASE_APP_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MARQUE_DATA_DIR", str(tmp_path / "var"))


def test_choices_are_made_once():
    assert environments.prepare() == environments.prepare()


def test_secrets_fit_their_use():
    environment = environments.prepare()
    assert len(base64.urlsafe_b64decode(environment.encryption_keys)) == 32
    assert len(environment.secret_key) >= 32
    assert environment.postgres_password != environment.postgres_admin_password


def test_the_environment_wins_and_switches_embedded_servers_off(monkeypatch: pytest.MonkeyPatch):
    embedded = environments.prepare()
    assert embedded.postgres_port and embedded.valkey_port
    monkeypatch.setenv("DATABASE_URL", "postgresql://me@db.example/mine")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example/1")
    monkeypatch.setenv("MARQUE_SECRET_KEY", "s" * 40)
    monkeypatch.setenv("MARQUE_PORT", "8123")
    environment = environments.prepare()
    assert (environment.postgres_port, environment.valkey_port) == (0, 0)
    variables = environment.variables()
    assert variables["DATABASE_URL"] == "postgresql://me@db.example/mine"
    assert variables["REDIS_URL"] == "redis://cache.example/1"
    assert variables["MARQUE_SECRET_KEY"] == "s" * 40
    assert variables["MARQUE_PORT"] == "8123"


def test_a_command_run_by_hand_finds_what_the_product_ran_with(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MARQUE_PORT", "8123")
    variables = environments.prepare().variables()
    code = (
        "import os, sys; from runtime import environment; environment.load(); "
        "print(*(os.environ[name] for name in sys.argv[1:]), sep='\\n')"
    )
    environ = {**os.environ, "PYTHONPATH": str(folders.ROOT / "platform"), "MARQUE_PORT": "9"}
    done = subprocess.run(
        [sys.executable, "-c", code, *variables],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    found = dict(zip(variables, done.stdout.splitlines(), strict=True))
    assert found == {**variables, "MARQUE_PORT": "9"}


def test_before_the_first_start_nothing_is_set():
    environments.load()
    assert "DATABASE_URL" not in os.environ


def test_sockets_of_a_long_path_go_to_a_short_folder(tmp_path: Path):
    near = tmp_path / "var"
    assert folders.run_dir(near) == near / "run"
    far = tmp_path / ("long" * 30)
    assert folders.run_dir(far).parent == Path("/tmp")
    assert folders.run_dir(far) != folders.run_dir(tmp_path / ("lang" * 30))
    longest = folders.run_dir(far) / folders.LONGEST_SOCKET_NAME
    assert len(os.fsencode(longest)) <= folders.SOCKET_PATH_BYTES


def test_a_short_folder_of_somebody_else_is_refused(tmp_path: Path):
    far = tmp_path / ("long" * 30)
    folder = folders.run_dir(far)
    folder.symlink_to(tmp_path)
    try:
        with pytest.raises(RuntimeProblem, match="belongs to another user"):
            folders.make_run_dir(far)
    finally:
        folder.unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has someone to drop to")
def test_a_clone_out_of_reach_keeps_its_data_elsewhere(tmp_path: Path):
    identity = privileges.unprivileged_identity()
    assert identity is not None
    open_clone, hidden_clone = Path("/opt"), tmp_path / "hidden" / "marque"
    hidden_clone.mkdir(parents=True)
    hidden_clone.parent.chmod(0o700)
    assert folders.default_data_dir(open_clone) == open_clone / "var"
    elsewhere = folders.default_data_dir(hidden_clone)
    assert elsewhere.parent == folders.SHARED_DATA
    assert elsewhere.name.startswith("marque-")
    assert elsewhere != folders.default_data_dir(tmp_path / "hidden" / "other" / "marque")


def test_given_secrets_are_written_nowhere(monkeypatch: pytest.MonkeyPatch):
    given = {
        "DATABASE_URL": "postgresql://me:hidden-1@db.example/mine",
        "REDIS_URL": "redis://:hidden-2@cache.example/1",
        "MARQUE_SECRET_KEY": f"hidden-3{'s' * 40}",
        "MARQUE_ENCRYPTION_KEYS": "aGlkZGVuLTQtLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0=",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    environment = environments.prepare()
    assert environment.database_url == given["DATABASE_URL"]
    assert environment.variables() | given == environment.variables()
    for path in environment.data_dir.rglob("*"):
        if path.is_file():
            assert not any(value in path.read_text() for value in given.values()), path


def test_a_command_by_hand_is_told_which_secret_it_lacks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REDIS_URL", "redis://cache.example/1")
    environments.prepare()
    environments.load()
    monkeypatch.delenv("REDIS_URL")
    with pytest.raises(RuntimeProblem, match="started with REDIS_URL in its environment"):
        environments.load()
    monkeypatch.delenv("DATABASE_URL")  # `load` has set it
    environments.prepare()  # without a given one, the embedded server is remembered again
    environments.load()
    assert "127.0.0.1" in os.environ["REDIS_URL"]
