"""Seeded random ladders of fee tiers."""

import random

from trading.engine import commands as c

DAY_NS = 86_400 * 10**9


class RandomFees:
    """Ladders low enough that accounts climb them, and now and then nonsense."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def next(self) -> c.SetValuation | c.SetFeeTiers:
        chance = self.chance
        if chance.random() < 0.2:
            return c.SetValuation(asset_id=chance.choice([0, 1, 2, 2, 3, 3, 9]))
        return self.ladder(chance.choice([0, 0, 0, 1, 1, 2]) if chance.random() < 0.95 else -1)

    def setup(self) -> list[c.Message]:
        """Most venues have tiers from the beginning."""
        if self.chance.random() < 0.3:
            return []
        valued_in = self.chance.choice([1, 2, 2, 3, 3])
        return [c.SetValuation(asset_id=valued_in), self.ladder(0)]

    def ladder(self, group_id: int) -> c.SetFeeTiers:
        chance = self.chance
        count = chance.choice([0, 1, 2, 3, 3, 4, 12])
        starts = sorted(chance.sample([1, 500, 3_000, 20_000, 10**5, 10**9, 10**14], min(count, 7)))
        starts += [10**20 + n for n in range(count - len(starts))]
        rates = [sorted(chance.choices(range(0, 400_000), k=count), reverse=True) for _ in "mt"]
        fields: dict[str, int] = {}
        for n, step in enumerate(zip(starts, *rates, strict=True), 1):
            names = (f"from_units_{n}", f"maker_ppm_{n}", f"taker_ppm_{n}")
            fields |= dict(zip(names, step, strict=True))
        if chance.random() < 0.15:
            name = chance.choice(["from_units", "maker_ppm", "taker_ppm"])
            worst = [0, 1, 400_001, 10**6 + 1, 2**32 - 1]
            if name == "from_units":
                worst += [-1, 10**38, -(10**30)]
            fields[f"{name}_{chance.choice([1, 2, 3, 5, 12])}"] = chance.choice(worst)
        return c.SetFeeTiers(group_id=group_id, **fields)

    def rate_instrument(self) -> c.CreateInstrument:
        """It says what the quote asset of the others is worth in the third one."""
        return c.CreateInstrument(
            instrument_id=5,
            base_asset_id=2,
            quote_asset_id=3,
            tick_units=self.chance.choice([10**8, 7 * 10**8]),
            lot_units=10**8,
            state=1,
            symbol="S5",
        )
