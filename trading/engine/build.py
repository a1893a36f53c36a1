"""Compiles the engine's core with Cython: ``python -m trading.engine.build``.

The sources are plain Python; what each word and each row is to the machine stands beside them in
``.pxd`` files. The compiled modules go into ``trading/engine/.compiled/<digest>/``, the digest
being that of the sources and of the Python version. ``trading.engine`` imports them
from there if the sources are still those (see ``compiled``), so a changed source is never run
stale: it runs interpreted until the next build. Building takes two to three minutes, and no time
if nothing changed. Without a C compiler everything works, only slower; this says so and exits with
0.

GCC compiles it twice: the first build counts, over some seconds of the benchmarks' flows, which
ways the core goes, and the second is laid out for those. ``MARQUE_ENGINE_ONE_PASS=1`` leaves that
out, and so does another compiler.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path

from trading.engine import compiled

# -fwrapv: sums of words wrap, as keys of hash tables do on purpose; bounds are checked at the door.
# NDEBUG: without it Python's own headers check again what a type is, at each of its macros.
# No vectors: events are made of what was just written word by word, for which wider reads wait.
# --param: a command goes through some thirty short functions, which the compiler would not put into
# each other by itself, as all have ways for errors that are hardly ever taken.
_EARLY = (
    "-DNDEBUG -fwrapv -fno-semantic-interposition -fno-tree-loop-distribute-patterns"
    " -fno-tree-vectorize -fno-tree-slp-vectorize --param early-inlining-insns=50"
    " -Wno-unused-function -Wno-sign-compare"
)
CFLAGS = (
    f"-O3 {_EARLY} --param max-inline-insns-auto=200 --param max-inline-insns-single=600"
    " --param inline-unit-growth=200 --param large-function-growth=1000"
)
# Ways are counted right after the early steps, which must be the same in both builds; the later
# ones, which take most of the time, need not.
COUNTING = f"-O2 {_EARLY} -fprofile-generate -fprofile-update=single"
# Partial: what the flows never do keeps its speed instead of being made small.
TRAINED = (
    f"{CFLAGS} -fprofile-use -fprofile-correction -fprofile-partial-training -Wno-missing-profile"
)
ROOT = compiled.HERE.parents[1]
TRAINING = "benchmarks.engine_training"
TRAINING_SECONDS = 300
# Types come from the .pxd files and from what is assigned, not from annotations. Indexes are those
# of the core's own rows.
# Modules whose functions are called by way of the module.
_CALLED_BY_MODULE = (
    "administration",
    "arriving",
    "auctions",
    "breaking",
    "canceling",
    "dispatch",
    "door",
    "emit",
    "guarding",
    "handlers",
    "icebergs",
    "image",
    "linking",
    "listing",
    "loading",
    "loading_fees",
    "loading_makers",
    "lookups",
    "matching",
    "placing",
    "protecting",
    "quoting",
    "recording",
    "rules",
    "sessions",
    "standing",
    "telling",
    "tiering",
    "triggering",
    "volumes",
    "waiting",
)
# What stands in the compiled folder under the name of each module of the core.
_STAND_IN = """from trading.engine import core

globals().update({name: value for name, value in vars(core).items() if name[:2] != "__"})
"""
DIRECTIVES = {
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
    headers = Path(sysconfig.get_paths()["include"]) / "Python.h"
    return shutil.which(_compiler()[0]) is not None and headers.exists()


def _compiler() -> list[str]:
    return (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()


def build() -> Path:
    """Compile the core and put it in its place in one rename; returns the folder.

    Raises subprocess.CalledProcessError if the compiler refuses.
    """
    target = compiled.folder()
    if target.is_dir():
        return target
    with tempfile.TemporaryDirectory(prefix="marque-engine-") as scratch:
        folder = Path(scratch)
        package = write_sources(folder)
        (folder / "setup.py").write_text(_setup_text())
        if can_be_trained():
            _compile(folder, COUNTING)
            _train(package)
            _compile(folder, TRAINED)
        else:
            _compile(folder)
        for path in package.glob("*.py"):
            path.unlink()
        _stand_in(package)
        _install(package, target)
    return target


def _compile(folder: Path, flags: str = CFLAGS) -> None:
    environment = {**os.environ, "CFLAGS": f"{os.environ.get('CFLAGS', '')} {flags}"}
    subprocess.run(
        [sys.executable, "setup.py", "-q", "build_ext", "--inplace", "--force"],
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def can_be_trained() -> bool:
    """Whether this is a checkout with the flows to train on, and the compiler is GCC."""
    if os.environ.get("MARQUE_ENGINE_ONE_PASS") == "1" or not _has_flows():
        return False
    told = subprocess.run([*_compiler(), "--version"], capture_output=True, text=True, check=False)
    return "Free Software Foundation" in told.stdout


def _has_flows() -> bool:
    return (ROOT / f"{TRAINING.replace('.', '/')}.py").exists()


def _train(package: Path) -> None:
    """Run the flows in the core that counts; what it counts lies beside its objects at the end.

    A core that was not trained to the end is compiled as it is: all of this is about speed.
    """
    with tempfile.TemporaryDirectory(dir=package.parent, prefix="counting-") as folder:
        for path in package.glob("*.so"):
            shutil.copy(path, folder)
        _stand_in(Path(folder))
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
            "MARQUE_ENGINE_COMPILED": folder,
        }
        environment.pop("MARQUE_ENGINE_INTERPRETED", None)
        with contextlib.suppress(subprocess.SubprocessError):
            subprocess.run(
                [sys.executable, "-m", TRAINING],
                cwd=ROOT,
                env=environment,
                check=True,
                timeout=TRAINING_SECONDS,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )


def _stand_in(package: Path) -> None:
    for name in compiled.CORE:
        (package / f"{name}.py").write_text(_STAND_IN)


def write_sources(folder: Path) -> Path:
    """Write what Cython is given into a folder; returns where it is, as a package."""
    package = folder / "trading" / "engine"
    package.mkdir(parents=True)
    (folder / "trading" / "__init__.py").touch()
    (package / "__init__.py").touch()
    for path in compiled.type_files():
        if path.stem not in compiled.CORE:
            shutil.copy(path, package / path.name)
    (package / "core.py").write_text(_amalgamated(".py"))
    (package / "core.pxd").write_text(_amalgamated(".pxd"))
    for name in compiled.EDGE:
        (package / f"{name}.py").write_text(_cimporting((compiled.HERE / f"{name}.py").read_text()))
    return package


def _amalgamated(suffix: str) -> str:
    """All of the core as one file, as SQLite is built: the C compiler then sees through calls.

    Imports of the core's own modules go, with them their names before functions, and what is
    imported for type checkers only.
    """
    parts = ["cimport cython\n"] if suffix == ".pxd" else []
    for name in compiled.CORE:
        source = _cimporting((compiled.HERE / f"{name}{suffix}").read_text(), compiled.CORE)
        source = re.sub(r"^cimport cython\n", "", source, flags=re.MULTILINE)
        source = re.sub(r"^if TYPE_CHECKING:\n( .*\n)+", "", source, flags=re.MULTILINE)
        parts.append(re.sub(rf"\b({'|'.join(_CALLED_BY_MODULE)})\.(?=\w+\()", "", source))
    return "\n".join(parts)


def _cimporting(source: str, left_out: Sequence[str] = ()) -> str:
    """A source whose imports of what has types of its own have become the compiler's own.

    ``from trading.engine import codes`` becomes ``from cython.cimports.trading.engine import
    codes``. Imports of the modules ``left_out`` vanish; those of the core stay Python's.
    """
    typed = {path.stem for path in compiled.type_files()} - set(compiled.CORE)

    def turned(match: re.Match[str]) -> str:
        module, keyword, names = match.groups()
        lines = []
        for name in re.findall(r"\w+", names):
            imported = module[1:] if module else name
            if imported in left_out:
                continue
            place = "cython.cimports." if imported in typed and keyword == "import" else ""
            lines.append(f"from {place}trading.engine{module or ''} {keyword} {name}\n")
        return "".join(lines)

    pattern = r"^from trading\.engine(\.\w+)? (c?import) (\([^)]*\)|[^(\n]*)\n"
    return re.sub(pattern, turned, source, flags=re.MULTILINE)


def _setup_text() -> str:
    names = ("core", *compiled.EDGE)
    return (
        "from Cython.Build import cythonize\n"
        "from setuptools import Extension, setup\n"
        "setup(name='marque-engine', packages=[], ext_modules=cythonize(\n"
        "    [Extension(f'trading.engine.{name}', [f'trading/engine/{name}.py'])\n"
        f"     for name in {names!r}],\n"
        f"    quiet=True, compiler_directives={DIRECTIVES!r}))\n"
    )


def _install(folder: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    staged = Path(tempfile.mkdtemp(dir=target.parent, prefix="staged-"))
    for path in [*folder.glob("*.so"), *folder.glob("*.py")]:
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
