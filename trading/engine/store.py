"""The tables of a shard: orders, levels, accounts and balances, as rows of words.

Rows of all venues stand in the same tables. They are made at the tables' ends or in the place of
freed ones; where a row stands is no part of the state. The room is set aside at the start, as
addresses only: memory is what rows are written to, and no table is ever moved.
"""

from trading.engine import rows
from trading.engine.index import Index
from trading.engine.memory import reserve
from trading.engine.words import high, join, low, min_of, move_words, pointer, wide


class Store:
    """The tables; see ``rows`` for what stands in them."""

    def __init__(self) -> None:
        self._orders_room = reserve(rows.MOST_ORDERS * rows.ORDER_WIDTH)
        self._levels_room = reserve(rows.MOST_LEVELS * rows.LEVEL_WIDTH)
        self._blocks_room = reserve(rows.MOST_BLOCKS * rows.BLOCK_WIDTH)
        self._accounts_room = reserve(rows.MOST_ACCOUNTS * rows.ACCOUNT_WIDTH)
        self._volumes_room = reserve(rows.MOST_ACCOUNTS * rows.VOLUME_WIDTH)
        self._parties_room = reserve(2 * rows.MOST_ACCOUNTS)
        self._balances_room = reserve(rows.BALANCE_ROOM_WORDS)
        self.orders = pointer(self._orders_room)
        self.levels = pointer(self._levels_room)
        self.blocks = pointer(self._blocks_room)
        self.accounts = pointer(self._accounts_room)
        self.volumes = pointer(self._volumes_room)
        self.parties = pointer(self._parties_room)  # how many orders of each party rest
        self.balances = pointer(self._balances_room)
        # Handles of the next new row, and of the first freed one, whose first word names the next.
        self.orders_end = rows.ORDER_WIDTH
        self.orders_freed = 0
        self.levels_end = rows.LEVEL_WIDTH
        self.levels_freed = 0
        self.blocks_end = rows.BLOCK_WIDTH
        self.blocks_freed = 0
        self.accounts_end = rows.ACCOUNT_WIDTH
        self.parties_end = rows.MOST_ACCOUNTS  # below it each account has its own
        self.balances_end = rows.BALANCE_WIDTH
        self._keys_room = reserve((rows.MOST_ORDERS + 1) * rows.CLIENT_WIDTH)
        self.keys = pointer(self._keys_room)
        # Scopes: the venue's number, the account's row number, the venue's number.
        self.order_ids = Index(
            rows.MOST_ORDERS,
            self._orders_room,
            rows.ORDER_WIDTH,
            rows.ORDER_ID,
            rows.ORDER_TERMS,
            rows.TERMS_VENUE_SHIFT,
            rows.INDEX_FIRST_BUCKETS,
        )
        self.client_keys = Index(
            rows.MOST_ORDERS,
            self._keys_room,
            rows.CLIENT_WIDTH,
            rows.CLIENT_KEY,
            rows.CLIENT_SCOPE,
            0,
            rows.INDEX_FIRST_BUCKETS,
        )
        self.account_ids = Index(
            rows.MOST_ACCOUNTS,
            self._accounts_room,
            rows.ACCOUNT_WIDTH,
            rows.ACCOUNT_ID,
            rows.ACCOUNT_VENUE,
            0,
            rows.INDEX_FIRST_BUCKETS,
        )
        # A heap of (when, tenant, order id): orders that end or fire by themselves, and such that
        # have ended or fired otherwise. Minus an instrument's id: it reopens then.
        self.timers: list[tuple[int, int, int]] = []
        # The same of cancel timers: (when, tenant, account id, instrument id).
        self.cancel_timers: list[tuple[int, int, int, int]] = []

    def rooms(self) -> list[memoryview]:
        """What grows with orders and accounts, last what leads to the rows; see ``wants``."""
        return [
            self._orders_room,
            self._keys_room,
            self._levels_room,
            self._blocks_room,
            self.order_ids.links_room(),
            self.client_keys.links_room(),
            self._accounts_room,
            self._volumes_room,
            self._balances_room,
            self.account_ids.links_room(),
            *(index.heads_room() for index in self._indexes()),
        ]

    def wants(self, ahead: int) -> list[int]:
        """Words of each of the ``rooms`` that should be memory: what rows stand in, and as much
        again, but not more than ``ahead``.
        """
        orders = self.orders_end // rows.ORDER_WIDTH
        keyed = orders if self.client_keys.count != 0 else 0
        used = (
            self.orders_end,
            keyed * rows.CLIENT_WIDTH,
            self.levels_end,
            self.blocks_end,
            orders,
            keyed,
            self.accounts_end,
            min_of(self.accounts_end * rows.VOLUMES_BY_ACCOUNT, rows.VOLUMES_READY),
            self.balances_end,
            self.accounts_end // rows.ACCOUNT_WIDTH,
        )
        wants = [words + min_of(words, ahead) for words in used]
        wants += [index.heads_wanted(ahead) for index in self._indexes()]
        return wants

    def _indexes(self) -> list[Index]:
        return [self.order_ids, self.client_keys, self.account_ids]

    # Rows.

    def has_room(self) -> bool:
        """Whether one more order, with all that may come of it, has its place."""
        return (
            (self.orders_freed != 0 or self.orders_end < rows.MOST_ORDERS * rows.ORDER_WIDTH)
            and (self.levels_freed != 0 or self.levels_end < rows.MOST_LEVELS * rows.LEVEL_WIDTH)
            and (self.blocks_freed != 0 or self.blocks_end < rows.MOST_BLOCKS * rows.BLOCK_WIDTH)
            and self.balances_end < rows.MOST_BALANCE_WORDS
        )

    def has_room_for_list(self) -> bool:
        """Whether a list of orders has its place, whatever was freed, and one more besides."""
        most = 4
        return (
            self.orders_end + most * rows.ORDER_WIDTH < rows.MOST_ORDERS * rows.ORDER_WIDTH
            and self.levels_end + most * rows.LEVEL_WIDTH < rows.MOST_LEVELS * rows.LEVEL_WIDTH
            and self.blocks_end + most * rows.BLOCK_WIDTH < rows.MOST_BLOCKS * rows.BLOCK_WIDTH
            and self.balances_end < rows.MOST_BALANCE_WORDS
        )

    def has_room_for_account(self) -> bool:
        """Whether one more account has its place."""
        is_full = self.accounts_end >= rows.MOST_ACCOUNTS * rows.ACCOUNT_WIDTH
        return not is_full and self.has_room_for_party()

    def has_room_for_party(self) -> bool:
        """Whether one more trade group has its place."""
        return self.parties_end < 2 * rows.MOST_ACCOUNTS

    def new_order(self) -> int:
        """A row for an order, to be filled in."""
        order = self.orders_freed
        if order != 0:
            self.orders_freed = self.orders[order]
        else:
            order = self.orders_end
            self.orders_end = order + rows.ORDER_WIDTH
        return order

    @property
    def order_rows(self) -> int:
        """How many rows orders have ever taken."""
        return self.orders_end // rows.ORDER_WIDTH - 1

    def free_order(self, order: int) -> int:
        """Give an order's row back."""
        self.orders[order] = self.orders_freed
        self.orders_freed = order
        return 0

    def new_level(self, ticks: int) -> int:
        """An empty level."""
        levels = self.levels
        level = self.levels_freed
        if level != 0:
            self.levels_freed = levels[level]
        else:
            level = self.levels_end
            self.levels_end = level + rows.LEVEL_WIDTH
        levels[level + rows.LEVEL_TICKS] = ticks
        levels[level + rows.LEVEL_LOTS] = 0
        levels[level + rows.LEVEL_FIRST] = 0
        levels[level + rows.LEVEL_LAST] = 0
        levels[level + rows.LEVEL_ORDERS] = 0
        levels[level + rows.LEVEL_BETTER] = 0
        levels[level + rows.LEVEL_WORSE] = 0
        return level

    def free_level(self, level: int) -> int:
        """Give a level's row back."""
        self.levels[level] = self.levels_freed
        self.levels_freed = level
        return 0

    def new_block(self) -> int:
        """An empty block of levels."""
        block = self.blocks_freed
        if block != 0:
            self.blocks_freed = self.blocks[block]
        else:
            block = self.blocks_end
            self.blocks_end = block + rows.BLOCK_WIDTH
        self.blocks[block + rows.BLOCK_COUNT] = 0
        return block

    def free_block(self, block: int) -> int:
        """Give a block's row back."""
        self.blocks[block] = self.blocks_freed
        self.blocks_freed = block
        return 0

    def new_account(self) -> int:
        """A row for an account, all zero."""
        account = self.accounts_end
        self.accounts_end = account + rows.ACCOUNT_WIDTH
        return account

    def new_party(self) -> int:
        """The party of a trade group: accounts that never trade with each other."""
        party = self.parties_end
        self.parties_end = party + 1
        return party

    # Queues of a level.

    def append(self, level: int, order: int) -> int:
        """Put an order at the end of a level's queue."""
        orders = self.orders
        levels = self.levels
        last = levels[level + rows.LEVEL_LAST]
        if last == 0:
            levels[level + rows.LEVEL_FIRST] = order
        else:
            orders[last + rows.ORDER_BEHIND] = order
        orders[order + rows.ORDER_AHEAD] = last
        orders[order + rows.ORDER_BEHIND] = 0
        orders[order + rows.ORDER_LEVEL] = level
        levels[level + rows.LEVEL_LAST] = order
        levels[level + rows.LEVEL_LOTS] += orders[order + rows.ORDER_LEAVES]
        levels[level + rows.LEVEL_ORDERS] += 1
        return 0

    def unlink(self, level: int, order: int) -> int:
        """Take an order out of its level's queue, with what it still had open."""
        orders = self.orders
        levels = self.levels
        ahead = orders[order + rows.ORDER_AHEAD]
        behind = orders[order + rows.ORDER_BEHIND]
        if ahead == 0:
            levels[level + rows.LEVEL_FIRST] = behind
        else:
            orders[ahead + rows.ORDER_BEHIND] = behind
        if behind == 0:
            levels[level + rows.LEVEL_LAST] = ahead
        else:
            orders[behind + rows.ORDER_AHEAD] = ahead
        orders[order + rows.ORDER_LEVEL] = 0
        levels[level + rows.LEVEL_LOTS] -= orders[order + rows.ORDER_LEAVES]
        levels[level + rows.LEVEL_ORDERS] -= 1
        return 0

    # Balances.

    def find_balance(self, account: int, asset: int) -> int:
        """Where an account's balance of an asset (by index) stands; 0 if it never had any."""
        balances = self.balances
        at = self.accounts[account + rows.ACCOUNT_BALANCES]
        count = self.accounts[account + rows.ACCOUNT_BALANCE_COUNT]
        # Sorted, so it stands at its index or before; there, if it had all those before.
        place = at + asset * rows.BALANCE_WIDTH
        if asset < count and balances[place] == asset:
            return place
        while count > 8:
            half = count >> 1
            if balances[at + half * rows.BALANCE_WIDTH] <= asset:
                at += half * rows.BALANCE_WIDTH
                count -= half
            else:
                count = half
        end = at + count * rows.BALANCE_WIDTH
        while at < end:
            if balances[at] == asset:
                return at
            at += rows.BALANCE_WIDTH
        return 0

    def balance(self, account: int, asset: int) -> int:
        """The same, made on demand; other balances of the account may move by that."""
        at = self.find_balance(account, asset)
        return at if at != 0 else self._new_balance(account, asset)

    def _new_balance(self, account: int, asset: int) -> int:
        accounts = self.accounts
        balances = self.balances
        start = accounts[account + rows.ACCOUNT_BALANCES]
        count = accounts[account + rows.ACCOUNT_BALANCE_COUNT]
        room = accounts[account + rows.ACCOUNT_BALANCE_ROOM]
        if count == room:
            room = 2 if room == 0 else 2 * room
            moved = self.balances_end
            self.balances_end = moved + room * rows.BALANCE_WIDTH
            move_words(balances, moved, balances, start, count * rows.BALANCE_WIDTH)
            accounts[account + rows.ACCOUNT_BALANCES] = moved
            accounts[account + rows.ACCOUNT_BALANCE_ROOM] = room
            start = moved
        end = start + count * rows.BALANCE_WIDTH
        at = start
        while at < end and balances[at] < asset:
            at += rows.BALANCE_WIDTH
        move_words(balances, at + rows.BALANCE_WIDTH, balances, at, end - at)
        balances[at + rows.BALANCE_ASSET] = asset
        balances[at + rows.BALANCE_AVAILABLE] = 0
        balances[at + rows.BALANCE_AVAILABLE + 1] = 0
        balances[at + rows.BALANCE_HELD] = 0
        balances[at + rows.BALANCE_HELD + 1] = 0
        accounts[account + rows.ACCOUNT_BALANCE_COUNT] = count + 1
        return at

    def amount_at(self, at: int) -> int:
        """The amount that stands in two words of the balances."""
        return join(self.balances[at], self.balances[at + 1])

    def available(self, account: int, asset: int) -> int:
        """Units that an account can spend."""
        at = self.find_balance(account, asset)
        if at == 0:
            return wide(0)
        return self.amount_at(at + rows.BALANCE_AVAILABLE)

    def add_available(self, account: int, asset: int, units: int) -> int:
        """Give an account units, or take them from what it can spend."""
        self._add(self.balance(account, asset) + rows.BALANCE_AVAILABLE, units)
        return 0

    def add_held(self, account: int, asset: int, units: int) -> int:
        """Add to what is held of an account's units, or take from it."""
        self._add(self.balance(account, asset) + rows.BALANCE_HELD, units)
        return 0

    def hold(self, account: int, asset: int, units: int) -> int:
        """Turn available units into held ones; with negative units the other way round."""
        at = self.balance(account, asset)
        self._add(at + rows.BALANCE_AVAILABLE, -units)
        self._add(at + rows.BALANCE_HELD, units)
        return 0

    def _add(self, at: int, units: int) -> int:
        balances = self.balances
        total = join(balances[at], balances[at + 1]) + units
        balances[at] = low(total)
        balances[at + 1] = high(total)
        return 0

    def booked(self, account: int, asset: int) -> int:
        """What an account has of an asset, available or held."""
        at = self.balance(account, asset)
        return self.amount_at(at + rows.BALANCE_AVAILABLE) + self.amount_at(at + rows.BALANCE_HELD)
