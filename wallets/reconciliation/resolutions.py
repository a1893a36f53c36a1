"""Ways to resolve a break that rooms above offer: how to tell that one was finished."""

from collections.abc import Callable

_known: dict[str, Callable[[int], bool]] = {}


def register(way: str, is_finished: Callable[[int], bool]) -> None:
    """Have ``is_finished(id)`` say whether the rebuild of this id was carried out."""
    _known[way] = is_finished


def exists(way: str, reference: int) -> bool:
    return way in _known and _known[way](reference)
