"""The cached catalogue of the current tenant: assets and instruments without SQL per call.

It is read once and then again when it is older than a second, so that a change is seen
everywhere within that time.
"""

import threading
import time

from django.db import connection

from trading.instruments import models
from trading.instruments.rules import AssetInfo, Catalogue, InstrumentInfo, UnknownInstrument

MAX_AGE_SECONDS = 1.0


def asset_info_of(asset: models.Asset) -> AssetInfo:
    return AssetInfo(asset.pk, asset.code, asset.name, asset.scale, asset.display_places)


def instrument_info_of(instrument: models.Instrument) -> InstrumentInfo:
    """The plain form of a row (with `base` and `quote` selected)."""
    base, quote = instrument.base, instrument.quote
    return InstrumentInfo(
        id=instrument.pk,
        symbol=instrument.symbol,
        base_id=base.pk,
        base_code=base.code,
        base_scale=base.scale,
        quote_id=quote.pk,
        quote_code=quote.code,
        quote_scale=quote.scale,
        tick_units=instrument.tick_units,
        lot_units=instrument.lot_units,
        min_lots=instrument.min_lots,
        max_lots=instrument.max_lots,
        min_notional_units=instrument.min_notional_units,
        max_notional_units=instrument.max_notional_units,
        price_band_bp=instrument.price_band_bp,
        maker_ppm=instrument.maker_ppm,
        taker_ppm=instrument.taker_ppm,
        state=instrument.state,
    )


_cache: dict[str, tuple[float, Catalogue]] = {}
_cache_lock = threading.Lock()


def catalogue(*, fresh: bool = False) -> Catalogue:
    """The current tenant's assets and instruments; at most a second old, or read anew."""
    schema = connection.schema_name
    now = time.monotonic()
    cached = _cache.get(schema)
    if cached is not None and not fresh and now - cached[0] < MAX_AGE_SECONDS:
        return cached[1]
    loaded = _load()
    with _cache_lock:
        _cache[schema] = (now, loaded)
    return loaded


def forget(schema_name: str) -> None:
    """Drop what is cached for a tenant, after a change in this process."""
    with _cache_lock:
        _cache.pop(schema_name, None)


def instrument_info(symbol: str) -> InstrumentInfo:
    """The current tenant's instrument by symbol; raises UnknownInstrument."""
    try:
        return catalogue().instrument(symbol)
    except UnknownInstrument:
        return catalogue(fresh=True).instrument(symbol)


def _load() -> Catalogue:
    assets = {asset.pk: asset_info_of(asset) for asset in models.Asset.objects.all()}
    rows = models.Instrument.objects.select_related("base", "quote")
    instruments = {row.pk: instrument_info_of(row) for row in rows}
    return Catalogue(
        assets=assets,
        instruments=instruments,
        by_symbol={info.symbol: info for info in instruments.values()},
        by_code={asset.code: asset for asset in assets.values()},
    )
