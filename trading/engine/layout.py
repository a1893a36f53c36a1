"""What a declared layout is; the declarations stand in :mod:`trading.engine.layouts`."""

from typing import NamedTuple

Fields = tuple[tuple[str, str], ...]


class Layout(NamedTuple):
    """One kind of message at one version: its number, its name and its fields in order."""

    kind: int
    version: int
    name: str
    fields: Fields
