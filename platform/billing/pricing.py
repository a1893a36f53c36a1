"""From a plan and a month's usage to the lines of an invoice: pure, in whole minor units."""

import itertools
from fractions import Fraction
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from billing.errors import BillingError
from billing.models import SCALE, Plan, Share
from money.units import format_units

PPM = 1_000_000


class Line(NamedTuple):
    """``quantity`` in words; ``units`` of the plan's currency."""

    text: str
    quantity: str
    units: int

    def as_json(self) -> dict[str, Any]:
        return self._asdict()


def check_steps(steps: list[list[int]]) -> None:
    """Raises BillingError unless the steps rise from 0 and no rate is above 100 %."""
    if not steps or steps[0][0] != 0:
        raise BillingError("steps", _("The first step begins at 0."))
    begins = [begin for begin, _ppm in steps]
    if begins != sorted(set(begins)):
        raise BillingError("steps", _("Each step begins above the one before it."))
    if any(not 0 <= ppm <= PPM for _begin, ppm in steps):
        raise BillingError("steps", _("A rate is 0 to 100 %."))


def lines_of(plan: Plan, usage: dict[str, Any]) -> list[Line]:
    """The lines of a month's invoice; one that comes to nothing is left out, but for the first.

    Raises BillingError where a share cannot be valued.
    """
    month = usage["month"][:7]
    found = [Line(f"Plan {plan.title}, {month}", "1", plan.monthly_units)]
    extra = max(0, usage["active_customers"] - plan.customers_included)
    if plan.customer_units and extra:
        each = format_units(plan.customer_units, SCALE, SCALE)
        included = f", {plan.customers_included} included" if plan.customers_included else ""
        found.append(
            Line(
                f"Active customers at {each} each{included}",
                str(extra),
                extra * plan.customer_units,
            )
        )
    if plan.share_of != Share.NONE:
        found += _share(plan, usage)
    return found


def _share(plan: Plan, usage: dict[str, Any]) -> list[Line]:
    value = usage["volume_value" if plan.share_of == Share.VOLUME else "fees_value"]
    if value is None:
        raise BillingError(
            "no_currency",
            _("The firm has no asset %(code)s, so nothing can be valued in it.")
            % {"code": plan.currency},
        )
    whole = Fraction(value[0], 10 ** value[1])
    words = "trading volume" if plan.share_of == Share.VOLUME else "trading fees"
    steps = [*plan.steps, [None, 0]]
    found = []
    for (begin, ppm), (following, _ppm) in itertools.pairwise(steps):
        low = Fraction(begin, 10**SCALE)
        high = whole if following is None else min(whole, Fraction(following, 10**SCALE))
        if high <= low:
            break
        part = high - low
        # Down to the minor unit: nobody pays for what rounding made.
        units = int(part * ppm * 10**SCALE / PPM)
        minor = int(part * 10**SCALE)
        text = f"{format_units(ppm, 4, 2)} % of {words} above {format_units(begin, SCALE, SCALE)}"
        quantity = f"{format_units(minor, SCALE, SCALE)} {plan.currency}"
        if units:
            found.append(Line(text, quantity, units))
    return found
