"""All that differs between machines, worked out once and handed on as environment variables.

What the environment already says wins. The rest is chosen once and remembered in the data
folder (``environment.json``, readable by its owner only): ports of the embedded servers,
their passwords, and in development the secrets. A secret that the environment gives is never
written there. The settings only read the environment.
"""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from runtime import folders, ports
from runtime import given as givens
from runtime.errors import RuntimeProblem
from runtime.given import Given

DATABASE_NAME = "marque"
DATABASE_USER = "marque"
# What the doors connect as: it cannot change what is booked, nor the triggers that keep it.
DATABASE_APP_USER = "marque_app"
SECRETS = (
    "DATABASE_URL",
    "DATABASE_APP_URL",
    "REDIS_URL",
    "MARQUE_SECRET_KEY",
    "MARQUE_ENCRYPTION_KEYS",
)


@dataclass(frozen=True)
class Environment:
    """One installation: its folders, ports, addresses of servers, and secrets."""

    data_dir: Path
    engine_dir: Path
    engine_socket: Path
    host: str
    port: int
    metrics_host: str
    metrics_port: int
    database_url: str
    database_app_url: str  # as a lesser role; empty: there is none
    redis_url: str
    secret_key: str
    encryption_keys: str
    debug: bool
    # Embedded servers; a port of 0 means that the environment named a server instead.
    postgres_port: int
    postgres_password: str
    postgres_app_password: str
    postgres_admin_password: str
    valkey_port: int
    valkey_password: str
    kyc_simulator_port: int = 0  # of the demo's provider of identity checks
    # The simulated card gateway of a demo; 0: none runs.
    gateway_port: int = 0

    @property
    def run_dir(self) -> Path:
        return folders.run_dir(self.data_dir)

    @property
    def log_dir(self) -> Path:
        return self.data_dir / "log"

    @property
    def metrics_dir(self) -> Path:
        """Where every process of the product counts (prometheus_client's multiprocess mode)."""
        return self.run_dir / "metrics"

    def variables(self) -> dict[str, str]:
        """What a child process must find in its environment."""
        return {
            "DATABASE_URL": self.database_url,
            "DATABASE_APP_URL": self.database_app_url,
            "REDIS_URL": self.redis_url,
            "MARQUE_DATA_DIR": str(self.data_dir),
            "MARQUE_SECRET_KEY": self.secret_key,
            "MARQUE_ENCRYPTION_KEYS": self.encryption_keys,
            "MARQUE_ENGINE_DIR": str(self.engine_dir),
            "MARQUE_ENGINE_SOCKET": str(self.engine_socket),
            "MARQUE_PORT": str(self.port),
            "MARQUE_METRICS_PORT": str(self.metrics_port),
            "MARQUE_DEBUG": "1" if self.debug else "0",
            "MARQUE_KYC_SIMULATOR_PORT": str(self.kyc_simulator_port),
            **self._gateway(),
        }

    def _gateway(self) -> dict[str, str]:
        """Where the simulated gateway is, if one runs."""
        address = f"http://127.0.0.1:{self.gateway_port}"
        return {"MARQUE_CARD_GATEWAY_URL": address} if self.gateway_port else {}

    def door_variables(self) -> dict[str, str]:
        """What differs for a process that only needs the lesser role; to make a tenant's tables
        it takes the owner's address."""
        if not self.database_app_url:
            return {}
        return {"DATABASE_URL": self.database_app_url, "DATABASE_OWNER_URL": self.database_url}

    def child_environ(self) -> dict[str, str]:
        """The whole environment of a process of the product."""
        return {
            **os.environ,
            **self.variables(),
            "PROMETHEUS_MULTIPROC_DIR": str(self.metrics_dir),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": os.pathsep.join([str(folders.ROOT), str(folders.ROOT / "platform")]),
            "PYTHONUNBUFFERED": "1",
        }


def remembered_path(data: Path) -> Path:
    return data / "environment.json"


def read_remembered(data: Path) -> dict[str, Any]:
    """What was chosen at an earlier start; empty before the first."""
    path = remembered_path(data)
    try:
        remembered = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except PermissionError as error:
        raise RuntimeProblem(
            f"{path} belongs to another user: run this as that user, or name another data folder "
            "with MARQUE_DATA_DIR."
        ) from error
    except ValueError as error:
        raise RuntimeProblem(
            f"{path} is damaged: put back a copy, or remove the folder {data} to start afresh."
        ) from error
    return dict(remembered)


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step; only its owner may read it."""
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    scratch.replace(path)


def prepare(*, demo: bool = False) -> Environment:
    """Work out the environment for starting the product, and remember it.

    A `demo` has a simulated card gateway, unless the environment names another.

    Creates the data folder; a remembered port that someone else took meanwhile is chosen anew.
    Called when nothing of this installation runs.
    """
    given = os.environ
    data = folders.data_dir()
    folders.make_folder(data, 0o711)
    folders.make_run_dir(data)
    remembered = read_remembered(data)
    remembered |= _generated(remembered)
    environment = _assemble(data, given, remembered, demo=demo)
    remembered["not_kept"] = [name for name in SECRETS if given.get(name)]
    remembered["last_run"] = {
        name: value
        for name, value in environment.variables().items()
        if name not in remembered["not_kept"]
    }
    text = json.dumps(remembered, indent=1, sort_keys=True)
    write_private(remembered_path(data), text)
    return environment


def load() -> None:
    """Give a command run by hand the environment that the product last ran with.

    Sets nothing that the environment says already, and nothing before the first start. Refuses
    when a secret was given to the product, which is not kept, and is not given to this command.
    """
    remembered = read_remembered(folders.data_dir())
    missing = [name for name in remembered.get("not_kept", ()) if not os.environ.get(name)]
    if missing:
        raise RuntimeProblem(
            f"The product was started with {' and '.join(missing)} in its environment, which is "
            "kept nowhere: run this command with the same environment."
        )
    for name, value in remembered.get("last_run", {}).items():
        os.environ.setdefault(name, value)


def _generated(remembered: Mapping[str, Any]) -> dict[str, Any]:
    """What is chosen once: all that is not chosen yet, and ports that can no longer be had."""
    chosen: dict[str, Any] = {}
    for name in ("postgres_port", "valkey_port", "kyc_simulator_port", "gateway_port"):
        if name not in remembered or not ports.claim(remembered[name]):
            chosen[name] = ports.choose()
    for name in (
        "postgres_password",
        "postgres_app_password",
        "postgres_admin_password",
        "valkey_password",
        "secret_key",
    ):
        if name not in remembered:
            chosen[name] = secrets.token_urlsafe(32)
    if "encryption_keys" not in remembered:  # a Fernet key: 32 bytes, URL-safe base64
        chosen["encryption_keys"] = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return chosen


def _assemble(
    data: Path, given: Given, remembered: Mapping[str, Any], *, demo: bool
) -> Environment:
    has_gateway = demo and not given.get("MARQUE_CARD_GATEWAY_URL")
    database_url = given.get("DATABASE_URL", "")
    redis_url = given.get("REDIS_URL", "")
    postgres_port = 0 if database_url else int(remembered["postgres_port"])
    valkey_port = 0 if redis_url else int(remembered["valkey_port"])
    database_app_url = given.get("DATABASE_APP_URL", "") if database_url else ""
    if not database_url:
        database_url, database_app_url = (
            f"postgresql://{user}:{quote(remembered[password], safe='')}"
            f"@127.0.0.1:{postgres_port}/{DATABASE_NAME}"
            for user, password in (
                (DATABASE_USER, "postgres_password"),
                (DATABASE_APP_USER, "postgres_app_password"),
            )
        )
    if not redis_url:
        password = quote(remembered["valkey_password"], safe="")
        redis_url = f"redis://:{password}@127.0.0.1:{valkey_port}/0"
    return Environment(
        data_dir=data,
        engine_dir=Path(given.get("MARQUE_ENGINE_DIR") or data / "engine"),
        engine_socket=Path(
            given.get("MARQUE_ENGINE_SOCKET") or folders.run_dir(data) / "engine.sock"
        ),
        host=given.get("MARQUE_HOST", "127.0.0.1"),
        port=givens.port(given, "MARQUE_PORT", 8000),
        metrics_host=given.get("MARQUE_METRICS_HOST", "127.0.0.1"),
        metrics_port=givens.port(given, "MARQUE_METRICS_PORT", 9100),
        database_url=database_url,
        database_app_url=database_app_url,
        redis_url=redis_url,
        secret_key=given.get("MARQUE_SECRET_KEY") or remembered["secret_key"],
        encryption_keys=given.get("MARQUE_ENCRYPTION_KEYS") or remembered["encryption_keys"],
        debug=givens.flag(given, "MARQUE_DEBUG", default=True),
        postgres_port=postgres_port,
        postgres_password=remembered["postgres_password"],
        postgres_app_password=remembered["postgres_app_password"],
        postgres_admin_password=remembered["postgres_admin_password"],
        valkey_port=valkey_port,
        valkey_password=remembered["valkey_password"],
        kyc_simulator_port=int(remembered["kyc_simulator_port"]),
        gateway_port=int(remembered["gateway_port"]) if has_gateway else 0,
    )
