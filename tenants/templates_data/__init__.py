"""Templates of new tenants, each a TOML file of this folder, named by its file.

``settings`` and ``texts`` are used here; ``assets``, ``instruments``, ``fees`` and
``account_groups`` by the onboarding steps of the trading rooms. Amounts, prices and rates are
decimal texts; fees are in parts per million of the quote amount.
"""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


@lru_cache
def load(name: str) -> dict[str, Any]:
    """The data of a template; KeyError for an unknown name. Read it only."""
    if name not in names():
        raise KeyError(f"no template {name!r}; there are {', '.join(names())}")
    with (FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)
