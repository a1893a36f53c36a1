"""Reading a dump word by word, believing nothing."""

from trading.engine import limits
from trading.engine.words import amount, text, word


class Reader:
    """Reads a dump from front to back; raises IndexError at its end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.end = len(data)
        self.reserve = 0  # lots that the order read last does not show
        self.listed = 0  # orders of the venue that belong to a list
        self.time_ns = 0  # of the state

    def number(self) -> int:
        at = self._take(8)
        return word(self.data, at)

    def within(self, least: int, most: int) -> int:
        """A number of this range; raises ValueError at any other."""
        found = self.number()
        if found < least or found > most:
            raise ValueError("The snapshot holds a number that cannot be.")
        return found

    def count(self) -> int:
        """A number of things to come, each of at least one word."""
        found = self.number()
        if found < 0 or found > self.end - self.at:
            raise IndexError
        return found

    def units(self) -> int:
        """An amount that there can be; raises ValueError at any other."""
        return self.units_within(limits.MAX_UNITS)

    def units_within(self, most: int) -> int:
        """An amount from nothing to ``most``; raises ValueError at any other."""
        at = self._take(16)
        found = amount(self.data, at, self.end)
        if found < 0 or found > most:
            raise ValueError("The snapshot holds an amount that cannot be.")
        return found

    def text(self, width: int) -> bytes:
        at = self._take(width)
        return text(self.data, at, self.end, width)

    def _take(self, width: int) -> int:
        at = self.at
        if at + width > self.end:
            raise IndexError
        self.at = at + width
        return at
