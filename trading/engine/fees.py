"""What a venue takes for a trade: fee lines, ladders of volume tiers, and who is in which class."""

from trading.engine import limits
from trading.engine.book import Asset, Instrument
from trading.engine.words import high, join, low


class Fees:
    """The fees of a venue.

    Accounts of one group in one tier are a *fee class*, known by its index; an instrument keeps
    what each class pays in it. ``asset`` is what volume is valued in, if it is ``counted``. The
    ``stamp`` is another one each day and after each change of what volume or tiers depend on: an
    account whose row bears it is in the right tier.
    """

    def __init__(self) -> None:
        # Maker and taker ppm by (group_id, instrument_id); 0 stands for all.
        self.lines: dict[tuple[int, int], tuple[int, int]] = {}
        self.classes: dict[tuple[int, int], int] = {}  # index by (group_id, tier)
        self.class_groups: list[int] = []  # by index
        self.class_tiers: list[int] = []
        # By group_id, 0 for those without one of their own: steps from the lowest on, each the two
        # words of where it begins, maker and taker ppm.
        self.ladders: dict[int, list[tuple[int, int, int, int]]] = {}
        self.asset: Asset | None = None
        self.counted = False
        self.revision = 1
        self.day = 0  # days since 1970 and one
        self.day_ends_ns = 0
        self.stamp = 0

    def look_up(self, index: int, instrument: Instrument) -> int:
        """Put what a class pays in an instrument where it is found: that of its most special line,
        or what its tier says where that is less.
        """
        group_id = self.class_groups[index]
        number = instrument.instrument_id
        maker_ppm = instrument.maker_ppm
        taker_ppm = instrument.taker_ppm
        for key in ((group_id, number), (group_id, 0), (0, number), (0, 0)):
            line = self.lines.get(key)
            if line is not None:
                maker_ppm = line[0]
                taker_ppm = line[1]
                break
        tier = self.class_tiers[index]
        if tier > 0:
            maker_ppm = min(maker_ppm, self.maker_ppm_of(group_id, tier))
            taker_ppm = min(taker_ppm, self.taker_ppm_of(group_id, tier))
        rates = instrument.rates
        rates[2 * index] = maker_ppm
        rates[2 * index + 1] = taker_ppm
        return 0

    def ladder_of(self, group_id: int) -> list[tuple[int, int, int, int]]:
        """The ladder that holds for a group."""
        found = self.ladders.get(group_id)
        if found is None:
            found = self.ladders.get(0)
        return [] if found is None else found

    def tier_of(self, group_id: int, volume_units: int) -> int:
        """The tier that a volume of 30 days comes to in a group."""
        tier = 0
        for lower, upper, _maker_ppm, _taker_ppm in self.ladder_of(group_id):
            if volume_units < join(lower, upper):
                break
            tier += 1
        return tier

    def from_units_of(self, group_id: int, tier: int) -> int:
        """Where a tier begins; 0 where there is none of that number."""
        ladder = self.ladder_of(group_id)
        if tier < 1 or tier > len(ladder):
            return join(0, 0)
        return join(ladder[tier - 1][0], ladder[tier - 1][1])

    def maker_ppm_of(self, group_id: int, tier: int) -> int:
        """What a tier's makers pay at most."""
        ladder = self.ladder_of(group_id)
        return limits.PPM if tier < 1 or tier > len(ladder) else ladder[tier - 1][2]

    def taker_ppm_of(self, group_id: int, tier: int) -> int:
        """What a tier's takers pay at most."""
        ladder = self.ladder_of(group_id)
        return limits.PPM if tier < 1 or tier > len(ladder) else ladder[tier - 1][3]

    def add_step(
        self,
        ladder: list[tuple[int, int, int, int]],
        from_units: int,
        maker_ppm: int,
        taker_ppm: int,
    ) -> bool:
        """Put one more step on a ladder; returns whether it may stand there: it begins later than
        the one before and takes no more.
        """
        if from_units <= 0 or from_units > limits.MAX_UNITS or len(ladder) == limits.MOST_FEE_TIERS:
            return False
        most_maker = limits.PPM
        most_taker = limits.PPM
        if ladder:
            last = ladder[len(ladder) - 1]
            if from_units <= join(last[0], last[1]):
                return False
            most_maker = last[2]
            most_taker = last[3]
        if maker_ppm < 0 or maker_ppm > most_maker or taker_ppm < 0 or taker_ppm > most_taker:
            return False
        ladder.append((low(from_units), high(from_units), maker_ppm, taker_ppm))
        return True
