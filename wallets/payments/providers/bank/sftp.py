"""Fetching a bank's files from its SFTP folder. Nothing there is changed, moved or removed."""

import asyncio
import ipaddress
import socket
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import asyncssh
from django.utils.translation import gettext as _

from wallets.payments.providers.bank.reading import MOST_BYTES

CONNECT_SECONDS = 10
LOOK_SECONDS = 60
MOST_FILES = 200
MOST_NAMES = 5_000


class NotReached(Exception):
    """The server was not reached, was not the one that is pinned, or refused; the sentence says."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder on a server. `password` or `private_key` (OpenSSH or PEM text) opens it."""

    host: str
    port: int
    login: str
    folder: str
    host_key: str
    password: str = ""
    private_key: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One file; `stamp` is its size and time, by which it is known again without its content."""

    name: str
    stamp: str
    data: bytes


def check_host_key(text: str) -> str:
    """One public key in OpenSSH's form, tidied; raises ValueError."""
    try:
        key = asyncssh.import_public_key(text.strip())
    except (asyncssh.KeyImportError, ValueError) as error:
        raise ValueError(_("This is no public key, such as ssh-ed25519 AAAA….")) from error
    return str(key.export_public_key().decode()).strip()


def check_private_key(text: str) -> None:
    """Raises ValueError unless the text is a private key without a passphrase."""
    try:
        asyncssh.import_private_key(text)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError) as error:
        raise ValueError(_("This is no private key, or it has a passphrase.")) from error


def fetch(
    place: Place, *, is_known: Callable[[str, str], bool], only_public: bool
) -> list[Fetched]:
    """Files of the folder that are not known by (name, stamp), oldest name first.

    With `only_public` no address inside the installation's own network is connected to. Raises
    NotReached.
    """
    address = _address(place, only_public=only_public)
    try:
        return asyncio.run(asyncio.wait_for(_fetch(place, address, is_known), LOOK_SECONDS))
    except asyncssh.HostKeyNotVerifiable as error:
        raise NotReached("The server shows another key than the pinned one.") from error
    except asyncssh.PermissionDenied as error:
        raise NotReached("The server refuses the login.") from error
    except TimeoutError as error:
        raise NotReached("The server did not answer in time.") from error
    except (OSError, asyncssh.Error) as error:
        raise NotReached(f"The server cannot be used ({type(error).__name__}).") from error


async def _fetch(place: Place, address: str, is_known: Callable[[str, str], bool]) -> list[Fetched]:
    options: dict[str, Any] = {
        "username": place.login,
        "known_hosts": ([asyncssh.import_public_key(place.host_key)], [], []),
        "client_keys": [asyncssh.import_private_key(place.private_key)]
        if place.private_key
        else None,
        "password": place.password or None,
        "agent_path": None,
        "config": None,
        "connect_timeout": CONNECT_SECONDS,
        "login_timeout": CONNECT_SECONDS,
    }
    found: list[Fetched] = []
    async with (
        asyncssh.connect(address, place.port, **options) as connection,
        connection.start_sftp_client() as sftp,
    ):
        entries = sorted(await sftp.readdir(place.folder or "."), key=lambda one: str(one.filename))
        for entry in entries[:MOST_NAMES]:
            name = str(entry.filename)
            size, kind = entry.attrs.size or 0, entry.attrs.permissions or 0
            if name.startswith(".") or not stat.S_ISREG(kind) or len(name) > 255 or not size:
                continue
            stamp = f"{size}:{entry.attrs.mtime or 0}"
            if is_known(name, stamp):
                continue
            data = b""
            if size <= MOST_BYTES:
                path = str(PurePosixPath(place.folder or ".") / name)
                async with sftp.open(path, "rb") as file:
                    data = await file.read(MOST_BYTES + 1)
            else:
                data = b"\x00" * (MOST_BYTES + 1)  # refused as too long by whoever reads it
            found.append(Fetched(name, stamp, data))
            if len(found) >= MOST_FILES:
                break
    return found


def _address(place: Place, *, only_public: bool) -> str:
    """The address to connect to, resolved once, so that it is the one that was looked at."""
    try:
        rows = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReached("The server's name is not known.") from error
    for row in rows:
        address = str(row[4][0])
        if not only_public or ipaddress.ip_address(address.partition("%")[0]).is_global:
            return address
    raise NotReached("The server is inside this installation's own network: that is refused.")
