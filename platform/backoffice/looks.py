"""Who of the staff saw what: pages about a customer are noted, once an hour and then counted."""

from typing import Any

from django.http import HttpRequest

from audit import actions as audit

# What an argument of a page's address names; other pages are about nobody in particular.
OBJECTS = {
    "user_id": "identity.user",
    "account_id": "accounts.account",
    "key_id": "identity.apikey",
    "order_id": "orders.order",
    "adjustment_id": "adjustments.adjustment",
    "ticket_id": "care.ticket",
    "case_id": "kyc.kyccase",
    "document_id": "kyc.document",
    "hit_id": "kyc.hit",
    "check_id": "kyc.providercheck",
}


def note(request: HttpRequest, page: str, arguments: dict[str, Any]) -> None:
    """Note what the page that was just shown is about; who sees as somebody else is noted there."""
    if hasattr(request, "impersonation"):
        return
    for name, value in arguments.items():
        if name in OBJECTS:
            audit.note_view(
                viewer_id=request.user.pk, page=page, object_type=OBJECTS[name], object_id=value
            )
