"""What rules before an order add to it.

    .venv/bin/python benchmarks/pretrade_rules.py [ORDERS]

Judges orders of 1,000 accounts by desks with 0, 20 and 60 rules of three conditions each, and
prints the time for each order in microseconds. What is kept for the tables is kept in memory, as
in a web process; writing it happens on the side.
"""

import os
import random
import sys
import time
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]


def main(orders: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from riskrules.rulesets import Comparison, Condition, Outcome, Rule
    from trading.instruments.rules import InstrumentInfo
    from trading.orders import pretrade
    from trading.orders.order_rules import KIND, Asked

    rng = random.Random(1)
    info = InstrumentInfo(
        id=3, symbol="BTC-USDT", base_id=1, base_code="BTC", base_scale=8, quote_id=2,
        quote_code="USDT", quote_scale=6, tick_units=10_000, lot_units=10_000, min_lots=1,
        max_lots=10**9, min_notional_units=0, max_notional_units=0, price_band_bp=0,
        maker_ppm=0, taker_ppm=0, state=1,
    )  # fmt: skip
    asked = [
        Asked(info, rng.randrange(1_000), rng.random() < 0.5, rng.random() < 0.2,
              rng.randrange(1, 10**6), rng.randrange(5_900_000, 6_100_000))
        for _ in range(10_000)
    ]  # fmt: skip
    pretrade.LOG.is_running = True
    print(f"{orders:,} orders each; microseconds an order")
    print(f"{'rules':>6} {'p50':>8} {'p99':>8} {'p99.9':>8} {'most':>8}")
    for count in (0, 20, 60):
        desk = pretrade.Desk("benchmark")
        desk.rules = tuple(
            Rule(
                f"rule {number}",
                (
                    # The first two hold for every order, so that all three are looked at.
                    Condition("is_price_known", Comparison.EQUALS, 1),
                    Condition("worth", Comparison.AT_LEAST, 0),
                    Condition(rng.choice(list(KIND.by_name)), Comparison.ABOVE, 10**15),
                ),
                Outcome.DENY,
                "A sentence.",
            )
            for number in range(count)
        )
        desk.prices = {info.id: 6_000_000}
        taken = []
        for number in range(orders):
            if number % 1_000 == 0:
                desk.read_at = time.monotonic()
            one = asked[number % len(asked)]
            begin = time.perf_counter_ns()
            desk.require([one], user_id=1, by_key=True)
            taken.append(time.perf_counter_ns() - begin)
        taken.sort()
        shown = [taken[int(len(taken) * part)] / 1000 for part in (0.5, 0.99, 0.999)]
        print(f"{count:>6} " + " ".join(f"{value:8.1f}" for value in [*shown, taken[-1] / 1000]))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
