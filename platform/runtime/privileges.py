"""Who runs the embedded PostgreSQL, which refuses to run as root."""

import os
import pwd
import stat
from pathlib import Path
from typing import NamedTuple


class Identity(NamedTuple):
    """A Unix user that a child process is started as."""

    uid: int
    gid: int
    name: str


def is_root() -> bool:
    return os.geteuid() == 0


def unprivileged_identity(owned: Path | None = None) -> Identity | None:
    """The user to drop to, or None when this process is not root and needs no dropping.

    ``owned`` is the folder of an existing database: its owner goes on owning it.
    """
    if not is_root():
        return None
    if owned is not None and owned.exists():
        status = owned.stat()
        if status.st_uid != 0:
            return Identity(status.st_uid, status.st_gid, name_of(status.st_uid))
    nobody = pwd.getpwnam("nobody")
    return Identity(nobody.pw_uid, nobody.pw_gid, nobody.pw_name)


def name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def can_reach(path: Path, identity: Identity) -> bool:
    """Whether ``identity`` may pass through every existing folder down to ``path``."""
    path = path.resolve()
    for folder in [*reversed(path.parents), path]:
        if not folder.exists():
            return True
        if folder.is_dir() and not _may_pass(folder.stat(), identity):
            return False
    return True


def _may_pass(status: os.stat_result, identity: Identity) -> bool:
    if status.st_uid == identity.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == identity.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
