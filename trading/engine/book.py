"""The order book of one instrument: orders, price levels and the two sorted sides."""

from bisect import bisect_left

from mypy_extensions import i64, mypyc_attr, u8

from trading.engine.parties import Asset, Balance, FeeGroup, Party

_BLOCK_KEYS = 512


@mypyc_attr(acyclic=True)
class Account:
    """A trading account of the venue, with its resting orders.

    ``index`` counts the venue's accounts from 0; its balances stand in the assets under it.
    """

    __slots__ = (
        "account_id",
        "client_orders",
        "fee_group",
        "group_id",
        "index",
        "newest",
        "oldest",
        "party",
        "role",
        "state",
        "trade_group_id",
    )

    def __init__(
        self,
        account_id: i64,
        index: i64,
        group_id: i64,
        trade_group_id: i64,
        role: i64,
        state: i64,
        fee_group: FeeGroup,
        party: Party,
    ) -> None:
        self.account_id = account_id
        self.index = index
        self.group_id = group_id
        self.trade_group_id = trade_group_id
        self.role = role
        self.state = state
        self.fee_group = fee_group
        self.party = party
        # Orders by client key, resting and lately closed ones; made at the first such order.
        self.client_orders: dict[int, Order] | None = None
        # Resting orders, oldest first.
        self.oldest: Order | None = None
        self.newest: Order | None = None

    def balance(self, asset: Asset) -> Balance:
        """The account's balance of an asset, made on demand."""
        balances = asset.balances
        index = self.index
        while len(balances) <= index:
            balances.append(None)
        balance = balances[index]
        if balance is None:
            balance = Balance()
            balances[index] = balance
        return balance


@mypyc_attr(acyclic=True)
class Order:
    """One order, from its acceptance until the venue forgets it some time after its end.

    While it rests it stands in two queues: its level's, by time priority (``ahead``, ``behind``),
    and its account's, by age (``older``, ``newer``).
    """

    __slots__ = (
        "account",
        "ahead",
        "behind",
        "client_key",
        "cumulative_lots",
        "cumulative_quote_units",
        "instrument",
        "leaves_lots",
        "level",
        "lots",
        "newer",
        "older",
        "order_id",
        "order_type",
        "placed_seq",
        "side",
        "status",
        "ticks",
        "time_in_force",
    )

    def __init__(
        self,
        order_id: i64,
        account: Account,
        instrument: "Instrument",
        lots: i64,
        ticks: i64,
        side: u8,
        order_type: u8,
        time_in_force: u8,
        client_key: i64,
        placed_seq: i64,
    ) -> None:
        self.order_id = order_id
        self.account = account
        self.instrument = instrument
        self.lots = lots
        self.leaves_lots = lots
        self.ticks = ticks
        self.side = side
        self.order_type = order_type
        self.time_in_force = time_in_force
        self.status: u8 = 1  # OrderStatus.OPEN
        self.client_key = client_key
        self.placed_seq = placed_seq
        self.cumulative_lots: i64 = 0
        self.cumulative_quote_units: int = 0
        self.level: Level | None = None
        self.ahead: Order | None = None
        self.behind: Order | None = None
        self.older: Order | None = None
        self.newer: Order | None = None


@mypyc_attr(acyclic=True)
class Level:
    """All orders resting at one price on one side, in the order in which they trade."""

    __slots__ = ("better", "first", "last", "lots", "orders", "ticks", "worse")

    def __init__(self, ticks: i64) -> None:
        self.ticks = ticks
        self.lots: i64 = 0
        self.orders: i64 = 0
        self.first: Order | None = None
        self.last: Order | None = None
        self.better: Level | None = None
        self.worse: Level | None = None

    def append(self, order: Order) -> None:
        """Put an order at the end of the queue."""
        last = self.last
        if last is None:
            self.first = order
        else:
            last.behind = order
            order.ahead = last
        self.last = order
        order.level = self
        self.lots += order.leaves_lots
        self.orders += 1

    def unlink(self, order: Order) -> None:
        """Take an order out of the queue; what it still had open leaves the level with it."""
        ahead = order.ahead
        behind = order.behind
        if ahead is None:
            self.first = behind
        else:
            ahead.behind = behind
        if behind is None:
            self.last = ahead
        else:
            behind.ahead = ahead
        order.ahead = None
        order.behind = None
        order.level = None
        self.lots -= order.leaves_lots
        self.orders -= 1


@mypyc_attr(acyclic=True)
class Ladder:
    """One side of a book: levels by price, linked from best to worst.

    The prices also stand, as keys that grow towards the best, in blocks of sorted lists: a new
    level finds its neighbours in logarithmic time and moves at most one block's worth of keys,
    however many levels there are.
    """

    __slots__ = ("best", "blocks", "is_buy", "levels", "tops")

    def __init__(self, is_buy: bool) -> None:
        self.is_buy = is_buy
        self.best: Level | None = None
        self.levels: dict[int, Level] = {}
        self.blocks: list[list[int]] = []
        self.tops: list[int] = []  # the last, best key of each block

    def level_at(self, ticks: i64) -> Level:
        """The level of a price, made on demand."""
        best = self.best
        if best is not None and best.ticks == ticks:
            return best
        level = self.levels.get(ticks)
        if level is None:
            level = self._add(ticks)
        return level

    def _add(self, ticks: i64) -> Level:
        level = Level(ticks)
        key: int = int(ticks) if self.is_buy else -int(ticks)
        worse = self._insert_key(key)
        if worse is None:
            # The worst of all: hang it below the level that was the worst so far.
            better = self.levels.get(abs(self._next_key(key))) if len(self.levels) > 0 else None
        else:
            better = worse.better
        level.worse = worse
        level.better = better
        if worse is not None:
            worse.better = level
        if better is None:
            self.best = level
        else:
            better.worse = level
        self.levels[ticks] = level
        return level

    def _insert_key(self, key: int) -> Level | None:
        """Put a key into the blocks; returns the next worse level, if there is one."""
        blocks = self.blocks
        tops = self.tops
        if len(blocks) == 0:
            blocks.append([key])
            tops.append(key)
            return None
        at: int = bisect_left(tops, key)
        if at == len(tops):
            at -= 1
            tops[at] = key
        block = blocks[at]
        place: int = bisect_left(block, key)
        block.insert(place, key)
        worse: Level | None = None
        if place > 0:
            worse = self.levels[abs(block[place - 1])]
        elif at > 0:
            worse = self.levels[abs(tops[at - 1])]
        if len(block) > _BLOCK_KEYS:
            half = len(block) // 2
            blocks.insert(at, block[:half])
            tops.insert(at, block[half - 1])
            del block[:half]
        return worse

    def _next_key(self, key: int) -> int:
        """The key after the worst one, which is ``key``."""
        first = self.blocks[0]
        return first[1] if len(first) > 1 else self.blocks[1][0]

    def remove(self, level: Level) -> None:
        """Drop a level whose last order has left."""
        better = level.better
        worse = level.worse
        if better is None:
            self.best = worse
        else:
            better.worse = worse
        if worse is not None:
            worse.better = better
        level.better = None
        level.worse = None
        ticks: int = int(level.ticks)
        del self.levels[ticks]
        key = ticks if self.is_buy else -ticks
        at: int = bisect_left(self.tops, key)
        block = self.blocks[at]
        if len(block) == 1:
            del self.blocks[at]
            del self.tops[at]
            return
        if block[-1] == key:
            block.pop()
            self.tops[at] = block[-1]
        else:
            del block[bisect_left(block, key)]


@mypyc_attr(acyclic=True)
class Instrument:
    """What is traded: its rules, its book and its prices.

    quote units of a trade = lots * ticks * ``factor``; base units = lots * ``lot_units``.
    """

    __slots__ = (
        "asks",
        "base",
        "bids",
        "factor",
        "index",
        "instrument_id",
        "last_ticks",
        "lot_units",
        "lots_cap",
        "maker_ppm",
        "max_lots",
        "max_notional_units",
        "min_lots",
        "min_notional_units",
        "notional_cap_units",
        "open_lots",
        "open_orders",
        "price_band_bp",
        "quote",
        "reference_ticks",
        "state",
        "symbol",
        "taker_ppm",
        "tick_units",
    )

    def __init__(self, instrument_id: i64, index: i64, base: Asset, quote: Asset) -> None:
        self.instrument_id = instrument_id
        self.index = index
        self.base = base
        self.quote = quote
        self.tick_units: int = 0
        self.lot_units: int = 0
        self.factor: int = 0
        self.min_lots: i64 = 0
        self.max_lots: i64 = 0
        self.min_notional_units: int = 0
        self.max_notional_units: int = 0
        self.lots_cap: i64 = 0  # the maximum, or the engine's own bound where there is none
        self.notional_cap_units: int = 0
        self.price_band_bp: i64 = 0
        self.maker_ppm: i64 = 0
        self.taker_ppm: i64 = 0
        self.state: i64 = 0
        self.symbol: bytes = b""
        self.last_ticks: i64 = 0  # price of the last trade; 0: none yet
        self.reference_ticks: i64 = 0  # stands in until the first trade; 0: none
        self.open_lots: i64 = 0
        self.open_orders: i64 = 0
        self.bids = Ladder(True)
        self.asks = Ladder(False)
