"""Who may, why, and how much."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from money.units import MoneyError, parse_units
from trading.commands.actors import require
from trading.instruments.models import Asset
from wallets.payments.errors import PaymentError

MIN_REASON_CHARACTERS = 5


def require_staff(acting_user: Any, capability: str) -> None:
    """Customers' money is moved by the firm's own staff: the platform and the system cannot."""
    if acting_user is None or acting_user.is_operator:
        raise PermissionDenied(_("Only the firm's own staff decide about payments."))
    require(acting_user, capability)


def require_another(first_id: Any, acting_user: Any) -> None:
    if first_id == acting_user.pk:
        raise PermissionDenied(_("A second person has to decide what you asked for."))


def require_not_own(user_id: Any, acting_user: Any) -> None:
    if user_id == acting_user.pk:
        raise PermissionDenied(_("Nobody decides about payments of their own; ask a colleague."))


def reason_of(text: str) -> str:
    """The reason without its margins; raises PaymentError if it says nothing."""
    reason = text.strip()
    if len(reason) < MIN_REASON_CHARACTERS:
        raise PaymentError(_("Say why, in a few words the auditor will understand."), "reason")
    return reason[:500]


def units_of(amount: Decimal, asset: Asset) -> int:
    """Units of an amount that a bank wrote; raises PaymentError if the asset has fewer places."""
    try:
        return parse_units(f"{amount.normalize():f}", asset.scale)
    except MoneyError as error:
        raise PaymentError(
            _("%(amount)s has more places than %(asset)s has.")
            % {"amount": amount, "asset": asset.code}
        ) from error
