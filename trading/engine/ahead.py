"""Looking ahead in a batch: rows that the next commands need are brought near while others run.

A command touches a dozen rows that lie anywhere in memory, each on the way to the next: account,
balances, order, its level and neighbours. Waiting for them took most of its time. Here every
command is looked at several times before its turn, each time one step further along that way, with
other commands in between, so that no step waits for the one before. Nothing is changed and nothing
found here is relied on: what the commands before it change meanwhile costs time, not correctness.
"""

from trading.engine import codec, rows
from trading.engine.memory import reserve
from trading.engine.store import Store
from trading.engine.venue import Venue
from trading.engine.words import (
    FETCHES,
    MASK_16,
    MASK_32,
    field,
    min_of,
    pointer,
    touch,
    word,
)


class Ahead:
    """The commands between being noted and their turn, in a ring of rows (rows.AHEAD_…)."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._room = reserve(rows.AHEAD_ROOM * rows.AHEAD_WIDTH)
        self._ring = pointer(self._room)
        self._noted = 0
        self._at = 0  # the batch's first byte that was not looked at
        self._tenant_id = 0
        self._venue: Venue | None = None
        # How the batch's pieces are laid out: request frames or records.
        self._header_bytes = 0
        self._size_extra = 0  # what their size leaves out
        self._parties_at = 0

    def begins(self, end: int, are_records: bool) -> bool:
        """Begin with a batch of so many bytes, unless it is too short to be worth it."""
        self._at = 0
        self._tenant_id = -1
        self._header_bytes = rows.REQUEST_HEADER_BYTES
        self._size_extra = 4
        self._parties_at = 16
        if are_records:
            self._header_bytes = rows.RECORD_HEADER_BYTES
            self._size_extra = 0
            self._parties_at = 24
        return FETCHES and end >= rows.AHEAD_LEAST_BYTES

    def note(self, data: bytes, end: int, venues: dict[int, Venue]) -> int:
        """Look at the batch's next command, ``rows.AHEAD_COMMANDS`` before its turn; at others on
        the way.
        """
        at = self._at
        kind = 0
        payload = end
        payload_end = end
        if end - at >= self._header_bytes:
            head = word(data, at)
            following = at + self._size_extra + (head & MASK_32)
            payload = at + self._header_bytes
            payload_end = following
            if self._size_extra == 0:
                payload_end = payload + (word(data, at + 48) & MASK_16)
            if following > end or payload > following or payload_end > following:
                self._at = end
            else:
                self._at = following
                kind = head >> 32 & MASK_16
                self._meet(word(data, at + self._parties_at) & MASK_32, venues)
        self._noted += 1
        self._write(data, payload, payload_end, kind)
        self._find_account(self._entry(rows.AHEAD_STEP))
        self._follow_account(self._entry(2 * rows.AHEAD_STEP))
        self._find_order(self._entry(3 * rows.AHEAD_STEP))
        return self._follow_order(self._entry(4 * rows.AHEAD_STEP))

    def _meet(self, tenant_id: int, venues: dict[int, Venue]) -> int:
        """Have a tenant's venue at hand."""
        if tenant_id != self._tenant_id:
            self._tenant_id = tenant_id
            self._venue = venues.get(tenant_id)
        return 0

    def _write(self, data: bytes, at: int, end: int, kind: int) -> int:
        """A command's row in the ring; what it needs first is brought near."""
        ring = self._ring
        entry = (self._noted & (rows.AHEAD_ROOM - 1)) * rows.AHEAD_WIDTH
        ring[entry + rows.AHEAD_ACCOUNT] = 0
        ring[entry + rows.AHEAD_ORDER] = 0
        ring[entry + rows.AHEAD_CLIENT_KEY] = 0
        if self._venue is None:
            return 0
        number = self._venue.number
        ring[entry + rows.AHEAD_VENUE] = number
        account_id = 0
        if kind == codec.PLACE_ORDER:
            account_id = field(data, at + codec.PLACE_ORDER_ACCOUNT_ID, end)
            ring[entry + rows.AHEAD_CLIENT_KEY] = field(
                data, at + codec.PLACE_ORDER_CLIENT_KEY, end
            )
        elif kind == codec.CANCEL_ORDER:
            account_id = field(data, at + codec.CANCEL_ORDER_ACCOUNT_ID, end)
            order_id = field(data, at + codec.CANCEL_ORDER_ORDER_ID, end)
            ring[entry + rows.AHEAD_ORDER] = order_id
            ring[entry + rows.AHEAD_CLIENT_KEY] = field(
                data, at + codec.CANCEL_ORDER_CLIENT_KEY, end
            )
            if order_id != 0:
                self._store.order_ids.fetch(number, order_id)
        elif kind == codec.REPLACE_ORDER:
            account_id = field(data, at + codec.REPLACE_ORDER_ACCOUNT_ID, end)
            order_id = field(data, at + codec.REPLACE_ORDER_ORDER_ID, end)
            ring[entry + rows.AHEAD_ORDER] = order_id
            ring[entry + rows.AHEAD_CLIENT_KEY] = field(
                data, at + codec.REPLACE_ORDER_CLIENT_KEY, end
            )
            if order_id != 0:
                self._store.order_ids.fetch(number, order_id)
        if account_id != 0:
            ring[entry + rows.AHEAD_ACCOUNT] = account_id
            self._store.account_ids.fetch(number, account_id)
        return 0

    def _entry(self, before: int) -> int:
        """The command noted so many before the last."""
        return (self._noted - before & (rows.AHEAD_ROOM - 1)) * rows.AHEAD_WIDTH

    def _find_account(self, entry: int) -> int:
        """From the account's id to its row."""
        ring = self._ring
        account_id = ring[entry + rows.AHEAD_ACCOUNT]
        if account_id == 0:
            return 0
        row = self._store.account_ids.guess(ring[entry + rows.AHEAD_VENUE], account_id)
        account = row * rows.ACCOUNT_WIDTH
        ring[entry + rows.AHEAD_ACCOUNT] = account
        touch(self._store.accounts, account)
        return touch(self._store.accounts, account + rows.LINE)

    def _follow_account(self, entry: int) -> int:
        """From the account to its balances, its newest orders, and its client keys."""
        ring = self._ring
        account = ring[entry + rows.AHEAD_ACCOUNT]
        if account == 0:
            return 0
        accounts = self._store.accounts
        orders = self._store.orders
        balances = accounts[account + rows.ACCOUNT_BALANCES]
        touch(self._store.balances, balances)
        touch(self._store.balances, balances + rows.LINE)
        touch(orders, accounts[account + rows.ACCOUNT_NEWEST] + rows.LINE)
        touch(orders, accounts[account + rows.ACCOUNT_CLOSED_NEWEST] + rows.LINE)
        touch(self._store.parties, accounts[account + rows.ACCOUNT_PARTY])
        if ring[entry + rows.AHEAD_CLIENT_KEY] != 0:
            scope = account // rows.ACCOUNT_WIDTH
            self._store.client_keys.fetch(scope, ring[entry + rows.AHEAD_CLIENT_KEY])
        return 0

    def _find_order(self, entry: int) -> int:
        """From the order's id or client key to its row."""
        ring = self._ring
        row = 0
        if ring[entry + rows.AHEAD_ORDER] != 0:
            row = self._store.order_ids.guess(
                ring[entry + rows.AHEAD_VENUE], ring[entry + rows.AHEAD_ORDER]
            )
        elif ring[entry + rows.AHEAD_CLIENT_KEY] != 0:
            scope = ring[entry + rows.AHEAD_ACCOUNT] // rows.ACCOUNT_WIDTH
            row = self._store.client_keys.guess(scope, ring[entry + rows.AHEAD_CLIENT_KEY])
        order = row * rows.ORDER_WIDTH
        ring[entry + rows.AHEAD_ORDER] = order
        if order != 0:
            touch(self._store.orders, order)
            touch(self._store.orders, order + rows.LINE)
            touch(self._store.keys, row * rows.CLIENT_WIDTH)
        return 0

    def _follow_order(self, entry: int) -> int:
        """From the order to its level, its neighbours and its account's balances."""
        order = self._ring[entry + rows.AHEAD_ORDER]
        if order == 0:
            return 0
        orders = self._store.orders
        touch(self._store.levels, orders[order + rows.ORDER_LEVEL])
        touch(orders, orders[order + rows.ORDER_AHEAD])
        touch(orders, orders[order + rows.ORDER_BEHIND])
        touch(orders, orders[order + rows.ORDER_OLDER] + rows.LINE)
        touch(orders, orders[order + rows.ORDER_NEWER] + rows.LINE)
        # Of another venue, its instrument's index would mean nothing in this one.
        number = orders[order + rows.ORDER_TERMS] >> rows.TERMS_VENUE_SHIFT
        if self._venue is not None and self._venue.number == number:
            instrument = self._venue.instrument_of(order)
            # The first two are near already, since ``_follow_account``.
            if instrument.base.index > 1:
                self._fetch_balance(orders[order + rows.ORDER_ACCOUNT], instrument.base.index)
            if instrument.quote.index > 1:
                self._fetch_balance(orders[order + rows.ORDER_ACCOUNT], instrument.quote.index)
        return 0

    def _fetch_balance(self, account: int, asset: int) -> int:
        """Where a balance of an account most likely stands; see ``Store.find_balance``."""
        if account >= self._store.accounts_end:
            return 0  # read from the row of an order that is gone
        last = self._store.accounts[account + rows.ACCOUNT_BALANCE_COUNT] - 1
        balances = self._store.accounts[account + rows.ACCOUNT_BALANCES]
        return touch(self._store.balances, balances + min_of(asset, last) * rows.BALANCE_WIDTH)
