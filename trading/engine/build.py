"""Compiles the engine's core with Cython: ``python -m trading.engine.build``.

The sources are plain Python; what each word and each row is to the machine stands beside them in
``.pxd`` files. The compiled modules go into ``trading/engine/.compiled/<digest>/``, the digest
being that of the sources, of the Python version and of Cython. ``trading.engine`` imports them
from there if the sources are still those (see ``compiled``), so a changed source is never run
stale: it runs interpreted until the next build. Building takes about a minute, and no time if
nothing changed. Without a C compiler everything works, only slower; this says so and exits with 0.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from trading.engine import compiled

# -fwrapv: sums of words wrap, as keys of hash tables do on purpose; bounds are checked at the door.
_CFLAGS = "-O2 -fwrapv -fno-semantic-interposition -Wno-unused-function -Wno-sign-compare"
# Types come from the .pxd files and from what is assigned, not from annotations. Indexes are those
# of the core's own rows.
_DIRECTIVES = {
    "language_level": 3,
    "annotation_typing": False,
    "infer_types": True,
    "boundscheck": False,
    "wraparound": False,
    "initializedcheck": False,
}


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
            (package / path.name).write_text(_cimporting(path.read_text()))
        for path in compiled.type_files():
            shutil.copy(path, package / path.name)
        (folder / "setup.py").write_text(_setup_text())
        environment = {**os.environ, "CFLAGS": f"{os.environ.get('CFLAGS', '')} {_CFLAGS}"}
        subprocess.run(
            [sys.executable, "setup.py", "-q", "build_ext", "--inplace", "--parallel", "2"],
            cwd=folder,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        _install(folder, target)
    return target


def _cimporting(source: str) -> str:
    """The source with its imports of what has types turned into the compiler's own.

    ``from trading.engine.store import Store`` becomes ``from cython.cimports.trading.engine.store
    import Store``: the compiled modules then call each other without going through Python.
    """
    typed = {path.stem for path in compiled.type_files()}

    def turned(match: re.Match[str]) -> str:
        module, names = match.groups()
        if module:
            place = "cython.cimports." if module[1:] in typed else ""
            return f"from {place}trading.engine{module} import {names}"
        listed = re.findall(r"\w+", names)
        lines = []
        for place, group in (
            ("cython.cimports.", [name for name in listed if name in typed]),
            ("", [name for name in listed if name not in typed]),
        ):
            if group:
                lines.append(f"from {place}trading.engine import {', '.join(group)}")
        return "\n".join(lines)

    pattern = r"^from trading\.engine(\.\w+)? import (\([^)]*\)|[^(\n]*)$"
    return re.sub(pattern, turned, source, flags=re.MULTILINE)


def _setup_text() -> str:
    names = [path.stem for path in compiled.source_files()]
    return (
        "from Cython.Build import cythonize\n"
        "from setuptools import Extension, setup\n"
        "setup(name='marque-engine', packages=[], ext_modules=cythonize(\n"
        f"    [Extension(f'trading.engine.{{name}}', [f'trading/engine/{{name}}.py'])\n"
        f"     for name in {names!r}],\n"
        f"    nthreads=2, quiet=True, compiler_directives={_DIRECTIVES!r}))\n"
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
            "No C compiler (or no Python headers) here: the engine runs interpreted, many "
            "times slower. On Debian, `apt install gcc python3-dev` gives both.\n"
        )
        return 0
    folder = build()
    sys.stdout.write(f"Compiled the engine core into {folder.name}.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
