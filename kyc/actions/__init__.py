"""Every write of KYC."""

from kyc.actions.cases import (
    answer_in_words,
    open_case,
    save_answers,
    submit_case,
    what_is_missing,
    withdraw_case,
)
from kyc.actions.checks import (
    ask_check,
    end_check,
    hear_webhook,
    look_at_check,
    run_check,
)
from kyc.actions.documents import upload_document
from kyc.actions.lists import fetch_list, load_list, set_watch_list
from kyc.actions.providers import set_provider
from kyc.actions.review import (
    add_note,
    approve_case,
    ask_for_more,
    assign_case,
    disagree,
    escalate_case,
    refuse_case,
    take_case,
)
from kyc.actions.rights import apply_rights, release, restrict
from kyc.actions.screening import decide_hit, screen_customer
from kyc.actions.tiers import TierRules, set_form, set_tier

__all__ = [
    "TierRules",
    "add_note",
    "answer_in_words",
    "apply_rights",
    "approve_case",
    "ask_check",
    "ask_for_more",
    "assign_case",
    "decide_hit",
    "disagree",
    "end_check",
    "escalate_case",
    "fetch_list",
    "hear_webhook",
    "load_list",
    "look_at_check",
    "open_case",
    "refuse_case",
    "release",
    "restrict",
    "run_check",
    "save_answers",
    "screen_customer",
    "set_form",
    "set_provider",
    "set_tier",
    "set_watch_list",
    "submit_case",
    "take_case",
    "upload_document",
    "what_is_missing",
    "withdraw_case",
]
