"""Seeded random quotes and their protection."""

import random
from collections.abc import Callable

from trading.engine import commands as c


class RandomMakers:
    """Few accounts that quote and are protected, so that they meet their limits."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.quoted: dict[str, int] = {}  # the last quote, without its number

    def quotes(self, anybody: int, price: Callable[[], int]) -> c.PlaceQuotes:
        """A few quotes, often of one account, so that they replace each other."""
        chance = self.chance
        fields: dict[str, int] = {}
        for n in range(1, chance.choice([1, 2, 2, 3, 4, 9]) if chance.random() < 0.98 else 1):
            bid = price()
            ask = bid + chance.choice([1, 2, 2, 3, 5, 9]) if chance.random() < 0.97 else bid
            lots = [0, 1, 2, 2, 3, 5, 5, 9, 30]
            fields |= {
                f"instrument_id_{n}": chance.choice([1, 1, 1, 1, 1, 2, 2, 3]),
                f"bid_ticks_{n}": bid,
                f"bid_lots_{n}": chance.choice(lots) if chance.random() < 0.98 else -1,
                f"ask_ticks_{n}": ask,
                f"ask_lots_{n}": chance.choice(lots) if chance.random() < 0.98 else 10**15 + 1,
            }
            if self.quoted and chance.random() < 0.4:
                # As it was, but for the lots of one side.
                fields |= {f"{name}_{n}": value for name, value in self.quoted.items()}
                fields[f"ask_lots_{n}"] = chance.choice(lots)
            self.quoted = {
                name[:-2]: value for name, value in fields.items() if name.endswith(f"_{n}")
            }
        return c.PlaceQuotes(
            account_id=chance.choice([1, 1, 2]) if chance.random() < 0.9 else anybody,
            flags=chance.choice([0, 1, 1, 1]) if chance.random() < 0.98 else 2,
            self_trade_prevention=chance.randrange(5) if chance.random() < 0.98 else 5,
            **fields,
        )

    def protection(self, anybody: int) -> c.SetProtection | c.ResetProtection:
        chance = self.chance
        scope = {
            "account_id": chance.choice([1, 1, 2]) if chance.random() < 0.9 else anybody,
            "instrument_id": chance.choice([0, 0, 1, 1, 1, 2, 3]),
        }
        if chance.random() < 0.5:
            return c.ResetProtection(**scope)
        return c.SetProtection(
            window_ns=chance.choice([20, 100, 10**9, 10**9, 0, -1, 10**12]),
            lots=chance.choice([0, 0, 0, 3, 12]),
            trades=chance.choice([0, 2, 4, 4, 9]),
            notional_units=chance.choice([0, 0, 0, 10**4, 10**6, -1]),
            **scope,
        )
