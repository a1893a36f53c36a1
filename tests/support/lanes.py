"""Lanes: ``make test`` runs the tests in three workers of pytest-xdist.

Each worker is started by ``runtime.sandbox``, so it has a PostgreSQL, a Valkey, a data folder and
ports of its own, and a test needs to know nothing of the other lanes. The tests of a file stay
together, because they share what their module's fixtures start; those of a folder in ``TOGETHER``
do, because they share one running product. What takes longest begins first, so that the lanes end
at about the same time. There are three also on two processors: tests wait for processes, disks and
browsers. Names and fixtures of a test are the same in one lane or in several.
"""

from contextlib import ExitStack
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import NodeManager

TOGETHER = ("tests/browser/", "tests/base/api/")
# By time on a quiet machine; what is not named follows in the order of its files.
LONGEST = (
    "tests/browser/",
    "tests/base/api/",
    "tests/base/backoffice/test_odd_addresses.py",
    "tests/base/runtime/test_up.py",
    "tests/journeys/test_kill_anything.py",
    "tests/simulation/test_million_commands.py",
    "tests/simulation/test_books.py",
    "tests/wallets/payments/test_card_faults.py",
    "tests/trading/engine/process/test_fault_points.py",
    "tests/base/runtime/test_product.py",
    "tests/trading/commands/test_relay.py",
    "tests/tenants/test_structure.py",
    "tests/tenants/test_create.py",
)


def unit_of(nodeid: str) -> str:
    """What a test stays together with: a folder, or its file."""
    path = nodeid.partition("::")[0]
    return next((folder for folder in TOGETHER if path.startswith(folder)), path)


def place_of(nodeid: str) -> int:
    """Where in the run a test's turn comes, the smallest first."""
    unit = unit_of(nodeid)
    return LONGEST.index(unit) if unit in LONGEST else len(LONGEST)


def sort(items: list[pytest.Item]) -> None:
    """Bring tests into the order in which they are to begin; files stay as they are."""
    items.sort(key=lambda item: place_of(item.nodeid))


class Shared(ExitStack):
    """What the tests of a folder share, ended with the last of them and not with the run: it
    takes a core, and the tests that come after it need the machine for themselves.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def end_if_last(self, next_item: pytest.Item | None) -> None:
        if next_item is None or self.folder not in next_item.path.parents:
            self.close()


class Lanes(LoadScopeScheduling):
    """Gives each worker the next unit when it has nearly done with its last."""

    def __init__(self, config: pytest.Config, log: object) -> None:
        super().__init__(config, log)  # type: ignore[arg-type]
        config.option.loadscopereorder = False  # not by the number of tests
        # A busy machine takes its time to stop two databases.
        NodeManager.EXIT_TIMEOUT = 120

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)
