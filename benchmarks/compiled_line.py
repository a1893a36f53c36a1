"""``line`` compiled by Cython, as the engine is; interpreted where there is no C compiler."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from types import ModuleType

from trading.engine import COMPILED, build, compiled

HERE = Path(__file__).parent
_TYPES = ("words", "system")
_SETUP = """from Cython.Build import cythonize
from setuptools import Extension, setup
setup(name="line", packages=[], ext_modules=cythonize(
    [Extension("line", ["line.py"])], quiet=True, compiler_directives=%r))
"""


def load() -> ModuleType:
    """The module ``line``, compiled if the engine is."""
    if not COMPILED:
        from benchmarks import line

        return line
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    sources = [HERE / "line.py", HERE / "line.pxd"]
    sources += [compiled.HERE / f"{name}.pxd" for name in _TYPES]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    built = Path(tempfile.gettempdir()) / f"marque-load-{os.getuid()}-{digest}" / f"line{suffix}"
    if not built.exists():
        _build(built)
    spec = importlib.util.spec_from_file_location("line", built)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _build(target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="marque-load-") as scratch:
        folder = Path(scratch)
        package = folder / "trading" / "engine"
        package.mkdir(parents=True)
        for path in (folder / "trading", package):
            (path / "__init__.py").touch()
        for name in _TYPES:
            shutil.copy(compiled.HERE / f"{name}.pxd", package)
        shutil.copy(HERE / "line.pxd", folder)
        source = (HERE / "line.py").read_text()
        source = source.replace(
            "from trading.engine import system",
            "from cython.cimports.trading.engine import system",
        ).replace(
            "from trading.engine.words import",
            "from cython.cimports.trading.engine.words import",
        )
        (folder / "line.py").write_text(source)
        (folder / "setup.py").write_text(_SETUP % build.DIRECTIVES)
        subprocess.run(
            [sys.executable, "setup.py", "-q", "build_ext", "--inplace"],
            cwd=folder,
            env={**os.environ, "CFLAGS": build.CFLAGS},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        target.parent.mkdir(mode=0o700, exist_ok=True)
        made = next(folder.glob("line.*.so"))
        staged = target.with_suffix(f".{os.getpid()}")
        shutil.move(made, staged)
        staged.rename(target)
