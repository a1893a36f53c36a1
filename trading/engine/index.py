"""Finding rows by two numbers, without pauses: a linear hash table.

It grows by one bucket at a time (Litwin, "Linear Hashing", VLDB 1980), so that no insertion ever
waits for a whole table to be moved.
"""

from trading.engine.memory import reserve
from trading.engine.rows import INDEX_FIRST_BUCKETS, INDEX_SPREAD
from trading.engine.words import MASK_63, pointer


class Index:
    """Row numbers (from 1 to ``rows``) of a table by (scope, key).

    Both stand in the rows themselves, which are ``width`` words wide: the key at ``key_at``, the
    scope at ``scope_at`` above its lowest ``scope_shift`` bits. They must not change while a row
    can be found. Keys are spread by their lowest bits: consecutive ids stand side by side.
    """

    def __init__(
        self,
        rows: int,
        table: memoryview,
        width: int,
        key_at: int,
        scope_at: int,
        scope_shift: int,
    ) -> None:
        self._table_room = table
        self._table = pointer(table)
        self._width = width
        self._key_at = key_at
        self._scope_at = scope_at
        self._scope_shift = scope_shift
        # Per row the next one in its bucket, per bucket its first row.
        self._links_room = reserve(rows + 1)
        self._links = pointer(self._links_room)
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
        table = self._table
        row = self._heads[self._bucket(scope, key)]
        while row != 0:
            at = row * self._width
            if (
                table[at + self._key_at] == key
                and table[at + self._scope_at] >> self._scope_shift == scope
            ):
                return row
            row = self._links[row]
        return 0

    def add(self, row: int) -> int:
        """Make a row findable, whose key must not be there yet."""
        self.count += 1
        if self.count > self._round + self._split:
            self._grow()
        bucket = self._bucket_of(row)
        self._links[row] = self._heads[bucket]
        self._heads[bucket] = row
        return 0

    def _bucket_of(self, row: int) -> int:
        at = row * self._width
        scope = self._table[at + self._scope_at] >> self._scope_shift
        return self._bucket(scope, self._table[at + self._key_at])

    def remove(self, row: int) -> int:
        """Forget a row that can be found."""
        links = self._links
        bucket = self._bucket_of(row)
        before = self._heads[bucket]
        if before == row:
            self._heads[bucket] = links[row]
        else:
            while links[before] != row:
                before = links[before]
            links[before] = links[row]
        self.count -= 1
        return 0

    def _grow(self) -> int:
        """Split one bucket in two."""
        old = self._split
        row = self._heads[old]
        self._heads[old] = 0
        self._heads[old + self._round] = 0
        self._split += 1
        if self._split == self._round:
            self._round *= 2
            self._split = 0
        while row != 0:
            following = self._links[row]
            bucket = self._bucket_of(row)
            self._links[row] = self._heads[bucket]
            self._heads[bucket] = row
            row = following
        return 0
