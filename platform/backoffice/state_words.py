"""States by their codes, as the engine and the tables name them, in words of the language.

A code that is not here is no state this platform knows: badges show it as it is.
"""

from typing import Any

from django.utils.translation import pgettext_lazy

STATES: dict[str, Any] = {
    "accepted": pgettext_lazy("state", "accepted"),
    "active": pgettext_lazy("state", "active"),
    "applied": pgettext_lazy("state", "applied"),
    "approved": pgettext_lazy("state", "approved"),
    "asked": pgettext_lazy("state", "asked"),
    "asked_for": pgettext_lazy("state", "asked for"),
    "auction": pgettext_lazy("state", "auction"),
    "behind": pgettext_lazy("state", "behind"),
    "break": pgettext_lazy("state", "break"),
    "cancel_only": pgettext_lazy("state", "cancel only"),
    "canceled": pgettext_lazy("state", "canceled"),
    "closed": pgettext_lazy("state", "closed"),
    "delivered": pgettext_lazy("state", "delivered"),
    "done": pgettext_lazy("state", "done"),
    "draft": pgettext_lazy("state", "draft"),
    "ended": pgettext_lazy("state", "ended"),
    "expired": pgettext_lazy("state", "expired"),
    "expired_in_match": pgettext_lazy("state", "expired in match"),
    "failed": pgettext_lazy("state", "failed"),
    "failing": pgettext_lazy("state", "failing"),
    "filled": pgettext_lazy("state", "filled"),
    "halted": pgettext_lazy("state", "halted"),
    "hosted": pgettext_lazy("state", "hosted"),
    "inactive": pgettext_lazy("state", "inactive"),
    "invited": pgettext_lazy("state", "invited"),
    "login_closed": pgettext_lazy("state", "login closed"),
    "no": pgettext_lazy("state", "no"),
    "none": pgettext_lazy("state", "none"),
    "off": pgettext_lazy("state", "off"),
    "ok": pgettext_lazy("state", "ok"),
    "on": pgettext_lazy("state", "on"),
    "open": pgettext_lazy("state", "open"),
    "over": pgettext_lazy("state", "over"),
    "paid": pgettext_lazy("state", "paid"),
    "partially_filled": pgettext_lazy("state", "partially filled"),
    "paused": pgettext_lazy("state", "paused"),
    "pending": pgettext_lazy("state", "pending"),
    "queued": pgettext_lazy("state", "queued"),
    "ready": pgettext_lazy("state", "ready"),
    "refused": pgettext_lazy("state", "refused"),
    "rejected": pgettext_lazy("state", "rejected"),
    "requested": pgettext_lazy("state", "requested"),
    "revoked": pgettext_lazy("state", "revoked"),
    "running": pgettext_lazy("state", "running"),
    "sandbox": pgettext_lazy("state", "sandbox"),
    "sent": pgettext_lazy("state", "sent"),
    "starting": pgettext_lazy("state", "starting"),
    "stopped": pgettext_lazy("state", "stopped"),
    "suspended": pgettext_lazy("state", "suspended"),
    "unavailable": pgettext_lazy("state", "unavailable"),
    "unverified": pgettext_lazy("state", "unverified"),
    "verified": pgettext_lazy("state", "verified"),
    "waiting": pgettext_lazy("state", "waiting"),
    "withdrawn": pgettext_lazy("state", "withdrawn"),
    "yes": pgettext_lazy("state", "yes"),
}

# Where the same code says another thing: what an order is, and what an instrument is.
ORDER: dict[str, Any] = {
    "open": pgettext_lazy("state of an order", "open"),
    "partially_filled": pgettext_lazy("state of an order", "partially filled"),
    "filled": pgettext_lazy("state of an order", "filled"),
    "canceled": pgettext_lazy("state of an order", "canceled"),
    "expired": pgettext_lazy("state of an order", "expired"),
    "expired_in_match": pgettext_lazy("state of an order", "expired in match"),
    "waiting": pgettext_lazy("state of an order", "waiting"),
    "rejected": pgettext_lazy("state of an order", "rejected"),
    "pending": pgettext_lazy("state of an order", "pending"),
}
INSTRUMENT: dict[str, Any] = {
    "open": pgettext_lazy("state of an instrument", "open"),
    "cancel_only": pgettext_lazy("state of an instrument", "cancel only"),
    "halted": pgettext_lazy("state of an instrument", "halted"),
    "auction": pgettext_lazy("state of an instrument", "auction"),
    "closed": pgettext_lazy("state of an instrument", "closed"),
}


def key_of(state: str) -> str:
    """A state as the tables have it, however it is written."""
    return state.lower().replace(" ", "_").replace("-", "_")


def word_of(state: str, words: dict[str, Any] = STATES) -> str:
    """A state in words of the language; text that is no code is given back, as a person reads it.

    What begins with a capital, as labels do, keeps it.
    """
    found = words.get(key_of(state))
    if found is None:
        return state.replace("_", " ")
    told = str(found)
    return told[:1].upper() + told[1:] if state[:1].isupper() else told
