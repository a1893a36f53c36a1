"""Engine data in words: events of a journal record, amounts, fees."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice import (
    engine_words,
    entry_words,
    fee_words,
    list_words,
    maker_words,
    session_words,
    state_words,
)
from backoffice.cells import grouped, percent_of_bp, percent_of_ppm
from backoffice.session_words import seconds_text as seconds_text
from backoffice.session_words import state_badge as state_badge
from backoffice.session_words import state_name as state_name
from backoffice.session_words import state_text as state_text
from money.units import format_units
from trading.engine import enums


def result_text(code: int) -> str:
    """A result code as its number and name: ``600 insufficient funds``."""
    return f"{code} {engine_words.result_words(code)}"


def amount_text(units: int, asset: Any) -> str:
    """An amount with thousands marks and its asset's code."""
    return f"{grouped(format_units(units, asset.scale))} {asset.code}"


def account_state_name(state: int) -> str:
    """active, cancel_only or suspended: for badges."""
    return enums.AccountState(state).name.lower()


def account_state_text(state: int) -> str:
    """An account's state in words, for sentences."""
    return state_words.word_of(account_state_name(state))


@dataclass
class Dictionary:
    """Names of one tenant's assets, instruments and accounts, for telling events."""

    assets: dict[int, Any] = field(default_factory=dict)
    instruments: dict[int, Any] = field(default_factory=dict)
    account_text: Callable[[int], Any] = str

    def amount(self, asset_id: int, units: int) -> str:
        asset = self.assets.get(asset_id)
        if asset is None:
            return _("%(units)s units of asset %(asset)s") % {"units": units, "asset": asset_id}
        return amount_text(units, asset)

    def symbol(self, instrument_id: int) -> str:
        instrument = self.instruments.get(instrument_id)
        return instrument.symbol if instrument else f"#{instrument_id}"

    def quantity(self, instrument_id: int, lots: int) -> str:
        instrument = self.instruments.get(instrument_id)
        if instrument is None:
            return ngettext("%(lots)s lot", "%(lots)s lots", lots) % {"lots": lots}
        return self.amount(instrument.base_id, lots * instrument.lot_units)

    def price(self, instrument_id: int, ticks: int) -> str:
        instrument = self.instruments.get(instrument_id)
        if instrument is None:
            return ngettext("%(ticks)s tick", "%(ticks)s ticks", ticks) % {"ticks": ticks}
        return grouped(
            format_units(ticks * instrument.tick_units, instrument.quote.scale, min_places=2)
        )


def _side(event: Any) -> str:
    return _("buy") if event.side == enums.Side.BUY else _("sell")


def event_sentence(event: Any, names: Dictionary) -> str:
    """One engine event or command as a sentence; falls back to its name for kinds unknown here."""
    tell = _SENTENCES.get(type(event).__name__)
    return tell(event, names) if tell else type(event).__name__


def _funds(event: Any, names: Dictionary, template: str) -> str:
    return template % {
        "amount": names.amount(event.asset_id, event.amount_units),
        "account": names.account_text(event.account_id),
        "reason": engine_words.funds_reason(event.reason),
        "reference": event.reference_id,
    }


def _order_text(event: Any, names: Dictionary) -> str:
    quantity = (
        names.quantity(event.instrument_id, event.lots)
        if event.lots
        else names.amount(names.instruments[event.instrument_id].quote_id, event.quote_units)
        if event.instrument_id in names.instruments
        else str(event.quote_units)
    )
    price = (
        _("at %(price)s") % {"price": names.price(event.instrument_id, event.ticks)}
        if event.ticks
        else _("at the market")
    )
    if event.trigger_ticks:
        price = _("%(price)s once the %(source)s is at %(trigger)s") % {
            "price": price,
            "source": source_name(event.trigger_source),
            "trigger": names.price(event.instrument_id, event.trigger_ticks),
        }
    if event.display_lots:
        price = _("%(price)s, showing %(quantity)s at a time") % {
            "price": price,
            "quantity": names.quantity(event.instrument_id, event.display_lots),
        }
    if event.trailing_distance_bp:
        price = _("%(price)s once the %(source)s is %(distance)s away from its best") % {
            "price": price,
            "source": source_name(event.trigger_source),
            "distance": percent_of_bp(event.trailing_distance_bp),
        }
    if event.trigger_ns:
        price = _("%(price)s, not before %(time)s") % {
            "price": price,
            "time": moment_text(event.trigger_ns),
        }
    return f"{_side(event)} {quantity} {price} ({enums.TimeInForce(event.time_in_force).name})"


def _place(event: Any, names: Dictionary) -> str:
    return _("Order in %(symbol)s for %(account)s: %(order)s") % {
        "symbol": names.symbol(event.instrument_id),
        "account": names.account_text(event.account_id),
        "order": _order_text(event, names),
    }


def _accepted(event: Any, names: Dictionary) -> str:
    return _("Order %(id)s accepted for %(account)s in %(symbol)s: %(order)s") % {
        "id": event.order_id,
        "account": names.account_text(event.account_id),
        "symbol": names.symbol(event.instrument_id),
        "order": _order_text(event, names),
    }


def _rested(event: Any, names: Dictionary) -> str:
    return _("Order %(id)s rests in the book: %(side)s %(quantity)s at %(price)s") % {
        "id": event.order_id,
        "side": _side(event),
        "quantity": names.quantity(event.instrument_id, event.lots),
        "price": names.price(event.instrument_id, event.ticks),
    } + _in_reserve(event, names)


def _in_reserve(event: Any, names: Dictionary) -> str:
    """What an iceberg does not show, where there is something."""
    if not event.reserve_lots:
        return ""
    return _("; %(quantity)s of it not shown") % {
        "quantity": names.quantity(event.instrument_id, event.reserve_lots)
    }


def _refreshed(event: Any, names: Dictionary) -> str:
    return _(
        "Order %(id)s shows its next part, %(quantity)s at %(price)s, behind the others; "
        "%(reserve)s more not shown"
    ) % {
        "id": event.order_id,
        "quantity": names.quantity(event.instrument_id, event.lots),
        "price": names.price(event.instrument_id, event.ticks),
        "reserve": names.quantity(event.instrument_id, event.reserve_lots),
    }


def order_status_text(status: int) -> str:
    """An order's status in words, for sentences."""
    return state_words.word_of(enums.OrderStatus(status).name.lower(), state_words.ORDER)


def source_name(source: int) -> str:
    """Whose price an order waits for."""
    return {
        int(enums.TriggerSource.LAST): _("last price"),
        int(enums.TriggerSource.MARK): _("mark price"),
        int(enums.TriggerSource.INDEX): _("index price"),
    }[source]


def moment_text(time_ns: int) -> str:
    """A moment in UTC, to the second."""
    moment = datetime.datetime.fromtimestamp(time_ns // 10**9, tz=datetime.UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _waiting(event: Any, names: Dictionary) -> str:
    if event.trigger_ns:
        return _("Order %(id)s waits until %(time)s") % {
            "id": event.order_id,
            "time": moment_text(event.trigger_ns),
        }
    if not event.trigger_ticks:
        return _("Order %(id)s waits for nothing but a price to follow, or an open instrument") % {
            "id": event.order_id
        }
    return _("Order %(id)s waits for the price %(price)s") % {
        "id": event.order_id,
        "price": names.price(event.instrument_id, event.trigger_ticks),
    }


def _triggered(event: Any, names: Dictionary) -> str:
    if not event.trigger_ticks:
        return _("Order %(id)s is sent on: its time has come") % {"id": event.order_id}
    return _("Order %(id)s is sent on: the price is %(last)s, it waited for %(price)s") % {
        "id": event.order_id,
        "last": names.price(event.instrument_id, event.last_ticks),
        "price": names.price(event.instrument_id, event.trigger_ticks),
    }


def _activated(event: Any, names: Dictionary) -> str:
    return _("Order %(id)s follows the price from %(extreme)s on; its stop begins at %(stop)s") % {
        "id": event.order_id,
        "extreme": names.price(event.instrument_id, event.extreme_ticks),
        "stop": names.price(event.instrument_id, event.trigger_ticks),
    }


def _prices(event: Any, names: Dictionary) -> str:
    told = [
        _("%(name)s %(price)s") % {"name": name, "price": names.price(event.instrument_id, ticks)}
        for name, ticks in ((_("mark"), event.mark_ticks), (_("index"), event.index_ticks))
        if ticks
    ]
    return _("Prices of %(symbol)s: %(prices)s") % {
        "symbol": names.symbol(event.instrument_id),
        "prices": ", ".join(told),
    }


def _replaced(event: Any, names: Dictionary) -> str:
    return _(
        "Order %(id)s replaced: %(quantity)s at %(price)s instead of %(old_quantity)s at "
        "%(old_price)s"
    ) % {
        "id": event.order_id,
        "quantity": names.quantity(event.instrument_id, event.lots),
        "price": names.price(event.instrument_id, event.ticks),
        "old_quantity": names.quantity(event.instrument_id, event.old_lots),
        "old_price": names.price(event.instrument_id, event.old_ticks),
    }


def _replace(event: Any, names: Dictionary) -> str:
    return _("Replace order %(id)s of %(account)s") % {
        "id": event.order_id or event.client_key,
        "account": names.account_text(event.account_id),
    }


def _traded(event: Any, names: Dictionary) -> str:
    buyer_is_taker = event.taker_side == enums.Side.BUY
    taker_fee_asset = event.base_asset_id if buyer_is_taker else event.quote_asset_id
    maker_fee_asset = event.quote_asset_id if buyer_is_taker else event.base_asset_id
    return _(
        "Trade %(id)s in %(symbol)s: %(quantity)s at %(price)s for %(quote)s; maker %(maker)s "
        "(order %(maker_order)s, fee %(maker_fee)s), taker %(taker)s (order %(taker_order)s, "
        "fee %(taker_fee)s)"
    ) % {
        "id": event.trade_id,
        "symbol": names.symbol(event.instrument_id),
        "quantity": names.amount(event.base_asset_id, event.base_units),
        "price": names.price(event.instrument_id, event.ticks),
        "quote": names.amount(event.quote_asset_id, event.quote_units),
        "maker": names.account_text(event.maker_account_id),
        "taker": names.account_text(event.taker_account_id),
        "maker_order": event.maker_order_id,
        "taker_order": event.taker_order_id,
        "maker_fee": names.amount(maker_fee_asset, event.maker_fee_units),
        "taker_fee": names.amount(taker_fee_asset, event.taker_fee_units),
    }


def _reduced(event: Any, names: Dictionary) -> str:
    return _("Order %(id)s reduced by %(quantity)s; %(leaves)s left (%(reason)s)") % {
        "id": event.order_id,
        "quantity": names.quantity(event.instrument_id, event.lots),
        "leaves": names.quantity(event.instrument_id, event.leaves_lots),
        "reason": engine_words.reduce_reason(event.reason),
    }


def _closed(event: Any, names: Dictionary) -> str:
    sentence = _("Order %(id)s closed as %(status)s: %(done)s done, %(leaves)s not") % {
        "id": event.order_id,
        "status": order_status_text(event.status),
        "done": names.quantity(event.instrument_id, event.cumulative_lots),
        "leaves": names.quantity(event.instrument_id, event.leaves_lots),
    }
    if not event.by_order_id:
        return sentence
    return _("%(sentence)s; ended by order %(by)s of its list") % {
        "sentence": sentence,
        "by": event.by_order_id,
    }


def _rules(event: Any, names: Dictionary) -> str:
    return _("Rules of %(symbol)s: tick %(tick)s units, lot %(lot)s units, %(state)s") % {
        "symbol": event.symbol,
        "tick": event.tick_units,
        "lot": event.lot_units,
        "state": state_text(event.state),
    }


def _fees(event: Any, names: Dictionary) -> str:
    scope = {
        "group": _("group %(id)s") % {"id": event.group_id} if event.group_id else _("all groups"),
        "instrument": names.symbol(event.instrument_id)
        if event.instrument_id
        else _("all instruments"),
    }
    if event.maker_ppm < 0:
        return _("Fees of %(group)s in %(instrument)s removed") % scope
    return _("Fees of %(group)s in %(instrument)s: maker %(maker)s, taker %(taker)s") % {
        **scope,
        "maker": percent_of_ppm(event.maker_ppm),
        "taker": percent_of_ppm(event.taker_ppm),
    }


def _account(event: Any, names: Dictionary) -> str:
    return _("%(account)s: group %(group)s, %(state)s") % {
        "account": names.account_text(event.account_id),
        "group": event.group_id,
        "state": account_state_text(event.state),
    }


def _reference(event: Any, names: Dictionary) -> str:
    return _("Reference price of %(symbol)s: %(price)s") % {
        "symbol": names.symbol(event.instrument_id),
        "price": names.price(event.instrument_id, event.ticks),
    }


def _asset(event: Any, names: Dictionary) -> str:
    return _("Asset %(code)s with %(scale)s decimal places") % {
        "code": event.code,
        "scale": event.scale,
    }


def _reduce(event: Any, names: Dictionary) -> str:
    return _("Reduce order %(id)s of %(account)s by %(quantity)s") % {
        "id": event.order_id or event.client_key,
        "account": names.account_text(event.account_id),
        "quantity": names.quantity(0, event.lots),
    }


def _cancel(event: Any, names: Dictionary) -> str:
    return _("Cancel order %(id)s of %(account)s") % {
        "id": event.order_id or event.client_key,
        "account": names.account_text(event.account_id),
    }


_SENTENCES: dict[str, Callable[[Any, Dictionary], str]] = {
    "OpenVenue": lambda event, _names: _("Open the venue %(code)s") % {"code": event.code},
    "VenueOpened": lambda event, _names: _("Venue %(code)s opened") % {"code": event.code},
    "CreateAsset": _asset,
    "AssetCreated": _asset,
    "CreateInstrument": _rules,
    "ChangeInstrument": _rules,
    "InstrumentCreated": _rules,
    "InstrumentChanged": _rules,
    "SetInstrumentState": session_words.state,
    "InstrumentStateChanged": session_words.state,
    "SetFees": _fees,
    "FeesChanged": _fees,
    "CreateAccount": _account,
    "ChangeAccount": _account,
    "AccountCreated": _account,
    "AccountChanged": _account,
    "CreditFunds": lambda e, n: _funds(
        e, n, _("Credit %(amount)s to %(account)s (%(reason)s %(reference)s)")
    ),
    "DebitFunds": lambda e, n: _funds(
        e, n, _("Debit %(amount)s from %(account)s (%(reason)s %(reference)s)")
    ),
    "FundsCredited": lambda e, n: _funds(
        e, n, _("%(amount)s credited to %(account)s (%(reason)s %(reference)s)")
    ),
    "FundsDebited": lambda e, n: _funds(
        e, n, _("%(amount)s debited from %(account)s (%(reason)s %(reference)s)")
    ),
    "PlaceOrder": _place,
    "OrderAccepted": _accepted,
    "OrderRested": _rested,
    "OrderWaiting": _waiting,
    "OrderActivated": _activated,
    "OrderTriggered": _triggered,
    "OrderReplaced": _replaced,
    "PlaceOrderList": list_words.place_list,
    "OrderListPlaced": list_words.list_placed,
    "OrderPending": list_words.pending,
    "OrderReleased": list_words.released,
    "CancelOrderList": list_words.cancel_list,
    "Traded": _traded,
    "OrderReduced": _reduced,
    "OrderRefreshed": _refreshed,
    "OrderClosed": _closed,
    "CancelOrder": _cancel,
    "ReduceOrder": _reduce,
    **fee_words.SENTENCES,
    **maker_words.SENTENCES,
    **entry_words.SENTENCES,
    "ReplaceOrder": _replace,
    "ExpireOrder": lambda event, _names: (
        _("The time of order %(id)s is over") % {"id": event.order_id}
    ),
    "ReopenInstrument": session_words.reopening,
    "SetSession": session_words.session,
    "SessionSet": session_words.session,
    "SetBreaker": session_words.breaker,
    "BreakerSet": session_words.breaker,
    "AuctionUncrossed": session_words.auction,
    "OrderUncrossed": session_words.uncrossed,
    "TriggerOrder": lambda event, _names: (
        _("The trigger time of order %(id)s has come") % {"id": event.order_id}
    ),
    "SetPrices": _prices,
    "PricesSet": _prices,
    "SetReferencePrice": _reference,
    "ReferencePriceSet": _reference,
}
