"""What accounts do when something happens elsewhere."""

from typing import Any

from trading.accounts import actions, selectors


def on_email_verified(sender: Any, *, user: Any, **_: Any) -> None:
    """A customer proved his address: he gets his first trading account."""
    if not user.is_staff and not selectors.accounts_of(user).exists():
        actions.open_account(user=user, acting_user=user)
