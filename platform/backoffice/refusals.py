"""Errors of the rooms in words for staff: what happened and what to do."""

from typing import NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from identity.errors import IdentityError
from money.units import MoneyError
from money.words import words_of
from tenants.errors import TenantError
from trading.commands.door import EngineUnavailable, EngineUnknown
from trading.orders.errors import OrderError


class Refusal(NamedTuple):
    """A sentence for the person and the HTTP status that goes with it."""

    sentence: str
    status: int


def refusal_of(error: Exception) -> Refusal | None:
    """How to show ``error``; None when it is nobody's expected refusal but a fault."""
    if isinstance(error, EngineUnknown):
        return Refusal(
            _(
                "The connection to the engine broke before it answered. It may or may not have "
                "done this: look at the result before you try again."
            ),
            502,
        )
    if isinstance(error, EngineUnavailable):
        return Refusal(
            _("The engine is not reachable. Nothing was changed: try again in a moment."), 503
        )
    if isinstance(error, PermissionDenied):
        return Refusal(str(error) or _("Your role does not include this."), 403)
    if isinstance(error, (IdentityError, TenantError)):
        return Refusal(error.message, 422)
    if isinstance(error, OrderError):
        return Refusal(f"{error.message} {error.help_text}".strip(), 409)
    if isinstance(error, ValidationError):
        return Refusal(" ".join(error.messages), 422)
    if isinstance(error, MoneyError):
        return Refusal(words_of(error), 422)
    if isinstance(error, ValueError) and str(error):
        return Refusal(str(error), 422)
    return None
