"""A little of each fuzzer; more by hand: ``python -m tests.fuzz.fuzzers --help``."""

import os

import pytest

from tests.fuzz.fuzzers import FUZZERS

SEED = int(os.environ.get("MARQUE_FUZZ_SEED", "1"))


@pytest.mark.parametrize("name", FUZZERS)
@pytest.mark.parametrize("round_number", range(2))
def test_nothing_crashes(name: str, round_number: int) -> None:
    assert FUZZERS[name](SEED * 1_000_000 + round_number) > 0
