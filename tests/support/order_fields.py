"""An instrument and the fields of an order in it, for tests that turn one into a command."""

from trading.engine import commands
from trading.instruments.rules import InstrumentInfo

INFO = InstrumentInfo(
    id=4,
    symbol="BTC-USDT",
    base_id=1,
    base_code="BTC",
    base_scale=8,
    quote_id=3,
    quote_code="USDT",
    quote_scale=8,
    tick_units=10**6,
    lot_units=1000,
    min_lots=10,
    max_lots=1_000_000,
    min_notional_units=0,
    max_notional_units=0,
    price_band_bp=0,
    maker_ppm=1000,
    taker_ppm=1500,
    state=1,
)
LIMIT = {"side": "buy", "type": "limit", "price": "50000.01", "quantity": "0.5"}


def list_of(kind: int, *legs: commands.PlaceOrder) -> commands.PlaceOrderList:
    """The order list that some orders make."""
    fields = {
        f"{which}_{name}": getattr(leg, name)
        for which, leg in zip(("first", "second", "third"), legs, strict=False)
        for name, _ in leg.FIELDS
    }
    more = any(leg.trigger_source or leg.trailing_distance_bp or leg.trigger_ns for leg in legs)
    return commands.PlaceOrderList(list_type=kind, any_trigger=int(more), **fields)
