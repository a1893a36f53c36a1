"""The tenants' instruments and rules for the event loop: no query while an order waits."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from api.database import in_tenant
from api.errors import ApiError
from api.texts import remembering
from tenants.models import Tenant
from trading.engine.results import Result
from trading.instruments import selectors as instruments
from trading.instruments.rules import Catalogue, InstrumentInfo
from trading.orders import pretrade

FRESH_SECONDS = 1.0
STALE_SECONDS = 3.0


class Catalogues:
    """Catalogues by tenant. Up to a second old they are used as they are, up to three seconds
    while a newer one is read, beyond that the caller waits for the newer one."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[float, Catalogue]] = {}
        self._loading: dict[int, asyncio.Task[Catalogue]] = {}
        self._plain: dict[tuple[int, int], InstrumentInfo] = {}

    async def of(self, tenant: Tenant) -> Catalogue:
        known = self._known.get(tenant.id)
        if known is None:
            return await self.reload(tenant)
        age = time.monotonic() - known[0]
        if age > STALE_SECONDS:
            return await self.reload(tenant)
        if age > FRESH_SECONDS:
            self._start(tenant)
        return known[1]

    async def instrument(self, tenant: Tenant, symbol: object) -> InstrumentInfo:
        """The instrument of a request's `instrument` field; raises ApiError."""
        if not isinstance(symbol, str):
            raise ApiError(Result.UNKNOWN_INSTRUMENT, "The order needs an instrument.")
        catalogue = await self.of(tenant)
        info = catalogue.by_symbol.get(symbol)
        if info is None:
            # It may have been made a moment ago; at most one look a second for wrong symbols.
            known = self._known[tenant.id]
            if time.monotonic() - known[0] > FRESH_SECONDS / 2:
                info = (await self.reload(tenant)).by_symbol.get(symbol)
        if info is None:
            known_symbols = ", ".join(sorted(catalogue.by_symbol)) or "none"
            raise ApiError(
                Result.UNKNOWN_INSTRUMENT,
                f"There is no instrument {symbol[:40]!r}. Instruments: {known_symbols}.",
            )
        return info

    async def reload(self, tenant: Tenant) -> Catalogue:
        return await asyncio.shield(self._start(tenant))

    def _start(self, tenant: Tenant) -> asyncio.Task[Catalogue]:
        loading = self._loading.get(tenant.id)
        if loading is None:
            loading = asyncio.create_task(self._load(tenant))
            self._loading[tenant.id] = loading
            loading.add_done_callback(lambda _: self._loading.pop(tenant.id, None))
        return loading

    async def _load(self, tenant: Tenant) -> Catalogue:
        loaded = await in_tenant(tenant, _read)
        catalogue = self._with_memory(tenant, loaded)
        self._known[tenant.id] = (time.monotonic(), catalogue)
        return catalogue

    def _with_memory(self, tenant: Tenant, loaded: Catalogue) -> Catalogue:
        known = self._known.get(tenant.id)
        before = known[1].instruments if known is not None else {}
        infos = {}
        for number, info in loaded.instruments.items():
            # An instrument that did not change keeps what it remembers.
            same = self._plain.get((tenant.id, number)) == info and number in before
            infos[number] = before[number] if same else remembering(info)
            self._plain[tenant.id, number] = info
        by_symbol = {info.symbol: info for info in infos.values()}
        return replace(loaded, instruments=infos, by_symbol=by_symbol)


def _read() -> Catalogue:
    """The current tenant's catalogue, and with it its rules before orders."""
    pretrade.refreshed(fresh=True)
    return instruments.catalogue(fresh=True)
