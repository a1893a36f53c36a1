"""Journal entries between house lines in words."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from trading.engine.limits import MOST_ENTRY_LEGS
from wallets.ledger import chart
from wallets.ledger.models import EntryKind


def house_name(house: int) -> str:
    """A house line in words, its part by number."""
    try:
        line, part = chart.line_and_part(house)
    except ValueError:
        return str(house)
    return f"{line.label} {part}" if part else chart.line_name(line)


def kind_name(number: int) -> str:
    return str(EntryKind(number).label) if number in EntryKind.values else str(number)


def _entry(event: Any, names: Any, template: str) -> str:
    legs = []
    for n in range(1, MOST_ENTRY_LEGS + 1):
        units = getattr(event, f"amount_units_{n}")
        if units:
            side = _("debit %(line)s %(amount)s") if units > 0 else _("credit %(line)s %(amount)s")
            amount = names.amount(getattr(event, f"asset_id_{n}"), abs(units))
            legs.append(side % {"line": house_name(getattr(event, f"line_{n}")), "amount": amount})
    return template % {"kind": kind_name(event.entry_kind), "legs": ", ".join(legs)}


SENTENCES: dict[str, Callable[[Any, Any], str]] = {
    "RecordEntry": lambda event, names: _entry(
        event, names, _("Record the entry “%(kind)s”: %(legs)s")
    ),
    "EntryRecorded": lambda event, names: _entry(
        event, names, _("Entry “%(kind)s” recorded: %(legs)s")
    ),
}
