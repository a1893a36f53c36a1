"""An instrument whose texts and numbers are remembered: the same prices and sizes come again."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from trading.instruments.rules import InstrumentInfo

_REMEMBERED = 4_096


class RememberingInfo:
    """Answers like the InstrumentInfo it stands for, faster the second time."""

    def __init__(self, info: InstrumentInfo) -> None:
        for name in InstrumentInfo.__slots__:
            setattr(self, name, getattr(info, name))
        remember = lru_cache(_REMEMBERED)
        self.price_text = remember(info.price_text)
        self.quantity_text = remember(info.quantity_text)
        self.base_text = remember(info.base_text)
        self.quote_text = remember(info.quote_text)
        self.average_price_text = remember(info.average_price_text)
        # These may be called with anything a stranger sent; what raises is not remembered.
        self.ticks_of = remember(info.ticks_of)
        self.lots_of = remember(info.lots_of)
        self.quote_units_of = info.quote_units_of


def remembering(info: InstrumentInfo) -> InstrumentInfo:
    """``info`` with a memory; it is as old as the catalogue it came from."""
    return cast(InstrumentInfo, RememberingInfo(info))
