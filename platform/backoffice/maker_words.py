"""Sentences for what market makers need: cancels by themselves, quotes and their protection."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice import engine_words
from trading.engine import enums

if TYPE_CHECKING:
    from backoffice.words import Dictionary


def _scope(event: Any, names: Dictionary) -> dict[str, Any]:
    """Whose orders, and where."""
    return {
        "account": names.account_text(event.account_id),
        "instrument": names.symbol(event.instrument_id)
        if event.instrument_id
        else _("all instruments"),
    }


def _cancel_all(event: Any, names: Dictionary) -> str:
    scope = _scope(event, names)
    if event.cause == enums.CancelCause.DISCONNECTED:
        return (
            _("The connection of %(account)s is gone: cancel its orders in %(instrument)s") % scope
        )
    if event.cause == enums.CancelCause.TIMER:
        return (
            _("The cancel timer of %(account)s ran out: cancel its orders in %(instrument)s")
            % scope
        )
    if event.quotes_only:
        return _("Cancel all quotes of %(account)s in %(instrument)s") % scope
    return _("Cancel all orders of %(account)s") % scope


def _quotes(event: Any, names: Dictionary) -> str:
    return _("Quotes of %(account)s") % {"account": names.account_text(event.account_id)}


def _protection(event: Any, names: Dictionary) -> str:
    told = {**_scope(event, names), "seconds": event.window_ns / 1e9, "trades": event.trades}
    limits = []
    if event.lots:
        limits.append(names.quantity(event.instrument_id, event.lots))
    if event.notional_units and event.instrument_id in names.instruments:
        quote_id = names.instruments[event.instrument_id].quote_id
        limits.append(names.amount(quote_id, event.notional_units))
    if event.trades:
        limits.append(ngettext("%(trades)s trade", "%(trades)s trades", event.trades) % told)
    if not limits:
        return _("Quotes of %(account)s in %(instrument)s are not protected") % told
    told["limits"] = ", ".join(limits)
    return (
        _("Quotes of %(account)s in %(instrument)s are pulled at %(limits)s within %(seconds)g s")
        % told
    )


def _protection_changed(event: Any, names: Dictionary) -> str:
    told = {**_scope(event, names), "trades": event.trades}
    if event.tripped:
        return (
            ngettext(
                "The quotes of %(account)s in %(instrument)s are pulled after %(trades)s trade",
                "The quotes of %(account)s in %(instrument)s are pulled after %(trades)s trades",
                event.trades,
            )
            % told
        )
    return _("Quotes of %(account)s in %(instrument)s are taken again") % told


def _reset_protection(event: Any, names: Dictionary) -> str:
    return _("Take quotes of %(account)s in %(instrument)s again") % _scope(event, names)


def _quote_answered(event: Any, names: Dictionary) -> str:
    told = {
        **_scope(event, names),
        "bid": event.bid_order_id or _("none"),
        "ask": event.ask_order_id or _("none"),
        "result": engine_words.result_words(event.result),
    }
    if event.result:
        return _("Quote of %(account)s in %(instrument)s refused: %(result)s") % told
    return _("Quote of %(account)s in %(instrument)s: bid %(bid)s, ask %(ask)s") % told


def _cancel_timer(event: Any, names: Dictionary) -> str:
    seconds = {**_scope(event, names), "seconds": event.timeout_ns / 1e9}
    if not event.timeout_ns:
        return _("Take the cancel timer of %(account)s in %(instrument)s away") % seconds
    return (
        _("Cancel the orders of %(account)s in %(instrument)s unless heard of in %(seconds)g s")
        % seconds
    )


def _cancel_timer_set(event: Any, names: Dictionary) -> str:
    scope = _scope(event, names)
    if not event.deadline_ns:
        return _("No cancel timer runs for %(account)s in %(instrument)s any more") % scope
    return _("A cancel timer runs for %(account)s in %(instrument)s") % scope


def _armed(event: Any, names: Dictionary) -> str:
    scope = _scope(event, names)
    if not event.armed:
        return _("Orders of %(account)s in %(instrument)s outlast its connection") % scope
    return _("Orders of %(account)s in %(instrument)s end with its connection") % scope


SENTENCES: dict[str, Callable[[Any, Dictionary], str]] = {
    "CancelAllOrders": _cancel_all,
    "SetCancelTimer": _cancel_timer,
    "CancelTimerSet": _cancel_timer_set,
    "ArmDisconnect": _armed,
    "DisconnectArmed": _armed,
    "SetProtection": _protection,
    "ProtectionSet": _protection,
    "ProtectionChanged": _protection_changed,
    "ResetProtection": _reset_protection,
    "PlaceQuotes": _quotes,
    "QuoteAnswered": _quote_answered,
}
