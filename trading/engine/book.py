"""The order book of one instrument: orders, price levels and the two sorted sides."""

from bisect import bisect_left
from typing import Final

from librt.vecs import vec
from mypy_extensions import i64, mypyc_attr

from trading.engine.parties import Asset, Balance, FeeGroup, Party

COMPILED: Final = not __file__.endswith(".py")
_ROOM: Final = 64


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
        "placed_seq",
        "side",
        "status",
        "terms",
        "ticks",
    )

    def __init__(
        self,
        order_id: i64,
        account: Account,
        instrument: "Instrument",
        lots: i64,
        ticks: i64,
        side: i64,
        terms: i64,
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
        self.terms = terms  # order type | time in force << 8
        self.status: i64 = 1  # OrderStatus.OPEN
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
class Block:
    """Up to 64 neighbouring levels of a side, sorted by key; ``keys`` has room for all."""

    __slots__ = ("count", "keys", "levels")

    def __init__(self) -> None:
        self.count: i64 = 0
        self.keys: vec[i64] = vec[i64]([0] * _ROOM)
        self.levels: list[Level] = []

    def find(self, key: i64) -> i64:
        """The first place whose key is not below ``key``."""
        if not COMPILED:
            return bisect_left(self.keys, key, 0, self.count)
        keys = self.keys
        low: i64 = 0
        high: i64 = self.count
        while low < high:
            middle: i64 = (low + high) >> 1
            if keys[middle] < key:
                low = middle + 1
            else:
                high = middle
        return low

    def insert(self, place: i64, key: i64, level: Level) -> None:
        """Put a level into its place."""
        keys = self.keys
        at: i64 = self.count
        while at > place:
            keys[at] = keys[at - 1]
            at -= 1
        keys[place] = key
        self.levels.insert(place, level)
        self.count += 1

    def delete(self, place: i64) -> None:
        """Take a level out."""
        keys = self.keys
        self.count -= 1
        at: i64 = place
        while at < self.count:
            keys[at] = keys[at + 1]
            at += 1
        del self.levels[place]

    def split(self) -> "Block":
        """Give the upper half to a new block."""
        upper = Block()
        half: i64 = self.count >> 1
        upper.levels = self.levels[half:]
        del self.levels[half:]
        at: i64 = half
        while at < self.count:
            upper.keys[at - half] = self.keys[at]
            at += 1
        upper.count = self.count - half
        self.count = half
        return upper


@mypyc_attr(acyclic=True)
class Ladder:
    """One side of a book: levels by price, linked from best to worst.

    A level's key grows towards the best (the price for bids, its negative for asks). The levels
    also stand in blocks sorted by key, the best block last: finding a level or a new level's
    place takes two binary searches, and moves at most one block's worth of keys, however many
    levels there are.
    """

    __slots__ = ("best", "blocks", "is_buy")

    def __init__(self, is_buy: bool) -> None:
        self.is_buy = is_buy
        self.best: Level | None = None
        self.blocks: list[Block] = []

    def level_at(self, ticks: i64) -> Level:
        """The level of a price, made on demand."""
        best = self.best
        if best is not None and best.ticks == ticks:
            return best
        key: i64 = ticks if self.is_buy else -ticks
        blocks = self.blocks
        if best is None:
            blocks.append(Block())
        at = self._block_of(key)
        block = blocks[at]
        place = block.find(key)
        if place < block.count and block.keys[place] == key:
            return block.levels[place]
        level = Level(ticks)
        worse: Level | None = None
        if place > 0:
            worse = block.levels[place - 1]
        elif at > 0:
            below = blocks[at - 1]
            worse = below.levels[below.count - 1]
        better: Level | None = None
        if place < block.count:
            better = block.levels[place]
        elif at + 1 < len(blocks):
            better = blocks[at + 1].levels[0]
        level.worse = worse
        level.better = better
        if worse is not None:
            worse.better = level
        if better is None:
            self.best = level
        else:
            better.worse = level
        block.insert(place, key, level)
        if block.count == _ROOM:
            blocks.insert(at + 1, block.split())
        return level

    def _block_of(self, key: i64) -> i64:
        """The last block whose lowest key is not above ``key``; the first if there is none."""
        blocks = self.blocks
        low: i64 = 1
        high: i64 = len(blocks)
        while low < high:
            middle: i64 = (low + high) >> 1
            if blocks[middle].keys[0] <= key:
                low = middle + 1
            else:
                high = middle
        return low - 1

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
        key: i64 = level.ticks if self.is_buy else -level.ticks
        at = self._block_of(key)
        block = self.blocks[at]
        if block.count == 1:
            del self.blocks[at]
        else:
            block.delete(block.find(key))


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
        "open_lots",
        "open_orders",
        "price_band_bp",
        "quote",
        "reference_ticks",
        "small_cap_units",
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
        self.small_cap_units: int = 0  # the maximum notional, or 2**62 - 1 where there is none
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
