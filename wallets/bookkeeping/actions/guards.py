"""Who may, and why."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from trading.commands.actors import require
from wallets.bookkeeping.errors import BookkeepingError

MIN_REASON_CHARACTERS = 5


def require_staff(acting_user: Any, capability: str) -> None:
    """The books are kept by the firm's own staff: the platform and the system cannot."""
    if acting_user is None or acting_user.is_operator:
        raise PermissionDenied(_("Only the firm's own staff keep its books."))
    require(acting_user, capability)


def reason_of(text: str) -> str:
    """The reason without its margins; raises BookkeepingError if it says nothing."""
    reason = text.strip()
    if len(reason) < MIN_REASON_CHARACTERS:
        raise BookkeepingError(_("Say why, in a few words the auditor will understand."), "reason")
    return reason


def require_second_person(first: Any, acting_user: Any) -> None:
    if first == acting_user.pk:
        raise PermissionDenied(_("A second person has to decide what you asked for."))
