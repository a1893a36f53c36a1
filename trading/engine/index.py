"""Finding rows by two numbers, without pauses: a linear hash table.

It grows by one bucket at a time (Litwin, "Linear Hashing", VLDB 1980), so that no insertion ever
waits for a whole table to be moved.
"""

from trading.engine.memory import reserve
from trading.engine.rows import INDEX_FIRST_BUCKETS, INDEX_SPREAD
from trading.engine.words import MASK_32, MASK_63, pointer


class Index:
    """Row numbers (from 1 to ``rows``) by (scope, key); 0 <= scope < 2**31.

    Keys are spread by their lowest bits: consecutive ids stand side by side.
    """

    def __init__(self, rows: int) -> None:
        # Per row: its key, and its scope << 32 | the next row in its bucket.
        self._entries_room = reserve(2 * (rows + 1))
        self._entries = pointer(self._entries_room)
        self._heads_room = reserve(2 * rows + INDEX_FIRST_BUCKETS)
        self._heads = pointer(self._heads_room)
        self._round = INDEX_FIRST_BUCKETS  # buckets at the start of this round of splits
        self._split = 0  # the next one to be split
        self.count = 0

    def _bucket(self, scope: int, key: int) -> int:
        spread = (key ^ (scope * INDEX_SPREAD)) & MASK_63
        bucket = spread & (self._round - 1)
        if bucket < self._split:
            bucket = spread & (2 * self._round - 1)
        return bucket

    def find(self, scope: int, key: int) -> int:
        """The row with this key, or 0."""
        entries = self._entries
        row = self._heads[self._bucket(scope, key)]
        while row != 0:
            link = entries[2 * row + 1]
            if entries[2 * row] == key and link >> 32 == scope:
                return row
            row = link & MASK_32
        return 0

    def key_of(self, row: int) -> int:
        """The key that a row was added with."""
        return self._entries[2 * row]

    def add(self, scope: int, key: int, row: int) -> int:
        """Make a row findable; its key must not be there yet."""
        self.count += 1
        if self.count > self._round + self._split:
            self._grow()
        bucket = self._bucket(scope, key)
        entries = self._entries
        entries[2 * row] = key
        entries[2 * row + 1] = scope << 32 | self._heads[bucket]
        self._heads[bucket] = row
        return 0

    def remove(self, scope: int, key: int) -> int:
        """Forget a key that is there."""
        entries = self._entries
        bucket = self._bucket(scope, key)
        before = 0
        row = self._heads[bucket]
        while row != 0:
            link = entries[2 * row + 1]
            following = link & MASK_32
            if entries[2 * row] == key and link >> 32 == scope:
                if before == 0:
                    self._heads[bucket] = following
                else:
                    entries[2 * before + 1] += following - row
                self.count -= 1
                return row
            before = row
            row = following
        return 0

    def _grow(self) -> int:
        """Split one bucket in two."""
        entries = self._entries
        old = self._split
        new = old + self._round
        row = self._heads[old]
        self._heads[old] = 0
        self._heads[new] = 0
        self._split += 1
        if self._split == self._round:
            self._round *= 2
            self._split = 0
        while row != 0:
            link = entries[2 * row + 1]
            following = link & MASK_32
            bucket = self._bucket(link >> 32, entries[2 * row])
            entries[2 * row + 1] = link - following + self._heads[bucket]
            self._heads[bucket] = row
            row = following
        return 0
