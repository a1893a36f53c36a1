"""Where the compiled core lies, and putting it before the sources on import."""

import hashlib
import os
import sysconfig
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
# The pure core: these import nothing but each other and a little of the standard library.
# In the order of their imports: compiled, they are one module named ``core``.
CORE = (
    "reading",
    "index",
    "output",
    "emit",
    "door",
    "store",
    "trailing",
    "book",
    "closed",
    "order_list",
    "reserves",
    "step",
    "rules",
    "quotes",
    "fees",
    "venue",
    "waiting",
    "linking",
    "telling",
    "icebergs",
    "protecting",
    "volumes",
    "matching",
    "auctions",
    "breaking",
    "arriving",
    "triggering",
    "guarding",
    "canceling",
    "placing",
    "listing",
    "quoting",
    "sessions",
    "administration",
    "tiering",
    "recording",
    "lookups",
    "image",
    "standing",
    "loading",
    "loading_makers",
    "loading_fees",
    "dispatch",
    "ahead",
    "shard",
    "scan",
    "framing",
)
# Part of the core, but never compiled: constants, which the compiler takes from their .pxd; what
# the words are, which it takes from there as well; and what is plain Python either way.
CONSTANTS = ("codec", "codes", "limits", "rows", "words")
PLAIN = (
    "batch",
    "difference",
    "fee_layouts",
    "iceberg_layouts",
    "layout",
    "layouts",
    "ledger_layouts",
    "list_layouts",
    "maker_layouts",
    "memory",
    "order_layouts",
    "query_layouts",
    "session_layouts",
    "sizes",
)


# Compiled each by itself: the loop of the process around the core, which does touch the world.
EDGE = ("frames", "metrics", "connection", "groups", "log_writer", "prefault", "server")


def source_files() -> list[Path]:
    """The sources of all that is compiled."""
    return [HERE / f"{name}.py" for name in CORE + EDGE]


def type_files() -> list[Path]:
    """What tells the compiler of the sources' types and constants."""
    return sorted(HERE.glob("*.pxd"))


@cache
def folder() -> Path:
    """Where the compiled core of these sources, this Python is or would be.

    ``MARQUE_ENGINE_COMPILED`` names another one, while one is being made.
    """
    if given := os.environ.get("MARQUE_ENGINE_COMPILED"):
        return Path(given)
    digest = hashlib.sha256()
    for path in source_files() + type_files():
        digest.update(path.read_bytes())
    digest.update(str(sysconfig.get_config_var("EXT_SUFFIX")).encode())
    return HERE / ".compiled" / digest.hexdigest()[:16]


def use(package_path: list[str]) -> bool:
    """Let the package find its compiled modules first; returns whether there are any.

    ``MARQUE_ENGINE_INTERPRETED=1`` in the environment keeps to the sources.
    """
    if os.environ.get("MARQUE_ENGINE_INTERPRETED") == "1" or not folder().is_dir():
        return False
    package_path.insert(0, str(folder()))
    return True
