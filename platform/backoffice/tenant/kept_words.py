"""What proofs, rebuilds and publications found, for a reader: their sentences are kept in English.

A sentence is known by its shape; one of which nothing is known is shown as it stands.
"""

import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from backoffice import cells
from wallets.ledger import chart
from wallets.ledger.verify import Break
from wallets.reconciliation.models import Level

_ORDERS = {
    "It is open in SQL and not in the engine.": gettext_lazy(
        "Order %(id)s is open in SQL and not in the engine."
    ),
    "It is open in the engine and not in SQL.": gettext_lazy(
        "Order %(id)s is open in the engine and not in SQL."
    ),
    "It stands otherwise in SQL than in the engine.": gettext_lazy(
        "Order %(id)s stands otherwise in SQL than in the engine."
    ),
    "It shows another part in SQL than in the engine.": gettext_lazy(
        "Order %(id)s shows another part in SQL than in the engine."
    ),
}
# Said as they stand; here only so that translators find them.
_FIXED = (
    gettext_noop("The balances of all ledger accounts in this asset do not sum to zero."),
    gettext_noop("The engine's balance is not what the ledger says at the same seq."),
    gettext_noop("What is held is not what the open orders need."),
    gettext_noop("The fee account did not receive what the trades charged."),
    gettext_noop("The engine journal on this machine ends before."),
)
_SHAPES = {
    r"The postings of journal entry (?P<id>\d+) do not sum to zero\.": gettext_lazy(
        "The postings of journal entry %(id)s do not sum to zero."
    ),
    r"Trade (?P<id>\d+) has no entry\.": gettext_lazy("Trade %(id)s has no entry."),
    r"Entry (?P<id>\d+) has no trade\.": gettext_lazy("Entry %(id)s has no trade."),
    r"Custody is not what is outside as of (?P<moment>[-\d: ]+) UTC\.": gettext_lazy(
        "Custody is not what is outside as of %(moment)s UTC."
    ),
    r"Clearing did not reach the engine's seq within (?P<seconds>\d+) s; "
    r"is it running\? Nothing else was compared\.": gettext_lazy(
        "Clearing did not reach the engine's seq within %(seconds)s s; is it running? Nothing else "
        "was compared."
    ),
    r"The engine journal here begins with seq (?P<seq>\d+): what was before it was removed "
    r"from the archive, so the tables cannot be built from it\.": gettext_lazy(
        "The engine journal here begins with seq %(seq)s: what was before it was removed from the "
        "archive, so the tables cannot be built from it."
    ),
    r"The engine journal here ends with seq (?P<seq>\d+), the tables with (?P<last>\d+)\.": (
        gettext_lazy("The engine journal here ends with seq %(seq)s, the tables with %(last)s.")
    ),
    r"Building wrote to live tables: (?P<tables>.+)\.": gettext_lazy(
        "Building wrote to live tables: %(tables)s."
    ),
    r"(?P<count>\d+) rows still differ after they were replaced\.": gettext_lazy(
        "Rows that still differ after they were replaced: %(count)s."
    ),
    r"Some accounts are below zero \((?P<accounts>.+)\): their debt would hide what is owed to "
    r"others\.": gettext_lazy(
        "Some accounts are below zero (%(accounts)s): their debt would hide what is owed to others."
    ),
    r"The engine cannot be asked: (?P<error>.+)": gettext_lazy(
        "The engine cannot be asked: %(error)s"
    ),
    r"The engine journal cannot be read further: (?P<error>.+)": gettext_lazy(
        "The engine journal cannot be read further: %(error)s"
    ),
}


def _balance(found: re.Match[str]) -> str:
    number = int(found["id"])
    try:
        line: Any = chart.parts_of(number)[0].label
    except ValueError:
        line = found["line"]
    return _("The balance of ledger account %(id)s (%(line)s) is not the sum of its postings.") % {
        "id": number,
        "line": line,
    }


def _order(found: re.Match[str]) -> str:
    template = _ORDERS.get(found["why"])
    return template % {"id": found["id"]} if template else found[0]


def _levels(found: re.Match[str]) -> str:
    names = {chart.english(level.label): str(level.label) for level in Level}
    return "{}: {}. {}: {}.".format(
        names.get(found["upper"], found["upper"]),
        found["more"],
        names.get(found["lower"], found["lower"]),
        found["less"],
    )


_MADE: dict[str, Callable[[re.Match[str]], str]] = {
    r"The balance of ledger account (?P<id>\d+) \((?P<line>.+)\) is not the sum of its "
    r"postings\.": _balance,
    r"Order (?P<id>\d+): (?P<why>.+)": _order,
    r"(?P<upper>[^:]+): (?P<more>\d+)\. (?P<lower>[^:]+): (?P<less>\d+)\.": _levels,
}


def sentence(kept: str) -> str:
    """A kept sentence in the reader's language."""
    for shape, template in _SHAPES.items():
        if found := re.fullmatch(shape, kept, re.DOTALL):
            return template % found.groupdict()
    for shape, tell in _MADE.items():
        if found := re.fullmatch(shape, kept):
            return tell(found)
    return _(kept) if kept else ""


def line(found: Break) -> str:
    """A difference in one line: its cause's name, where it is, the two amounts, what it is."""
    parts = [found.cause]
    if found.account is not None:
        parts.append(_("account %(id)s") % {"id": found.account})
    if found.asset:
        parts.append(found.asset)
    if found.expected:
        parts.append(
            _("expected %(expected)s, found %(found)s")
            % {"expected": cells.grouped(found.expected), "found": cells.grouped(found.found)}
        )
    parts.append(_("seq %(seq)s") % {"seq": found.seq})
    return " · ".join([*parts, sentence(found.message)])
