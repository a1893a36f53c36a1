"""Public market data."""

from __future__ import annotations

import time
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import serializers
from api.errors import ApiError, Refusal
from api.exchange import whole_number
from api.views.base import PublicView
from money.units import format_units
from trading.engine.enums import InstrumentState
from trading.instruments.rules import InstrumentInfo
from trading.instruments.selectors import catalogue
from trading.market_data import selectors
from trading.market_data.intervals import INTERVALS

_TAG = ["Market data"]
_LIMIT = OpenApiParameter("limit", int, description="How many at most.")


class TimeView(PublicView):
    @extend_schema(
        operation_id="time", tags=_TAG, auth=[], responses=serializers.Time, summary="Server time"
    )
    def get(self, request: Request) -> Response:
        """The server's clock, to set yours by before signing."""
        return Response({"time": int(time.time() * 1000)})


class InstrumentsView(PublicView):
    @extend_schema(
        operation_id="instruments",
        tags=_TAG,
        auth=[],
        responses=serializers.Instruments,
        summary="Instruments",
    )
    def get(self, request: Request) -> Response:
        """What is traded, by which rules."""
        infos = catalogue().instruments.values()
        return Response({"results": [instrument_body(info) for info in infos]})


class DepthView(PublicView):
    @extend_schema(
        operation_id="depth",
        tags=_TAG,
        auth=[],
        parameters=[_LIMIT],
        responses={200: serializers.Depth, 404: serializers.Error},
        summary="Order book",
    )
    def get(self, request: Request, symbol: str) -> Response:
        """The book by price level. For a live book subscribe to `depth:SYMBOL`."""
        levels = self.limit(request, default=100, most=1_000)
        return Response(selectors.depth_snapshot(self.instrument(symbol), levels=levels))


class AuctionView(PublicView):
    @extend_schema(
        operation_id="auction",
        tags=_TAG,
        auth=[],
        responses={200: serializers.Auction, 404: serializers.Error},
        summary="State and indicative price",
    )
    def get(self, request: Request, symbol: str) -> Response:
        """What the instrument is at, and while it gathers orders, what they would trade at.

        To follow it subscribe to `auction:SYMBOL`.
        """
        return Response(selectors.auction(self.instrument(symbol)))


class TradesView(PublicView):
    @extend_schema(
        operation_id="trades",
        tags=_TAG,
        auth=[],
        parameters=[_LIMIT],
        responses={200: serializers.Trades, 404: serializers.Error},
        summary="Latest trades",
    )
    def get(self, request: Request, symbol: str) -> Response:
        """The latest trades, newest first."""
        limit = self.limit(request, default=50, most=100)
        trades = selectors.recent_trades(self.instrument(symbol), limit=limit)
        return Response({"results": trades[::-1]})


class TickersView(PublicView):
    @extend_schema(
        operation_id="tickers",
        tags=_TAG,
        auth=[],
        responses=serializers.Tickers,
        summary="Tickers",
    )
    def get(self, request: Request) -> Response:
        """The last 24 hours of every instrument."""
        return Response({"results": selectors.current_tickers()})


class CandlesView(PublicView):
    @extend_schema(
        operation_id="candles",
        tags=_TAG,
        auth=[],
        parameters=[
            OpenApiParameter("interval", str, enum=list(INTERVALS)),
            OpenApiParameter("before", int, description="Only candles that begin before (ms)."),
            _LIMIT,
        ],
        responses={200: serializers.Candles, 400: serializers.Error, 404: serializers.Error},
        summary="Candles",
    )
    def get(self, request: Request, symbol: str) -> Response:
        """Candles, oldest first; the last one may still be open."""
        info = self.instrument(symbol)
        interval = request.query_params.get("interval", "1m")
        limit = self.limit(request, default=500, most=selectors.MAX_CANDLES)
        try:
            candles = selectors.recent_candles(
                info.id, interval, limit=limit, before_second=_before_second(request)
            )
        except selectors.UnknownInterval as error:
            raise ApiError(Refusal.UNKNOWN_INTERVAL, str(error)) from None
        rows = [selectors.candle_json(info, candle) for candle in candles]
        return Response({"instrument": info.symbol, "interval": interval, "candles": rows})


def _before_second(request: Request) -> int | None:
    text = request.query_params.get("before")
    if not text:
        return None
    number = whole_number(text, most=10**15)
    if number is None:
        raise ApiError(Refusal.BAD_REQUEST, "before must be milliseconds since 1970.")
    return -(-number // 1000)


def instrument_body(info: InstrumentInfo) -> dict[str, Any]:
    """An instrument's rules as JSON."""
    most = info.max_notional_units
    return {
        "instrument": info.symbol,
        "base": info.base_code,
        "quote": info.quote_code,
        "state": InstrumentState(info.state).name.lower(),
        "tick_size": format_units(info.tick_units, info.quote_scale),
        "lot_size": format_units(info.lot_units, info.base_scale),
        "min_quantity": info.quantity_text(info.min_lots),
        "max_quantity": info.quantity_text(info.max_lots),
        "min_notional": info.quote_text(info.min_notional_units),
        "max_notional": info.quote_text(most) if most else None,
        "price_band_bp": info.price_band_bp,
        "maker_fee_ppm": info.maker_ppm,
        "taker_fee_ppm": info.taker_ppm,
    }
