"""Lately closed orders, linked through their rows."""


class Closed:
    """Lately closed orders of a venue, the oldest first, linked through their rows."""

    def __init__(self) -> None:
        self.oldest = 0
        self.newest = 0
        self.count = 0
