"""Every write of bookkeeping."""

from wallets.bookkeeping.actions.custody import open_custody_account
from wallets.bookkeeping.actions.entries import (
    approve_entry,
    plan_entry,
    refuse_entry,
    request_entry,
    request_reversal,
)
from wallets.bookkeeping.actions.periods import (
    ask_to_reopen,
    close_period,
    decide_reopening,
    request_year_close,
)

__all__ = [
    "approve_entry",
    "ask_to_reopen",
    "close_period",
    "decide_reopening",
    "open_custody_account",
    "plan_entry",
    "refuse_entry",
    "request_entry",
    "request_reversal",
    "request_year_close",
]
