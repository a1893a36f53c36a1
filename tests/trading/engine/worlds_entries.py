"""Seeded random journal entries between house lines."""

import random

from trading.engine import commands as c

BANK, HOT, FEES = 2 << 16, (3 << 16) + 7, 30 << 16


def against(chance: random.Random) -> dict[str, int]:
    """What stands at the end of a CreditFunds or DebitFunds."""
    return {
        "against": chance.choice([0, 0, 0, BANK, HOT, 2**31 - 1, 2**31, -1]),
        "reverses_id": chance.choice([0, 0, 0, 0, 5 << 20, -1]),
    }


def random_entry(chance: random.Random, time_ns: int) -> c.RecordEntry:
    """Mostly one that adds up, in one asset or two, with something wrong in it now and then."""
    legs: list[list[int]] = []
    for _ in range(chance.choice([1, 1, 2])):
        asset_id = chance.choice([1, 2, 3])
        units = [
            chance.choice([1, -5, 2_000, 10**20, -(10**31)])
            for _ in range(chance.choice([1, 1, 3]))
        ]
        if sum(units):
            units.append(-sum(units))
        legs += [[chance.choice([BANK, HOT, FEES]), asset_id, number] for number in units]
    if chance.random() < 0.4:
        place = chance.randrange(len(legs))
        legs[place] = list(
            chance.choice(
                [
                    (0, 0, 0),
                    (9, 1, 4),
                    (2**31, 1, 4),
                    (BANK, 4, 1),
                    (BANK, 2**32 - 1, 1),
                    (BANK, 1, 0),
                    (BANK, 1, 10**32 + 1),
                    (BANK, 1, -(2**127)),
                    (BANK, 1, 77),
                ]
            )
        )
    names = ("line", "asset_id", "amount_units")
    fields = {
        f"{name}_{n}": value
        for n, leg in enumerate(legs[:8], 1)
        for name, value in zip(names, leg, strict=True)
    }
    return c.RecordEntry(
        entry_kind=chance.choice([40, 60, 2**15 - 1, 0, -1, 2**15])
        if chance.random() < 0.2
        else 40,
        reference_id=chance.choice([0, 7, 2**63 - 1]),
        value_ns=chance.choice([0, 0, 0, 1, time_ns, -1, 2**63 - 1]),
        reverses_id=chance.choice([0, 0, 0, 0, 5 << 20, -1]),
        **fields,
    )
