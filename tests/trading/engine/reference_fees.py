"""The part of the reference model that knows volume tiers.

It keeps every trade that counted, and adds up what it is asked for each time.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.trading.engine.reference_books import BIGGEST_AMOUNT, ReferenceBooks, Refused
from trading.engine import commands as c
from trading.engine import events as e
from trading.engine.results import Result

NS_OF_DAY = 24 * 60 * 60 * 1_000_000_000
MOST_COUNTED = 2**127 - 1
Step = tuple[int, int, int]  # from where on, maker and taker ppm


def steps_of(command: c.SetFeeTiers) -> list[Step]:
    """The steps of a command, trailing empty ones left out."""
    steps = []
    for n in range(1, 13):
        names = ("from_units", "maker_ppm", "taker_ppm")
        steps.append(tuple(getattr(command, f"{name}_{n}") for name in names))
    while steps and steps[-1] == (0, 0, 0):
        steps.pop()
    return steps


@dataclass
class ReferenceFees(ReferenceBooks):
    """Who pays less because he trades much."""

    valued_in: int = 0
    ladders: dict[int, list[Step]] = field(default_factory=dict)
    # (account, day, value) of every trade that counted.
    counted: list[tuple[int, int, int]] = field(default_factory=list)
    tiers: dict[int, int] = field(default_factory=dict)  # the one last traded in
    looked_at: set[int] = field(default_factory=set)  # who ever traded since volume is counted

    def on_SetValuation(self, command: c.SetValuation) -> None:
        if command.asset_id != 0 and command.asset_id not in self.assets:
            raise Refused(Result.UNKNOWN_ASSET)
        if command.asset_id != self.valued_in:
            if self.ladders:
                raise Refused(Result.FEE_TIERS_EXIST)
            self.valued_in = command.asset_id
            self.counted, self.tiers, self.looked_at = [], {}, set()
        self.events.append(e.ValuationSet(asset_id=command.asset_id))

    def on_SetFeeTiers(self, command: c.SetFeeTiers) -> None:
        if command.group_id < 0:
            raise Refused(Result.FIELD_OUT_OF_RANGE)
        if self.valued_in == 0:
            raise Refused(Result.NO_VALUATION)
        before = (0, 1_000_000, 1_000_000)
        for step in steps_of(command):
            is_higher = before[0] < step[0] <= BIGGEST_AMOUNT
            if not is_higher or step[1] > before[1] or step[2] > before[2]:
                raise Refused(Result.BAD_FEE_TIERS)
            before = step
        self.ladders.pop(command.group_id, None)
        if steps_of(command):
            self.ladders[command.group_id] = steps_of(command)
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        self.events.append(e.FeeTiersSet(**fields))

    @property
    def today(self) -> int:
        return self.time_ns // NS_OF_DAY

    def volume(self, account_id: int, first: int, last: int) -> int:
        total = sum(
            value for who, day, value in self.counted if who == account_id and first <= day <= last
        )
        return min(total, MOST_COUNTED)

    def ladder(self, account_id: int) -> list[Step]:
        group = self.accounts[account_id]["group_id"]
        return self.ladders.get(group, self.ladders.get(0, []))

    def tier(self, account_id: int) -> int:
        volume = self.volume(account_id, self.today - 30, self.today - 1)
        return len([step for step in self.ladder(account_id) if step[0] <= volume])

    def step_of(self, account_id: int) -> Step:
        tier = self.tier(account_id)
        return self.ladder(account_id)[tier - 1] if tier else (0, 1_000_000, 1_000_000)

    def look_at_tiers(self, taker_id: int, maker_id: int) -> None:
        """Before a trade: say whose tier is another than at its last one."""
        if self.valued_in == 0:
            return
        for account_id in (maker_id, taker_id):
            self.looked_at = self.looked_at | {account_id}
            old, new = self.tiers.get(account_id, 0), self.tier(account_id)
            if old != new:
                self.tiers[account_id] = new
                self.events.append(
                    e.FeeTierChanged(
                        account_id=account_id,
                        tier=new,
                        old_tier=old,
                        volume_units=self.volume(account_id, self.today - 30, self.today - 1),
                        day=self.today,
                    )
                )

    def same_party(self, one: int, other: int) -> bool:
        raise NotImplementedError

    def count_volume(self, taker: Any, maker: Any, base_units: int, quote_units: int) -> None:
        """Both sides count a trade, at its value; nobody counts one with himself."""
        sides = (taker.command.account_id, maker.command.account_id)
        if self.valued_in == 0 or self.same_party(*sides):
            return
        value = self.value(taker.command.instrument_id, base_units, quote_units)
        self.counted = [*self.counted, *((who, self.today, value) for who in sides)]

    def value(self, instrument_id: int, base_units: int, quote_units: int) -> int:
        rules = self.instruments[instrument_id]
        traded = [(rules["quote_asset_id"], quote_units), (rules["base_asset_id"], base_units)]
        for asset_id, units in traded:
            if asset_id == self.valued_in:
                return units
        for asset_id, units in traded:
            # Instruments stand in the order of their making.
            for other in self.instruments.values():
                if (other["base_asset_id"], other["quote_asset_id"]) == (asset_id, self.valued_in):
                    price = (other["last"] or other["reference"]) * other["tick_units"]
                    return units * price // 10 ** self.assets[asset_id].scale
        return 0

    def tier_row(self, account_id: int) -> e.FeeTierRow:
        tier, ladder = self.tier(account_id), self.ladder(account_id)
        step = self.step_of(account_id)
        return e.FeeTierRow(
            account_id=account_id,
            asset_id=self.valued_in,
            day=self.today,
            volume_units=self.volume(account_id, self.today - 30, self.today - 1),
            today_units=self.volume(account_id, self.today, self.today),
            tier=tier,
            tiers=len(ladder),
            from_units=step[0],
            next_from_units=ladder[tier][0] if tier < len(ladder) else 0,
            maker_ppm=step[1],
            taker_ppm=step[2],
        )

    def tier_rows(self) -> list[e.FeeTierRow]:
        return [self.tier_row(account_id) for account_id in sorted(self.looked_at)]
