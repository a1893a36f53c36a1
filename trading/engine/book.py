"""What is traded: assets, instruments, and the two sorted sides of an instrument's book."""

from trading.engine import codes, rows
from trading.engine.memory import grown
from trading.engine.store import Store
from trading.engine.trailing import Condition, Trails
from trading.engine.words import fee_units, move_words, pointer, step_if_less, valued, wide


class Asset:
    """What a balance is held in. ``index`` counts the venue's assets from 0."""

    def __init__(self, asset_id: int, index: int, scale: int, code: bytes) -> None:
        self.asset_id = asset_id
        self.index = index
        self.scale = scale
        self.code = code
        self.whole = 10**scale  # units of one
        # Everything credited less everything debited: the sum of all balances, always.
        self.supply_units = wide(0)


class Ladder:
    """One side of a book: levels by price, linked from best to worst.

    A level's key grows towards the best (the price for bids, its negative for asks). The levels
    also stand in blocks sorted by key, the best block last: finding a level or a new level's
    place takes two binary searches, and moves at most one block's worth of keys, however many
    levels there are.
    """

    def __init__(self, store: Store, is_buy: bool) -> None:
        self.store = store
        self.is_buy = is_buy
        self.best = 0  # the best level
        # The blocks, and the lowest key of each; that of the first is not looked at.
        self._count = 0
        self._room = grown(memoryview(b"").cast("q"), 2 * rows.LADDER_FIRST_BLOCKS)
        self._most = rows.LADDER_FIRST_BLOCKS
        self._keys = pointer(self._room)

    def level_at(self, ticks: int) -> int:
        """The level of a price, made on demand."""
        store = self.store
        levels = store.levels
        blocks = store.blocks
        best = self.best
        if best != 0 and levels[best + rows.LEVEL_TICKS] == ticks:
            return best
        key = ticks if self.is_buy else -ticks
        if self._count == 0:
            self._insert_block(0, store.new_block(), key)
        at = self._block_of(key)
        block = self._keys[self._most + at]
        count = blocks[block + rows.BLOCK_COUNT]
        # Where every price from the block's lowest on has a level, it stands right there.
        place = key - blocks[block + rows.BLOCK_KEYS]
        if 0 <= place < count and blocks[block + rows.BLOCK_KEYS + place] == key:
            return blocks[block + rows.BLOCK_LEVELS + place]
        place = self._find(block, key)
        if place < count and blocks[block + rows.BLOCK_KEYS + place] == key:
            return blocks[block + rows.BLOCK_LEVELS + place]
        level = store.new_level(ticks)
        worse = 0
        if place > 0:
            worse = blocks[block + rows.BLOCK_LEVELS + place - 1]
        elif at > 0:
            below = self._keys[self._most + at - 1]
            worse = blocks[below + rows.BLOCK_LEVELS + blocks[below + rows.BLOCK_COUNT] - 1]
        better = 0
        if place < count:
            better = blocks[block + rows.BLOCK_LEVELS + place]
        elif at + 1 < self._count:
            better = blocks[self._keys[self._most + at + 1] + rows.BLOCK_LEVELS]
        levels[level + rows.LEVEL_WORSE] = worse
        levels[level + rows.LEVEL_BETTER] = better
        if worse != 0:
            levels[worse + rows.LEVEL_BETTER] = level
        if better == 0:
            self.best = level
        else:
            levels[better + rows.LEVEL_WORSE] = level
        self._insert(at, block, place, key, level)
        return level

    def take(self, level: int, order: int) -> int:
        """Take an order out of its level, and the level out of the side if that was its last."""
        self.store.unlink(level, order)
        if self.store.levels[level + rows.LEVEL_ORDERS] == 0:
            self.remove(level)
        return 0

    def remove(self, level: int) -> int:
        """Drop a level whose last order has left."""
        store = self.store
        levels = store.levels
        blocks = store.blocks
        better = levels[level + rows.LEVEL_BETTER]
        worse = levels[level + rows.LEVEL_WORSE]
        if better == 0:
            self.best = worse
        else:
            levels[better + rows.LEVEL_WORSE] = worse
        if worse != 0:
            levels[worse + rows.LEVEL_BETTER] = better
        ticks = levels[level + rows.LEVEL_TICKS]
        key = ticks if self.is_buy else -ticks
        at = self._block_of(key)
        block = self._keys[self._most + at]
        count = blocks[block + rows.BLOCK_COUNT] - 1
        if count == 0:
            self._delete_block(at)
            store.free_block(block)
        else:
            place = self._find(block, key)
            start = block + rows.BLOCK_KEYS + place
            move_words(blocks, start, blocks, start + 1, count - place)
            start = block + rows.BLOCK_LEVELS + place
            move_words(blocks, start, blocks, start + 1, count - place)
            blocks[block + rows.BLOCK_COUNT] = count
            if count < rows.BLOCK_FEW and at > 0:
                self._merge(at - 1)
        store.free_level(level)
        return 0

    def _block_of(self, key: int) -> int:
        """The last block whose lowest key is not above ``key``; the first if there is none."""
        keys = self._keys
        count = self._count
        if keys[count - 1] <= key:
            return count - 1
        # As below; the first is not looked at.
        found = 0
        while count > 1:
            half = count >> 1
            found += step_if_less(keys[found + half], key + 1, half)
            count -= half
        return found

    def _find(self, block: int, key: int) -> int:
        """The first place in a block whose key is not below ``key``."""
        blocks = self.store.blocks
        start = block + rows.BLOCK_KEYS
        found = start
        count = blocks[block + rows.BLOCK_COUNT]
        # Halving without a branch on what is found: no processor could guess which way to go.
        while count > 1:
            half = count >> 1
            found += step_if_less(blocks[found + half - 1], key, half)
            count -= half
        if count == 1 and blocks[found] < key:
            found += 1
        return found - start

    def _insert(self, at: int, block: int, place: int, key: int, level: int) -> int:
        """Put a level into its place in the block number ``at``, and split that when full."""
        blocks = self.store.blocks
        count = blocks[block + rows.BLOCK_COUNT]
        start = block + rows.BLOCK_KEYS + place
        move_words(blocks, start + 1, blocks, start, count - place)
        start = block + rows.BLOCK_LEVELS + place
        move_words(blocks, start + 1, blocks, start, count - place)
        blocks[block + rows.BLOCK_KEYS + place] = key
        blocks[block + rows.BLOCK_LEVELS + place] = level
        count += 1
        blocks[block + rows.BLOCK_COUNT] = count
        if place == 0:
            self._keys[at] = key
        if count == rows.BLOCK_ROOM:
            half = count >> 1
            upper = self.store.new_block()
            start = rows.BLOCK_KEYS
            move_words(blocks, upper + start, blocks, block + start + half, count - half)
            start = rows.BLOCK_LEVELS
            move_words(blocks, upper + start, blocks, block + start + half, count - half)
            blocks[upper + rows.BLOCK_COUNT] = count - half
            blocks[block + rows.BLOCK_COUNT] = half
            self._insert_block(at + 1, upper, blocks[upper + rows.BLOCK_KEYS])
        return 0

    def _merge(self, at: int) -> int:
        """Make one of two neighbouring blocks if both together are small."""
        blocks = self.store.blocks
        lower = self._keys[self._most + at]
        upper = self._keys[self._most + at + 1]
        count = blocks[lower + rows.BLOCK_COUNT]
        moved = blocks[upper + rows.BLOCK_COUNT]
        if count + moved > rows.BLOCK_ROOM >> 1:
            return 0
        start = rows.BLOCK_KEYS
        move_words(blocks, lower + start + count, blocks, upper + start, moved)
        start = rows.BLOCK_LEVELS
        move_words(blocks, lower + start + count, blocks, upper + start, moved)
        blocks[lower + rows.BLOCK_COUNT] = count + moved
        self._delete_block(at + 1)
        self.store.free_block(upper)
        return 0

    def _insert_block(self, at: int, block: int, key: int) -> int:
        count = self._count
        most = self._most
        if count == most:
            larger = grown(self._room, 4 * most)
            self._keys = pointer(larger)
            self._room = larger
            self._most = 2 * most
            move_words(self._keys, 2 * most, self._keys, most, count)
            most = self._most
        keys = self._keys
        move_words(keys, at + 1, keys, at, count - at)
        move_words(keys, most + at + 1, keys, most + at, count - at)
        keys[at] = key
        keys[most + at] = block
        self._count = count + 1
        return 0

    def _delete_block(self, at: int) -> int:
        keys = self._keys
        most = self._most
        count = self._count - 1
        move_words(keys, at, keys, at + 1, count - at)
        move_words(keys, most + at, keys, most + at + 1, count - at)
        self._count = count
        return 0


class Watch:
    """Orders that wait for one source's price of an instrument.

    ``rising`` and ``falling`` are those that wait for it to rise or to fall to a price: triggers,
    and where trailing stops become active. ``highs`` and ``lows`` are the active trailing stops,
    by the extreme they follow. ``ticks`` is the price; that of the last trade stands elsewhere.
    """

    def __init__(self, rising: Ladder, falling: Ladder) -> None:
        self.ticks = 0
        self.rising = rising
        self.falling = falling
        self.highs = Trails(False)
        self.lows = Trails(True)

    def follow(self, ticks: int) -> int:
        """The price has moved."""
        self.highs.follow(ticks)
        self.lows.follow(ticks)
        return 0


class Instrument:
    """What is traded: its rules, its book and its prices.

    quote units of a trade = lots * ticks * ``factor``; base units = lots * ``lot_units``.
    """

    def __init__(
        self, store: Store, instrument_id: int, index: int, base: Asset, quote: Asset
    ) -> None:
        self.instrument_id = instrument_id
        self.index = index
        self.base = base
        self.quote = quote
        self.tick_units = wide(0)
        self.lot_units = wide(0)
        self.factor = wide(0)
        self.min_lots = 0
        self.max_lots = 0
        self.min_notional_units = wide(0)
        self.max_notional_units = wide(0)
        self.lots_cap = 0  # the maximum, or the engine's own bound where there is none
        self.notional_cap = wide(0)  # the same for the notional
        self.price_band_bp = 0
        self.maker_ppm = 0
        self.taker_ppm = 0
        self.state = 0
        self.symbol = b""
        self.last_ticks = 0  # price of the last trade; 0: none yet
        self.reference_ticks = 0  # stands in until the first trade; 0: none
        self.session_ends_ns = 0  # when DAY orders end; 0: at midnight UTC
        self.reopen_ns = 0  # when a halt of the breaker ends; 0: there is none
        self.breaker_bp = 0  # 0: no breaker
        self.breaker_window_ns = 0
        self.breaker_halt_ns = 0
        # The number of the window that the last order came in, and the price it began with.
        self.breaker_window = 0
        self.breaker_ticks = 0
        self.open_lots = 0
        self.open_orders = 0
        self.bids = Ladder(store, True)
        self.asks = Ladder(store, False)
        # Orders that wait for the last price to rise or to fall to their triggers.
        self.rising = Ladder(store, False)
        self.falling = Ladder(store, True)
        self.last_watch = Watch(self.rising, self.falling)
        self.mark_watch = Watch(Ladder(store, False), Ladder(store, True))
        self.index_watch = Watch(Ladder(store, False), Ladder(store, True))
        # Orders that wait at no price: for their time, or as active trailing stops; and those
        # whose time has come, to fire as soon as the instrument is open.
        self.aside = Ladder(store, True)
        self.due = Ladder(store, True)
        self.waiting_orders = 0
        self.trailing_orders = 0  # active ones that follow the last price
        self.refreshes = 0  # how often what rests may show a new part of itself
        # How its trades are valued, since which revision of the fees, and by whose price.
        self.value_rule = 0
        self.valued_at = 0
        self.valued_by: Instrument | None = None
        # Maker and taker fee of each fee class, by its index; -1: to be looked up.
        self._rates_room = grown(memoryview(b"").cast("q"), 2)
        self.rates = pointer(self._rates_room)
        self.rates_known = 0

    def watch_of(self, source: int) -> Watch:
        """Who waits for a source's price."""
        if source == codes.TRIGGER_SOURCE_MARK:
            return self.mark_watch
        if source == codes.TRIGGER_SOURCE_INDEX:
            return self.index_watch
        return self.last_watch

    def price_of(self, source: int) -> int:
        """The price of a source in ticks; 0: there was none yet."""
        if source == codes.TRIGGER_SOURCE_LAST:
            return self.last_ticks
        return self.watch_of(source).ticks

    def queue_of(self, order_type: int, rises: bool, condition: Condition | None) -> Ladder:
        """Where an order of this type, which waits for that, waits."""
        if condition is not None and (condition.trigger_ns != 0 or condition.trail is not None):
            return self.aside
        if order_type <= codes.ORDER_TYPE_MARKET:
            return self.due
        watch = self.last_watch
        if condition is not None:
            watch = self.watch_of(condition.source)
        return watch.rising if rises else watch.falling

    def begin_trailing(
        self, condition: Condition, order_id: int, is_buy: bool, extreme_ticks: int
    ) -> int:
        """A trailing stop follows its source's price from an extreme on."""
        watch = self.watch_of(condition.source)
        if condition.source == codes.TRIGGER_SOURCE_LAST:
            self.trailing_orders += 1
        trails = watch.lows if is_buy else watch.highs
        return trails.add(condition, order_id, extreme_ticks)

    def stop_trailing(self, condition: Condition, is_buy: bool) -> int:
        """A trailing stop follows no more."""
        watch = self.watch_of(condition.source)
        if condition.source == codes.TRIGGER_SOURCE_LAST:
            self.trailing_orders -= 1
        trails = watch.lows if is_buy else watch.highs
        return trails.drop(condition)

    def forget_rates(self, classes: int) -> int:
        """Have every fee looked up anew; there are so many fee classes."""
        self._rates_room = grown(memoryview(b"").cast("q"), 2 * classes + 2)
        self.rates = pointer(self._rates_room)
        for index in range(classes):
            self.rates[2 * index] = -1
        self.rates_known = classes
        return 0


def fee_of(units: int, ppm: int) -> int:
    """The fee on what somebody receives; for tests of the compiled arithmetic."""
    return fee_units(units, ppm)


def value_of_units(units: int, price_units: int, whole: int) -> int:
    """What units of an asset come to at a price of a whole one; for the same tests."""
    return valued(units, price_units, whole)
