"""Mass quotes for programs: request fields in, the answer's JSON body out."""

from __future__ import annotations

from typing import Any

from api.errors import ApiError, Refusal
from trading.engine import commands, events
from trading.engine.client import Answer
from trading.engine.enums import Side
from trading.engine.limits import MOST_QUOTES
from trading.engine.results import Result
from trading.instruments.rules import Catalogue, InstrumentInfo
from trading.orders import protections, quotes, shapes
from trading.orders.placing import OrderError


def quotes_of(fields: dict[str, Any]) -> list[Any]:
    """The entries of a request; raises ApiError."""
    entries = fields.get("quotes")
    if not isinstance(entries, list) or not 0 < len(entries) <= MOST_QUOTES:
        raise ApiError(Result.NO_QUOTES)
    return entries


def quotes_cost(fields: dict[str, Any]) -> int:
    """How many tokens a mass quote takes: one an entry, as orders of a batch."""
    try:
        return len(quotes_of(fields))
    except ApiError:
        return 1


class MassQuote:
    """A request on its way: the entries that can be sent, and what is refused already."""

    def __init__(self, catalogue: Catalogue, account_id: int, fields: dict[str, Any]) -> None:
        """Raises ApiError if nothing of it can be sent."""
        self._catalogue = catalogue
        self._results: list[dict[str, Any] | None] = []
        sent = []
        for entry in quotes_of(fields):
            try:
                sent.append(self._quote(entry))
                self._results.append(None)
            except ApiError as error:
                self._results.append({"ok": False, "error": error.as_dict()})
        try:
            self.command: commands.PlaceQuotes | None = quotes.build_place_quotes(
                account_id, fields, sent
            )
        except OrderError as error:
            raise ApiError(error.result, error.message, help=error.help_text) from None
        if not sent:
            self.command = None

    def _quote(self, entry: Any) -> quotes.Quote:
        if not isinstance(entry, dict):
            raise ApiError(Refusal.BAD_JSON, "Every quote is a JSON object.")
        symbol = entry.get("instrument")
        info = self._catalogue.by_symbol.get(symbol) if isinstance(symbol, str) else None
        if info is None:
            raise ApiError(Result.UNKNOWN_INSTRUMENT)
        try:
            return quotes.build_quote(info, entry)
        except OrderError as error:
            raise ApiError(error.result, error.message, help=error.help_text) from None

    def body(self, answer: Answer | None) -> dict[str, Any]:
        """The JSON body: one `{"ok", "result" | "error"}` for each entry, in their order."""
        told = [] if answer is None else list(self._told(answer))
        results = [told.pop(0) if result is None else result for result in self._results]
        return {"results": results, "seq": answer.seq if answer is not None else 0}

    def _told(self, answer: Answer) -> list[dict[str, Any]]:
        """What the engine said to the entries that were sent."""
        found = []
        own: set[int] = set()
        fills: list[events.Traded] = []
        for event in answer.events:
            if isinstance(event, events.OrderAccepted | events.OrderReplaced):
                own.add(event.order_id)
            elif isinstance(event, events.Traded) and event.taker_order_id in own:
                fills.append(event)
            elif isinstance(event, events.QuoteAnswered):
                info = self._catalogue.instruments[event.instrument_id]
                found.append(_entry_body(info, event, fills, answer.time_ns))
                own, fills = set(), []
        return found


def _entry_body(
    info: InstrumentInfo,
    event: events.QuoteAnswered,
    fills: list[events.Traded],
    time_ns: int,
) -> dict[str, Any]:
    standing = {
        "instrument": info.symbol,
        "bid_order_id": str(event.bid_order_id) if event.bid_order_id else None,
        "ask_order_id": str(event.ask_order_id) if event.ask_order_id else None,
    }
    if event.result != Result.ACCEPTED:
        side = {Side.BUY: "bid", Side.SELL: "ask"}.get(Side(event.side)) if event.side else None
        error = ApiError(Result(event.result), extra={**standing, "side": side})
        return {"ok": False, "error": error.as_dict()}
    body = [shapes.fill_json(fill, info, maker=False, time_ns=time_ns) for fill in fills]
    return {"ok": True, "result": {**standing, "fills": body}}


# The fields that limit a protection, beside its scope.
LIMITS = {"window_ms", "quantity", "notional", "trades"}


def build_protection(
    info: InstrumentInfo | None, account_id: int, fields: dict[str, Any]
) -> commands.SetProtection:
    """The engine command of a request; raises ApiError."""
    try:
        return protections.build_set_protection(info, account_id, fields)
    except OrderError as error:
        raise ApiError(error.result, error.message, help=error.help_text) from None


def protection_body(info: InstrumentInfo | None, answer: Answer) -> dict[str, Any]:
    """The JSON body of a SetProtection's answer."""
    event = next(e for e in answer.events if isinstance(e, events.ProtectionSet))
    return {**protections.protection_json(event, info), "seq": answer.seq}


def reset_body(info: InstrumentInfo | None, answer: Answer) -> dict[str, Any]:
    """The JSON body of a ResetProtection's answer."""
    return {
        "instrument": None if info is None else info.symbol,
        "tripped": False,
        "seq": answer.seq,
    }


def protections_body(catalogue: Catalogue, answer: Answer) -> dict[str, Any]:
    """The JSON body of an account's protections."""
    rows = [row for row in answer.events if isinstance(row, events.ProtectionRow)]
    return {
        "results": [
            {
                **protections.protection_json(row, catalogue.instruments.get(row.instrument_id)),
                "tripped": bool(row.tripped),
            }
            for row in rows
        ]
    }
