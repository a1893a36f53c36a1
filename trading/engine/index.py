"""Finding rows by two numbers, without pauses: a linear hash table.

It grows by one bucket at a time (Litwin, "Linear Hashing", VLDB 1980), so that no insertion ever
waits for a whole table to be moved. Rows lie far apart in memory, and looking at one takes longer
than anything else here; so what leads to a row also has 31 bits of its key's spread above the
row's number, and other rows are hardly ever looked at.
"""

from trading.engine.memory import reserve
from trading.engine.rows import INDEX_LEAST_SHIFT, INDEX_READY, INDEX_SPREAD
from trading.engine.words import MASK_31, MASK_32, MASK_63, pointer, touch


class Index:
    """Row numbers (from 1 to ``rows``) of a table by (scope, key).

    Both stand in the rows themselves, which are ``width`` words wide: the key at ``key_at``, the
    scope at ``scope_at`` above its lowest ``scope_shift`` bits. They must not change while a row
    can be found. Keys are spread by their lowest bits: consecutive ids stand side by side.
    ``buckets`` are there from the start, a power of two from 2**INDEX_LEAST_SHIFT on.
    """

    def __init__(
        self,
        rows: int,
        table: memoryview,
        width: int,
        key_at: int,
        scope_at: int,
        scope_shift: int,
        buckets: int,
    ) -> None:
        self._table_room = table
        self._table = pointer(table)
        self._width = width
        self._key_at = key_at
        self._scope_at = scope_at
        self._scope_shift = scope_shift
        # Per row the entry of the next one in its bucket, per bucket that of its first row.
        self._links_room = reserve(rows + 1)
        self._links = pointer(self._links_room)
        self._heads_room = reserve(2 * rows + buckets)
        self._heads = pointer(self._heads_room)
        self._round = buckets  # buckets at the start of this round of splits
        self._split = 0  # the next one to be split
        self.count = 0

    def _bucket(self, spread: int) -> int:
        bucket = spread & (self._round - 1)
        if bucket < self._split:
            bucket = spread & (2 * self._round - 1)
        return bucket

    def find(self, scope: int, key: int) -> int:
        """The row with this key, or 0."""
        table = self._table
        spread = (key ^ (scope * INDEX_SPREAD)) & MASK_63
        tag = spread >> INDEX_LEAST_SHIFT & MASK_31
        entry = self._heads[self._bucket(spread)]
        while entry != 0:
            row = entry & MASK_32
            at = row * self._width
            if (
                entry >> 32 == tag
                and table[at + self._key_at] == key
                and table[at + self._scope_at] >> self._scope_shift == scope
            ):
                return row
            entry = self._links[row]
        return 0

    def guess(self, scope: int, key: int) -> int:
        """Most likely what ``find`` says, without a look at any row."""
        spread = (key ^ (scope * INDEX_SPREAD)) & MASK_63
        tag = spread >> INDEX_LEAST_SHIFT & MASK_31
        entry = self._heads[self._bucket(spread)]
        while entry != 0:
            row = entry & MASK_32
            if entry >> 32 == tag:
                return row
            entry = self._links[row]
        return 0

    def fetch(self, scope: int, key: int) -> int:
        """Have what ``guess`` needs first brought near."""
        return touch(self._heads, self._bucket((key ^ (scope * INDEX_SPREAD)) & MASK_63))

    def fetch_row(self, row: int) -> int:
        """The same for ``remove``, of a row that is near."""
        touch(self._links, row)
        return touch(self._heads, self._bucket(self._spread_of(row)))

    def add(self, row: int) -> int:
        """Make a row findable, whose key must not be there yet."""
        self.count += 1
        if self.count > self._round + self._split:
            self._grow()
        spread = self._spread_of(row)
        bucket = self._bucket(spread)
        self._links[row] = self._heads[bucket]
        self._heads[bucket] = (spread >> INDEX_LEAST_SHIFT & MASK_31) << 32 | row
        return 0

    def _spread_of(self, row: int) -> int:
        at = row * self._width
        scope = self._table[at + self._scope_at] >> self._scope_shift
        return (self._table[at + self._key_at] ^ (scope * INDEX_SPREAD)) & MASK_63

    def remove(self, row: int) -> int:
        """Forget a row that can be found."""
        links = self._links
        bucket = self._bucket(self._spread_of(row))
        before = self._heads[bucket] & MASK_32
        if before == row:
            self._heads[bucket] = links[row]
        else:
            while links[before] & MASK_32 != row:
                before = links[before] & MASK_32
            links[before] = links[row]
        self.count -= 1
        return 0

    def links_room(self) -> memoryview:
        """The links, a word for each row of the table."""
        return self._links_room

    def heads_room(self) -> memoryview:
        """What leads to them; see ``heads_wanted``."""
        return self._heads_room

    def heads_wanted(self, ahead: int) -> int:
        """Words of ``heads_room`` that may be written to before ``ahead`` more rows are there.

        None while there are few rows: keys that follow each other lie close together.
        """
        if self.count < INDEX_READY:
            return 0
        buckets = self._round + self._split
        return buckets if self.count + ahead < buckets else buckets + ahead

    def _grow(self) -> int:
        """Split one bucket in two: by the next bit of the spread, which the tags have."""
        old = self._split
        entry = self._heads[old]
        self._heads[old] = 0
        self._heads[old + self._round] = 0
        touch(self._links, self._heads[old + 4] & MASK_32)  # soon split as well
        while entry != 0:
            row = entry & MASK_32
            bucket = old + (entry >> 32 << INDEX_LEAST_SHIFT & self._round)
            following = self._links[row]
            self._links[row] = self._heads[bucket]
            self._heads[bucket] = entry
            entry = following
        self._split += 1
        if self._split == self._round:
            self._round *= 2
            self._split = 0
        return 0
