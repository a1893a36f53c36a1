"""Reading preferences: always those of the user who asks."""

from typing import Any

from portal import preferences
from portal.models import Preference
from portal.preferences import DRAWINGS, BadPreference
from trading.instruments import selectors as instruments


def preferences_of(user: Any, *, symbol: str = "") -> dict[str, Any]:
    """Name → value of all that ``user`` has set; of drawings only those of ``symbol``.

    Empty for visitors. Drawings come as ``drawings``. A value that no longer fits its shape
    (an older release kept it) is left out, and so are favourites that are no longer listed.
    """
    if not user.is_authenticated:
        return {}
    wanted = [*preferences.SHAPES, f"{DRAWINGS}{symbol}"]
    found: dict[str, Any] = {}
    for row in Preference.objects.filter(user=user, name__in=wanted):
        if preferences.fits(row.name, row.value):
            found[row.name.partition(":")[0]] = row.value
    if "favourites" in found:
        listed = instruments.catalogue().by_symbol
        found["favourites"] = [code for code in found["favourites"] if code in listed]
    return found


def favourites_of(user: Any) -> list[str]:
    """Symbols of the user's favourite instruments that are listed, in his order."""
    favourites: list[str] = preferences_of(user).get("favourites", [])
    return favourites


def display_of(user: Any) -> dict[str, str]:
    """What ``user`` set for how pages are shown: theme, numbers."""
    row = Preference.objects.filter(user=user, name="display").first()
    kept: dict[str, str] = row.value if row and preferences.fits("display", row.value) else {}
    return kept


def check_drawable(name: str) -> None:
    """Drawings belong to an instrument that is listed; raises :class:`BadPreference`."""
    symbol = name.removeprefix(DRAWINGS)
    if symbol != name and symbol not in instruments.catalogue().by_symbol:
        raise BadPreference("There is no such instrument.")


def export_preferences(user: Any) -> dict[str, Any]:
    """Everything a person set on the portal's pages, for his copy of his data."""
    return dict(Preference.objects.filter(user=user).order_by("name").values_list("name", "value"))
