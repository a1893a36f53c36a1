"""Submitting, replacing and cancelling orders: access, account state, then one engine command.

Nothing is written in SQL here; clearing does that from the engine's journal.
"""

from typing import Any

from django.core.exceptions import PermissionDenied

from riskrules import judging
from trading.accounts.models import Account
from trading.accounts.selectors import access_account
from trading.commands import door
from trading.commands.actors import require
from trading.engine import commands, events, queries
from trading.engine.enums import AccountState
from trading.engine.keys import client_order_key
from trading.engine.results import Result
from trading.instruments.models import Instrument
from trading.instruments.selectors import catalogue, instrument_info
from trading.orders import order_rules, pretrade, shapes
from trading.orders.errors import OrderError, refused
from trading.orders.placing import build_place_order, build_replace_order


def submit_order(
    *,
    account: Account,
    instrument: Instrument | str,
    acting_user: Any,
    trace_id: int = 0,
    **fields: Any,
) -> shapes.OrderState:
    """Send an order of a customer's own account; the order as it stands afterwards.

    `fields` are those of the API: side, type, quantity, price, …. A repeated client order id
    gives the earlier order. Raises OrderError, NoAccount, UnknownInstrument,
    PermissionDenied (a rule of the firm refuses), door.EngineUnavailable (nothing was done) and
    door.EngineUnknown (ask by client order id).
    """
    account = access_account(acting_user, account.pk)
    check_account_state(account)
    symbol = instrument if isinstance(instrument, str) else instrument.symbol
    info = instrument_info(symbol)
    command = build_place_order(info, account.pk, fields)
    _require_rules(acting_user, order_rules.asked_of_order(info, command))
    answer = door.send_command(command, trace_id=trace_id)
    state = shapes.state_of_answer(answer.events, answer.time_ns)
    if state is None:
        raise refused(Result(answer.result))
    if not state.client_order_id:
        state.client_order_id = command.client_order_id
    return state


def replace_order(
    *,
    account: Account,
    order_id: int,
    acting_user: Any,
    trace_id: int = 0,
    **fields: Any,
) -> shapes.OrderState:
    """Give a resting order of a customer's own account another remaining_quantity, price or
    both; the order as it stands afterwards.

    Raises OrderError (nothing was changed), NoAccount and the door's errors.
    """
    account = access_account(acting_user, account.pk)
    check_account_state(account)
    asked = queries.QueryOrder(account_id=account.pk, order_id=order_id)
    before = door.send_command(asked, trace_id=trace_id)
    row = next((event for event in before.events if isinstance(event, events.OrderRow)), None)
    if row is None:
        raise refused(Result.UNKNOWN_ORDER)
    info = catalogue().instruments[row.instrument_id]
    command = build_replace_order(info, account.pk, fields, order_id=order_id)
    _require_rules(acting_user, order_rules.asked_of_change(info, row, command))
    answer = door.send_command(command, trace_id=trace_id)
    if answer.result != Result.ACCEPTED:
        raise refused(Result(answer.result))
    return shapes.state_of_change(row, answer.events, answer.time_ns)


def cancel_order(
    *,
    account: Account,
    acting_user: Any,
    order_id: int = 0,
    client_order_id: str = "",
    trace_id: int = 0,
) -> int:
    """Cancel an order of one's own, or as staff with orders.cancel; its order id.

    Raises OrderError, NoAccount, PermissionDenied and the door's errors.
    """
    if not order_id and not client_order_id:
        raise OrderError(
            Result.UNKNOWN_ORDER, "Say which order: its order_id or its client_order_id."
        )
    account = _account_to_cancel_in(account, acting_user)
    answer = door.send_command(
        commands.CancelOrder(
            account_id=account.pk,
            order_id=order_id,
            client_key=0 if order_id else client_order_key(client_order_id),
        ),
        trace_id=trace_id,
    )
    if answer.result != Result.ACCEPTED:
        raise refused(Result(answer.result))
    return next(event.order_id for event in answer.events if isinstance(event, events.OrderClosed))


def cancel_all(
    *,
    account: Account,
    acting_user: Any,
    instrument: Instrument | str | None = None,
    trace_id: int = 0,
) -> list[int]:
    """Cancel all open orders, or those in one instrument; their order ids.

    Raises OrderError, NoAccount, PermissionDenied, UnknownInstrument and the door's errors.
    """
    account = _account_to_cancel_in(account, acting_user)
    instrument_id = 0
    if instrument is not None:
        symbol = instrument if isinstance(instrument, str) else instrument.symbol
        instrument_id = instrument_info(symbol).id
    answer = door.send_command(
        commands.CancelAllOrders(account_id=account.pk, instrument_id=instrument_id),
        trace_id=trace_id,
    )
    if answer.result != Result.ACCEPTED:
        raise refused(Result(answer.result))
    return [event.order_id for event in answer.events if isinstance(event, events.OrderClosed)]


def _require_rules(acting_user: Any, asked: list[order_rules.Asked]) -> None:
    """Raise PermissionDenied with its sentence where a rule of the firm refuses."""
    try:
        pretrade.refreshed().require(asked, user_id=acting_user.pk, by_key=False)
    except judging.Refused as refused:
        raise PermissionDenied(refused.sentence) from None


def check_account_state(account: Account) -> None:
    """Raise OrderError unless the account may place orders."""
    if account.state == AccountState.SUSPENDED:
        raise refused(Result.ACCOUNT_SUSPENDED)
    if account.state == AccountState.CANCEL_ONLY:
        raise refused(Result.ACCOUNT_CANCEL_ONLY)


def _account_to_cancel_in(account: Account, acting_user: Any) -> Account:
    """One's own account, unless it is suspended; or any of the tenant's for staff."""
    if acting_user is not None and acting_user.is_staff:
        if acting_user.is_operator:
            raise PermissionDenied("The platform does not touch customers' orders.")
        require(acting_user, "orders.cancel")
        return Account.objects.get(pk=account.pk)
    own = access_account(acting_user, account.pk)
    if own.state == AccountState.SUSPENDED:
        raise refused(Result.ACCOUNT_SUSPENDED)
    return own
