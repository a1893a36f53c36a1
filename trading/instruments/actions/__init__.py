"""Every write of assets, instruments and fees."""

from trading.instruments.actions.fees import remove_fees, set_fees
from trading.instruments.actions.proposals import (
    FeeLine,
    approve_fees,
    plan_fees,
    propose_fees,
    refuse_fees,
    withdraw_fees,
)
from trading.instruments.actions.rules import (
    MAX_BREAKER_SECONDS,
    RULE_FIELDS,
    change_instrument,
    create_asset,
    create_instrument,
    set_breaker,
    set_instrument_state,
    set_prices,
    set_reference_price,
)
from trading.instruments.actions.scheduled import (
    cancel_change,
    make_due_changes,
    publish_instrument,
    roll_back,
    schedule_change,
)

__all__ = [
    "MAX_BREAKER_SECONDS",
    "RULE_FIELDS",
    "FeeLine",
    "approve_fees",
    "cancel_change",
    "change_instrument",
    "create_asset",
    "create_instrument",
    "make_due_changes",
    "plan_fees",
    "propose_fees",
    "publish_instrument",
    "refuse_fees",
    "remove_fees",
    "roll_back",
    "schedule_change",
    "set_breaker",
    "set_fees",
    "set_instrument_state",
    "set_prices",
    "set_reference_price",
    "withdraw_fees",
]
