"""Plain facts about assets and instruments: decimal text to ticks and lots and back.

No Django here: order entry, streams and tools share these.
"""

from dataclasses import dataclass, field

from money.units import MoneyError, exact_quotient, format_units, notional_factor, parse_units


class UnknownInstrument(LookupError):
    """No instrument with this symbol or id; the message can be shown to a person."""


@dataclass(frozen=True, slots=True)
class AssetInfo:
    """An asset: id, code, scale and how many decimal places screens show at least."""

    id: int
    code: str
    name: str
    scale: int
    display_places: int

    def text(self, units: int) -> str:
        """Exact decimal text of an amount."""
        return format_units(units, self.scale)

    def units_of(self, text: str) -> int:
        """Units of decimal text; raises MoneyError."""
        return parse_units(text, self.scale)


@dataclass(frozen=True, slots=True)
class InstrumentInfo:
    """An instrument's rules as integers; `factor` is k in quote units = lots * ticks * k."""

    id: int
    symbol: str
    base_id: int
    base_code: str
    base_scale: int
    quote_id: int
    quote_code: str
    quote_scale: int
    tick_units: int
    lot_units: int
    min_lots: int
    max_lots: int
    min_notional_units: int
    max_notional_units: int
    price_band_bp: int
    maker_ppm: int
    taker_ppm: int
    state: int
    factor: int = field(init=False)
    price_places: int = field(init=False)
    quantity_places: int = field(init=False)

    def __post_init__(self) -> None:
        set_field = object.__setattr__
        set_field(self, "factor", notional_factor(self.tick_units, self.lot_units, self.base_scale))
        set_field(self, "price_places", _places(self.tick_units, self.quote_scale))
        set_field(self, "quantity_places", _places(self.lot_units, self.base_scale))

    def price_text(self, ticks: int) -> str:
        """Decimal price, with the tick's number of places."""
        return format_units(ticks * self.tick_units, self.quote_scale, self.price_places)

    def quantity_text(self, lots: int) -> str:
        """Decimal quantity of the base asset, with the lot's number of places."""
        return format_units(lots * self.lot_units, self.base_scale, self.quantity_places)

    def base_text(self, units: int) -> str:
        return format_units(units, self.base_scale)

    def quote_text(self, units: int) -> str:
        return format_units(units, self.quote_scale)

    def ticks_of(self, text: str) -> int:
        """Ticks of a decimal price; raises MoneyError if it is not a multiple of the tick."""
        units = parse_units(text, self.quote_scale)
        ticks, rest = divmod(units, self.tick_units)
        if rest:
            step = format_units(self.tick_units, self.quote_scale)
            raise MoneyError(f"The price must be a multiple of {step} {self.quote_code}.")
        return ticks

    def lots_of(self, text: str) -> int:
        """Lots of a decimal quantity; raises MoneyError if it is not a multiple of the lot."""
        units = parse_units(text, self.base_scale)
        lots, rest = divmod(units, self.lot_units)
        if rest:
            step = format_units(self.lot_units, self.base_scale)
            raise MoneyError(f"The quantity must be a multiple of {step} {self.base_code}.")
        return lots

    def quote_units_of(self, text: str) -> int:
        """Quote units of a decimal amount of the quote asset; raises MoneyError."""
        return parse_units(text, self.quote_scale)

    def average_price_text(self, quote_units: int, lots: int) -> str:
        """quote_units / quantity as a price, cut (not rounded up) to the quote asset's scale."""
        if not lots:
            return ""
        units = quote_units * 10**self.base_scale // (lots * self.lot_units)
        return format_units(units, self.quote_scale, self.price_places)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All assets and instruments of one tenant at one moment."""

    assets: dict[int, AssetInfo]
    instruments: dict[int, InstrumentInfo]
    by_symbol: dict[str, InstrumentInfo]
    by_code: dict[str, AssetInfo]

    def instrument(self, symbol: str) -> InstrumentInfo:
        """The instrument of a symbol; raises UnknownInstrument."""
        try:
            return self.by_symbol[symbol]
        except KeyError:
            known = ", ".join(sorted(self.by_symbol)) or "none"
            raise UnknownInstrument(
                f"There is no instrument {symbol!r}. Known instruments: {known}."
            ) from None


def _places(step_units: int, scale: int) -> int:
    """Decimal places needed to write one step."""
    places = scale
    while places and step_units % 10 == 0:
        step_units = exact_quotient(step_units, 10, "step")
        places -= 1
    return places
