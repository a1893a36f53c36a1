"""How the tests are parted among lanes."""

from pathlib import Path

import lanes

ROOT = Path(__file__).resolve().parents[2]


def test_what_is_named_is_there() -> None:
    assert [name for name in (*lanes.TOGETHER, *lanes.LONGEST) if not (ROOT / name).exists()] == []


def test_what_shares_a_product_stays_together() -> None:
    assert lanes.unit_of("tests/browser/test_pages.py::test_a[1]") == "tests/browser/"
    assert lanes.unit_of("tests/wallets/test_a.py::test_b") == "tests/wallets/test_a.py"
    assert lanes.place_of("tests/browser/test_pages.py::test_a") == 0
    assert lanes.place_of("tests/wallets/test_a.py::test_b") == len(lanes.LONGEST)
