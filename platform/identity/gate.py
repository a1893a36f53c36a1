"""A last question before somebody is signed in. The rules stand above this room and register it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

# Takes the request and the user whose password (and code) were right; gives the sentence that
# refuses him, or "". Called outside of a database transaction.
Check = Callable[[HttpRequest, Any], str]
_checks: list[Check] = []


def register(check: Check) -> None:
    """Have ``check`` asked before every sign-in."""
    _checks[:] = [check]


def refusal(request: HttpRequest, user: Any) -> str:
    """Why he may not sign in now, for him to read; "": he may."""
    for check in _checks:
        sentence = check(request, user)
        if sentence:
            return sentence
    return ""
