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
from trading.engine.words import FETCHES, MASK_16, MASK_32, field, pointer, touch, word


class Ahead:
    """The commands between being noted and their turn, in a ring of rows (rows.AHEAD_…)."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._room = reserve(rows.AHEAD_ROOM * rows.AHEAD_WIDTH)
        self._ring = pointer(self._room)
        self._noted = 0
        self._at = 0  # the batch's first byte that was not looked at
        self._tenant_id = 0
        self._venue = 0

    def begins(self, end: int) -> bool:
        """Begin with a batch of so many bytes, unless it is too short to be worth it."""
        self._at = 0
        self._tenant_id = -1
        return FETCHES and end >= rows.AHEAD_LEAST_BYTES

    def note_request(self, frames: bytes, end: int, venues: dict[int, Venue]) -> int:
        """Look at the next request frame of the batch."""
        at = self._at
        if end - at < rows.REQUEST_HEADER_BYTES:
            return self.note(frames, end, end, 0, 0)
        head = word(frames, at)
        frame_end = at + 4 + (head & MASK_32)
        if frame_end > end or frame_end - at < rows.REQUEST_HEADER_BYTES:
            self._at = end
            return self.note(frames, end, end, 0, 0)
        self._at = frame_end
        venue = self._venue_of(word(frames, at + 16) & MASK_32, venues)
        payload = at + rows.REQUEST_HEADER_BYTES
        return self.note(frames, payload, frame_end, head >> 32 & MASK_16, venue)

    def note_record(self, records: bytes, end: int, venues: dict[int, Venue]) -> int:
        """Look at the next record that is replayed."""
        at = self._at
        if end - at < rows.RECORD_HEADER_BYTES:
            return self.note(records, end, end, 0, 0)
        head = word(records, at)
        payload = at + rows.RECORD_HEADER_BYTES
        payload_end = payload + (word(records, at + 48) & MASK_16)
        record_end = at + (head & MASK_32)
        if record_end > end or payload_end > record_end:
            self._at = end
            return self.note(records, end, end, 0, 0)
        self._at = record_end
        venue = self._venue_of(word(records, at + 24) & MASK_32, venues)
        return self.note(records, payload, payload_end, head >> 32 & MASK_16, venue)

    def _venue_of(self, tenant_id: int, venues: dict[int, Venue]) -> int:
        """The number of a tenant's venue, or 0."""
        if tenant_id != self._tenant_id:
            self._tenant_id = tenant_id
            venue = venues.get(tenant_id)
            self._venue = 0 if venue is None else venue.number
        return self._venue

    def note(self, data: bytes, at: int, end: int, kind: int, venue: int) -> int:
        """Look at a command ``rows.AHEAD_COMMANDS`` before its turn; at others on the way."""
        ring = self._ring
        self._noted += 1
        entry = (self._noted & (rows.AHEAD_ROOM - 1)) * rows.AHEAD_WIDTH
        account_id = 0
        order_id = 0
        client_key = 0
        if kind == codec.PLACE_ORDER:
            account_id = field(data, at + codec.PLACE_ORDER_ACCOUNT_ID, end)
            client_key = field(data, at + codec.PLACE_ORDER_CLIENT_KEY, end)
        elif kind == codec.CANCEL_ORDER:
            account_id = field(data, at + codec.CANCEL_ORDER_ACCOUNT_ID, end)
            order_id = field(data, at + codec.CANCEL_ORDER_ORDER_ID, end)
            client_key = field(data, at + codec.CANCEL_ORDER_CLIENT_KEY, end)
        elif kind == codec.REPLACE_ORDER:
            account_id = field(data, at + codec.REPLACE_ORDER_ACCOUNT_ID, end)
            order_id = field(data, at + codec.REPLACE_ORDER_ORDER_ID, end)
            client_key = field(data, at + codec.REPLACE_ORDER_CLIENT_KEY, end)
        ring[entry + rows.AHEAD_VENUE] = venue
        ring[entry + rows.AHEAD_ACCOUNT] = account_id
        ring[entry + rows.AHEAD_ORDER] = order_id
        ring[entry + rows.AHEAD_CLIENT_KEY] = client_key
        if account_id != 0:
            self._store.account_ids.fetch(venue, account_id)
        if order_id != 0:
            self._store.order_ids.fetch(venue, order_id)
        self._find_account(self._entry(rows.AHEAD_STEP))
        self._follow_account(self._entry(2 * rows.AHEAD_STEP))
        self._find_order(self._entry(3 * rows.AHEAD_STEP))
        return self._follow_order(self._entry(4 * rows.AHEAD_STEP))

    def _entry(self, before: int) -> int:
        """The command noted so many before the last."""
        return (self._noted - before & (rows.AHEAD_ROOM - 1)) * rows.AHEAD_WIDTH

    def _find_account(self, entry: int) -> int:
        """From the account's id to its row."""
        ring = self._ring
        account_id = ring[entry + rows.AHEAD_ACCOUNT]
        if account_id == 0:
            return 0
        store = self._store
        row = store.account_ids.guess(ring[entry + rows.AHEAD_VENUE], account_id)
        account = row * rows.ACCOUNT_WIDTH
        ring[entry + rows.AHEAD_ACCOUNT] = account
        touch(store.accounts, account)
        return touch(store.accounts, account + rows.LINE)

    def _follow_account(self, entry: int) -> int:
        """From the account to its balances, its newest orders, and its client keys."""
        ring = self._ring
        account = ring[entry + rows.AHEAD_ACCOUNT]
        if account == 0:
            return 0
        store = self._store
        accounts = store.accounts
        touch(store.balances, accounts[account + rows.ACCOUNT_BALANCES])
        touch(store.balances, accounts[account + rows.ACCOUNT_BALANCES] + rows.LINE)
        touch(store.orders, accounts[account + rows.ACCOUNT_NEWEST] + rows.LINE)
        touch(store.orders, accounts[account + rows.ACCOUNT_CLOSED_NEWEST] + rows.LINE)
        touch(store.parties, accounts[account + rows.ACCOUNT_PARTY])
        if ring[entry + rows.AHEAD_CLIENT_KEY] != 0:
            scope = account // rows.ACCOUNT_WIDTH
            store.client_keys.fetch(scope, ring[entry + rows.AHEAD_CLIENT_KEY])
        return 0

    def _find_order(self, entry: int) -> int:
        """From the order's id or client key to its row."""
        ring = self._ring
        store = self._store
        row = 0
        if ring[entry + rows.AHEAD_ORDER] != 0:
            row = store.order_ids.guess(
                ring[entry + rows.AHEAD_VENUE], ring[entry + rows.AHEAD_ORDER]
            )
        elif ring[entry + rows.AHEAD_CLIENT_KEY] != 0:
            scope = ring[entry + rows.AHEAD_ACCOUNT] // rows.ACCOUNT_WIDTH
            row = store.client_keys.guess(scope, ring[entry + rows.AHEAD_CLIENT_KEY])
        order = row * rows.ORDER_WIDTH
        ring[entry + rows.AHEAD_ORDER] = order
        if order != 0:
            touch(store.orders, order)
            touch(store.orders, order + rows.LINE)
            touch(store.keys, row * rows.CLIENT_WIDTH)
        return 0

    def _follow_order(self, entry: int) -> int:
        """From the order to its level and its neighbours."""
        store = self._store
        orders = store.orders
        order = self._ring[entry + rows.AHEAD_ORDER]
        if order != 0:
            touch(store.levels, orders[order + rows.ORDER_LEVEL])
            touch(orders, orders[order + rows.ORDER_AHEAD])
            touch(orders, orders[order + rows.ORDER_BEHIND])
            touch(orders, orders[order + rows.ORDER_OLDER] + rows.LINE)
            touch(orders, orders[order + rows.ORDER_NEWER] + rows.LINE)
        return 0
