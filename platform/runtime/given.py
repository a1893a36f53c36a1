"""Values that the environment gives, each refused in one sentence when it makes no sense."""

import base64
import contextlib
import hashlib
import ipaddress
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from runtime.errors import RuntimeProblem

CONNECT_SECONDS = 5
Given = Mapping[str, str]

SECRET_CHARACTERS = 32
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def flag(given: Given, name: str, *, default: bool) -> bool:
    """A yes/no variable; anything else than a clear word is refused."""
    text = given.get(name, "").strip().lower()
    if not text:
        return default
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise RuntimeProblem(f"{name} must be 1 or 0, not {given[name]!r}.")


def whole(given: Given, name: str, default: int, *, least: int = 0, most: int = 2**31 - 1) -> int:
    """A whole number within bounds, both included."""
    text = given.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 19 and least <= int(text) <= most):
        raise RuntimeProblem(f"{name} must be a number from {least} to {most}, not {text!r}.")
    return int(text)


def port(given: Given, name: str, default: int, *, least: int = 1) -> int:
    return whole(given, name, default, least=least, most=65535)


def choice(given: Given, name: str, choices: Sequence[str]) -> str:
    """One of a few words; the first if the variable is not set."""
    text = given.get(name, "").strip().lower() or choices[0]
    if text not in choices:
        raise RuntimeProblem(f"{name} must be one of {', '.join(choices)}, not {text!r}.")
    return text


def folder(given: Given, name: str) -> Path | None:
    """A folder by its whole path; None if the variable is not set."""
    text = given.get(name, "").strip()
    if not text:
        return None
    if not Path(text).is_absolute():
        raise RuntimeProblem(f"{name} must be a whole path, beginning with /, not {text!r}.")
    return Path(text)


def secret(given: Given, name: str, *, debug: bool) -> str:
    """A random text of 32 characters or more; only in development there is a well-known one."""
    text = given.get(name, "")
    if not text and debug:
        return f"development-only-{name.lower()}-not-for-production"
    if len(text) < SECRET_CHARACTERS:
        raise RuntimeProblem(
            f"{name} must be a random text of at least {SECRET_CHARACTERS} characters."
        )
    return text


def encryption_keys(given: Given, name: str, *, debug: bool) -> list[str]:
    """Fernet keys (32 bytes, URL-safe base64), newest first, separated by commas."""
    keys = [key.strip() for key in given.get(name, "").split(",") if key.strip()]
    if not keys and debug:
        digest = hashlib.sha256(b"development-only encryption key").digest()
        return [base64.urlsafe_b64encode(digest).decode()]
    if not keys or not all(_is_fernet_key(key) for key in keys):
        raise RuntimeProblem(
            f"{name} must be one or more Fernet keys (32 bytes in URL-safe base64), newest first, "
            "separated by commas."
        )
    return keys


def _is_fernet_key(key: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(key)) == 32
    except ValueError:
        return False


def database_parameters(url: str) -> dict[str, str]:
    """A ``postgresql://`` address as libpq's parameters: host, dbname, sslmode and all others."""
    # libpq's own message is not passed on: it can repeat the password.
    parameters: dict[str, str] = {}
    with contextlib.suppress(psycopg.Error, ValueError):
        if urlsplit(url).scheme in ("postgresql", "postgres"):
            parameters = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    if not parameters.get("dbname"):
        raise RuntimeProblem(
            "DATABASE_URL must look like postgresql://user:password@host:5432/name, with libpq's "
            "parameters (?sslmode=…) behind it; correct it, or unset it to use the embedded "
            "PostgreSQL."
        )
    return parameters


def login(url: str) -> dict[str, str]:
    """User and password of a database's address, as Django names them; empty for no address."""
    if not url:
        return {}
    parameters = database_parameters(url)
    return {"USER": parameters.get("user", ""), "PASSWORD": parameters.get("password", "")}


def database_options(parameters: Mapping[str, str], *, by_hand: bool) -> dict[str, object]:
    """Options of Django's connection: libpq's own parameters, and the pool.

    A process of the product waits half a minute for a database that is being restarted; whoever
    runs a command by hand is told at once.
    """
    if by_hand:
        return {"connect_timeout": CONNECT_SECONDS, **parameters}
    return {**parameters, "pool": {"min_size": 1, "max_size": 20}}


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens at ``host``."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return bool(found) and all(ipaddress.ip_address(str(a[4][0])).is_loopback for a in found)
