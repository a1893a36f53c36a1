"""Where the product keeps its data, and a short folder for its Unix sockets."""

import hashlib
import os
import secrets
import tempfile
from pathlib import Path

from runtime import privileges
from runtime.errors import RuntimeProblem

ROOT = Path(__file__).resolve().parents[2]
SHARED_DATA = Path("/var/lib/marque")
# sun_path holds 108 bytes with the closing zero; the longest name is PostgreSQL's own.
SOCKET_PATH_BYTES = 107
LONGEST_SOCKET_NAME = "postgres/.s.PGSQL.65535"


def default_data_dir(root: Path = ROOT) -> Path:
    """``var`` beside the code; elsewhere where PostgreSQL's user cannot reach that."""
    identity = privileges.unprivileged_identity()
    if identity is None or privileges.can_reach(root, identity):
        return root / "var"
    return SHARED_DATA / f"{root.name}-{_digest(root)}"


def data_dir() -> Path:
    given = os.environ.get("MARQUE_DATA_DIR")
    return Path(given).absolute() if given else default_data_dir()


def make_folder(folder: Path, mode: int = 0o700) -> Path:
    """Create ``folder``, or refuse in one sentence; an existing one keeps its mode."""
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True)
            folder.chmod(mode)
        probe = folder / f".write-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise RuntimeProblem(
            f"The folder {folder} cannot be written ({error.strerror}): give {_user()} the right "
            "to write there, or name another data folder with MARQUE_DATA_DIR."
        ) from error
    return folder


def run_dir(data: Path) -> Path:
    """The folder for sockets: in the data folder, or a short one where that path is too long."""
    folder = data / "run"
    if len(os.fsencode(folder / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_BYTES:
        return folder
    return Path("/tmp") / f"marque-{os.geteuid()}-{_digest(data)}"


def make_run_dir(data: Path) -> Path:
    """Create the socket folder; one below /tmp that belongs to someone else is refused."""
    folder = run_dir(data)
    make_folder(folder, 0o711)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid != os.geteuid():
        raise RuntimeProblem(
            f"The folder {folder} belongs to another user: remove it, or name a data folder "
            "with a shorter path with MARQUE_DATA_DIR."
        )
    return folder


def temporary_data_dir(prefix: str) -> Path:
    """A new data folder for a passing run, reachable for PostgreSQL's user."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    folder.chmod(0o711)
    return folder


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:8]


def _user() -> str:
    return privileges.name_of(os.geteuid())
