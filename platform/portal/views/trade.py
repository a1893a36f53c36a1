"""The trading terminal."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from identity import cookies
from identity import selectors as identity
from portal import fees, selectors
from trading.accounts import selectors as accounts
from trading.accounts.errors import NoAccount
from trading.engine import limits
from trading.engine.enums import InstrumentState
from trading.instruments import selectors as instruments
from trading.instruments.rules import AssetInfo, InstrumentInfo, UnknownInstrument

FRAMES = ("1m", "5m", "15m", "30m", "1h", "4h", "1d", "1w")
SHARES_PERCENT = (25, 50, 75, 100)


@require_safe
def trade(request: HttpRequest) -> HttpResponse:
    """To the terminal of the instrument looked at last, else of the first one."""
    symbols = list(instruments.catalogue().by_symbol)
    if not symbols:
        raise Http404(_("No instrument is listed yet."))
    last = request.COOKIES.get("instrument", "")
    return redirect("portal:terminal", symbol=last if last in symbols else symbols[0])


@require_safe
@never_cache
@ensure_csrf_cookie
def terminal(request: HttpRequest, symbol: str) -> HttpResponse:
    """Chart, book, tape, order entry and lists of one instrument; visitors may look on."""
    try:
        info = instruments.instrument_info(symbol)
    except UnknownInstrument as error:
        raise Http404(str(error)) from error
    signed_in = request.user.is_authenticated
    if signed_in and not identity.is_fully_signed_in(request):
        return redirect("/backoffice/" if request.user.is_staff else "portal:enrol")
    infos = list(instruments.catalogue().instruments.values())
    values = {
        "instrument": info,
        "instruments": infos,
        "state": InstrumentState(info.state).name.lower(),
        "setup": setup(request.user, info, infos),
        "frames": FRAMES,
        "tiles": tiles(),
        "shares": SHARES_PERCENT,
    }
    response = render(request, "portal/trade.html", values)
    response.set_cookie("instrument", info.symbol, max_age=cookies.YEAR_SECONDS, samesite="Lax")
    return response


def tiles() -> list[tuple[str, str]]:
    """The parts of the terminal that a user may hide, with their names."""
    return [
        ("stats", _("24 h figures")),
        ("chart", _("Chart")),
        ("book", _("Order book")),
        ("tape", _("Trades")),
        ("entry", _("Order entry")),
        ("lists", _("Your orders")),
    ]


def setup(user: Any, info: InstrumentInfo, infos: list[InstrumentInfo]) -> dict[str, Any]:
    """What the browser needs to know: the instrument's rules, the account, the other symbols,
    what the user has set.
    """
    assets = instruments.catalogue().assets
    return {
        "instrument": instrument_rules(user, info),
        "instruments": [
            {
                "symbol": other.symbol,
                "base": other.base_code,
                "quote": other.quote_code,
                "name": assets[other.base_id].name,
                "price_places": other.price_places,
                "quantity_places": other.quantity_places,
            }
            for other in infos
        ],
        "signed_in": user.is_authenticated,
        "account": account_id_of(user),
        "preferences": selectors.preferences_of(user, symbol=info.symbol),
    }


def account_id_of(user: Any) -> int | None:
    """The user's trading account; None for visitors and while none is open."""
    try:
        return int(accounts.access_account(user).pk)
    except NoAccount:
        return None


def instrument_rules(user: Any, info: InstrumentInfo) -> dict[str, Any]:
    """An instrument's rules as the engine counts them, with the user's fees; integers as text."""
    rate = next(rate for rate in fees.rates_of(user) if rate.symbol == info.symbol)
    catalogue = instruments.catalogue()
    integers = {
        "tick_units": info.tick_units,
        "lot_units": info.lot_units,
        "factor": info.factor,
        "min_lots": info.min_lots,
        "max_lots": info.max_lots,
        "min_notional_units": info.min_notional_units,
        "max_notional_units": info.max_notional_units,
        "price_band_bp": info.price_band_bp,
        "maker_ppm": rate.maker_ppm,
        "taker_ppm": rate.taker_ppm,
    }
    return {
        "symbol": info.symbol,
        "state": InstrumentState(info.state).name.lower(),
        "base": _asset(catalogue.assets[info.base_id]),
        "quote": _asset(catalogue.assets[info.quote_id]),
        # The engine's bounds of one order, which the form checks before it sends.
        "limits": {
            "trailing_bp": str(limits.MAX_TRAILING_BP),
            "ahead_ms": str(limits.MAX_TRIGGER_AHEAD_NS // 1_000_000),
            "refreshes": str(limits.MAX_REFRESHES),
        },
        **{name: str(value) for name, value in integers.items()},
    }


def _asset(asset: AssetInfo) -> dict[str, Any]:
    return {"code": asset.code, "scale": asset.scale, "places": asset.display_places}
