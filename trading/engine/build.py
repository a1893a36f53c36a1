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
_CFLAGS = (
    "-O3 -fwrapv -fno-semantic-interposition -fno-tree-loop-distribute-patterns"
    " -Wno-unused-function -Wno-sign-compare"
)
# Types come from the .pxd files and from what is assigned, not from annotations. Indexes are those
# of the core's own rows.
# Modules whose functions are called by way of the module.
_CALLED_BY_MODULE = (
    "administration",
    "canceling",
    "door",
    "emit",
    "image",
    "lookups",
    "matching",
    "placing",
)
# What stands in the compiled folder under the name of each module of the core.
_STAND_IN = """from trading.engine import core

globals().update({name: value for name, value in vars(core).items() if name[:2] != "__"})
"""
_DIRECTIVES = {
    "language_level": 3,
    "annotation_typing": False,
    "infer_types": True,
    "boundscheck": False,
    "wraparound": False,
    "initializedcheck": False,
    "auto_pickle": False,
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
        for path in compiled.type_files():
            if path.stem not in compiled.CORE:
                shutil.copy(path, package / path.name)
        (package / "core.py").write_text(_amalgamated(".py", "import"))
        (package / "core.pxd").write_text(_amalgamated(".pxd", "cimport"))
        (folder / "setup.py").write_text(_setup_text())
        environment = {**os.environ, "CFLAGS": f"{os.environ.get('CFLAGS', '')} {_CFLAGS}"}
        subprocess.run(
            [sys.executable, "setup.py", "-q", "build_ext", "--inplace"],
            cwd=folder,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        for name in compiled.CORE:
            (package / f"{name}.py").write_text(_STAND_IN)
        _install(package, target)
    return target


def _amalgamated(suffix: str, keyword: str) -> str:
    """All of the core as one file, as SQLite is built: the C compiler then sees through calls.

    Imports of the core's own modules go, and with them their names before functions; imports of
    modules that have types become the compiler's own.
    """
    parts = ["cimport cython\n" if suffix == ".pxd" else ""]
    typed = {path.stem for path in compiled.type_files()}
    cimports = "" if suffix == ".pxd" else "cython.cimports."

    def turned(match: re.Match[str]) -> str:
        module, names = match.groups()
        listed = re.findall(r"\w+", names)
        if module:
            listed, within = ([] if module[1:] in compiled.CORE else listed), {module[1:]: listed}
            return "".join(
                f"from {cimports if module[1:] in typed else ''}trading.engine{module} "
                f"{keyword} {name}\n"
                for name in within[module[1:]]
                if module[1:] not in compiled.CORE
            )
        return "".join(
            f"from {cimports if name in typed else ''}trading.engine {keyword} {name}\n"
            for name in listed
            if name not in compiled.CORE
        )

    pattern = rf"^from trading\.engine(\.\w+)? {keyword} (\([^)]*\)|[^(\n]*)\n"
    for name in compiled.CORE:
        source = (compiled.HERE / f"{name}{suffix}").read_text()
        source = re.sub(pattern, turned, source, flags=re.MULTILINE)
        source = re.sub(r"^cimport cython\n", "", source, flags=re.MULTILINE)
        parts.append(re.sub(rf"\b({'|'.join(_CALLED_BY_MODULE)})\.(?=\w+\()", "", source))
    return "\n".join(parts)


def _setup_text() -> str:
    return (
        "from Cython.Build import cythonize\n"
        "from setuptools import Extension, setup\n"
        "setup(name='marque-engine', packages=[], ext_modules=cythonize(\n"
        "    [Extension('trading.engine.core', ['trading/engine/core.py'])],\n"
        f"    quiet=True, compiler_directives={_DIRECTIVES!r}))\n"
    )


def _install(folder: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    staged = Path(tempfile.mkdtemp(dir=target.parent, prefix="staged-"))
    for path in [*folder.glob("*.so"), *folder.glob("*.py")]:
        if path.stem not in ("__init__", "core") or path.suffix == ".so":
            shutil.move(path, staged / path.name)
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
