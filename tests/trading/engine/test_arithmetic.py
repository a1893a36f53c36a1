"""The compiled core's 128-bit arithmetic is Python's."""

from hypothesis import example, given
from hypothesis import strategies as st

from money.units import fee_units
from trading.engine.book import fee_of


@given(st.integers(0, 10**38 - 1), st.integers(0, 1_000_000))
@example(2**63 - 1, 1_000_000)
@example(2**63, 999_999)
@example(2**64, 1)
@example(10**38 - 1, 1_000_000)
@example(0, 5)
def test_fees_are_rounded_up_to_whole_units(amount: int, ppm: int) -> None:
    assert fee_of(amount, ppm) == -(-amount * ppm // 1_000_000) == fee_units(amount, ppm)
