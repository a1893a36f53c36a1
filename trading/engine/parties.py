"""Who trades and what they have: balances, fee groups, accounts."""

from mypy_extensions import i64, mypyc_attr


@mypyc_attr(acyclic=True)
class Asset:
    """What a balance is held in. ``index`` counts the venue's assets from 0."""

    __slots__ = ("asset_id", "balances", "code", "index", "scale", "supply_units")

    def __init__(self, asset_id: i64, index: i64, scale: i64, code: bytes) -> None:
        self.asset_id = asset_id
        self.index = index
        self.scale = scale
        self.code = code
        # Everything credited less everything debited: the sum of all balances, always.
        self.supply_units: int = 0
        # By Account.index; side by side, so that looking one up touches little memory.
        self.balances: list[Balance | None] = []


@mypyc_attr(acyclic=True)
class Balance:
    """Units of one asset of one account. Booked is available plus held."""

    __slots__ = ("available_units", "held_units")

    def __init__(self) -> None:
        self.available_units: int = 0
        self.held_units: int = 0


@mypyc_attr(acyclic=True)
class FeeRates:
    """Maker and taker fee in parts per million of what is received."""

    __slots__ = ("maker_ppm", "taker_ppm")

    def __init__(self, maker_ppm: int, taker_ppm: int) -> None:
        self.maker_ppm = maker_ppm
        self.taker_ppm = taker_ppm


@mypyc_attr(acyclic=True)
class FeeGroup:
    """The fees of one account group, by instrument index; None until looked up."""

    __slots__ = ("group_id", "rates")

    def __init__(self, group_id: i64) -> None:
        self.group_id = group_id
        self.rates: list[FeeRates | None] = []


@mypyc_attr(acyclic=True)
class Party:
    """Accounts that never trade with each other: one account, or a whole trade group."""

    __slots__ = ("open_orders",)

    def __init__(self) -> None:
        self.open_orders: i64 = 0
