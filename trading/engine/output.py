"""Where records and answers are written: words, one after another."""

from trading.engine import rows
from trading.engine.memory import reserve
from trading.engine.words import MASK_32, pointer


class Output:
    """Words written since ``clear``; ``events`` counts the events among them.

    There is room for so many words at first; more is made when it is needed.
    """

    def __init__(self, words: int) -> None:
        self._room = reserve(words)
        self._bytes = self._room.cast("B")
        self.words = pointer(self._room)
        self.most = len(self._room)
        self.at = 0
        self.events = 0

    def clear(self) -> int:
        """Begin anew."""
        self.at = 0
        self.events = 0
        return 0

    def room(self, count: int) -> int:
        """Take room for some words, whose place is returned; ``words`` may have moved."""
        at = self.at
        if at + count > self.most:
            self._grow(at + count)
        self.at = at + count
        return at

    def cut_zeros(self, start: int) -> int:
        """Shorten the event that was just written from ``start`` on by the zeros at its end."""
        words = self.words
        end = self.at
        while end > start + 1 and words[end - 1] == 0:
            end -= 1
        words[start] = words[start] & MASK_32 | (end - start) << 35
        self.at = end
        return 0

    def cut_last(self, start: int) -> int:
        """Shorten the event that was just written from ``start`` on by its last word, if zero."""
        words = self.words
        if words[self.at - 1] == 0:
            words[start] -= rows.EVENT_WORD
            self.at -= 1
        return 0

    def _grow(self, least: int) -> int:
        words = self.most
        while words < least:
            words *= 2
        larger = reserve(words)
        larger[: self.most] = self._room
        self._room = larger
        self._bytes = larger.cast("B")
        self.words = pointer(larger)
        self.most = words
        return 0

    def piece(self, start: int, end: int) -> bytes:
        """A copy of the words from ``start`` to before ``end``, as bytes."""
        return self._bytes[8 * start : 8 * end].tobytes()
