"""Real market data that lies beside the project, where there is some."""

import os
from pathlib import Path

import pytest

FOLDER = Path(
    os.environ.get("MARQUE_TEST_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")
)


def real_file(name: str) -> Path:
    """The path of a data file; the test is skipped where it is not."""
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"{name} is not there: MARQUE_TEST_DATA names the folder of the real data")
    return path
