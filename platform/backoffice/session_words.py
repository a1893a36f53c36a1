"""States, sessions, auctions and circuit breakers in words; a part of `backoffice.words`.

``names`` is a `words.Dictionary`.
"""

from datetime import UTC, datetime
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice import state_words
from backoffice.cells import badge, percent_of_bp
from trading.engine import enums


def state_name(state: int) -> str:
    """open, cancel_only, halted, auction or closed: for badges."""
    return enums.InstrumentState(state).name.lower()


def state_text(state: int) -> str:
    """An instrument's state in words, for sentences."""
    return state_words.word_of(state_name(state), state_words.INSTRUMENT)


def state_badge(state: int) -> SafeString:
    """An instrument's state, painted by its code."""
    return badge(state_name(state), words=state_words.INSTRUMENT)


def seconds_text(seconds: int) -> str:
    """A span of time in whole minutes where it is one."""
    if seconds % 60:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    minutes = seconds // 60
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}


def state(event: Any, names: Any) -> str:
    """An instrument's new state, and why it has it."""
    told = {
        "symbol": names.symbol(event.instrument_id),
        "state": state_text(event.state),
    }
    reason = getattr(event, "reason", enums.StateReason.REQUESTED)
    if reason == enums.StateReason.BREAKER:
        return _("The circuit breaker halts %(symbol)s: it is now in %(state)s") % told
    if reason == enums.StateReason.REOPENED:
        return _("The halt is over: %(symbol)s is now %(state)s") % told
    return _("%(symbol)s is now %(state)s") % told


def breaker(event: Any, names: Any) -> str:
    """A circuit breaker."""
    if not event.breaker_bp:
        return _("No circuit breaker for %(symbol)s") % {
            "symbol": names.symbol(event.instrument_id)
        }
    return _("Circuit breaker of %(symbol)s: %(far)s within %(window)s, halt of %(halt)s") % {
        "symbol": names.symbol(event.instrument_id),
        "far": percent_of_bp(event.breaker_bp),
        "window": seconds_text(event.window_ns // 10**9),
        "halt": seconds_text(event.halt_ns // 10**9),
    }


def session(event: Any, names: Any) -> str:
    """When the session ends."""
    if not event.ends_ns:
        return _("DAY orders in %(symbol)s end at midnight UTC") % {
            "symbol": names.symbol(event.instrument_id)
        }
    moment = datetime.fromtimestamp(event.ends_ns // 10**9, UTC)
    return _("DAY orders in %(symbol)s end at %(time)s UTC") % {
        "symbol": names.symbol(event.instrument_id),
        "time": f"{moment:%Y-%m-%d %H:%M:%S}",
    }


def auction(event: Any, names: Any) -> str:
    """What an auction came to."""
    return _("Auction of %(symbol)s: %(quantity)s trade at %(price)s") % {
        "symbol": names.symbol(event.instrument_id),
        "quantity": names.quantity(event.instrument_id, event.lots),
        "price": names.price(event.instrument_id, event.ticks),
    }


def uncrossed(event: Any, names: Any) -> str:
    """What of an order traded in an auction."""
    return _("Of order %(id)s %(quantity)s trade in the auction") % {
        "id": event.order_id,
        "quantity": names.quantity(event.instrument_id, event.lots),
    }


def reopening(event: Any, names: Any) -> str:
    """The end of a halt."""
    return _("The halt of %(symbol)s is over") % {"symbol": names.symbol(event.instrument_id)}
