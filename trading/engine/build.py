"""Compiles the engine's core with mypyc: ``python -m trading.engine.build``.

The compiled modules go into ``trading/engine/.compiled/<digest>/``, the digest being that of the
core's sources, of the Python version and of mypyc. ``trading.engine`` imports them from there if
the sources are still those (see ``compiled``), so a changed source is never run stale: it runs
interpreted until the next build. Building takes about half a minute, and none if nothing
changed. Without a C compiler everything works, only slower; this says so and exits with 0.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from trading.engine import compiled


def is_built() -> bool:
    """Whether the compiled core of these very sources is there."""
    return compiled.folder().is_dir()


def has_c_compiler() -> bool:
    """Whether a C compiler and Python's headers are installed."""
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
    headers = Path(sysconfig.get_paths()["include"]) / "Python.h"
    return shutil.which(compiler) is not None and headers.exists()


def build() -> Path:
    """Compile the core and put it in its place in one rename; returns the folder.

    Raises subprocess.CalledProcessError if the compiler refuses.
    """
    target = compiled.folder()
    if target.is_dir():
        return target
    with tempfile.TemporaryDirectory(prefix="marque-engine-") as scratch:
        folder = Path(scratch)
        package = folder / "trading" / "engine"
        package.mkdir(parents=True)
        (folder / "trading" / "__init__.py").touch()
        (package / "__init__.py").touch()
        for path in compiled.source_files():
            shutil.copy(path, package / path.name)
        (folder / "setup.py").write_text(_setup_text())
        environment = {**os.environ, "CFLAGS": f"{os.environ.get('CFLAGS', '')} -O3"}
        subprocess.run(
            [sys.executable, "setup.py", "-q", "build_ext", "--inplace"],
            cwd=folder,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        _install(folder, target)
    return target


def _setup_text() -> str:
    paths = [f"trading/engine/{path.name}" for path in compiled.source_files()]
    return (
        "from mypyc.build import mypycify\n"
        "from setuptools import setup\n"
        "setup(name='marque-engine', packages=[], ext_modules=mypycify(\n"
        f"    ['--strict', '--ignore-missing-imports', *{paths!r}],\n"
        f"    opt_level='3', debug_level='0', group_name={compiled.GROUP!r}))\n"
    )


def _install(folder: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    staged = Path(tempfile.mkdtemp(dir=target.parent, prefix="staged-"))
    for library in folder.rglob("*.so"):
        shutil.move(library, staged / library.name)
    staged.chmod(0o755)
    try:
        staged.rename(target)
    except OSError:
        shutil.rmtree(staged)  # another build was faster
        if not target.is_dir():
            raise
    for old in target.parent.iterdir():
        if old != target and not old.name.startswith("staged-"):
            shutil.rmtree(old, ignore_errors=True)


def main() -> int:
    if is_built():
        sys.stdout.write("The engine core is compiled already.\n")
        return 0
    if not has_c_compiler():
        sys.stdout.write(
            "No C compiler (or no Python headers) here: the engine runs interpreted, about eight "
            "times slower. On Debian, `apt install gcc python3-dev` gives both.\n"
        )
        return 0
    folder = build()
    sys.stdout.write(f"Compiled the engine core into {folder.name}.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
