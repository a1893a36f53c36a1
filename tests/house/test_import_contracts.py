"""The import contracts hold, name every room, and break where they should."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import house_rules

PYPROJECT = house_rules.ROOT / "pyproject.toml"
CONTRACTS = tomllib.loads(PYPROJECT.read_text())["tool"]["importlinter"]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--config", PYPROJECT],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{folder / 'platform'}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def skeleton(folder: Path) -> Path:
    """The rooms of the product, empty."""
    for init in house_rules.ROOT.glob("*/__init__.py"):
        _copy_package(init.parent, folder / init.parent.name)
    for init in house_rules.ROOT.glob("platform/*/__init__.py"):
        _copy_package(init.parent, folder / "platform" / init.parent.name)
    return folder


def _copy_package(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    (target / "__init__.py").touch()
    for inner in source.glob("*/__init__.py"):
        if inner.parent.name not in ("migrations", "management", "templatetags"):
            (target / inner.parent.name).mkdir()
            (target / inner.parent.name / "__init__.py").touch()


def test_every_room_is_in_the_contract():
    rooms = {path.parent.name for path in house_rules.ROOT.glob("platform/*/__init__.py")}
    rooms |= {path.parent.name for path in house_rules.ROOT.glob("*/__init__.py")}
    assert set(CONTRACTS["root_packages"]) == rooms
    layers = CONTRACTS["contracts"][0]["layers"]
    named = {name.strip() for layer in layers for name in layer.replace(":", "|").split("|")}
    assert named == rooms


def test_the_product_keeps_the_contracts():
    done = lint(house_rules.ROOT)
    assert done.returncode == 0, done.stdout


def test_empty_rooms_keep_the_contracts(tmp_path: Path):
    done = lint(skeleton(tmp_path))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("room", "line", "broken"),
    [
        ("platform/money", "import tenants", "The rooms of the product BROKEN"),
        ("platform/portal", "import api", "The rooms of the product BROKEN"),
        ("platform/identity", "import config", "The rooms of the product BROKEN"),
        ("kyc", "import wallets", "The rooms of the product BROKEN"),
        ("trading/orders", "from trading import market_data", "Inside trading BROKEN"),
        ("trading/engine", "from trading import commands", "Inside trading BROKEN"),
        ("trading/engine", "import audit", "The engine knows nothing"),
        ("wallets/ledger", "from wallets import adjustments", "Inside wallets BROKEN"),
        ("trading/unheard_of", "", "Inside trading BROKEN"),
    ],
)
def test_a_wrong_import_breaks_a_contract(tmp_path: Path, room: str, line: str, broken: str):
    folder = skeleton(tmp_path) / room
    folder.mkdir(exist_ok=True)
    (folder / "__init__.py").touch()
    (folder / "wrong.py").write_text(f"{line}\n")
    done = lint(tmp_path)
    assert done.returncode == 1
    assert broken in done.stdout
