"""Writes that only staff make and that no room below offers with an audit record of its own."""

from typing import Any

from django.db import transaction

from audit import actions as audit
from trading.commands.door import EngineUnknown
from trading.orders import actions as orders
from trading.orders.models import Order


def cancel_order_for_customer(*, order: Order, acting_user: Any, reason: str) -> None:
    """Cancel a customer's order with a reason in the audit trail.

    Nothing is recorded when the engine refuses. When its answer is lost the record stands,
    because the order may be cancelled. Raises OrderError, PermissionDenied, the door's errors.
    """
    lost: EngineUnknown | None = None
    with transaction.atomic():
        audit.record(
            "orders.cancel_by_staff",
            order,
            old={"leaves_lots": order.leaves_lots},
            acting_user=acting_user,
            reason=reason,
        )
        try:
            orders.cancel_order(account=order.account, order_id=order.pk, acting_user=acting_user)
        except EngineUnknown as error:
            lost = error
    if lost is not None:
        raise lost
