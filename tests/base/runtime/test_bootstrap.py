"""`scripts/bootstrap` on machines that lack something: one sentence each, nothing half made."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runtime import folders

OTHER_VERSION = 'case "$2" in *version_info*) exit 1;; esac\n'
NO_ENSUREPIP = 'case "$2" in *ensurepip*) exit 1;; esac\n'


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with the script and what it reads."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(folders.ROOT / "scripts" / "bootstrap", tmp_path / "scripts" / "bootstrap")
    (tmp_path / "requirements.txt").write_text("")
    (tmp_path / "bin").mkdir()
    for tool in (
        "sh",
        "dirname",
        "basename",
        "readlink",
        "rm",
        "cat",
        "sed",
        "sha256sum",
        "cut",
        "gcc",
    ):
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / "bin" / tool).symlink_to(found)
    return tmp_path


def python(clone: Path, name: str, lines: str = "") -> None:
    """An interpreter on the path of that clone: this very one, but for what ``lines`` refuse."""
    path = clone / "bin" / name
    path.write_text(f'#!/bin/sh\n{lines}exec {sys.executable} "$@"\n')
    path.chmod(0o755)


def bootstrap(clone: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    environ = {name: value for name, value in os.environ.items() if name != "MARQUE_PYTHON"}
    return subprocess.run(
        [clone / "scripts" / "bootstrap"],
        env={**environ, "PATH": str(clone / "bin"), **variables},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def test_no_python_at_all_is_one_sentence(clone: Path):
    done = bootstrap(clone)
    assert done.returncode == 2
    assert "Python 3.11 or 3.12 is needed" in done.stderr and done.stderr.count("\n") == 1


def test_only_another_version_is_one_sentence(clone: Path):
    python(clone, "python3", OTHER_VERSION)
    python(clone, "python3.12", "echo 'command not found' >&2; exit 127\n")
    done = bootstrap(clone)
    assert done.returncode == 2
    assert "Python 3.11 or 3.12 is needed" in done.stderr and done.stderr.count("\n") == 1
    assert not (clone / ".venv").exists()


def test_a_named_python_of_another_version_is_one_sentence(clone: Path):
    python(clone, "python3.13", OTHER_VERSION)
    python(clone, "python3.11")  # would fit, and was not asked for
    done = bootstrap(clone, MARQUE_PYTHON="python3.13")
    assert done.returncode == 2
    assert "MARQUE_PYTHON=python3.13 is no Python 3.11 or 3.12" in done.stderr
    assert done.stderr.count("\n") == 1 and not (clone / ".venv").exists()


def test_a_python_without_venv_is_one_sentence(clone: Path):
    python(clone, "python3.11", NO_ENSUREPIP)
    done = bootstrap(clone)
    assert done.returncode == 2
    assert "comes without its venv module" in done.stderr and done.stderr.count("\n") == 1
    assert not (clone / ".venv").exists()


def test_the_first_python_that_fits_is_taken_and_the_second_run_does_nothing(clone: Path):
    python(clone, "python3.11", OTHER_VERSION)
    python(clone, "python3")
    done = bootstrap(clone)
    assert done.returncode == 0, done.stderr
    site = next((clone / ".venv").glob("lib/python3*/site-packages"))
    assert (site / "marque.pth").read_text() == f"{clone}\n{clone}/platform\n"
    again = bootstrap(clone)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_a_machine_without_a_compiler_does_without_the_package_that_needs_one(clone: Path):
    python(clone, "python3")
    (clone / "requirements.txt").write_text("durable_rules==2.0.28\n")
    done = bootstrap(clone, PIP_NO_INDEX="1", CC="no-such-compiler")
    assert done.returncode == 0, done.stderr
    assert bootstrap(clone, PIP_NO_INDEX="1", CC="gcc").returncode == 2  # now it is wanted


def test_packages_that_cannot_be_had_are_one_clear_end(clone: Path):
    python(clone, "python3")
    (clone / "requirements.txt").write_text("marque-does-not-exist==1\n")
    done = bootstrap(clone, PIP_NO_INDEX="1")
    assert done.returncode == 2
    assert "The packages could not be installed" in done.stderr.splitlines()[-1]
    assert not (clone / ".venv" / "requirements.stamp").exists()
