"""Where the compiled core lies, and putting it before the sources on import."""

import hashlib
import importlib.util
import os
import sys
import sysconfig
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HERE = Path(__file__).parent
GROUP = "marque_engine"

# The pure core: these import nothing but each other and a little of the standard library.
CORE = (
    "administration",
    "batch",
    "book",
    "canceling",
    "codec",
    "codes",
    "door",
    "image",
    "layouts",
    "limits",
    "lookups",
    "matching",
    "parties",
    "placing",
    "scan",
    "shard",
    "step",
    "venue",
)
# Compiled with it: the loop of the process around the core, which does touch the world.
EDGE = ("connection", "framing", "server")


def source_files() -> list[Path]:
    """The sources of all that is compiled."""
    return [HERE / f"{name}.py" for name in CORE + EDGE]


@cache
def folder() -> Path:
    """Where the compiled core of these sources, this Python and this mypyc is or would be."""
    digest = hashlib.sha256()
    for path in source_files():
        digest.update(path.read_bytes())
    digest.update(str(sysconfig.get_config_var("EXT_SUFFIX")).encode())
    try:
        digest.update(version("librt").encode())
    except PackageNotFoundError:
        digest.update(b"none")
    return HERE / ".compiled" / digest.hexdigest()[:16]


def use(package_path: list[str]) -> bool:
    """Let the package find its compiled modules first; returns whether there are any.

    ``MARQUE_ENGINE_INTERPRETED=1`` in the environment keeps to the sources.
    """
    if os.environ.get("MARQUE_ENGINE_INTERPRETED") == "1" or not folder().is_dir():
        return False
    library = f"{GROUP}__mypyc"
    path = folder() / f"{library}{sysconfig.get_config_var('EXT_SUFFIX')}"
    spec = importlib.util.spec_from_file_location(library, path)
    if spec is None or spec.loader is None or not path.exists():
        return False
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules[library] = module
    package_path.insert(0, str(folder()))
    return True
