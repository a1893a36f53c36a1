"""Limits on what may be filled of an account's quotes at once: asked for, set by staff, shown."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from audit import actions as audit
from trading.accounts.models import Account
from trading.commands.actions import enqueue_command
from trading.commands.actors import require
from trading.engine import commands, events
from trading.engine.limits import MAX_WINDOW_NS
from trading.engine.results import Result
from trading.instruments.rules import InstrumentInfo
from trading.orders import placing
from trading.orders.placing import OrderError

_FIELDS = frozenset({"account", "instrument", "window_ms", "quantity", "notional", "trades"})
_NS_PER_MS = 1_000_000
_MOST = 2**63 - 1


def build_set_protection(
    info: InstrumentInfo | None, account_id: int, fields: Mapping[str, Any]
) -> commands.SetProtection:
    """The command for a request: `window_ms` and at least one of `quantity`, `notional` (decimal
    text, with an instrument only) and `trades`; none of them takes it away. Raises OrderError.
    """
    placing.check_known(fields, _FIELDS)
    quantity, notional = fields.get("quantity"), fields.get("notional")
    lots = notional_units = 0
    if info is None and (quantity is not None or notional is not None):
        raise OrderError(
            Result.BAD_PROTECTION, "quantity and notional go with an instrument: name one."
        )
    if info is not None and quantity is not None:
        lots = placing.number_of(info.lots_of, quantity, "quantity", Result.BAD_PROTECTION)
    if info is not None and notional is not None:
        notional_units = placing.number_of(
            info.quote_units_of, notional, "notional", Result.BAD_PROTECTION
        )
    trades = _whole(fields, "trades")
    window_ns = _whole(fields, "window_ms") * _NS_PER_MS
    is_limited = lots > 0 or trades > 0 or notional_units > 0
    if (
        lots < 0
        or notional_units < 0
        or window_ns > MAX_WINDOW_NS
        or (is_limited and not window_ns)
    ):
        raise OrderError(
            Result.BAD_PROTECTION,
            f"window_ms must be 1 to {MAX_WINDOW_NS // _NS_PER_MS}, and no limit below zero.",
        )
    return commands.SetProtection(
        account_id=account_id,
        instrument_id=0 if info is None else info.id,
        window_ns=window_ns,
        lots=lots,
        trades=trades,
        notional_units=notional_units,
    )


def _whole(fields: Mapping[str, Any], name: str) -> int:
    value = fields.get(name)
    if value is None:
        return 0
    if type(value) is not int or not 0 <= value <= _MOST // _NS_PER_MS:
        raise OrderError(Result.BAD_PROTECTION, f"{name} must be a whole number from 0.")
    return value


def protection_json(
    row: events.ProtectionRow | events.ProtectionSet, info: InstrumentInfo | None
) -> dict[str, Any]:
    """A protection as the API shows it."""
    return {
        "instrument": None if info is None else info.symbol,
        "window_ms": row.window_ns // _NS_PER_MS,
        "quantity": info.quantity_text(row.lots) if info is not None and row.lots else None,
        "notional": info.quote_text(row.notional_units)
        if info is not None and row.notional_units
        else None,
        "trades": row.trades or None,
    }


def set_protection(
    *,
    account: Account,
    info: InstrumentInfo | None,
    fields: Mapping[str, Any],
    acting_user: Any,
    reason: str,
) -> None:
    """Set an account's limits as staff; effective once the engine has it. Raises OrderError."""
    require(acting_user, "accounts.change")
    command = build_set_protection(info, account.pk, fields)
    shown = {name: value for name, value in fields.items() if value is not None}
    with transaction.atomic():
        enqueue_command(command, acting_user=acting_user)
        audit.record(
            "orders.set_protection",
            account,
            new={"instrument": None if info is None else info.symbol, **shown},
            acting_user=acting_user,
            reason=reason,
        )


def reset_protection(
    *, account: Account, info: InstrumentInfo | None, acting_user: Any, reason: str
) -> None:
    """Have an account's quotes taken again, as staff."""
    require(acting_user, "accounts.change")
    instrument_id = 0 if info is None else info.id
    command = commands.ResetProtection(account_id=account.pk, instrument_id=instrument_id)
    with transaction.atomic():
        enqueue_command(command, acting_user=acting_user)
        audit.record(
            "orders.reset_protection",
            account,
            new={"instrument": None if info is None else info.symbol},
            acting_user=acting_user,
            reason=reason,
        )
