"""What follows from a decision beyond the flow's own yes, no or hold.

The room of the accounts stands above this one, so it registers how accounts are restricted.
"""

from collections.abc import Callable

# Takes (user id, account id, reason): the account's or, with 0, all accounts of the user.
Restrict = Callable[[int, int, str], None]
_restrict: list[Restrict] = []


def register_restrict(restrict: Restrict) -> None:
    """Say how a customer's accounts are made cancel-only; doing it twice must change nothing."""
    _restrict[:] = [restrict]


def restrict(user_id: int, account_id: int, reason: str) -> None:
    """Make the customer's accounts cancel-only, in the caller's transaction."""
    for each in _restrict:
        each(user_id, account_id, reason)
