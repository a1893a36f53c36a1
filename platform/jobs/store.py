"""Where the files of jobs lie: encrypted in pieces, outside of what the web server shows, a folder
for each tenant."""

import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection

from identity import crypto

PIECE_BYTES = 1 << 18
_NAME = re.compile(r"[0-9a-f]{32}\Z", re.ASCII)
_LENGTH_BYTES = 8


def _folder() -> Path:
    return Path(settings.JOBS_DIR) / connection.schema_name


def write(source: IO[bytes]) -> tuple[str, int]:
    """Keep what is read of ``source``; the name that ``read`` wants, and how many bytes it had."""
    name, size = secrets.token_hex(16), 0
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(folder / name, flags, 0o600), "wb") as file:
        while piece := source.read(PIECE_BYTES):
            size += len(piece)
            sealed = crypto.encrypt(piece)
            file.write(len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed)
        file.flush()
        os.fsync(file.fileno())
    return name, size


def read(name: str) -> Iterator[bytes]:
    """The file's pieces, decrypted; raises FileNotFoundError before the first."""
    if not _NAME.match(name):
        raise FileNotFoundError(name)
    file = (_folder() / name).open("rb")
    return _pieces(file)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while head := file.read(_LENGTH_BYTES):
            yield crypto.decrypt(file.read(int.from_bytes(head, "big")))


def remove(name: str) -> None:
    """Take a file away; nothing happens if it is gone already."""
    if _NAME.match(name):
        (_folder() / name).unlink(missing_ok=True)
