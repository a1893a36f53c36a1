"""Where pages lie: encrypted, outside of what the web server shows, a folder for each tenant."""

import os
import re
import secrets
import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection

from identity import crypto

_FOLDER = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}\Z", re.ASCII)


def _tenant_folder() -> Path:
    return Path(settings.KYC_DIR) / connection.schema_name


def write(pages: list[bytes]) -> str:
    """Keep pages in a new folder of the current tenant; its name is what ``read`` wants."""
    name = secrets.token_hex(16)
    folder = f"{name[:2]}/{name}"
    path = _tenant_folder() / folder
    path.mkdir(parents=True, mode=0o700)
    for number, page in enumerate(pages, 1):
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(path / f"{number}.bin", flags, 0o600), "wb") as file:
            file.write(crypto.encrypt(page))
            file.flush()
            os.fsync(file.fileno())
    return folder


def read(folder: str, page: int) -> bytes:
    """The picture of a page, decrypted; raises FileNotFoundError."""
    if not _FOLDER.match(folder):
        raise FileNotFoundError(folder)
    return crypto.decrypt((_tenant_folder() / folder / f"{int(page)}.bin").read_bytes())


def remove(folder: str) -> None:
    """Take a folder away; nothing happens if it is gone already."""
    if _FOLDER.match(folder):
        shutil.rmtree(_tenant_folder() / folder, ignore_errors=True)
